/**
 * Compares what is booked with who has said yes. The two are written one after the other, so a request that was cut off
 * leaves a booking that nobody needs, one for a time that was moved, or a yes without one. D1 shows where they differ; the
 * session's object, which D1 may be behind, says how it is.
 */
import { z } from "zod";
import { logError } from "../../objects/kernel/log.ts";
import { book, unbook } from "../planned-sessions/bookings.ts";
import { withSession } from "../planned-sessions/objects.ts";
import { defineJob } from "./job.ts";

/** A request that is still at it has this long. */
const AT_WORK_MS = 10 * 60_000;
const ROWS_PER_STEP = 500;
/** Objects that a step asks: what differs beyond that is looked at again by the next one. */
const ASKED_PER_STEP = 40;

const progress = z.object({
  begunAt: z.int(),
  at: z.union([
    z.object({ phase: z.literal("over") }),
    /** Bookings up to this one are done. */
    z.object({ phase: z.literal("booked"), userId: z.int(), sessionId: z.int() }),
    /** Sessions to come up to this one are done. */
    z.object({ phase: z.literal("unbooked"), start: z.int(), sessionId: z.int() }),
  ]),
});
type Progress = z.infer<typeof progress>;
type Place<Phase extends Progress["at"]["phase"]> = Extract<Progress["at"], { phase: Phase }>;

/** Nobody is taken by what is over. */
const OVER = `DELETE FROM session_bookings WHERE (user_id, session_id) IN (
  SELECT booked.user_id, booked.session_id FROM session_bookings AS booked
  JOIN learning_sessions AS session ON session.id = booked.session_id
  WHERE session.status IN ('COMPLETED', 'CANCELLED') LIMIT ${ROWS_PER_STEP})`;

const BOOKED = `SELECT booked.user_id AS userId, booked.session_id AS sessionId,
    booked.created_at < ?3 AND (own.invitation IS NULL OR own.invitation NOT IN ('CONFIRMED', 'WAITLISTED')
      OR booked.starts_at <> session.scheduled_start_time OR booked.ends_at <> session.scheduled_end_time) AS isOdd
  FROM session_bookings AS booked
  JOIN learning_sessions AS session ON session.id = booked.session_id
  LEFT JOIN session_participants AS own ON own.session_id = booked.session_id AND own.user_id = booked.user_id
  WHERE (booked.user_id, booked.session_id) > (?1, ?2)
  ORDER BY booked.user_id, booked.session_id LIMIT ${ROWS_PER_STEP}`;

const UNBOOKED = `SELECT session.scheduled_start_time AS start, session.id AS sessionId, own.user_id AS userId,
    own.invitation IN ('CONFIRMED', 'WAITLISTED') AND booked.user_id IS NULL AS isOdd
  FROM learning_sessions AS session
  JOIN session_participants AS own ON own.session_id = session.id
  LEFT JOIN session_bookings AS booked ON booked.user_id = own.user_id AND booked.session_id = session.id
  WHERE session.status IN ('SCHEDULED', 'IN_PROGRESS') AND session.scheduled_start_time >= ?1
    AND (session.scheduled_start_time, session.id) > (?1, ?2)
  ORDER BY session.scheduled_start_time, session.id, own.user_id LIMIT ${ROWS_PER_STEP}`;

interface Row {
  readonly userId: number;
  readonly sessionId: number;
  readonly isOdd: number;
}

export const compareBookings = defineJob<Progress>({
  name: "compare-bookings",
  schedule: "daily",
  queriesPerStep: 2 + ASKED_PER_STEP * 3,
  progress,
  first: (begunAt) => ({ begunAt, at: { phase: "over" } }),

  async step(env, { begunAt, at }) {
    if (at.phase === "over") {
      const { meta } = await env.DB.prepare(OVER).run();
      const next = { phase: "booked", userId: 0, sessionId: 0 } as const;
      return { progress: { begunAt, at: meta.changes === 0 ? next : at }, counts: { over: meta.changes } };
    }
    return at.phase === "booked" ? compareBooked(env, begunAt, at) : compareUnbooked(env, begunAt, at);
  },
});

async function compareBooked(env: Env, begunAt: number, { userId, sessionId }: Place<"booked">) {
  const { results } = await env.DB.prepare(BOOKED)
    .bind(userId, sessionId, begunAt - AT_WORK_MS)
    .all<Row>();
  const { rows, isWhole } = asFarAsAsked(results);
  const changed = await settle(env, rows);
  const last = rows.at(-1);
  const isDone = isWhole && results.length < ROWS_PER_STEP;
  const next: Progress["at"] =
    isDone || last === undefined
      ? { phase: "unbooked", start: begunAt, sessionId: 0 }
      : { phase: "booked", userId: last.userId, sessionId: last.sessionId };
  return { progress: { begunAt, at: next }, counts: { changed } };
}

async function compareUnbooked(env: Env, begunAt: number, { start, sessionId }: Place<"unbooked">) {
  const { results } = await env.DB.prepare(UNBOOKED).bind(start, sessionId).all<Row & { readonly start: number }>();
  // The last session may have more people than fit.
  const isLastPage = results.length < ROWS_PER_STEP;
  const cut = results.at(-1)?.sessionId;
  const fitting = isLastPage ? results : results.filter((row) => row.sessionId !== cut);
  const { rows, isWhole } = asFarAsAsked(fitting);
  const changed = await settle(env, rows);
  const last = rows.at(-1);
  const next: Progress["at"] | null =
    (isLastPage && isWhole) || last === undefined
      ? null
      : { phase: "unbooked", start: last.start, sessionId: last.sessionId };
  return { progress: next && { begunAt, at: next }, counts: { changed } };
}

/** Up to the last row for whose object there is room. */
function asFarAsAsked<One extends Row>(
  rows: readonly One[],
): { readonly rows: readonly One[]; readonly isWhole: boolean } {
  const odd = rows.flatMap(({ isOdd }, index) => (isOdd === 1 ? [index] : []));
  const end = odd[ASKED_PER_STEP];
  return end === undefined ? { rows, isWhole: true } : { rows: rows.slice(0, end), isWhole: false };
}

/** Books, moves or gives back, as the object says; what has none, or does not answer, is left as it is. Returns how many are others now. */
async function settle(env: Env, rows: readonly Row[]): Promise<number> {
  let changed = 0;
  for (const row of rows) {
    if (row.isOdd !== 1) continue;
    try {
      if (await settleOne(env, row)) changed += 1;
    } catch (error) {
      logError({ event: "session.not-compared", object: `learning-session:${row.sessionId}` }, error);
    }
  }
  return changed;
}

async function settleOne(env: Env, { userId, sessionId }: Row): Promise<boolean> {
  const view = await withSession(env, sessionId, (session) => session.describe(userId));
  if (!view.ok && view.error !== "forbidden") return false;
  const own = view.ok ? view.value.participants.find((one) => one.userId === userId)?.invitation : undefined;
  const isYes = own === "CONFIRMED" || own === "WAITLISTED";
  if (!view.ok || !isYes || !["SCHEDULED", "IN_PROGRESS"].includes(view.value.session.status)) {
    await unbook(env.DB, { userId, sessionId });
    return true;
  }
  const { scheduledStartTime, scheduledEndTime } = view.value.session;
  const times = { start: Date.parse(scheduledStartTime), end: Date.parse(scheduledEndTime) };
  const isBooked = (await book(env.DB, { userId, sessionId, ...times })) !== null;
  if (!isBooked) logError({ event: "session.overlaps", object: `learning-session:${sessionId}`, userId }, "taken then");
  return isBooked;
}
