/** What a session's object is called in the database that it is flushed to, and as a WebRTC room. */
export const SESSION_FLUSH_PREFIX = "learning-session:";

export function sessionFlushName(sessionId: number): string {
  return `${SESSION_FLUSH_PREFIX}${sessionId}`;
}
