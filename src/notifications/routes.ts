/** `/v1/notifications` and `/v1/me/notification-settings`: what one was told of, and what one wants to be told of. */
import { Hono } from "hono";
import { z } from "zod";
import { logError } from "../../objects/kernel/log.ts";
import { presenceObject } from "../../schema/addresses.ts";
import { notificationQuery, readNotificationsRequest } from "../../schema/api/notifications.ts";
import { type Notification, notificationSettings } from "../../schema/notifications.ts";
import type { NotificationPosition } from "../../schema/rpc.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body, query } from "../http/input.ts";
import { cutPage, decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { earlierNotifications } from "./store.ts";

export const notifications = new Hono<HttpEnv>();
notifications.use(authenticated);

const position = z.tuple([z.int(), z.int()]);

notifications.get("/", query(notificationQuery), async (c) => {
  const { cursor, limit, unread } = c.req.valid("query");
  const { userId } = c.var.caller;
  const after = cursor === undefined ? null : decodeCursor(cursor, position);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const page = await presenceObject(c.env, userId).notifications({ after, limit, unreadOnly: unread === "true" });
  const rows = [...page.items];
  if (rows.length <= limit && page.kept !== null) {
    try {
      // Whatever is in D1 alone is older than all that the object has.
      const earlier = await earlierNotifications(c.env.DB, {
        ...{ userId, kept: page.kept, now: Date.now() },
        after: rows.map(positionOf).at(-1) ?? after ?? [Number.MAX_SAFE_INTEGER, 0],
        limit: limit + 1 - rows.length,
      });
      rows.push(...earlier);
    } catch (error) {
      logError({ event: "notifications.d1-away", requestId: c.var.requestId }, error);
      return refuseWith(c, "unavailable", { headers: { "retry-after": "5" } });
    }
  }
  const { items, last } = cutPage(rows, limit);
  return c.json({ items, nextCursor: last && encodeCursor(positionOf(last)), unread: page.unread });
});

notifications.post("/read", body(readNotificationsRequest), async (c) => {
  const { ids = "all" } = c.req.valid("json");
  return c.json({ unread: await presenceObject(c.env, c.var.caller.userId).readNotifications(ids) });
});

export const settings = new Hono<HttpEnv>();
settings.use(authenticated);

settings.get("/", async (c) => c.json(await presenceObject(c.env, c.var.caller.userId).notificationSettings()));

settings.put("/", body(notificationSettings), async (c) => {
  const chosen = c.req.valid("json");
  await presenceObject(c.env, c.var.caller.userId).changeNotificationSettings(chosen);
  return c.json(chosen);
});

function positionOf({ createdAt, id }: Notification): NotificationPosition {
  return [Date.parse(createdAt), id];
}
