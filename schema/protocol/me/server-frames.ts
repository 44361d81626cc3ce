/** What the server sends on a person's own socket. */
import { z } from "zod";
import { NOTIFICATION_DATA, notification, notificationId } from "../../notifications.ts";
import { timestamp } from "../../values.ts";
import { ack, batch, errorFrame, probe } from "../envelope.ts";
import { chosenStatus, inboxEntry, partnerPresence } from "./entities.ts";

const unread = z.int().min(0).describe("How many notifications are not read, of those that have not expired.");

export const welcome = z
  .object({
    type: z.literal("welcome"),
    protocol: z.int().describe("The version of the wire."),
    status: chosenStatus,
    inbox: z.array(inboxEntry).describe("One's rooms, the latest first, at most 200: `GET /v1/rooms` has them all."),
    partners: z
      .array(partnerPresence)
      .describe("As far as it is known at once; where there is more to know, a `presence` follows."),
    unreadNotifications: unread,
    serverTime: timestamp,
  })
  .describe("The first frame of every socket of one's own.");

export const presence = z
  .object({ type: z.literal("presence"), ...partnerPresence.shape })
  .describe("A partner came, went, or shows another status; also oneself, to one's other devices.");

export const inboxUpdated = z
  .object({ type: z.literal("inbox.updated"), entry: inboxEntry })
  .describe("A room of one's own stands otherwise: something was said, read, deleted.");

export const inboxRemoved = z
  .object({ type: z.literal("inbox.removed"), roomId: inboxEntry.shape.roomId })
  .describe("A room is no longer one's own: one left, or was removed.");

export const notificationCreated = z
  .object({ type: z.literal("notification.created"), notification, unread })
  .describe("One is told of something. With the `id` of an earlier one, it takes that one's place.");

export const notificationRead = z
  .object({
    type: z.literal("notification.read"),
    ids: z.array(notificationId).optional(),
    all: z.literal(true).optional(),
    unread,
  })
  .describe("These notifications were read, on whichever device, or all of them. `ids` or `all`.");

export const sessionReminder = z
  .object({ type: z.literal("session.reminder"), ...NOTIFICATION_DATA.SESSION_REMINDER.shape })
  .describe(
    "A learning session of one's own begins soon. Comes beside its notification, for what is open on a device.",
  );
export type SessionReminderFrame = z.infer<typeof sessionReminder>;

export const meEvent = z.discriminatedUnion("type", [
  presence,
  inboxUpdated,
  inboxRemoved,
  notificationCreated,
  notificationRead,
  sessionReminder,
]);
/** What every device of the person gets. */
export type MeEvent = z.infer<typeof meEvent>;

export const meServerFrame = z.discriminatedUnion("type", [welcome, ...meEvent.options, ack, errorFrame, probe, batch]);
export type MeServerFrame = z.infer<typeof meServerFrame>;
export type MeWelcome = z.infer<typeof welcome>;
