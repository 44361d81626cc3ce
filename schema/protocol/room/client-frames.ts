/** What a client may send in a room. Unknown fields are ignored; every known one is checked. */
import { z } from "zod";
import { emoji, fileMetadata, filledText, lastMessageId, messageId, messageType, ref, rev } from "../../values.ts";
import { envelopeClientFrame } from "../envelope.ts";
import { LIMITS } from "../limits.ts";

const command = { ref: ref.optional() };
const content = filledText(LIMITS.contentCharacters).describe("What is said. Not blank; counted in characters.");

export const messageSend = z
  .object({
    type: z.literal("message.send"),
    ...command,
    clientId: z
      .string()
      .min(1)
      .max(LIMITS.clientIdCharacters)
      .describe("Unique per sender. The same one again returns the first result, also years later."),
    messageType: messageType.exclude(["SYSTEM"]).default("TEXT"),
    content: content.nullish().describe("The words: of a TEXT what it is, beside a file as one likes."),
    fileUrl: z
      .string()
      .min(1)
      .max(1_024)
      .nullish()
      .describe(
        "Media that the sender uploaded for this room: the `url` that the upload was answered with, as it is. An IMAGE is " +
          "a picture, a VOICE was uploaded as such, a FILE is anything else.",
      ),
    fileMetadata: fileMetadata.nullish().describe("Taken, and left out: the message says what was found in the file."),
    replyToId: messageId.nullish(),
  })
  .describe("Says something. Acknowledged once it is durable.");

export const messageEdit = z
  .object({ type: z.literal("message.edit"), ...command, id: messageId, content })
  .describe("Replaces the words of one's own message.");

export const messageDelete = z
  .object({ type: z.literal("message.delete"), ...command, id: messageId })
  .describe("Empties a message: one's own, or as ADMIN anybody's. Its number stays.");

export const messageCorrect = z
  .object({
    type: z.literal("message.correct"),
    ...command,
    id: messageId,
    corrected: content.describe("The better wording, of the whole message. Not blank; counted in characters."),
    note: filledText(LIMITS.noteCharacters).nullish().describe("Why this is better."),
  })
  .describe("Proposes a better wording of somebody else's message. Sent again, it replaces one's earlier proposal.");

export const reactionAdd = z
  .object({ type: z.literal("reaction.add"), ...command, id: messageId, emoji })
  .describe("Puts an emoji at a message.");
export const reactionRemove = z
  .object({ type: z.literal("reaction.remove"), ...command, id: messageId, emoji })
  .describe("Takes one's own emoji back.");

export const read = z
  .object({ type: z.literal("read"), ...command, id: messageId })
  .describe("Everything up to `id` was read. Receipts of several are told as one.");

export const typing = z
  .object({ type: z.literal("typing"), ...command, active: z.boolean() })
  .describe("Began to type, or stopped. To be repeated while it goes on.");

export const sync = z
  .object({
    type: z.literal("sync"),
    ...command,
    epoch: z
      .union([z.number(), z.string().max(64)])
      .optional()
      .describe("The epoch to which the position belongs, from `welcome` or `sync.completed`."),
    messageId: lastMessageId.describe("The last message that the client has; 0 for none."),
    rev: rev.describe("The last change that the client has."),
  })
  .describe("Asks for the current state of every row past a position.");

export const history = z
  .object({
    type: z.literal("history"),
    ...command,
    beforeId: messageId.nullish().describe("Only messages below this number; without it the newest."),
    limit: z.int().min(1).max(LIMITS.pageSize).default(50),
  })
  .describe("Asks for a page of earlier messages, newest first.");

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
