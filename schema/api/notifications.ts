/** Bodies of `/v1/notifications*` and `/v1/me/notification-settings`. */
import { z } from "zod";
import { NOTIFICATION_LIMITS, notification, notificationId } from "../notifications.ts";
import { pageQuery } from "./rooms.ts";

export const notificationQuery = pageQuery.extend({
  unread: z
    .enum(["true", "false"])
    .optional()
    .transform((value) => value === "true")
    .describe("`true`: only those that are not read."),
});

export const unreadCount = z.int().min(0).describe("How many are not read, of those that have not expired.");

export const notificationList = z.object({
  items: z.array(notification),
  nextCursor: z.string().nullable(),
  unread: unreadCount,
});

export const readNotificationsRequest = z.union(
  [
    z.object({ ids: z.array(notificationId).min(1).max(NOTIFICATION_LIMITS.idsPerRequest) }),
    z.object({ all: z.literal(true) }),
  ],
  "must name `ids`, or `all`: true",
);
export const readNotificationsAnswer = z.object({ unread: unreadCount });
