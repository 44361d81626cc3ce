/** The databases that a search reads. Where one is away, or not there at all, it has no answer, and nothing else ends. */
import { messageDatabase } from "../../objects/chat-room/database.ts";

export type DatabaseName = "main" | "search";

export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
  readonly database: DatabaseName;

  constructor(database: DatabaseName, cause: unknown) {
    // SQLite quotes what it does not understand, which may be what somebody looks for.
    super((cause instanceof Error ? cause.message : String(cause)).replace(/\bnear ".*/s, "near …"));
    this.database = database;
  }
}

export async function reading<Value>(database: DatabaseName, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw new DatabaseAway(database, error);
  }
}

export interface MainDatabase {
  readonly env: Env;
  /** Reads with the client's bookmark. */
  read<Value>(database: D1Database, read: (session: D1DatabaseSession) => Promise<Value>): Promise<Value>;
}

/** Of each database that has some of the rooms. */
export function byDatabase<Room extends { readonly roomId: number }, Value>(
  main: MainDatabase,
  rooms: readonly Room[],
  read: (session: D1DatabaseSession, rooms: readonly Room[]) => Promise<Value>,
): Promise<Value[]> {
  const groups = Map.groupBy(rooms, ({ roomId }) => messageDatabase(main.env, roomId));
  return reading("main", () =>
    Promise.all([...groups].map(([database, of]) => main.read(database, (session) => read(session, of)))),
  );
}
