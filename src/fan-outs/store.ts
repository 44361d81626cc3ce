/**
 * The rows of `fan_outs`: what is owed to the rooms of a user. A row is written in the batch of the change that it follows
 * from, claimed by one conditional statement, and deleted once every room has heard of it.
 */
import type { fanOuts } from "../../schema/tables/operations.ts";

export type FanOutTask = (typeof fanOuts.$inferSelect)["task"];

export type FanOutDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface NewFanOut {
  readonly userId: number;
  readonly task: FanOutTask;
  /** What the task needs besides the user; for a part of another, `roomId`: that room alone. */
  readonly details?: FanOutDetails;
}

/** For the batch of the change that it follows from: either both are there or neither is. */
export function fanOutStatement(database: D1Database, { userId, task, details = {} }: NewFanOut): D1PreparedStatement {
  return database
    .prepare("INSERT INTO fan_outs (user_id, task, details) VALUES (?, ?, ?)")
    .bind(userId, task, JSON.stringify(details));
}

export interface ClaimedFanOut extends Required<NewFanOut> {
  readonly id: number;
  /** Rooms up to this one are done. */
  readonly afterRoomId: number;
  /** Times that it was begun since a room last heard of it, this time included. */
  readonly attempts: number;
}

/** Which rows are looked through for one user's: the latest. However much is owed to others, a request does not wait for it. */
const LATEST = 200;

const FIRST_DUE =
  "SELECT id FROM fan_outs WHERE next_attempt_at <= ?2 AND ?1 IS NULL ORDER BY next_attempt_at, id LIMIT 1";
const FIRST_DUE_OF_USER = `SELECT id FROM fan_outs WHERE id > (SELECT max(id) FROM fan_outs) - ${LATEST}
  AND user_id = ?1 AND next_attempt_at <= ?2 ORDER BY id LIMIT 1`;

/**
 * The one that is due first, of anybody, or of what one user was owed lately: older is for the next tick. It is due again
 * at `until`, should it not be saved before.
 */
export async function claimFanOut(
  database: D1Database,
  { userId, now, until }: { readonly userId: number | null; readonly now: number; readonly until: number },
): Promise<ClaimedFanOut | null> {
  const row = await database
    .prepare(
      `UPDATE fan_outs SET next_attempt_at = ?3, attempts = attempts + 1
       WHERE next_attempt_at <= ?2 AND id = (${userId === null ? FIRST_DUE : FIRST_DUE_OF_USER})
       RETURNING id, user_id AS userId, task, details, after_room_id AS afterRoomId, attempts`,
    )
    .bind(userId, now, until)
    .first<Omit<ClaimedFanOut, "details"> & { readonly details: string }>();
  return row && { ...row, details: JSON.parse(row.details) };
}

/** Every room that the user was ever in, as far as D1 knows. */
export async function roomIdsOf(
  database: D1Database,
  { userId, after, limit }: { readonly userId: number; readonly after: number; readonly limit: number },
): Promise<number[]> {
  const { results } = await database
    .prepare(
      "SELECT room_id AS roomId FROM chat_participants WHERE user_id = ? AND room_id > ? ORDER BY room_id LIMIT ?",
    )
    .bind(userId, after, limit)
    .all<{ roomId: number }>();
  return results.map(({ roomId }) => roomId);
}

/** Rooms up to `afterRoomId` are done; those that failed become fan-outs of their own, and hold up nobody behind them. */
export async function saveFanOut(
  database: D1Database,
  fanOut: ClaimedFanOut,
  saved: {
    readonly afterRoomId: number;
    readonly failed: readonly number[];
    readonly retryAt: number;
    readonly until: number;
  },
): Promise<void> {
  const parts = saved.failed.map((roomId) => ({ ...fanOut.details, roomId }));
  await database.batch([
    database
      .prepare(
        `INSERT INTO fan_outs (user_id, task, details, attempts, next_attempt_at)
         SELECT ?1, ?2, value, 1, ?4 FROM json_each(?3)`,
      )
      .bind(fanOut.userId, fanOut.task, JSON.stringify(parts.map((part) => JSON.stringify(part))), saved.retryAt),
    database
      .prepare(
        "UPDATE fan_outs SET after_room_id = max(after_room_id, ?), attempts = 0, next_attempt_at = ? WHERE id = ?",
      )
      .bind(saved.afterRoomId, saved.until, fanOut.id),
  ]);
}

/** Leaves it alone until then. */
export async function restFanOut(database: D1Database, id: number, until: number): Promise<void> {
  await database.prepare("UPDATE fan_outs SET next_attempt_at = ? WHERE id = ?").bind(until, id).run();
}

export async function deleteFanOut(database: D1Database, id: number): Promise<void> {
  await database.prepare("DELETE FROM fan_outs WHERE id = ?").bind(id).run();
}
