/**
 * Rooms, their participants and messages in D1. The Worker inserts a room and its first participants, which allocates the
 * id; from then on the rows belong to the ChatRoom object and are written by its flush alone. `epoch` and `rev` guard
 * each row: a replayed or reordered flush changes nothing.
 */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { messageColumns } from "./message-columns.ts";
import { users } from "./users.ts";

export const chatRooms = sqliteTable(
  "chat_rooms",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    roomType: text("room_type", { enum: ["DIRECT", "GROUP"] })
      .notNull()
      .default("DIRECT"),
    name: text(),
    description: text(),
    createdByUserId: integer("created_by_user_id").references(() => users.id, { onDelete: "set null" }),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    lastMessageAt: integer("last_message_at"),
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
    /** "min:max" of the two user ids: one DIRECT room per pair. */
    directKey: text("direct_key").unique("unique_direct_room"),
    /** "userId:Idempotency-Key" of the request that made a GROUP; made up where none was sent. */
    creationKey: text("creation_key"),
    /** SHA-256 of that request's body: the same key with another body is a conflict. */
    creationHash: text("creation_hash"),
    epoch: integer().notNull().default(0),
    rev: integer().notNull().default(0),
  },
  (table) => [
    index("idx_chat_rooms_activity").on(table.isActive, table.lastMessageAt),
    index("idx_chat_rooms_created_by").on(table.createdByUserId),
    uniqueIndex("unique_room_creation").on(table.creationKey).where(sql`${table.creationKey} IS NOT NULL`),
    check("chat_rooms_room_type", sql`${table.roomType} IN ('DIRECT', 'GROUP')`),
    check("chat_rooms_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);

export const chatParticipants = sqliteTable(
  "chat_participants",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    roomId: integer("room_id")
      .notNull()
      .references(() => chatRooms.id, { onDelete: "cascade" }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text({ enum: ["ADMIN", "MEMBER"] })
      .notNull()
      .default("MEMBER"),
    joinedAt: integer("joined_at").notNull().default(now),
    lastReadMessageId: integer("last_read_message_id"),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    epoch: integer().notNull().default(0),
    rev: integer().notNull().default(0),
  },
  (table) => [
    unique("unique_room_participant").on(table.roomId, table.userId),
    index("idx_chat_participants_user_rooms").on(table.userId, table.isActive),
    index("idx_chat_participants_room").on(table.roomId, table.isActive),
    check("chat_participants_role", sql`${table.role} IN ('ADMIN', 'MEMBER')`),
    check("chat_participants_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);

/** Clustered by (room_id, id), WITHOUT ROWID: history reads one range, a message costs one row written. */
export const chatMessages = sqliteTable("chat_messages", messageColumns(), (table) => [
  primaryKey({ columns: [table.roomId, table.id] }),
  index("idx_chat_messages_reply").on(table.replyToId).where(sql`${table.replyToId} IS NOT NULL`),
  index("idx_chat_messages_file").on(table.fileUrl).where(sql`${table.fileUrl} IS NOT NULL`),
  check("chat_messages_message_type", sql`${table.messageType} IN ('TEXT', 'IMAGE', 'VOICE', 'FILE', 'SYSTEM')`),
  check("chat_messages_is_edited", sql`${table.isEdited} IN (0, 1)`),
  check("chat_messages_is_deleted", sql`${table.isDeleted} IN (0, 1)`),
  check("chat_messages_file_metadata", sql`${table.fileMetadata} IS NULL OR json_valid(${table.fileMetadata})`),
  check("chat_messages_reactions", sql`json_valid(${table.reactions})`),
  check("chat_messages_corrections", sql`json_valid(${table.corrections})`),
]);

/**
 * Messages that were moved out of `chat_messages`: of each room those up to some number, and none of them is in both.
 * Clustered like it.
 */
export const chatMessagesArchive = sqliteTable("chat_messages_archive", messageColumns(), (table) => [
  primaryKey({ columns: [table.roomId, table.id] }),
  index("idx_chat_messages_archive_file").on(table.fileUrl).where(sql`${table.fileUrl} IS NOT NULL`),
]);
