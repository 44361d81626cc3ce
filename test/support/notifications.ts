/** What people were told of, and what was given to the queue. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Notification, NotificationRequest } from "../../schema/notifications.ts";
import { DEFAULT_SETTINGS, type NotificationSettings } from "../../schema/notifications.ts";
import type { PushMessage } from "../../schema/push.ts";
import { replaceBinding } from "./faults.ts";
import { presenceStub, rowsOf } from "./presence.ts";

/** The latest first. */
export async function notificationsOf(userId: number): Promise<readonly Notification[]> {
  const page = { after: null, limit: 100, unreadOnly: false };
  return (await presenceStub(userId).notifications(page)).items;
}

export async function unreadOf(userId: number): Promise<number> {
  return (await presenceStub(userId).notifications({ after: null, limit: 1, unreadOnly: true })).unread;
}

let causes = 0;

/** Something that happens once. */
export function someCause(): string {
  causes += 1;
  return `test:${causes}`;
}

export function systemRequest(details: Partial<NotificationRequest> = {}): NotificationRequest {
  const words = (title: string) => ({ title, message: `${title}.` });
  const request = { type: "SYSTEM", cause: someCause(), data: { ko: words("공지"), en: words("Notice"), url: null } };
  return { ...request, ...details } as NotificationRequest; // of one type, whose fields are given
}

export function notify(userId: number, details: Partial<NotificationRequest> = {}): Promise<number | null> {
  return presenceStub(userId).notify(systemRequest(details));
}

export async function choose(userId: number, change: Partial<NotificationSettings>): Promise<void> {
  await presenceStub(userId).changeNotificationSettings({ ...DEFAULT_SETTINGS, ...change });
}

export interface RecordedQueue {
  readonly sent: PushMessage[];
  /** What becomes of the next ones: lost on the way there, or on the way back, or waited for for ever. */
  fault: "before" | "after" | "never" | "none";
}

/** The object's own queue, with a list of what it took. Until the object is made anew. */
export async function recordPushes(userId: number): Promise<RecordedQueue> {
  const recorded: RecordedQueue = { sent: [], fault: "none" };
  const queue = new Proxy(env.PUSH, {
    get(real, property) {
      if (property !== "send") throw new Error(`${String(property)} is not recorded`);
      return async (message: PushMessage) => {
        if (recorded.fault === "never") await new Promise(() => {});
        if (recorded.fault === "before") throw new Error("the queue does not answer");
        await real.send(message);
        recorded.sent.push(message);
        if (recorded.fault === "after") throw new Error("the answer was lost");
      };
    },
  });
  // It exists from its first call on.
  await presenceStub(userId).notificationSettings();
  await replaceBinding(presenceStub(userId), "PUSH", queue);
  return recorded;
}

/** Nothing waits to be given to the queue. */
export async function allPushed(userId: number): Promise<void> {
  const waiting = () => rowsOf(presenceStub(userId), "SELECT id FROM notifications WHERE is_to_push = 1");
  await expect.poll(waiting, { timeout: 4_000 }).toEqual([]);
}

export interface StoredNotification {
  readonly id: number;
  readonly rev: number;
  readonly [column: string]: unknown;
}

const COLUMNS = "id, rev, type, title, message, priority, expires_at, created_at, read_at, about_user_id";

/** The person's notifications as D1 has them, by number. */
export async function flushedNotifications(userId: number): Promise<StoredNotification[]> {
  const { results } = await env.DB.prepare(
    `SELECT ${COLUMNS}, data_json AS data FROM notifications WHERE user_id = ? ORDER BY id`,
  )
    .bind(userId)
    .all<StoredNotification>();
  return results;
}

/** As the object has them. */
export function keptNotifications(userId: number): Promise<Record<string, SqlStorageValue>[]> {
  return rowsOf(presenceStub(userId), `SELECT ${COLUMNS}, data FROM notifications ORDER BY id`);
}
