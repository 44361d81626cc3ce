/** What is put on the queue `PUSH`, and what a browser's service worker gets to see of it. */
import { z } from "zod";
import { boundedText, userId } from "./values.ts";

export const PUSH_MESSAGE_LIMITS = {
  titleCharacters: 200,
  dataBytes: 1_024,
  exceptDevices: 100,
  /** Four weeks: push services keep nothing for longer. */
  ttlSeconds: 4 * 7 * 24 * 60 * 60,
} as const;

const { titleCharacters, dataBytes, exceptDevices, ttlSeconds } = PUSH_MESSAGE_LIMITS;

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength;
}

/** One notification. What does not fit into a push is cut off its texts. */
export const pushPayload = z.object({
  /** The number of the notification among the user's: shown twice, it is one. */
  id: z.int().min(1),
  type: z.string().min(1).max(64),
  title: boundedText(titleCharacters),
  message: z.string(),
  /** Where it leads, among others `roomId`. */
  data: z
    .record(z.string().max(64), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .refine((data) => bytesOf(data) <= dataBytes, `at most ${dataBytes} bytes`),
});
export type PushPayload = z.infer<typeof pushPayload>;

const sending = {
  userId,
  /** Of lower urgency, a device on battery may get it later (RFC 8030). */
  urgency: z.enum(["very-low", "low", "normal", "high"]),
  /** Replaces one of the same topic that the push service still has; the notification's own unless given. */
  topic: z
    .string()
    .regex(/^[\w-]{1,32}$/)
    .optional(),
  payload: pushPayload,
};

/** To every subscribed browser of a user, but for these devices. */
export const pushMessage = z.object({
  ...sending,
  exceptDeviceIds: z.array(z.string().max(128)).max(exceptDevices),
  /** After this it is worth nothing any more. It begins when the message is put on the queue. */
  ttlSeconds: z.int().min(1).max(ttlSeconds),
});
export type PushMessage = z.infer<typeof pushMessage>;

/** To one browser that could not be reached. Only the consumer of the queue writes these. */
export const pushRetry = z.object({ ...sending, subscriptionId: z.int(), expiresAt: z.int() });
export type PushRetry = z.infer<typeof pushRetry>;
