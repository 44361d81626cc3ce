/** The main database's part of a search: the caller's rooms, and messages as they are now. */
import { type MessageRow, toMessage } from "../../objects/chat-room/rows.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { byDatabase, type MainDatabase, reading } from "./databases.ts";
import { lastUpTo } from "./room-ranges.ts";
import { byKey, type Edge, type Key, type RoomHits } from "./rules.ts";

/** The rooms that a user may search: the latest ones. */
const MOST_ROOMS = 1_000;

/** `?1` user, `?2` a room or null. A room of others is none of these rows, as one that does not exist. */
const ROOMS = `SELECT person.room_id AS id
  FROM chat_participants AS person JOIN chat_rooms AS room ON room.id = person.room_id
  WHERE person.user_id = ?1 AND person.is_active = 1 AND (?2 IS NULL OR person.room_id = ?2)
  ORDER BY coalesce(room.last_message_at, room.created_at) DESC, room.id DESC LIMIT ${MOST_ROOMS}`;

/** The latest first. */
export async function callersRooms(main: MainDatabase, userId: number, roomId: number | null): Promise<number[]> {
  const { results } = await reading("main", () =>
    main.read(main.env.DB, (session) => session.prepare(ROOMS).bind(userId, roomId).all<{ id: number }>()),
  );
  return results.map(({ id }) => id);
}

type StoredRow = Omit<MessageRow, "body_hash"> & { readonly room_id: number; readonly total: number };

export interface StoredMessage {
  readonly key: Key;
  readonly row: StoredRow;
}

const COLUMNS =
  "room_id, id, sender_id, message_type, content, file_url, file_metadata, reply_to_id, client_id, is_edited, edited_at, is_deleted, created_at, reactions, corrections, rev"
    .split(", ")
    .map((name) => `message.${name}`)
    .join(", ");

/**
 * `?1`: [room, message] of each; the newest of them, at most `?2` and not more text than `?3` characters. `total`: how many
 * there are. Chosen by their keys first, so that no text is sorted.
 */
const MESSAGES = `WITH
  stored AS (
    SELECT message.room_id, message.id, message.created_at, coalesce(length(message.content), 0)
      + coalesce(length(message.file_metadata), 0) + length(message.reactions) + length(message.corrections) AS characters
    FROM json_each(?1) AS asked CROSS JOIN chat_log AS message
      ON message.room_id = asked.value ->> 0 AND message.id = asked.value ->> 1),
  looked AS MATERIALIZED (
    SELECT room_id, id, total FROM (
      SELECT room_id, id, count(*) OVER () AS total, row_number() OVER newest AS place, sum(characters) OVER newest AS characters
      FROM stored WINDOW newest AS (ORDER BY created_at DESC, room_id DESC, id DESC))
    WHERE place = 1 OR (place <= ?2 AND characters <= ?3))
  SELECT ${COLUMNS}, total
  FROM looked CROSS JOIN chat_log AS message ON message.room_id = looked.room_id AND message.id = looked.id`;

/** When what lies below these messages was said at the latest; `?1` as above. */
const EDGES = `SELECT asked.value ->> 0 AS roomId, asked.value ->> 1 AS id,
    ${lastUpTo("created_at", "(asked.value ->> 0)", "(asked.value ->> 1)")} AS at
  FROM json_each(?1) AS asked`;

export interface RereadRequest {
  readonly hits: readonly RoomHits[];
  readonly edges: readonly Edge[];
  readonly maxMessages: number;
  readonly maxCharacters: number;
}

export interface Reread {
  /** The newest first. */
  readonly messages: readonly StoredMessage[];
  /** Down to where all messages were looked at: the edges that were asked for and have something below, and where it was too much. */
  readonly edges: readonly Key[];
}

export async function reread(main: MainDatabase, { hits, edges, ...limits }: RereadRequest): Promise<Reread> {
  const edgeOf = new Map(edges.map((edge) => [edge.roomId, edge]));
  const withHits = new Set(hits.map(({ roomId }) => roomId));
  const asked = [
    ...hits,
    ...edges.filter(({ roomId }) => !withHits.has(roomId)).map(({ roomId }) => ({ roomId, ids: [] })),
  ];
  const answers = await byDatabase(main, asked, async (session, rooms) => {
    const messageIds = rooms.flatMap(({ roomId, ids }) => ids.map((id) => [roomId, id]));
    const edgeIds = rooms.flatMap(({ roomId }) => edgeOf.get(roomId) ?? []).map(({ roomId, id }) => [roomId, id]);
    const [messages, ends] = await session.batch([
      session.prepare(MESSAGES).bind(JSON.stringify(messageIds), limits.maxMessages, limits.maxCharacters),
      session.prepare(EDGES).bind(JSON.stringify(edgeIds)),
    ]);
    // Rows as the two statements select them.
    const rows = (messages?.results ?? []) as StoredRow[];
    const below = (ends?.results ?? []) as { roomId: number; id: number; at: number | null }[];
    return {
      messages: newestFirst(rows),
      below: below.flatMap(({ at, ...edge }) => (at === null ? [] : [{ at, ...edge }])),
    };
  });
  const cut = answers.flatMap(({ messages }) => {
    const last = messages.at(-1);
    return last !== undefined && last.row.total > messages.length ? [last.key] : [];
  });
  return {
    messages: answers.flatMap(({ messages }) => messages).sort((a, b) => byKey(b.key, a.key)),
    edges: [...answers.flatMap(({ below }) => below), ...cut],
  };
}

function newestFirst(rows: readonly StoredRow[]): StoredMessage[] {
  return rows
    .map((row) => ({ row, key: { at: row.created_at, roomId: row.room_id, id: row.id } }))
    .sort((a, b) => byKey(b.key, a.key));
}

export function messageOf({ row }: StoredMessage): Message {
  return toMessage(row, row.room_id);
}
