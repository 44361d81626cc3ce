/** Blocking and reporting, in English. Loaded when somebody is about to. */
export const en = {
  confirmBlock: (name: string) => `Block ${name}?`,
  blockHint:
    "In your one-to-one conversation nobody can write any more. In groups you no longer see what they say, and neither of you sees the other online or typing. They are not told. You can undo this at any time.",
  report: (name: string) => `Report ${name}`,
  reportHint: "Only the operators see this, never the person themselves.",
  reason: "What is it about?",
  reasons: {
    SPAM: "Advertising or spam",
    HARASSMENT: "Insults or harassment",
    INAPPROPRIATE: "Indecent content",
    UNDERAGE: "Somebody who may be under 13",
    IMPERSONATION: "Pretends to be somebody else",
    OTHER: "Something else",
  },
  details: "What happened? (optional)",
  messages: "Which messages? The operators get a copy of them, which stays if they are deleted.",
  noMessages: "There are no messages of theirs here. The report is sent without any.",
  send: "Send the report",
  sent: "Thank you. The operators will look at it.",
  done: "Done",
  alsoBlock: (name: string) => `Block ${name} too`,
};

export type SafetyWords = typeof en;
