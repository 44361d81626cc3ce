/** Bodies of `/v1/push-subscriptions` and `/v1/push-key`. */
import { z } from "zod";
import { timestamp } from "../values.ts";

export const PUSH_LIMITS = {
  subscriptionsPerUser: 20,
  endpointCharacters: 2_048,
} as const;

const endpoint = z
  .url()
  .max(PUSH_LIMITS.endpointCharacters)
  .describe("Where the browser's push service takes messages for it.");

/** As browsers write bytes: base64url without padding. */
const bytes = (length: number) =>
  z.string().regex(new RegExp(`^[\\w-]{${Math.ceil((length * 8) / 6)}}$`), `must be ${length} bytes in base64url`);

export const subscribeRequest = z
  .object({
    endpoint,
    expirationTime: z.number().nullish(),
    keys: z.object({
      p256dh: bytes(65).describe("The browser's public key: an uncompressed point of P-256."),
      auth: bytes(16).describe("A secret that the browser shares with the sender."),
    }),
  })
  .describe("A browser's `PushSubscription.toJSON()`.");
export type SubscribeRequest = z.infer<typeof subscribeRequest>;

export const unsubscribeRequest = z.object({ endpoint });

/** Neither the endpoint nor its keys are ever given back. */
export const pushSubscription = z.object({
  id: z.int(),
  createdAt: timestamp,
  updatedAt: timestamp.describe("When it was last sent here."),
});
export type PushSubscriptionAnswer = z.infer<typeof pushSubscription>;

export const pushKey = z.object({
  publicKey: z.string().describe("For `pushManager.subscribe({ applicationServerKey })`, base64url."),
});
