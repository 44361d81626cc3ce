/** A past for a room: messages of long ago, put into the files of a server that does not run, as if they had been sent then. */
import { DatabaseSync } from "node:sqlite";
import { d1File, filesOf, type Row } from "./databases.ts";

/** Long before any cutoff. */
const LONG_AGO = Date.parse("2024-01-01T09:00:00Z");

export interface Past {
  readonly roomId: number;
  readonly senderId: number;
  readonly count: number;
}

/** Messages 1 … `count` of a room in which nothing was said yet: in its object and in D1, the flushes done. */
export function addPast(stateFolder: string, { roomId, senderId, count }: Past): void {
  const { epoch, rev } = withDatabase(roomFile(stateFolder, roomId), (database) => {
    database.exec(
      `INSERT INTO messages (id, sender_id, message_type, content, client_id, body_hash, created_at)
       ${numbersTo(count)} SELECT id, ${senderId}, 'TEXT', 'message ' || id, 'old-' || id, '', ${LONG_AGO} + id * 1000 FROM number`,
    );
    return database.prepare("SELECT epoch, rev FROM room").get() ?? {};
  });
  const position = [`chat-room:${roomId}`, Number(epoch), count, Number(rev)] as const;
  const moveTo = "INSERT OR REPLACE INTO flush_positions (object, epoch, id, rev, updated_at) VALUES (?, ?, ?, ?, 0)";
  withDatabase(d1File(stateFolder, "chat_messages"), (database) => {
    database.exec(
      `INSERT INTO chat_messages (room_id, id, sender_id, content, client_id, created_at, epoch)
       ${numbersTo(count)}
       SELECT ${roomId}, id, ${senderId}, 'message ' || id, 'old-' || id, ${LONG_AGO} + id * 1000, ${epoch} FROM number`,
    );
    database.prepare(moveTo).run(...position);
  });
  withDatabase(d1File(stateFolder, "message_index"), (database) => database.prepare(moveTo).run(...position));
}

function numbersTo(count: number): string {
  return `WITH RECURSIVE number (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM number WHERE id < ${count})`;
}

/** Everything that the room itself holds, in the columns that D1 has of it. */
export function heldMessages(stateFolder: string, roomId: number): Row[] {
  return withDatabase(roomFile(stateFolder, roomId), (database) => {
    const rows = database.prepare("SELECT messages.*, epoch FROM messages, room ORDER BY messages.id").all();
    return rows.map(({ body_hash: _, ...row }) => ({ ...row, room_id: roomId }));
  });
}

export interface StoredMessages {
  readonly live: readonly Row[];
  readonly archived: readonly Row[];
}

/** Where D1 has a room's messages. */
export function storedMessages(stateFolder: string, roomId: number, columns = "*"): StoredMessages {
  return withDatabase(d1File(stateFolder, "chat_messages"), (database) => {
    const rowsOf = (table: string): Row[] =>
      database.prepare(`SELECT ${columns} FROM ${table} WHERE room_id = ? ORDER BY id`).all(roomId);
    return { live: rowsOf("chat_messages"), archived: rowsOf("chat_messages_archive") };
  });
}

/** Changes the main D1 database behind the server's back. */
export function changeD1(stateFolder: string, sql: string, ...parameters: (string | number)[]): void {
  withDatabase(d1File(stateFolder, "chat_messages"), (database) => database.prepare(sql).run(...parameters));
}

function roomFile(stateFolder: string, roomId: number): string {
  const isRoom = (database: DatabaseSync) => {
    const hasRoom = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'room'").get() !== undefined;
    return hasRoom && database.prepare("SELECT 1 FROM room WHERE id = ?").get(roomId) !== undefined;
  };
  const file = filesOf(stateFolder, "do").find((one) => withDatabase(one, isRoom));
  if (file === undefined) throw new Error(`There is no object of room ${roomId}.`);
  return file;
}

function withDatabase<Value>(file: string, use: (database: DatabaseSync) => Value): Value {
  // Not only for reading: what a killed server left is completed by whoever opens it first.
  const database = new DatabaseSync(file, { timeout: 10_000 });
  try {
    return use(database);
  } finally {
    database.close();
  }
}
