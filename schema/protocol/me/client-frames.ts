/** What a client may send on a person's own socket. Unknown fields are ignored; every known one is checked. */
import { z } from "zod";
import { notificationId } from "../../notifications.ts";
import { ref, userId } from "../../values.ts";
import { envelopeClientFrame } from "../envelope.ts";
import { LIMITS } from "../limits.ts";
import { chosenStatus } from "./entities.ts";

const command = { ref: ref.optional() };

export const statusSet = z
  .object({ type: z.literal("status.set"), ...command, status: chosenStatus })
  .describe("Chooses what partners see while one is there, on all of one's devices, until chosen anew.");

export const watch = z
  .object({
    type: z.literal("watch"),
    ...command,
    userIds: z.array(userId).min(1).max(LIMITS.pageSize),
  })
  .describe("Asks who of these is there now: a `presence` for each. Changes of partners come unasked.");

export const notificationRead = z
  .object({
    type: z.literal("notification.read"),
    ...command,
    id: notificationId.optional(),
    all: z.literal(true).optional(),
  })
  .describe("Reads one notification, or all of them, on all of one's devices. `id` or `all`.");

export const meCommand = z.discriminatedUnion("type", [statusSet, watch, notificationRead]);
/** A checked command, defaults filled in. */
export type MeCommand = z.infer<typeof meCommand>;

export const meClientFrame = z.discriminatedUnion("type", [...meCommand.options, ...envelopeClientFrame.options]);
/** What a client writes: fields with a default may be left out. */
export type MeClientFrame = z.input<typeof meClientFrame>;
