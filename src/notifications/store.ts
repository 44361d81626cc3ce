/** Notifications that only D1 still has: older than the latest 500, and read. Their object is their only writer. */
import type { Notification } from "../../schema/notifications.ts";
import type { NotificationPosition } from "../../schema/rpc.ts";

interface NotificationRow extends Omit<Notification, "data" | "isRead" | "readAt" | "expiresAt" | "createdAt"> {
  readonly data: string;
  readonly readAt: number | null;
  readonly expiresAt: number | null;
  readonly createdAt: number;
}

export interface EarlierPage {
  readonly userId: number;
  readonly after: NotificationPosition;
  /** What the object itself still has. */
  readonly kept: readonly number[];
  readonly limit: number;
  readonly now: number;
}

/** The latest first. */
export async function earlierNotifications(
  database: D1Database,
  { userId, after, kept, limit, now }: EarlierPage,
): Promise<Notification[]> {
  const { results } = await database
    .prepare(
      `SELECT id, rev, type, title, message, data_json AS data, read_at AS readAt, priority, expires_at AS expiresAt,
         created_at AS createdAt
       FROM notifications
       WHERE user_id = ?1 AND is_read = 1 AND (created_at, id) < (?2, ?3)
         AND id NOT IN (SELECT value FROM json_each(?4)) AND (expires_at IS NULL OR expires_at > ?5)
       ORDER BY created_at DESC, id DESC LIMIT ?6`,
    )
    .bind(userId, ...after, JSON.stringify(kept), now, limit)
    .all<NotificationRow>();
  return results.map(({ data, readAt, expiresAt, createdAt, ...row }) => ({
    ...row,
    data: JSON.parse(data),
    isRead: true,
    readAt: isoOf(readAt),
    expiresAt: isoOf(expiresAt),
    createdAt: new Date(createdAt).toISOString(),
  }));
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
