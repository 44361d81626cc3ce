/** SQLite rows of a room ↔ what the wire calls them. */
import { z } from "zod";
import {
  correction,
  type Message,
  type Participant,
  type Room,
  reaction,
} from "../../schema/protocol/room/entities.ts";
import type { MessageType, ParticipantRole, RoomType } from "../../schema/values.ts";
import type { NewContent, Standing } from "./rules.ts";

export type RoomRow = {
  id: number;
  room_type: RoomType;
  name: string | null;
  description: string | null;
  created_by_user_id: number | null;
  is_active: number;
  created_at: number;
  epoch: number;
  is_flush_held: number;
  rev: number;
};

export type ParticipantRow = {
  user_id: number;
  name: string;
  image_url: string | null;
  role: ParticipantRole;
  joined_at: number;
  last_read_message_id: number;
  is_active: number;
  rev: number;
  is_dirty: number;
};

export type MessageRow = {
  id: number;
  sender_id: number;
  message_type: MessageType;
  content: string | null;
  /** Of a deleted message still its file, which the flush has to free; nobody is told of it. */
  file_url: string | null;
  file_metadata: string | null;
  reply_to_id: number | null;
  client_id: string | null;
  /** Of the body first sent; empty while the row itself still holds that. */
  body_hash: string;
  is_edited: number;
  edited_at: number | null;
  is_deleted: number;
  created_at: number;
  reactions: string;
  corrections: string;
  rev: number;
};

/** A participant as the room keeps it in memory; whether they are online is the sockets' business. */
export interface StoredParticipant extends Standing {
  readonly name: string;
  readonly imageUrl: string | null;
  readonly rev: number;
  readonly isDirty: boolean;
}

const reactions = z.array(reaction);
const corrections = z.array(correction);
const metadata = z.record(z.string(), z.json());

export function toRoom(row: RoomRow): Room {
  return {
    id: row.id,
    roomType: row.room_type,
    name: row.name,
    description: row.description,
    createdByUserId: row.created_by_user_id,
    isActive: row.is_active === 1,
    createdAt: toIso(row.created_at),
    rev: row.rev,
  };
}

export function toStoredParticipant(row: ParticipantRow): StoredParticipant {
  return {
    userId: row.user_id,
    name: row.name,
    imageUrl: row.image_url,
    role: row.role,
    joinedAt: row.joined_at,
    lastReadMessageId: row.last_read_message_id,
    isActive: row.is_active === 1,
    rev: row.rev,
    isDirty: row.is_dirty === 1,
  };
}

export function toParticipant({ isDirty: _, ...stored }: StoredParticipant, online: boolean): Participant {
  return { ...stored, joinedAt: toIso(stored.joinedAt), online };
}

export function toMessage(row: Omit<MessageRow, "body_hash">, roomId: number): Message {
  return {
    id: row.id,
    roomId,
    senderId: row.sender_id,
    messageType: row.message_type,
    content: row.content,
    fileUrl: row.is_deleted === 1 ? null : row.file_url,
    fileMetadata: row.file_metadata === null ? null : metadata.parse(JSON.parse(row.file_metadata)),
    replyToId: row.reply_to_id,
    clientId: row.client_id,
    isEdited: row.is_edited === 1,
    editedAt: row.edited_at === null ? null : toIso(row.edited_at),
    isDeleted: row.is_deleted === 1,
    createdAt: toIso(row.created_at),
    reactions: row.reactions === "[]" ? [] : reactions.parse(JSON.parse(row.reactions)),
    corrections: row.corrections === "[]" ? [] : corrections.parse(JSON.parse(row.corrections)),
    rev: row.rev,
  };
}

export interface NewMessage {
  readonly senderId: number;
  readonly clientId: string;
  readonly content: NewContent;
  readonly replyToId: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A message as the row just inserted would be read. */
export function newMessage(
  { senderId, clientId, content, replyToId, createdAt }: NewMessage,
  { id, roomId }: Pick<Message, "id" | "roomId">,
): Message {
  return {
    id,
    roomId,
    senderId,
    messageType: content.messageType,
    content: content.content,
    fileUrl: content.fileUrl,
    fileMetadata: content.fileMetadata,
    replyToId,
    clientId,
    isEdited: false,
    editedAt: null,
    isDeleted: false,
    createdAt: toIso(createdAt),
    reactions: [],
    corrections: [],
    rev: 0,
  };
}

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
