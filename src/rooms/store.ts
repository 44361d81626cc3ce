/**
 * Rooms in D1: their creation, which allocates the id, and reading back what was created and flushed. Everything else in
 * these tables is written by the room's object.
 */
import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { roomFlushName } from "../../objects/chat-room/address.ts";
import { messageDatabase } from "../../objects/chat-room/database.ts";
import { directKey } from "../../schema/direct-key.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import type { NewParticipant, NewRoom } from "../../schema/rpc.ts";
import { chatParticipants, chatRooms } from "../../schema/tables/chat.ts";
import { flushPositions } from "../../schema/tables/flush.ts";
import { users } from "../../schema/tables/users.ts";
import type { MessageType, RoomType } from "../../schema/values.ts";
import { blocksAmong } from "../people/blocks.ts";
import type { RoomPlan } from "./rules.ts";

/** What tells a GROUP's request from another: unique per room, and a hash of what was asked for. */
export interface CreationMark {
  readonly key: string;
  readonly hash: string;
}

export interface CreatedRoom {
  readonly room: NewRoom;
  readonly isNew: boolean;
}

export type CreationRefusal =
  | { readonly code: "conflict" }
  | { readonly code: "blocked" }
  | { readonly code: "unknown"; readonly userIds: number[] };

/** One batch of writes, so that either all of the room is there or nothing. A pair's second DIRECT room, or a repeated request, finds the first. */
export async function createRoom(
  database: D1Database,
  plan: RoomPlan,
  mark: CreationMark,
): Promise<Result<CreatedRoom, CreationRefusal>> {
  const isDirect = plan.roomType === "DIRECT";
  const key = isDirect ? directKey(plan.participantIds) : mark.key;
  const hash = isDirect ? null : mark.hash;
  const participantIds = JSON.stringify(plan.participantIds);
  const [inserted] = await database.batch([
    database
      .prepare(INSERT_ROOM[plan.roomType])
      .bind(plan.roomType, plan.name, plan.description, plan.creatorId, key, hash, participantIds),
    database.prepare(INSERT_PARTICIPANTS[plan.roomType]).bind(key, hash, participantIds),
  ]);

  const db = drizzle(database);
  const isIt = eq(isDirect ? chatRooms.directKey : chatRooms.creationKey, key);
  const [rooms, participants] = await db.batch([
    db
      .select({ ...roomColumns, creationHash: chatRooms.creationHash })
      .from(chatRooms)
      .where(isIt),
    selectParticipants(db, isIt),
  ]);
  const [row] = rooms;
  if (row === undefined) {
    const users = await findUsers(database, plan.participantIds);
    return users.unknown.length > 0 ? refuse({ code: "unknown", userIds: users.unknown }) : refuse({ code: "blocked" });
  }
  const { creationHash, ...room } = row;
  if (creationHash !== hash) return refuse({ code: "conflict" });
  const blocks = await blocksAmong(database, plan.participantIds);
  return ok({ room: { ...room, participants, blocks }, isNew: (inserted?.meta.changes ?? 0) > 0 });
}

const KEY_COLUMN = { DIRECT: "direct_key", GROUP: "creation_key" } as const;

/**
 * Nothing where the key is taken (not even a number of the id sequence), where one of the people is not there, or where
 * there is a block between one of them and who makes it.
 */
const insertRoom = (roomType: RoomType) => `
  INSERT INTO chat_rooms (room_type, name, description, created_by_user_id, ${KEY_COLUMN[roomType]}, creation_hash)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6
  WHERE NOT EXISTS (SELECT 1 FROM chat_rooms WHERE ${KEY_COLUMN[roomType]} = ?5) AND NOT EXISTS (
    SELECT 1 FROM json_each(?7) AS asked LEFT JOIN users ON users.id = asked.value AND users.is_active = 1
    WHERE users.id IS NULL) AND NOT EXISTS (
    SELECT 1 FROM json_each(?7) AS asked CROSS JOIN user_blocks AS block
      ON (block.user_id = ?4 AND block.blocked_user_id = asked.value)
      OR (block.user_id = asked.value AND block.blocked_user_id = ?4))
  ON CONFLICT DO NOTHING`;

/** Only into a room of the same request: a key sent again with another body adds nobody. */
const insertParticipants = (roomType: RoomType) => `
  INSERT INTO chat_participants (room_id, user_id, role, joined_at)
  SELECT room.id, users.id, iif(users.id = room.created_by_user_id, 'ADMIN', 'MEMBER'), room.created_at
  FROM chat_rooms AS room, json_each(?3) AS asked JOIN users ON users.id = asked.value AND users.is_active = 1
  WHERE room.${KEY_COLUMN[roomType]} = ?1 AND room.creation_hash IS ?2
  ON CONFLICT DO NOTHING`;

const INSERT_ROOM = { DIRECT: insertRoom("DIRECT"), GROUP: insertRoom("GROUP") };
const INSERT_PARTICIPANTS = { DIRECT: insertParticipants("DIRECT"), GROUP: insertParticipants("GROUP") };

/** A room as `create()` wants it, or null where there is none. */
export async function findRoom(database: D1Database, roomId: number): Promise<NewRoom | null> {
  const db = drizzle(database);
  const isIt = eq(chatRooms.id, roomId);
  const [rooms, participants] = await db.batch([
    db.select(roomColumns).from(chatRooms).where(isIt),
    selectParticipants(db, isIt),
  ]);
  if (rooms[0] === undefined) return null;
  const blocks = await blocksAmong(
    database,
    participants.map(({ userId }) => userId),
  );
  return { ...rooms[0], participants, blocks };
}

/** True once the room's object has flushed anything: it existed. */
export async function wasFlushed(env: Env, roomId: number): Promise<boolean> {
  const position = await drizzle(messageDatabase(env, roomId))
    .select({ id: flushPositions.id })
    .from(flushPositions)
    .where(eq(flushPositions.object, roomFlushName(roomId)))
    .get();
  return position !== undefined;
}

const roomColumns = {
  id: chatRooms.id,
  roomType: chatRooms.roomType,
  name: chatRooms.name,
  description: chatRooms.description,
  createdByUserId: chatRooms.createdByUserId,
  createdAt: chatRooms.createdAt,
};

function selectParticipants(db: ReturnType<typeof drizzle>, room: SQL) {
  return db
    .select({
      userId: users.id,
      name: users.englishName,
      imageUrl: users.profileImageUrl,
      role: chatParticipants.role,
    })
    .from(chatParticipants)
    .innerJoin(users, eq(users.id, chatParticipants.userId))
    .where(
      and(
        inArray(chatParticipants.roomId, db.select({ id: chatRooms.id }).from(chatRooms).where(room)),
        eq(chatParticipants.isActive, true),
      ),
    )
    .orderBy(asc(chatParticipants.id));
}

type KnownUser = Pick<NewParticipant, "userId" | "name" | "imageUrl">;

async function findUsers(
  database: D1Database,
  userIds: readonly number[],
): Promise<{ found: KnownUser[]; unknown: number[] }> {
  const found = await drizzle(database).all<KnownUser>(sql`
    SELECT users.id AS userId, users.english_name AS name, users.profile_image_url AS imageUrl
    FROM json_each(${JSON.stringify(userIds)}) AS asked JOIN users ON users.id = asked.value AND users.is_active = 1
    ORDER BY asked.key`);
  const known = new Set(found.map(({ userId }) => userId));
  return { found, unknown: userIds.filter((userId) => !known.has(userId)) };
}

/** Users as they enter a room later, in the order of `userIds`; the ids of those who are not there. */
export async function findNewcomers(
  database: D1Database,
  userIds: readonly number[],
): Promise<Result<NewParticipant[], number[]>> {
  const { found, unknown } = await findUsers(database, userIds);
  return unknown.length > 0 ? refuse(unknown) : ok(found.map((user) => ({ ...user, role: "MEMBER" })));
}

interface MessageRow {
  readonly id: number;
  readonly roomId: number;
  readonly senderId: number;
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly fileUrl: string | null;
  readonly fileMetadata: string | null;
  readonly replyToId: number | null;
  readonly clientId: string | null;
  readonly isEdited: number;
  readonly editedAt: number | null;
  readonly isDeleted: number;
  readonly createdAt: number;
  readonly reactions: string;
  readonly corrections: string;
  readonly rev: number;
}

const MESSAGE_RANGE = `SELECT id, room_id AS roomId, sender_id AS senderId, message_type AS messageType, content,
    file_url AS fileUrl, file_metadata AS fileMetadata, reply_to_id AS replyToId, client_id AS clientId,
    is_edited AS isEdited, edited_at AS editedAt, is_deleted AS isDeleted, created_at AS createdAt, reactions, corrections, rev
  FROM chat_log WHERE room_id = ?1 AND id BETWEEN ?2 AND ?3 AND epoch = ?4`;

export interface MessageRange {
  readonly first: number;
  readonly last: number;
  readonly epoch: number;
}

/** Archived or not: the range goes down into both tables. */
export async function storedMessages(
  database: D1DatabaseSession,
  roomId: number,
  range: MessageRange,
): Promise<Message[]> {
  const { results } = await database
    .prepare(MESSAGE_RANGE)
    .bind(roomId, range.first, range.last, range.epoch)
    .all<MessageRow>();
  return results.map(toMessage);
}

function toMessage(row: MessageRow): Message {
  return {
    ...row,
    fileMetadata: row.fileMetadata === null ? null : JSON.parse(row.fileMetadata),
    isEdited: row.isEdited === 1,
    editedAt: row.editedAt === null ? null : new Date(row.editedAt).toISOString(),
    isDeleted: row.isDeleted === 1,
    createdAt: new Date(row.createdAt).toISOString(),
    reactions: JSON.parse(row.reactions),
    corrections: JSON.parse(row.corrections),
  };
}
