/** What the `ack` of each command on a person's own socket carries beside its `ref`. */
import { z } from "zod";
import { ack } from "../envelope.ts";
import type { MeClientFrame } from "./client-frames.ts";

export const ME_ACKS = {
  "status.set": z
    .object(ack.shape)
    .describe("The choice is durable. Partners hear of it at once, or five seconds after the last change."),
  watch: z.object(ack.shape).describe("A `presence` of each who was asked for comes right behind it."),
  "notification.read": z.object(ack.shape).describe("It is read, or was before, on all devices."),
} as const satisfies Partial<Record<MeClientFrame["type"], z.ZodType>>;
