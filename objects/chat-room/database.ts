/** Which database holds a room's messages: the one place that knows of sharding. */

interface MessageDatabases {
  readonly DB: D1Database;
}

/** All of a room's rows live in one database, chosen by its id alone: a room never moves when the list stays as it is. */
export function messageDatabase(env: MessageDatabases, roomId: number): D1Database {
  const databases = [env.DB] as const;
  return databases[roomId % databases.length] ?? env.DB;
}
