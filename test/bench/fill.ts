/**
 * Fills the databases of a workerd that is not running: rooms of many messages in the main D1 database, the older half of
 * each in the archive, and one of them in its object as well.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Language, shuffledTexts } from "./texts.ts";

export interface HistoryFilling {
  /** What `startWorkerd` was given. */
  readonly folder: string;
  /** A room that its object knows, without messages; every other room is in D1 alone. */
  readonly roomId: number;
  readonly senderId: number;
  readonly roomMessages: number;
  readonly otherRooms: number;
  readonly messagesPerOtherRoom: number;
  /** When a message of a room was sent, epoch milliseconds: the first one, and how far apart they are. */
  readonly since: number;
  readonly stepMs: number;
}

const LANGUAGES: readonly Language[] = ["korean", "english", "japanese", "chinese"];
const TEXTS_PER_LANGUAGE = 10_000;
const ROWS_PER_TRANSACTION = 500_000;

export function fillHistory(filling: HistoryFilling): void {
  const { folder, roomId, senderId, roomMessages, otherRooms, messagesPerOtherRoom } = filling;
  const room = openWith(folder, "messages");
  const main = openWith(folder, "chat_messages");
  const search = openWith(folder, "message_index");

  const columns = "sender_id, message_type, content, created_at";
  const inRoom = insertion({ into: `messages (id, body_hash, ${columns})`, leading: "number, ''", filling });
  inSteps(1, roomMessages, (first, last) => room.prepare(inRoom).run(first, last, senderId, roomId));

  const rooms = [[roomId, roomMessages] as const];
  for (let other = 1; other <= otherRooms; other += 1) rooms.push([roomId + other, messagesPerOtherRoom]);
  const epoch = Number(room.prepare("SELECT epoch FROM room").get()?.epoch);
  const leading = `?4, number, ${epoch}`;
  // Each in the order of its key. The live ones first: the archive takes in whatever comes below its last message.
  const parts = [
    { table: "chat_messages", range: (count: number) => [Math.floor(count / 2) + 1, count] as const },
    { table: "chat_messages_archive", range: (count: number) => [1, Math.floor(count / 2)] as const },
  ];
  for (const { table, range } of parts) {
    const insert = insertion({ into: `${table} (room_id, id, epoch, ${columns})`, leading, filling });
    for (const [id, count] of rooms) {
      inSteps(...range(count), (first, last) => main.prepare(insert).run(first, last, senderId, id));
    }
  }

  // All of it counts as flushed, to both databases.
  for (const database of [main, search]) {
    database
      .prepare("INSERT OR REPLACE INTO flush_positions (object, epoch, id, rev, updated_at) VALUES (?, ?, ?, 0, 0)")
      .run(`chat-room:${roomId}`, epoch, roomMessages);
  }
  for (const database of [room, main, search]) {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
  }
}

/** One message for each number from `?1` to `?2`, by the sender `?3`; the room `?4` makes its texts differ. */
function insertion({ into, leading, filling }: { into: string; leading: string; filling: HistoryFilling }): string {
  const texts = LANGUAGES.length * TEXTS_PER_LANGUAGE;
  return `
    WITH RECURSIVE numbers (number) AS (SELECT ?1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?2)
    INSERT INTO ${into}
    SELECT ${leading}, ?3, 'TEXT', texts.content, ${filling.since} + (number - 1) * ${filling.stepMs}
    FROM numbers CROSS JOIN temp.texts ON texts.slot = (number * 7919 + ?4) % ${texts}`;
}

function inSteps(first: number, last: number, insert: (first: number, last: number) => void): void {
  for (let from = first; from <= last; from += ROWS_PER_TRANSACTION) {
    insert(from, Math.min(last, from + ROWS_PER_TRANSACTION - 1));
  }
}

/** The one database below `folder` that has this table. */
function openWith(folder: string, table: string): DatabaseSync {
  for (const file of globSync("**/*.sqlite", { cwd: folder })) {
    const database = new DatabaseSync(join(folder, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table)) return prepared(database);
    database.close();
  }
  throw new Error(`no database below ${folder} has ${table}`);
}

function prepared(database: DatabaseSync): DatabaseSync {
  database.exec("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");
  database.exec("CREATE TEMP TABLE texts (slot INTEGER PRIMARY KEY, content TEXT NOT NULL)");
  const insert = database.prepare("INSERT INTO temp.texts SELECT key, value FROM json_each(?)");
  insert.run(JSON.stringify(mixedTexts()));
  return database;
}

/** One of each language in turns. */
function mixedTexts(): string[] {
  const streams = LANGUAGES.map((language, index) => shuffledTexts(language, index + 1));
  return Array.from({ length: TEXTS_PER_LANGUAGE }, () => streams.map((texts) => texts.next().value)).flat();
}
