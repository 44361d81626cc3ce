/** What somebody's rooms and sessions were made with, so that none is made twice: columns of the Worker's, which no flush writes. */

/** A condition: the key is one of this user's, `?1`, whom D1 takes for a REAL: as text it would be `7.0`. */
export function keysOfUser(column: string): string {
  return `${column} >= CAST(?1 AS INTEGER) || ':' AND ${column} < CAST(?1 AS INTEGER) || ';'`;
}

export const FORGET_CREATION_KEYS: readonly string[] = [
  `UPDATE chat_rooms SET creation_key = NULL, creation_hash = NULL WHERE ${keysOfUser("creation_key")}`,
  `UPDATE learning_sessions SET creation_key = NULL, creation_hash = NULL WHERE ${keysOfUser("creation_key")}`,
];
