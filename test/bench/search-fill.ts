/**
 * Fills the databases of a workerd that is not running with rooms in four languages: messages in the main one, their
 * tokens in the search index, written as the flush writes them, 50 messages of a room at a time and the rooms in turns.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { indexRow } from "../../schema/search/index-row.ts";
import { type Language, shuffledTexts } from "./texts.ts";

export const LANGUAGES = ["korean", "english", "japanese", "chinese"] as const satisfies readonly Language[];
const PER_FLUSH = 50;
/** Messages of a room are this far apart. */
const STEP_MS = 600_000;

export interface SearchFilling {
  /** What `startWorkerd` was given. */
  readonly folder: string;
  readonly rooms: number;
  readonly messagesPerRoom: number;
  /** Takes part in these rooms, and writes every other message in them. */
  readonly userId: number;
  readonly usersRooms: readonly number[];
  /** When the last messages were sent. */
  readonly until: number;
}

/** Room 1 is Korean, room 2 English, and so on in turns. */
export const languageOf = (roomId: number): Language => LANGUAGES[(roomId - 1) % LANGUAGES.length] ?? "korean";

export function fillForSearch({ folder, rooms, messagesPerRoom, userId, usersRooms, until }: SearchFilling): void {
  const main = openWith(folder, "chat_messages");
  const search = openWith(folder, "message_index");
  const users = new Set(usersRooms);
  main.exec("PRAGMA foreign_keys = ON");
  main
    .prepare(`WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
      INSERT INTO chat_rooms (id, room_type, name, last_message_at) SELECT number, 'GROUP', 'Room ' || number, ?2 - number FROM numbers`)
    .run(rooms, until);
  main
    .prepare("INSERT INTO chat_participants (room_id, user_id) SELECT value, ?1 FROM json_each(?2)")
    .run(userId, JSON.stringify(usersRooms));
  const insert = main.prepare(`INSERT INTO chat_messages (room_id, id, sender_id, content, created_at)
    SELECT ?1, value ->> 'id', value ->> 'senderId', value ->> 'content', value ->> 'createdAt' FROM json_each(?2)`);
  const index = indexing(search);
  const texts = LANGUAGES.map((language, place) => shuffledTexts(language, place + 1));
  for (let first = 1; first <= messagesPerRoom; first += PER_FLUSH) {
    main.exec("BEGIN");
    for (let roomId = 1; roomId <= rooms; roomId += 1) {
      const count = Math.min(PER_FLUSH, messagesPerRoom - first + 1);
      const messages = Array.from({ length: count }, (_, offset) => {
        const id = first + offset;
        const createdAt = until - (messagesPerRoom - id) * STEP_MS - roomId;
        const senderId = users.has(roomId) && id % 2 === 0 ? userId : 1_000_000 + roomId;
        return { id, senderId, createdAt, content: texts[(roomId - 1) % LANGUAGES.length]?.next().value ?? "" };
      });
      insert.run(roomId, JSON.stringify(messages));
      index(roomId, messages);
    }
    main.exec("COMMIT");
  }
  for (const database of [main, search]) {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
  }
}

/** Bytes of the index for each byte of text, where everybody writes this language. */
export function indexSizeRatio(
  language: Language,
  { rooms, messagesPerRoom }: { rooms: number; messagesPerRoom: number },
): number {
  const database = new DatabaseSync(":memory:");
  database.exec(
    readFileSync("migrations/search/0001_message_index.sql", "utf8").replaceAll("--> statement-breakpoint", ""),
  );
  const index = indexing(database);
  const texts = shuffledTexts(language, 1);
  let textBytes = 0;
  for (let first = 1; first <= messagesPerRoom; first += PER_FLUSH) {
    for (let roomId = 1; roomId <= rooms; roomId += 1) {
      const messages = Array.from({ length: PER_FLUSH }, (_, offset) => {
        const content = texts.next().value;
        textBytes += Buffer.byteLength(content);
        return { id: first + offset, senderId: roomId * 2 + (offset & 1), content };
      });
      index(roomId, messages);
    }
  }
  const row = database.prepare("SELECT sum(pgsize) AS bytes FROM dbstat WHERE name LIKE 'message_index%'").get();
  database.close();
  return Number(row?.bytes) / textBytes;
}

interface Indexed {
  readonly id: number;
  readonly senderId: number;
  readonly content: string;
}

function indexing(database: DatabaseSync): (roomId: number, messages: readonly Indexed[]) => void {
  const insert = database.prepare(`INSERT OR REPLACE INTO message_index (rowid, body, corrections, terms)
    SELECT (?1 << 32) | (value ->> 'id'), value ->> 'body', value ->> 'corrections', value ->> 'terms' FROM json_each(?2)`);
  return (roomId, messages) => {
    const rows = messages.map(({ id, ...message }) => ({ id, ...indexRow({ roomId, ...message, corrections: [] }) }));
    insert.run(roomId, JSON.stringify(rows));
  };
}

/** The one database below `folder` that has this table. */
function openWith(folder: string, table: string): DatabaseSync {
  for (const file of globSync("**/*.sqlite", { cwd: folder })) {
    const database = new DatabaseSync(join(folder, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table)) {
      database.exec("PRAGMA synchronous = OFF");
      return database;
    }
    database.close();
  }
  throw new Error(`no database below ${folder} has ${table}`);
}
