/** What a client may send in a room. Unknown fields are ignored; every known one is checked. */
import { z } from "zod";
import { emoji, fileMetadata, filledText, messageId, messageType, ref, rev } from "../../values.ts";
import { envelopeClientFrame } from "../envelope.ts";
import { LIMITS } from "../limits.ts";

const command = { ref: ref.optional() };
const content = filledText(LIMITS.contentCharacters);

/** Answer: `ack { id, createdAt, duplicate }`. The same `clientId` again returns the first result. */
export const messageSend = z.object({
  type: z.literal("message.send"),
  ...command,
  clientId: z.string().min(1).max(LIMITS.clientIdCharacters),
  messageType: messageType.exclude(["SYSTEM"]).default("TEXT"),
  content: content.nullish(),
  fileUrl: z.string().min(1).max(1_024).nullish(),
  fileMetadata: fileMetadata.nullish(),
  replyToId: messageId.nullish(),
});

/** Sender only. Answer: `ack { rev }`. */
export const messageEdit = z.object({ type: z.literal("message.edit"), ...command, id: messageId, content });

/** Sender or ADMIN. Answer: `ack { rev }`. */
export const messageDelete = z.object({ type: z.literal("message.delete"), ...command, id: messageId });

/** Any other participant than the sender. Answer: `ack { rev }`. */
export const messageCorrect = z.object({
  type: z.literal("message.correct"),
  ...command,
  id: messageId,
  corrected: content,
  note: filledText(LIMITS.noteCharacters).nullish(),
});

/** Answer: `ack { rev }`. */
export const reactionAdd = z.object({ type: z.literal("reaction.add"), ...command, id: messageId, emoji });
/** Answer: `ack { rev }`. */
export const reactionRemove = z.object({ type: z.literal("reaction.remove"), ...command, id: messageId, emoji });

/** Everything up to `id` was read. Answer: none. */
export const read = z.object({ type: z.literal("read"), ...command, id: messageId });

/** Answer: none. */
export const typing = z.object({ type: z.literal("typing"), ...command, active: z.boolean() });

/** Asks for every row past a position. Answer: `sync.rows` …, then `sync.completed`. */
export const sync = z.object({
  type: z.literal("sync"),
  ...command,
  epoch: z.union([z.number(), z.string().max(64)]).optional(),
  messageId: z.int().min(0),
  rev,
});

/** Answer: `ack { messages, hasMore }`, newest first. */
export const history = z.object({
  type: z.literal("history"),
  ...command,
  beforeId: messageId.nullish(),
  limit: z.int().min(1).max(LIMITS.pageSize).default(50),
});

export const roomCommand = z.discriminatedUnion("type", [
  messageSend,
  messageEdit,
  messageDelete,
  messageCorrect,
  reactionAdd,
  reactionRemove,
  read,
  typing,
  sync,
  history,
]);
/** A checked command, defaults filled in. */
export type RoomCommand = z.infer<typeof roomCommand>;

export const roomClientFrame = z.discriminatedUnion("type", [...roomCommand.options, ...envelopeClientFrame.options]);
/** What a client writes: fields with a default may be left out. */
export type RoomClientFrame = z.input<typeof roomClientFrame>;
