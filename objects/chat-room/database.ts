/** Which databases hold a room's messages and its part of the search index: the one place that knows of sharding. */

interface MessageDatabases {
  readonly DB: D1Database;
}

interface SearchDatabases {
  readonly SEARCH?: D1Database | undefined;
}

/** All that hold messages, in an order that stays. */
export function messageDatabases(env: MessageDatabases): readonly [D1Database, ...D1Database[]] {
  return [env.DB];
}

/** All of a room's rows live in one database, chosen by its id alone: a room never moves when the list stays as it is. */
export function messageDatabase(env: MessageDatabases, roomId: number): D1Database {
  const databases = messageDatabases(env);
  return databases[roomId % databases.length] ?? databases[0];
}

/** Null where the service runs without search. */
export function searchDatabase(env: SearchDatabases): D1Database | null {
  return env.SEARCH ?? null;
}
