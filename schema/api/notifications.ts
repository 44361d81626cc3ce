/** Bodies of `/v1/notifications*` and `/v1/me/notification-settings`. */
import { z } from "zod";
import { NOTIFICATION_LIMITS, notification, notificationId } from "../notifications.ts";
import { pageQuery } from "./rooms.ts";

export const notificationQuery = pageQuery.extend({
  unread: z.enum(["true", "false"]).default("false").describe("`true`: only those that are not read."),
});

export const unreadCount = z.int().min(0).describe("How many are not read, of those that have not expired.");

export const notificationList = z.object({
  items: z.array(notification),
  nextCursor: z.string().nullable(),
  unread: unreadCount,
});
export type NotificationList = z.infer<typeof notificationList>;

export const readNotificationsRequest = z
  .object({
    ids: z.array(notificationId).min(1).max(NOTIFICATION_LIMITS.idsPerRequest).optional(),
    all: z.literal(true).optional(),
  })
  .refine(({ ids, all }) => (ids === undefined) !== (all === undefined), "must have `ids`, or `all`, and not both");
export const readNotificationsAnswer = z.object({ unread: unreadCount });
