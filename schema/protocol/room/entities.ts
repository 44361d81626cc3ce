/** What a room consists of, as clients see it: in frames, in HTTP history and in the SDK. */
import { z } from "zod";
import {
  emoji,
  fileMetadata,
  messageId,
  messageType,
  participantRole,
  rev,
  roomId,
  roomType,
  timestamp,
  userId,
} from "../../values.ts";

export const reaction = z.object({ emoji, userIds: z.array(userId) });
export type Reaction = z.infer<typeof reaction>;

/** A better wording of somebody's message, proposed by another participant. One per participant and message. */
export const correction = z.object({
  userId,
  corrected: z.string(),
  note: z.string().nullable(),
  createdAt: timestamp,
});
export type Correction = z.infer<typeof correction>;

/** `rev` is that of its latest change, 0 if it was never changed. `content` and file are null once deleted. */
export const message = z.object({
  id: messageId,
  roomId,
  senderId: userId,
  messageType,
  content: z.string().nullable(),
  fileUrl: z.string().nullable(),
  fileMetadata: fileMetadata.nullable(),
  replyToId: messageId.nullable(),
  clientId: z.string().nullable(),
  isEdited: z.boolean(),
  editedAt: timestamp.nullable(),
  isDeleted: z.boolean(),
  createdAt: timestamp,
  reactions: z.array(reaction),
  corrections: z.array(correction),
  rev,
});
export type Message = z.infer<typeof message>;

/** `isActive` is false for someone who left: their messages keep an author. */
export const participant = z.object({
  userId,
  name: z.string(),
  imageUrl: z.string().nullable(),
  role: participantRole,
  joinedAt: timestamp,
  lastReadMessageId: z.int().min(0),
  isActive: z.boolean(),
  online: z.boolean(),
  rev,
});
export type Participant = z.infer<typeof participant>;

export const room = z.object({
  id: roomId,
  roomType,
  name: z.string().nullable(),
  description: z.string().nullable(),
  createdByUserId: userId.nullable(),
  isActive: z.boolean(),
  createdAt: timestamp,
  rev,
});
export type Room = z.infer<typeof room>;
