/**
 * What the Worker owes to people's objects: a row is written in the batch of the change that is told of, and deleted once
 * the object has heard. Heard twice it is told once, by its cause; whom it has forgotten it forgets again.
 */
import type { NotificationRequest } from "../../schema/notifications.ts";

/** Somebody's account is gone: nothing with their name in it is to stay. */
export interface Forgetting {
  readonly forget: number;
}

export interface OwedNotification {
  readonly userId: number;
  readonly request: NotificationRequest;
}

/** For the batch of the change that it tells of: either both are there or neither is. */
export function owedStatement(database: D1Database, { userId, request }: OwedNotification): D1PreparedStatement {
  return database
    .prepare("INSERT INTO owed_notifications (user_id, request) VALUES (?, ?)")
    .bind(userId, JSON.stringify(request));
}

/** Whatever people were told with this one's name in it is gone from D1, and is owed to their objects. `?1`: the user. */
export const FORGET: readonly string[] = [
  `INSERT INTO owed_notifications (user_id, request)
     SELECT DISTINCT user_id, json_object('forget', CAST(?1 AS INTEGER)) FROM notifications WHERE about_user_id = ?1`,
  "DELETE FROM notifications WHERE about_user_id = ?1",
];

export interface DueNotification {
  readonly userId: number;
  readonly request: NotificationRequest | Forgetting;
  readonly id: number;
  readonly attempts: number;
}

/** Those that are due first, of one user or of anybody. */
export async function dueNotifications(
  database: D1Database,
  { userId, now, limit }: { readonly userId: number | null; readonly now: number; readonly limit: number },
): Promise<DueNotification[]> {
  const columns = "id, user_id AS userId, request, attempts";
  const query =
    userId === null
      ? database
          .prepare(
            `SELECT ${columns} FROM owed_notifications WHERE next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?`,
          )
          .bind(now, limit)
      : database
          .prepare(`SELECT ${columns} FROM owed_notifications WHERE user_id = ? AND next_attempt_at <= ? LIMIT ?`)
          .bind(userId, now, limit);
  const { results } = await query.all<Omit<DueNotification, "request"> & { readonly request: string }>();
  return results.map((row) => ({ ...row, request: JSON.parse(row.request) }));
}

/** Those that were told go; the others rest, each for so long. */
export async function settle(
  database: D1Database,
  { told, resting }: { readonly told: readonly number[]; readonly resting: readonly { id: number; until: number }[] },
): Promise<void> {
  await database.batch([
    database
      .prepare("DELETE FROM owed_notifications WHERE id IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(told)),
    ...resting.map(({ id, until }) =>
      database
        .prepare("UPDATE owed_notifications SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?")
        .bind(until, id),
    ),
  ]);
}
