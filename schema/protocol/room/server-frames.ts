/** What the server sends in a room. An event carries the next number of its sequence: a message its `id`, a change its `rev`. */
import { z } from "zod";
import { messageId, participantRole, ref, rev, timestamp, userId } from "../../values.ts";
import { ack, batch, errorFrame, probe } from "../envelope.ts";
import { message, participant, room } from "./entities.ts";

/** Renewed when the object's data was restored from a backup; compared for equality only. */
const epoch = z.int();

/** The first frame of every socket: the room as it is, and the position from which events follow. */
export const welcome = z.object({
  type: z.literal("welcome"),
  protocol: z.int(),
  epoch,
  room,
  you: z.object({ userId, role: participantRole, lastReadMessageId: z.int().min(0) }),
  participants: z.array(participant),
  messageId: z.int().min(0),
  rev,
  serverTime: timestamp,
});

export const messageCreated = z.object({ type: z.literal("message.created"), message });
export const messageEdited = z.object({ type: z.literal("message.edited"), message, rev });
export const messageDeleted = z.object({ type: z.literal("message.deleted"), message, rev });
export const messageCorrected = z.object({ type: z.literal("message.corrected"), message, rev });
export const reactionChanged = z.object({ type: z.literal("reaction.changed"), message, rev });

/** `userId` has read everything up to `messageId`. */
export const receipt = z.object({ type: z.literal("receipt"), userId, messageId, rev });

/** `userId` is typing until then, unless told otherwise; null = stopped. */
export const typingChanged = z.object({ type: z.literal("typing"), userId, until: timestamp.nullable() });

export const participantJoined = z.object({ type: z.literal("participant.joined"), participant, rev });
export const participantLeft = z.object({ type: z.literal("participant.left"), participant, rev });
export const participantUpdated = z.object({ type: z.literal("participant.updated"), participant, rev });
export const roomUpdated = z.object({ type: z.literal("room.updated"), room, rev });

export const participantOnline = z.object({ type: z.literal("participant.online"), userId });
export const participantOffline = z.object({ type: z.literal("participant.offline"), userId });

/** Current states of rows past the position that `sync` gave, in chunks. */
export const syncRows = z.object({
  type: z.literal("sync.rows"),
  ref: ref.optional(),
  messages: z.array(message),
  participants: z.array(participant),
  room: room.optional(),
});

/** The position that holds from here on. `reset`: drop what you have, and start over from it with HTTP history. */
export const syncCompleted = z.object({
  type: z.literal("sync.completed"),
  ref: ref.optional(),
  epoch,
  messageId: z.int().min(0),
  rev,
  reset: z.literal(true).optional(),
});

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
]);
/** What everyone in the room gets. */
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
