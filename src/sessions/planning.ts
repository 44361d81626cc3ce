/**
 * Changes of what is planned, in the one order that keeps people's time and their yes together: the booking first, then the
 * session's object, then what is booked no longer. Cut off in between, a booking is there that nobody needs: the job
 * `settle-sessions` removes it.
 */
import { inParallel } from "../../objects/kernel/in-parallel.ts";
import { logError } from "../../objects/kernel/log.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import type { Answer, SessionView } from "../../schema/rpc.ts";
import { blockedBetween } from "../people/blocks.ts";
import { book, findMark, unbook, unbookAll, unbookAskedAnew } from "../planned-sessions/bookings.ts";
import { withSession } from "../planned-sessions/objects.ts";
import type { Times } from "./rules.ts";
import { followingIds } from "./store.ts";

/** Whoever moves a session that often at once is left to the job. */
const MOST_FOLLOWED = 5;

type Refusal = "taken" | Extract<Answer<never>, { ok: false }>["error"];
type Outcome = Promise<Result<SessionView, Refusal>>;

export interface Who {
  readonly sessionId: number;
  readonly userId: number;
}

/** A yes. Of two sessions at the same time, the one that is booked first gets it. */
export async function confirm(env: Env, { sessionId, userId }: Who): Outcome {
  const view = await withSession(env, sessionId, (session) => session.describe(userId));
  if (!view.ok) return view;
  const { status, createdByUserId: hostId } = view.value.session;
  if (status === "COMPLETED" || status === "CANCELLED") return refuse("gone");
  // A block took them out; an answer does not let them in again.
  if (hostId !== null && (await blockedBetween(env.DB, userId)).has(hostId)) return refuse("forbidden");
  const times = timesOfView(view.value);
  const mark = await book(env.DB, { userId, sessionId, ...times });
  if (mark === null) return refuse("taken");
  const confirmed = await withSession(env, sessionId, (session) => session.confirm(userId));
  if (!confirmed.ok) {
    await unbook(env.DB, { userId, sessionId, mark });
    return confirmed;
  }
  // Again, under another mark: a no of theirs that came before this yes must not take its time away when it gets to that. And it
  // may have been moved to another time: the yes is for that one, or it does not hold.
  const kept = await book(env.DB, { userId, sessionId, ...timesOfView(confirmed.value.view) });
  if (kept !== null) return ok(confirmed.value.view);
  await decline(env, { sessionId, userId });
  return refuse("taken");
}

export async function decline(env: Env, { sessionId, userId }: Who): Outcome {
  // A yes that comes while this no is on its way makes another booking, which stays.
  const mark = await findMark(env.DB, { userId, sessionId });
  const declined = await withSession(env, sessionId, (session) => session.decline(userId));
  if (declined.ok && mark !== null) await unbook(env.DB, { userId, sessionId, mark });
  return declined;
}

/** The host's time is booked first; everybody else's is free again, since they are asked anew. */
export async function reschedule(env: Env, { sessionId, userId }: Who, times: Times, before: Times): Outcome {
  const mark = await book(env.DB, { userId, sessionId, ...times });
  if (mark === null) return refuse("taken");
  const moved = await withSession(env, sessionId, (session) => session.reschedule(userId, times));
  if (!moved.ok) {
    await book(env.DB, { userId, sessionId, ...before });
    return moved;
  }
  await unbookAskedAnew(env.DB, { sessionId, hostId: userId, mark });
  await followSession(env, { sessionId, userId });
  return moved;
}

/** Of two moves at once the later one holds in the session: the host's booking follows it. */
async function followSession(env: Env, { sessionId, userId }: Who): Promise<void> {
  let booked: Times | null = null;
  for (let tries = 0; tries < MOST_FOLLOWED; tries += 1) {
    const view = await withSession(env, sessionId, (session) => session.describe(userId));
    if (!view.ok) return;
    const held = timesOfView(view.value);
    if (booked !== null && held.start === booked.start && held.end === booked.end) return;
    await book(env.DB, { userId, sessionId, ...held });
    booked = held;
  }
}

/** Called off at the same time: each is an object and a row of D1. */
const CANCELLED_TOGETHER = 5;

/** `isFollowing`: also those after it in its series. Of these, one that cannot be called off any more stays as it is. */
export async function cancel(env: Env, { sessionId, userId }: Who, isFollowing: boolean): Outcome {
  const cancelled = await cancelOne(env, { sessionId, userId });
  const seriesId = cancelled.ok ? cancelled.value.session.seriesId : null;
  if (!isFollowing || seriesId === null) return cancelled;
  const ids = await followingIds(env.DB, seriesId, sessionId);
  const failed = await inParallel(CANCELLED_TOGETHER, ids, (id) => cancelOne(env, { sessionId: id, userId }));
  for (const { item, error } of failed)
    logError({ event: "session.not-cancelled", object: `learning-session:${item}` }, error);
  return failed.length > 0 ? refuse("unavailable") : cancelled;
}

async function cancelOne(env: Env, { sessionId, userId }: Who): Outcome {
  const cancelled = await withSession(env, sessionId, (session) => session.cancel(userId));
  if (cancelled.ok) await unbookAll(env.DB, sessionId);
  return cancelled;
}

export function timesOfView({ session }: SessionView): Times {
  return { start: Date.parse(session.scheduledStartTime), end: Date.parse(session.scheduledEndTime) };
}
