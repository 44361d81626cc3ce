/** A user's rooms, the latest first: as their inbox has them, with the people that D1 knows in each. */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { logError } from "../../objects/kernel/log.ts";
import { presenceObject } from "../../schema/addresses.ts";
import type { RoomListItem } from "../../schema/api/rooms.ts";
import type { ListedRoom } from "../../schema/rpc.ts";

const LISTED_PARTICIPANTS = 4;

/** Activity (epoch milliseconds) and id of the last room of the page before. */
export type RoomListPosition = readonly [activity: number, roomId: number];

/** One room more than `limit`, where there is one. `activity` is what the list is ordered by. */
export async function listRooms(
  env: Env,
  userId: number,
  page: { readonly after: RoomListPosition | null; readonly limit: number },
): Promise<{ item: RoomListItem; activity: number }[]> {
  const listed = await presenceObject(env, userId).listRooms(page);
  const people = await firstParticipants(env.DB, userId, listed);
  return listed.map((room) => ({ activity: room.activity, item: toListItem(room, people) }));
}

interface ListedParticipant {
  readonly roomId: number;
  readonly userId: number;
  readonly name: string;
  readonly imageUrl: string | null;
}

/** Nobody where D1 is away: the list itself needs nothing of it. */
async function firstParticipants(
  database: D1Database,
  userId: number,
  rooms: readonly ListedRoom[],
): Promise<ListedParticipant[]> {
  if (rooms.length === 0) return [];
  try {
    return await drizzle(database).all(sql`
      SELECT people.room_id AS roomId, users.id AS userId, users.english_name AS name,
        users.profile_image_url AS imageUrl
      FROM json_each(${JSON.stringify(rooms.map(({ roomId }) => roomId))}) AS asked
      JOIN chat_participants AS people ON people.id IN (
        SELECT id FROM chat_participants
        WHERE room_id = asked.value AND is_active = 1 AND user_id <> ${userId} ORDER BY id LIMIT ${LISTED_PARTICIPANTS})
      JOIN users ON users.id = people.user_id
      ORDER BY people.id`);
  } catch (error) {
    logError({ event: "room-list.d1-away" }, error);
    return [];
  }
}

function toListItem(listed: ListedRoom, people: readonly ListedParticipant[]): RoomListItem {
  const { room, lastMessage, lastMessageId, lastReadMessageId, unread } = listed;
  return {
    ...room,
    lastMessageAt: lastMessage?.createdAt ?? null,
    lastMessage: lastMessage && {
      id: lastMessageId,
      senderId: lastMessage.senderId,
      messageType: lastMessage.messageType,
      content: lastMessage.preview,
      isDeleted: lastMessage.isDeleted,
      createdAt: lastMessage.createdAt,
    },
    lastReadMessageId,
    unread,
    participants: people
      .filter(({ roomId }) => roomId === room.id)
      .map(({ userId, name, imageUrl }) => ({ userId, name, imageUrl })),
  };
}
