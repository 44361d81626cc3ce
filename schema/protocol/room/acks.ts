/** What the `ack` of each room command carries beside its `ref`. */
import { z } from "zod";
import { messageId, rev, timestamp } from "../../values.ts";
import { ack } from "../envelope.ts";
import type { RoomClientFrame } from "./client-frames.ts";
import { message } from "./entities.ts";

const changed = z
  .object({ ...ack.shape, rev: rev.describe("The change that this made; the earlier one where it was so already.") })
  .describe("The change is durable.");

export const ROOM_ACKS = {
  "message.send": z
    .object({
      ...ack.shape,
      id: messageId,
      createdAt: timestamp,
      duplicate: z.boolean().describe("It was sent before: these are the first one's number and time."),
    })
    .describe("The message is durable."),
  "message.edit": changed,
  "message.delete": changed,
  "message.correct": changed,
  "reaction.add": changed,
  "reaction.remove": changed,
  history: z
    .object({ ...ack.shape, messages: z.array(message), hasMore: z.boolean() })
    .describe("A page of messages, newest first; fewer than asked for where they are very large."),
  "auth.refresh": z.object(ack.shape).describe("The socket lives as long as the new token."),
} as const satisfies Partial<Record<RoomClientFrame["type"], z.ZodType>>;
