/** What the server sends in a room. An event carries the next number of its sequence: a message its `id`, a change its `rev`. */
import { z } from "zod";
import { lastMessageId, messageId, participantRole, ref, rev, timestamp, userId } from "../../values.ts";
import { ack, batch, errorFrame, probe } from "../envelope.ts";
import { message, participant, room } from "./entities.ts";

const epoch = z
  .int()
  .describe("One history of the room: renewed when its data was restored from a backup. Compared for equality only.");

export const welcome = z
  .object({
    type: z.literal("welcome"),
    protocol: z.int().describe("The version of the wire."),
    epoch,
    room,
    you: z.object({
      userId,
      role: participantRole,
      lastReadMessageId: lastMessageId,
      blockedUserIds: z.array(userId).describe("Whom you blocked, of those who are or were here."),
    }),
    participants: z.array(participant).describe("Everybody who is or was here."),
    messageId: lastMessageId.describe("The last message; 0 in an empty room."),
    rev: rev.describe("The last change."),
    serverTime: timestamp,
  })
  .describe("The first frame of every socket: the room as it is, and the position from which events follow.");

export const messageCreated = z
  .object({ type: z.literal("message.created"), message })
  .describe("Somebody said something. Its `id` is the next message's.");
export const messageEdited = z
  .object({ type: z.literal("message.edited"), message, rev })
  .describe("A message has other words.");
export const messageDeleted = z
  .object({ type: z.literal("message.deleted"), message, rev })
  .describe("A message was emptied: words, file, reactions and corrections are gone everywhere.");
export const messageCorrected = z
  .object({ type: z.literal("message.corrected"), message, rev })
  .describe("A message was corrected by another participant.");
export const reactionChanged = z
  .object({ type: z.literal("reaction.changed"), message, rev })
  .describe("A reaction was put at a message, or taken back.");

export const receipt = z
  .object({ type: z.literal("receipt"), userId, messageId, rev })
  .describe(
    "Somebody has read everything up to `messageId`. Not told in rooms of more participants than the limit says.",
  );

export const typingChanged = z
  .object({
    type: z.literal("typing"),
    userId,
    until: timestamp.nullable().describe("Typing until then, unless told otherwise; null: stopped."),
  })
  .describe("Somebody is typing, or stopped.");

export const participantJoined = z
  .object({ type: z.literal("participant.joined"), participant, rev })
  .describe("Somebody came, or came back.");
export const participantLeft = z
  .object({ type: z.literal("participant.left"), participant, rev })
  .describe("Somebody left, or was removed.");
export const participantUpdated = z
  .object({ type: z.literal("participant.updated"), participant, rev })
  .describe("Somebody has another role, name or picture.");
export const roomUpdated = z
  .object({ type: z.literal("room.updated"), room, rev })
  .describe("The room has another name or description, or was closed.");

export const participantOnline = z
  .object({ type: z.literal("participant.online"), userId })
  .describe("Somebody's first socket of this room opened. Takes no `rev`.");
export const participantOffline = z
  .object({ type: z.literal("participant.offline"), userId })
  .describe("Somebody's last socket of this room closed. Takes no `rev`.");

export const blocksChanged = z
  .object({ type: z.literal("blocks.changed"), userIds: z.array(userId) })
  .describe(
    "You blocked somebody who is or was here, or no longer: all whom you block by now. Told to yourself alone. Takes no " +
      "`rev`; nor do messages of those people stay away, as their numbers have no gaps: hiding them is up to the client.",
  );

export const syncRows = z
  .object({
    type: z.literal("sync.rows"),
    ref: ref.optional(),
    messages: z.array(message),
    participants: z.array(participant),
    room: room.optional(),
  })
  .describe(
    "Current states of rows past the position that `sync` gave, in chunks. Of two states the higher `rev` holds.",
  );

export const syncCompleted = z
  .object({
    type: z.literal("sync.completed"),
    ref: ref.optional(),
    epoch,
    messageId: lastMessageId,
    rev,
    reset: z
      .literal(true)
      .optional()
      .describe("Drop what you have, and start over from this position with the history over HTTP."),
  })
  .describe("The position that holds from here on.");

export const roomEvent = z.discriminatedUnion("type", [
  messageCreated,
  messageEdited,
  messageDeleted,
  messageCorrected,
  reactionChanged,
  receipt,
  typingChanged,
  participantJoined,
  participantLeft,
  participantUpdated,
  roomUpdated,
  participantOnline,
  participantOffline,
  blocksChanged,
]);
/** What everyone in the room gets, but for what some of them are not to see. */
export type RoomEvent = z.infer<typeof roomEvent>;

export const roomServerFrame = z.discriminatedUnion("type", [
  welcome,
  ...roomEvent.options,
  syncRows,
  syncCompleted,
  ack,
  errorFrame,
  probe,
  batch,
]);
export type RoomServerFrame = z.infer<typeof roomServerFrame>;
export type Welcome = z.infer<typeof welcome>;
export type SyncRows = z.infer<typeof syncRows>;
export type SyncCompleted = z.infer<typeof syncCompleted>;
