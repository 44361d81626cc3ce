/**
 * The rows of `fan_outs`: what is owed to the rooms of a user, and in a row of its own to their sessions. A row is written in
 * the batch of the change that it follows from, claimed by one conditional statement, and deleted once every object has
 * heard of it.
 */
import type { fanOuts } from "../../schema/tables/operations.ts";

export type FanOutTask = (typeof fanOuts.$inferSelect)["task"];

export type FanOutDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface NewFanOut {
  readonly userId: number;
  readonly task: FanOutTask;
  /**
   * What the task needs besides the user; `in`: "sessions" where it is owed to those and not to rooms; for a part of another,
   * `roomId` or `sessionId`: that one alone.
   */
  readonly details?: FanOutDetails;
}

/** Nothing is owed to the sessions of somebody who has none. `userId` is an expression of SQL. */
export function hasSessions(userId: string): string {
  return `EXISTS (SELECT 1 FROM session_participants WHERE user_id = ${userId})`;
}

/** For the batch of the change that it follows from: either both are there or neither is. */
export function fanOutStatement(database: D1Database, { userId, task, details = {} }: NewFanOut): D1PreparedStatement {
  const places = [details, { ...details, in: "sessions" }].map((one) => JSON.stringify(one));
  return database
    .prepare(
      `INSERT INTO fan_outs (user_id, task, details) SELECT ?1, ?2, value FROM json_each(?3)
       WHERE key = 0 OR ${hasSessions("?1")} ORDER BY key`,
    )
    .bind(userId, task, JSON.stringify(places));
}

export interface ClaimedFanOut extends Required<NewFanOut> {
  readonly id: number;
  /** Rooms, or sessions, up to this one are done. */
  readonly afterId: number;
  /** Times that it was begun since an object last heard of it, this time included. */
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
       RETURNING id, user_id AS userId, task, details, after_room_id AS afterId, attempts`,
    )
    .bind(userId, now, until)
    .first<Omit<ClaimedFanOut, "details"> & { readonly details: string }>();
  return row && { ...row, details: JSON.parse(row.details) };
}

export interface IdPage {
  readonly userId: number;
  readonly after: number;
  readonly limit: number;
}

/** Every room that the user was ever in, as far as D1 knows. */
export async function roomIdsOf(database: D1Database, { userId, after, limit }: IdPage): Promise<number[]> {
  const { results } = await database
    .prepare("SELECT room_id AS id FROM chat_participants WHERE user_id = ? AND room_id > ? ORDER BY room_id LIMIT ?")
    .bind(userId, after, limit)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

/** Their sessions that are not over; `before`: those that begin by then. */
export type SessionScope = "all" | { readonly before: number };

/** The sessions that the user was ever asked to, or those of them that may concern the task. */
export async function sessionIdsOf(
  database: D1Database,
  { userId, after, limit }: IdPage,
  scope: SessionScope,
): Promise<number[]> {
  const { results } = await database
    .prepare(
      `SELECT own.session_id AS id FROM session_participants AS own JOIN learning_sessions AS session
         ON session.id = own.session_id
       WHERE own.user_id = ?1 AND own.session_id > ?2
         AND (?4 IS NULL OR (session.status IN ('SCHEDULED', 'IN_PROGRESS') AND session.scheduled_start_time < ?4))
       ORDER BY own.session_id LIMIT ?3`,
    )
    .bind(userId, after, limit, scope === "all" ? null : scope.before)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

/** Those up to `afterId` are done; those that failed become fan-outs of their own, and hold up nobody behind them. */
export async function saveFanOut(
  database: D1Database,
  fanOut: ClaimedFanOut,
  saved: {
    readonly afterId: number;
    /** The details of each part that is owed on. */
    readonly failed: readonly FanOutDetails[];
    readonly retryAt: number;
    readonly until: number;
  },
): Promise<void> {
  await database.batch([
    database
      .prepare(
        `INSERT INTO fan_outs (user_id, task, details, attempts, next_attempt_at)
         SELECT ?1, ?2, value, 1, ?4 FROM json_each(?3)`,
      )
      .bind(
        fanOut.userId,
        fanOut.task,
        JSON.stringify(saved.failed.map((part) => JSON.stringify(part))),
        saved.retryAt,
      ),
    database
      .prepare(
        "UPDATE fan_outs SET after_room_id = max(after_room_id, ?), attempts = 0, next_attempt_at = ? WHERE id = ?",
      )
      .bind(saved.afterId, saved.until, fanOut.id),
  ]);
}

/** Leaves it alone until then. */
export async function restFanOut(database: D1Database, id: number, until: number): Promise<void> {
  await database.prepare("UPDATE fan_outs SET next_attempt_at = ? WHERE id = ?").bind(until, id).run();
}

export async function deleteFanOut(database: D1Database, id: number): Promise<void> {
  await database.prepare("DELETE FROM fan_outs WHERE id = ?").bind(id).run();
}
