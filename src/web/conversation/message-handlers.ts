/** What can be done with a message. The same object as long as the room is: rows need not be made anew for it. */
export interface MessageHandlers {
  readonly react: (id: number, emoji: string) => void;
  readonly unreact: (id: number, emoji: string) => void;
  readonly reply: (id: number) => void;
  readonly openForm: (form: MessageForm | undefined) => void;
  readonly edit: (id: number, content: string) => void;
  readonly correct: (id: number, corrected: string, note: string | undefined) => void;
  readonly askDelete: (id: number) => void;
  readonly raise: (concern: ConcernAbout) => void;
  readonly jump: (id: number) => void;
  /** A message on its way could not be taken back. */
  readonly tooLate: () => void;
  readonly copy: (words: string) => void;
}

/** Somebody is to be blocked, or reported; perhaps because of a message. */
export interface ConcernAbout {
  readonly kind: "block" | "report";
  readonly userId: number;
  readonly messageId?: number;
}

/** A message to go to. The same one again is another object. */
export interface JumpTarget {
  readonly id: number;
}

/** The form that stands in a message: one at a time. */
export interface MessageForm {
  readonly id: number;
  readonly kind: "edit" | "correct";
}
