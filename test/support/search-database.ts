/** What the search database holds of a room, and what a fresh index of the same messages would hold. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type MessageRow, toMessage } from "../../objects/chat-room/rows.ts";
import { type SearchableRow, searchRow } from "../../objects/chat-room/search-flush.ts";
import { roomStub } from "./rooms.ts";

const COLUMNS = "body, corrections, terms";
const TOKENS = `SELECT term || ' ' || col || ' ' || offset AS token, doc & 4294967295 AS id FROM vocabulary
  WHERE doc >> 32 = ? ORDER BY doc, col, offset`;

/** Each message's tokens in the index, by its number. */
export type IndexedTokens = Readonly<Record<number, readonly string[]>>;

export function indexedTokens(roomId: number): Promise<IndexedTokens> {
  return tokensOf("message_index", roomId);
}

/** As if nothing had ever been in the index. */
export async function freshTokens(roomId: number, messages: readonly SearchableRow[]): Promise<IndexedTokens> {
  const rows = messages.map((message) => searchRow(message).values).filter(({ terms }) => terms !== null);
  await env.SEARCH.batch([
    env.SEARCH.prepare(
      `CREATE VIRTUAL TABLE fresh_index USING fts5(${COLUMNS}, content='', contentless_delete=1,
         tokenize='unicode61 remove_diacritics 2')`,
    ),
    env.SEARCH.prepare(
      `INSERT INTO fresh_index (rowid, ${COLUMNS})
         SELECT (?1 << 32) | (value ->> 'id'), value ->> 'body', value ->> 'corrections', value ->> 'terms' FROM json_each(?2)`,
    ).bind(roomId, JSON.stringify(rows)),
  ]);
  try {
    return await tokensOf("fresh_index", roomId);
  } finally {
    await env.SEARCH.prepare("DROP TABLE fresh_index").run();
  }
}

/** The same, of the messages that the room's object has. */
export async function freshTokensOfRoom(roomId: number): Promise<IndexedTokens> {
  const rows = await runInDurableObject(roomStub(roomId), (_, { storage }) =>
    storage.sql.exec<MessageRow>("SELECT * FROM messages ORDER BY id").toArray(),
  );
  return freshTokens(
    roomId,
    rows.map((row) => toMessage(row, roomId)),
  );
}

/** Numbers of the room's messages that match an FTS5 expression. */
export async function matching(roomId: number, expression: string): Promise<number[]> {
  const { results } = await env.SEARCH.prepare(
    "SELECT rowid & 4294967295 AS id FROM message_index WHERE message_index MATCH ? AND rowid >> 32 = ? ORDER BY rowid",
  )
    .bind(expression, roomId)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

export async function searchPosition(roomId: number): Promise<{ epoch: number; id: number; rev: number } | null> {
  return env.SEARCH.prepare("SELECT epoch, id, rev FROM flush_positions WHERE object = ?")
    .bind(`chat-room:${roomId}`)
    .first();
}

async function tokensOf(table: string, roomId: number): Promise<IndexedTokens> {
  const [, tokens] = await env.SEARCH.batch<{ token: string; id: number }>([
    env.SEARCH.prepare(`CREATE VIRTUAL TABLE vocabulary USING fts5vocab('${table}', 'instance')`),
    env.SEARCH.prepare(TOKENS).bind(roomId),
    env.SEARCH.prepare("DROP TABLE vocabulary"),
  ]);
  const byMessage = Map.groupBy(tokens?.results ?? [], ({ id }) => id);
  return Object.fromEntries([...byMessage].map(([id, found]) => [id, found.map(({ token }) => token)]));
}
