/** The main database's part of a search: the caller's rooms, and messages as they are now. */
import { type MessageRow, toMessage } from "../../objects/chat-room/rows.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { byDatabase, type MainDatabase, reading } from "./databases.ts";
import { lastUpTo } from "./room-ranges.ts";
import { byKey, type Edge, type Key, type RoomHits, WINDOW_MESSAGES } from "./rules.ts";

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

type StoredRow = Omit<MessageRow, "body_hash"> & { readonly room_id: number };

export interface StoredMessage {
  readonly key: Key;
  readonly row: StoredRow;
}

const COLUMNS =
  "room_id, id, sender_id, message_type, content, file_url, file_metadata, reply_to_id, client_id, is_edited, edited_at, is_deleted, created_at, reactions, corrections, rev"
    .split(", ")
    .map((name) => `message.${name}`)
    .join(", ");

/** `?1`: [room, message] of each. */
const MESSAGES = `SELECT ${COLUMNS}
  FROM json_each(?1) AS asked CROSS JOIN chat_log AS message
    ON message.room_id = asked.value ->> 0 AND message.id = asked.value ->> 1
  ORDER BY message.created_at DESC, message.room_id DESC, message.id DESC LIMIT ${WINDOW_MESSAGES}`;

/** When what lies below these messages was said at the latest; `?1` as above. */
const EDGES = `SELECT asked.value ->> 0 AS roomId, asked.value ->> 1 AS id,
    ${lastUpTo("created_at", "(asked.value ->> 0)", "(asked.value ->> 1)")} AS at
  FROM json_each(?1) AS asked`;

export interface Reread {
  /** The newest first, at most `WINDOW_MESSAGES`. */
  readonly messages: readonly StoredMessage[];
  /** Without those below which there is nothing. */
  readonly edges: readonly Key[];
}

export async function reread(main: MainDatabase, hits: readonly RoomHits[], edges: readonly Edge[]): Promise<Reread> {
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
      session.prepare(MESSAGES).bind(JSON.stringify(messageIds)),
      session.prepare(EDGES).bind(JSON.stringify(edgeIds)),
    ]);
    return {
      // Rows as the two statements select them.
      rows: (messages?.results ?? []) as StoredRow[],
      edges: (ends?.results ?? []) as { roomId: number; id: number; at: number | null }[],
    };
  });
  const messages = answers
    .flatMap(({ rows }) => rows)
    .map((row) => ({ row, key: { at: row.created_at, roomId: row.room_id, id: row.id } }));
  return {
    messages: messages.sort((a, b) => byKey(b.key, a.key)).slice(0, WINDOW_MESSAGES),
    edges: answers.flatMap(({ edges }) => edges.flatMap(({ at, ...edge }) => (at === null ? [] : [{ at, ...edge }]))),
  };
}

export function messageOf({ row }: StoredMessage): Message {
  return toMessage(row, row.room_id);
}
