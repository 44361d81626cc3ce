/** Bounds and times of a learning session. Apart from their schemas, because browsers carry no validator. */

export const SESSION_LIMITS = {
  titleCharacters: 255,
  descriptionCharacters: 2_000,
  feedbackCharacters: 2_000,
  chatCharacters: 1_000,
  /** In a call at once, the host included. */
  participants: 4,
  /** Invited at once, those who wait and those who declined included. */
  invited: 20,
  leastMinutes: 1,
  mostMinutes: 240,
  /** A session is planned at most so far ahead. */
  mostDaysAhead: 366,
  occurrences: 26,
  /** One's sessions to come that one made oneself. */
  planned: 100,
  descriptionBytes: 16_384,
  candidateBytes: 2_048,
} as const;

export const SESSION_TIMING = {
  /** Before the start. */
  openMs: 10 * 60_000,
  /** Before the end. */
  warningMs: 5 * 60_000,
  /** A call goes on for so long after its end. */
  graceMs: 60_000,
  /** So long a lost participant has to come back, and a call that everybody left. */
  lostMs: 60_000,
  emptyMs: 30_000,
  remindersMinutes: [24 * 60, 10],
  /** How long talking counts that is not said again. */
  speakingMs: 60_000,
} as const;
