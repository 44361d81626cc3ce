/** Messages put straight into the main database and into the search index, as many as a test wants. */
import { env } from "cloudflare:workers";
import { type SearchAnswer, searchAnswer } from "../../schema/api/search.ts";
import { indexRow } from "../../schema/search/index-row.ts";
import { app } from "../../src/app.ts";
import { mustBeDocumented } from "./documents.ts";
import { requestFor, type SignedIn } from "./http.ts";

export interface PutMessage {
  readonly id: number;
  readonly senderId: number;
  readonly content: string | null;
  readonly createdAt: number;
  /** The corrected texts. */
  readonly corrections?: readonly string[];
}

/** With nobody in it but these, and without an object. */
export async function putRoom(...people: readonly SignedIn[]): Promise<number> {
  const room = await env.DB.prepare(
    "INSERT INTO chat_rooms (room_type, name) VALUES ('GROUP', 'A room') RETURNING id",
  ).first<{
    id: number;
  }>();
  if (room === null) throw new Error("no room");
  await env.DB.prepare("INSERT INTO chat_participants (room_id, user_id) SELECT ?1, value FROM json_each(?2)")
    .bind(room.id, JSON.stringify(people.map(({ user }) => user.id)))
    .run();
  return room.id;
}

const PUT = (
  table: string,
) => `INSERT OR REPLACE INTO ${table} (room_id, id, sender_id, content, created_at, corrections)
  SELECT ?1, value ->> 'id', value ->> 'senderId', value ->> 'content', value ->> 'createdAt', value ->> 'corrections'
  FROM json_each(?2)`;

/** Into the main database only. */
export async function putMessages(
  roomId: number,
  messages: readonly PutMessage[],
  table: "chat_messages" | "chat_messages_archive" = "chat_messages",
): Promise<void> {
  const rows = messages.map(({ corrections = [], ...message }) => ({
    ...message,
    corrections: JSON.stringify(corrections.map((corrected, index) => toCorrection(corrected, index))),
  }));
  await env.DB.prepare(PUT(table)).bind(roomId, JSON.stringify(rows)).run();
  await env.DB.prepare("UPDATE chat_rooms SET last_message_at = max(coalesce(last_message_at, 0), ?2) WHERE id = ?1")
    .bind(roomId, Math.max(...messages.map(({ createdAt }) => createdAt)))
    .run();
}

function toCorrection(corrected: string, index: number) {
  return { userId: index + 1, corrected, note: null, createdAt: "2026-11-22T09:31:00.000Z" };
}

/** As the flush writes it. */
export async function indexMessages(roomId: number, messages: readonly PutMessage[]): Promise<void> {
  const rows = messages.flatMap(({ id, senderId, content, corrections = [] }) => {
    const row = indexRow({ roomId, senderId, content, corrections });
    return row === null ? [] : [{ id, ...row }];
  });
  await env.SEARCH.prepare(
    `INSERT OR REPLACE INTO message_index (rowid, body, corrections, terms)
      SELECT (?1 << 32) | (value ->> 'id'), value ->> 'body', value ->> 'corrections', value ->> 'terms' FROM json_each(?2)`,
  )
    .bind(roomId, JSON.stringify(rows))
    .run();
}

export async function fill(roomId: number, messages: readonly PutMessage[]): Promise<void> {
  await putMessages(roomId, messages);
  await indexMessages(roomId, messages);
}

/** Messages 1, 2, 3, … of one person, a second apart. */
export function saidBy(
  { user }: SignedIn,
  contents: readonly string[],
  startedAt = Date.UTC(2026, 0, 1),
): PutMessage[] {
  return contents.map((content, index) => ({
    id: index + 1,
    senderId: user.id,
    content,
    createdAt: startedAt + index * 1_000,
  }));
}

export type SearchParameters = Readonly<Record<string, string | number>>;

export interface Asked {
  readonly settings?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Without a limit of searches in a minute, unless `settings` has one. */
export async function ask(
  { token }: SignedIn,
  parameters: SearchParameters,
  { settings, headers = {} }: Asked = {},
): Promise<Response> {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const request = requestFor("GET", `/v1/search/messages?${query}`, { token, headers });
  const response = await app.fetch(request, { ...env, RATE_LIMITS: "off", ...settings });
  await mustBeDocumented("GET", request.url, response);
  return response;
}

export async function found(caller: SignedIn, parameters: SearchParameters, asked?: Asked): Promise<SearchAnswer> {
  const response = await ask(caller, parameters, asked);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return searchAnswer.parse(await response.json());
}

/** Room and number of each. */
export function keysOf({ items }: SearchAnswer): string[] {
  return items.map(({ message }) => `${message.roomId}:${message.id}`);
}

export function textsOf({ items }: SearchAnswer): (string | null)[] {
  return items.map(({ message }) => message.content);
}
