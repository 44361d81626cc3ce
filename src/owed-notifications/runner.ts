/** Tells people what is owed to them. Killed anywhere, or run twice at once, nothing is told twice, and nothing is lost. */
import type { Context } from "hono";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import { type Rest, restMs } from "../../objects/kernel/rest.ts";
import { presenceObject } from "../../schema/addresses.ts";
import type { HttpEnv } from "../http/context.ts";
import { executionOf } from "../http/execution.ts";
import { type DueNotification, dueNotifications, settle } from "./store.ts";

/** People who are told at the same time, and saved as one step. */
const STEP_PEOPLE = 20;
const CALL_MS = 5_000;
const REST: Rest = { firstMs: 10_000, lastMs: 60 * 60_000 };

export interface OwedCounts {
  readonly told: number;
  /** To be tried again. */
  readonly failed: number;
  /** False where there is more that is due. */
  readonly isDone: boolean;
}

/** For a route whose change owes something: done behind the answer, and by the next tick what is left then. */
export async function tellAfterAnswer(c: Context<HttpEnv>, userId: number): Promise<void> {
  const telling = tellOwed(c.env, { userId }).catch((error: unknown) => logError({ event: "owed.unreachable" }, error));
  const execution = executionOf(c);
  if (execution === null) await telling;
  else execution.waitUntil(telling);
}

/** One step: some of those that are due. */
export async function tellOwed(
  env: Env,
  { userId = null, now = Date.now }: { readonly userId?: number | null; readonly now?: () => number } = {},
): Promise<OwedCounts> {
  const due = await dueNotifications(env.DB, { userId, now: now(), limit: STEP_PEOPLE });
  if (due.length === 0) return { told: 0, failed: 0, isDone: true };
  const outcomes = await Promise.all(due.map(async (one) => ({ one, isTold: await isTold(env, one) })));
  const told = outcomes.filter((outcome) => outcome.isTold).map(({ one }) => one.id);
  const resting = outcomes
    .filter((outcome) => !outcome.isTold)
    .map(({ one }) => ({ id: one.id, until: now() + restMs(one.attempts + 1, REST) }));
  await settle(env.DB, { told, resting });
  return { told: told.length, failed: resting.length, isDone: due.length < STEP_PEOPLE };
}

async function isTold(env: Env, { id, userId, request }: DueNotification): Promise<boolean> {
  try {
    const object = presenceObject(env, userId);
    await inTime<unknown>(CALL_MS, "forget" in request ? object.forget(request.forget) : object.notify(request));
    return true;
  } catch (error) {
    logError({ event: "owed.not-told", object: `user-presence:${userId}`, owed: id }, error);
    return false;
  }
}
