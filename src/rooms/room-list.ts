/** A user's rooms from D1, the latest first: a fixed number of statements however many rooms there are. */
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { messageDatabase } from "../../objects/chat-room/database.ts";
import type { RoomListItem } from "../../schema/api/rooms.ts";
import { chatParticipants, chatRooms } from "../../schema/tables/chat.ts";
import type { MessageType } from "../../schema/values.ts";
import { blockedBetween } from "../people/blocks.ts";

/** Unread messages are counted among this many of the latest. */
const UNREAD_WINDOW = 1_000;
const LISTED_PARTICIPANTS = 4;

/** Activity (epoch milliseconds) and id of the last room of the page before. */
export type RoomListPosition = readonly [activity: number, roomId: number];

/** One room more than `limit`, where there is one. `activity` is what the list is ordered by. */
export async function listRooms(
  env: Env,
  userId: number,
  page: { readonly after: RoomListPosition | null; readonly limit: number },
): Promise<{ item: RoomListItem; activity: number }[]> {
  const rows = await pageOfRooms(env.DB, userId, page);
  if (rows.length === 0) return [];
  const [people, blocked, heads] = await Promise.all([
    firstParticipants(env.DB, userId, rows),
    blockedBetween(env.DB, userId),
    Promise.all([...groupByDatabase(env, rows)].map(([database, rooms]) => headsOf(database, userId, rooms))),
  ]);
  const shown = heads.flat().map((head) => (blocked.has(head.senderId) ? { ...head, content: null } : head));
  const headByRoom = new Map(shown.map((head) => [head.roomId, head]));
  return rows.map((row) => ({ activity: row.activity, item: toListItem(row, headByRoom.get(row.id), people) }));
}

type RoomRow = Awaited<ReturnType<typeof pageOfRooms>>[number];

function pageOfRooms(
  database: D1Database,
  userId: number,
  { after, limit }: { readonly after: RoomListPosition | null; readonly limit: number },
) {
  const activity: SQL<number> = sql`coalesce(${chatRooms.lastMessageAt}, ${chatRooms.createdAt})`;
  const { id, roomType, name, description, createdByUserId, isActive, lastMessageAt, createdAt, rev } = chatRooms;
  return drizzle(database)
    .select({
      ...{ id, roomType, name, description, createdByUserId, isActive, lastMessageAt, createdAt, rev },
      lastReadMessageId: sql<number>`coalesce(${chatParticipants.lastReadMessageId}, 0)`,
      activity: activity.as("activity"),
    })
    .from(chatParticipants)
    .innerJoin(chatRooms, eq(chatRooms.id, chatParticipants.roomId))
    .where(
      and(
        eq(chatParticipants.userId, userId),
        eq(chatParticipants.isActive, true),
        after ? sql`(${activity}, ${id}) < (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(desc(activity), desc(id))
    .limit(limit + 1);
}

interface ListedParticipant {
  readonly roomId: number;
  readonly userId: number;
  readonly name: string;
  readonly imageUrl: string | null;
}

function firstParticipants(
  database: D1Database,
  userId: number,
  rooms: readonly RoomRow[],
): Promise<ListedParticipant[]> {
  return drizzle(database).all(sql`
    SELECT people.room_id AS roomId, users.id AS userId, users.english_name AS name, users.profile_image_url AS imageUrl
    FROM json_each(${JSON.stringify(rooms.map(({ id }) => id))}) AS asked
    JOIN chat_participants AS people ON people.id IN (
      SELECT id FROM chat_participants
      WHERE room_id = asked.value AND is_active = 1 AND user_id <> ${userId} ORDER BY id LIMIT ${LISTED_PARTICIPANTS})
    JOIN users ON users.id = people.user_id
    ORDER BY people.id`);
}

interface RoomHead {
  readonly roomId: number;
  readonly id: number;
  readonly senderId: number;
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly isDeleted: number;
  readonly createdAt: number;
  readonly unread: number;
}

/** From the live messages and the archive alike: the last one may be in either. */
function headsOf(database: D1Database, userId: number, rooms: readonly RoomRow[]): Promise<RoomHead[]> {
  const asked = JSON.stringify(rooms.map(({ id, lastReadMessageId }) => [id, lastReadMessageId]));
  // Each table is asked apart: a range that depends on another row is not handed down into a view.
  const unreadIn = (table: SQL) => sql`(SELECT count(*) FROM ${table} AS message
        WHERE message.room_id = head.room_id
          AND message.id > max(asked.value ->> 1, head.id - ${UNREAD_WINDOW})
          AND message.sender_id <> ${userId} AND message.is_deleted = 0)`;
  return drizzle(database).all(sql`
    SELECT head.room_id AS roomId, head.id, head.sender_id AS senderId, head.message_type AS messageType, head.content,
      head.is_deleted AS isDeleted, head.created_at AS createdAt,
      ${unreadIn(sql`chat_messages`)} + ${unreadIn(sql`chat_messages_archive`)} AS unread
    FROM json_each(${asked}) AS asked
    JOIN chat_log AS head ON head.room_id = asked.value ->> 0
      AND head.id = (SELECT id FROM chat_log WHERE room_id = asked.value ->> 0 ORDER BY id DESC LIMIT 1)`);
}

function groupByDatabase(env: Env, rows: readonly RoomRow[]): Map<D1Database, RoomRow[]> {
  return Map.groupBy(rows, ({ id }) => messageDatabase(env, id));
}

function toListItem(row: RoomRow, head: RoomHead | undefined, people: readonly ListedParticipant[]): RoomListItem {
  const { activity: _, createdAt, lastMessageAt, ...room } = row;
  return {
    ...room,
    createdAt: isoTime(createdAt),
    lastMessageAt: lastMessageAt === null ? null : isoTime(lastMessageAt),
    lastMessage: head
      ? {
          id: head.id,
          senderId: head.senderId,
          messageType: head.messageType,
          content: head.content,
          isDeleted: head.isDeleted === 1,
          createdAt: isoTime(head.createdAt),
        }
      : null,
    unread: head?.unread ?? 0,
    participants: people
      .filter(({ roomId }) => roomId === row.id)
      .map(({ userId, name, imageUrl }) => ({ userId, name, imageUrl })),
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
