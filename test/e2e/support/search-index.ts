/** The search index behind a state folder, read from outside, and what a fresh one of the same messages would be. */
import { DatabaseSync } from "node:sqlite";
import type { Message } from "../../../schema/protocol/room/entities.ts";
import { indexRow } from "../../../schema/search/index-row.ts";
import { until } from "../../../src/local/until.ts";
import { querySearch, withSearch } from "./databases.ts";
import type { RoomContent } from "./rooms.ts";

const INDEX_MS = 60_000;

/** Each message's tokens, by its number. */
export type IndexedTokens = Readonly<Record<number, readonly string[]>>;

/** Waits until the room's flush has brought the index up to this content. */
export async function indexed(
  stateFolder: string,
  roomId: number,
  { messageId, messages }: RoomContent,
): Promise<void> {
  const messageRev = Math.max(0, ...messages.map(({ rev }) => rev));
  const isThere = () => {
    const position = "SELECT id, rev FROM flush_positions WHERE object = ?";
    const [row] = querySearch(stateFolder, position, `chat-room:${roomId}`);
    return row?.id === messageId && Number(row.rev) >= messageRev;
  };
  if (!(await until(isThere, { limitMs: INDEX_MS, everyMs: 200 }))) {
    throw new Error(`The index is not at ${messageId}/${messageRev} of room ${roomId}.`);
  }
}

export function indexedTokens(stateFolder: string, roomId: number): IndexedTokens {
  return withSearch(stateFolder, (database) => tokensOf(database, roomId));
}

export function freshTokens(roomId: number, messages: readonly Message[]): IndexedTokens {
  const database = new DatabaseSync(":memory:");
  database.exec(
    `CREATE VIRTUAL TABLE message_index USING fts5(body, corrections, terms, content='', contentless_delete=1,
       tokenize='unicode61 remove_diacritics 2')`,
  );
  const insert = database.prepare(
    `INSERT INTO message_index (rowid, body, corrections, terms)
       SELECT (?1 << 32) | (value ->> 'id'), value ->> 'body', value ->> 'corrections', value ->> 'terms'
       FROM json_each(?2)`,
  );
  const rows = messages.flatMap(({ id, senderId, content, corrections }) => {
    const row = indexRow({ roomId, senderId, content, corrections: corrections.map(({ corrected }) => corrected) });
    return row === null ? [] : [{ id, ...row }];
  });
  insert.run(roomId, JSON.stringify(rows));
  const tokens = tokensOf(database, roomId);
  database.close();
  return tokens;
}

function tokensOf(database: DatabaseSync, roomId: number): IndexedTokens {
  database.exec("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, 'message_index', 'instance')");
  const rows = database
    .prepare(
      `SELECT doc & 4294967295 AS id, term || ' ' || col || ' ' || offset AS token FROM vocabulary
         WHERE doc >> 32 = ? ORDER BY doc, col, offset`,
    )
    .all(roomId);
  const byMessage = Map.groupBy(rows, ({ id }) => Number(id));
  return Object.fromEntries([...byMessage].map(([id, found]) => [id, found.map(({ token }) => String(token))]));
}
