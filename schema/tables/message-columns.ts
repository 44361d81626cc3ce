/** What a message's row is made of, wherever it lies. */
import { integer, text } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";

export const messageColumns = () => ({
  roomId: integer("room_id").notNull(),
  id: integer().notNull(),
  senderId: integer("sender_id").notNull(),
  messageType: text("message_type", { enum: ["TEXT", "IMAGE", "VOICE", "FILE", "SYSTEM"] })
    .notNull()
    .default("TEXT"),
  content: text(),
  fileUrl: text("file_url"),
  fileMetadata: text("file_metadata"),
  replyToId: integer("reply_to_id"),
  clientId: text("client_id"),
  isEdited: integer("is_edited", { mode: "boolean" }).notNull().default(false),
  editedAt: integer("edited_at"),
  isDeleted: integer("is_deleted", { mode: "boolean" }).notNull().default(false),
  createdAt: integer("created_at").notNull().default(now),
  reactions: text().notNull().default("[]"),
  corrections: text().notNull().default("[]"),
  epoch: integer().notNull().default(0),
  rev: integer().notNull().default(0),
});
