/** What a room consists of, as clients see it: in frames, in HTTP history and in the SDK. */
import { z } from "zod";
import {
  emoji,
  fileMetadata,
  lastMessageId,
  messageId,
  messageType,
  participantRole,
  rev,
  roomId,
  roomType,
  timestamp,
  userId,
} from "../../values.ts";

export const reaction = z
  .object({ emoji, userIds: z.array(userId) })
  .describe("One emoji at a message, and who put it there.");
export type Reaction = z.infer<typeof reaction>;

export const correction = z
  .object({
    userId,
    corrected: z.string().describe("The better wording."),
    note: z.string().nullable().describe("Why it is better."),
    createdAt: timestamp,
  })
  .describe(
    "A better wording of somebody's message, proposed by another participant: one per participant and message.",
  );
export type Correction = z.infer<typeof correction>;

export const message = z
  .object({
    id: messageId,
    roomId,
    senderId: userId,
    messageType,
    content: z.string().nullable().describe("Null once it was deleted."),
    fileUrl: z.string().nullable(),
    fileMetadata: fileMetadata.nullable(),
    replyToId: messageId.nullable().describe("The message that this one answers."),
    clientId: z.string().nullable().describe("What its sender's client called it; unique per sender."),
    isEdited: z.boolean(),
    editedAt: timestamp.nullable(),
    isDeleted: z.boolean(),
    createdAt: timestamp,
    reactions: z.array(reaction),
    corrections: z.array(correction),
    rev: rev.describe("The `rev` of its latest change; 0 if it was never changed."),
  })
  .describe("What was said in a room, as it is now.");
export type Message = z.infer<typeof message>;

export const participant = z
  .object({
    userId,
    name: z.string(),
    imageUrl: z.string().nullable(),
    role: participantRole,
    joinedAt: timestamp,
    lastReadMessageId: lastMessageId.describe("Everything up to it was read; 0 for nothing yet."),
    isActive: z.boolean().describe("False for someone who left: their messages keep an author."),
    online: z.boolean().describe("Held a socket of this room when this was said."),
    rev,
  })
  .describe("A person in a room.");
export type Participant = z.infer<typeof participant>;

export const room = z
  .object({
    id: roomId,
    roomType,
    name: z.string().nullable().describe("Null in a DIRECT room: each calls it after the other."),
    description: z.string().nullable(),
    createdByUserId: userId.nullable(),
    isActive: z.boolean().describe("False once the last participant left: nothing can be sent any more."),
    createdAt: timestamp,
    rev,
  })
  .describe("A conversation: DIRECT, one per pair, or GROUP.");
export type Room = z.infer<typeof room>;
