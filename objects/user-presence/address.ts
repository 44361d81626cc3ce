/** What the object of a person is called in the database that it is flushed to. */
export function presenceFlushName(userId: number): string {
  return `user-presence:${userId}`;
}
