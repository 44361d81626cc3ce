/**
 * Carries out what is owed to the rooms and the sessions of users, and to their own objects: at least once in each, in steps
 * that are saved. Killed anywhere, the next run goes on from the last step. One that fails is tried again, less and less
 * often, and never given up.
 */
import type { Context } from "hono";
import { roomObject } from "../../objects/chat-room/address.ts";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import { type Rest, restMs } from "../../objects/kernel/rest.ts";
import { presenceObject, sessionObject } from "../../schema/addresses.ts";
import type { HttpEnv } from "../http/context.ts";
import { executionOf } from "../http/execution.ts";
import {
  type ClaimedFanOut,
  claimFanOut,
  deleteFanOut,
  type IdPage,
  restFanOut,
  roomIdsOf,
  saveFanOut,
  sessionIdsOf,
} from "./store.ts";
import { type PreparedTask, TASKS } from "./tasks.ts";

/** After a failure: 10, 20, 40 … seconds, at most an hour. */
const REST: Rest = { firstMs: 10_000, lastMs: 60 * 60_000 };
/** Objects that are reached at the same time, and saved as one step. */
const STEP_OBJECTS = 10;
/** Those that are listed at once: in the order of their ids, which costs a reading of all of a user's. */
const LISTED = 500;
/** Longer than a step takes: whoever finds it due then may take it for left behind. */
const CLAIM_MS = 60_000;
/** An object that moves or restarts fails one call, and answers the next. */
const TRIES = 2;
/** Where not one of a step answers, more than one is wrong: so many times, they rest together. */
const RESTS_TOGETHER = 3;

export interface FanOutRun {
  /** Only what is owed for this user. */
  readonly userId?: number;
  /** Calls to objects and to D1 after which nothing new is begun. */
  readonly calls?: number;
  readonly now?: () => number;
  /** How long an object has to answer. One that never does holds up nobody behind it. */
  readonly patienceMs?: number;
}

export interface FanOutCounts {
  /** Rooms and sessions that heard of it. */
  readonly reached: number;
  /** Calls that failed, and are owed on. */
  readonly failed: number;
  /** False where the run ended before there was nothing left that is due. */
  readonly isDone: boolean;
}

/** Where it is owed: in the rooms of a user, or in their sessions. */
interface Place {
  readonly name: (id: number) => string;
  /** What a part of a fan-out names its only object by. */
  readonly part: "roomId" | "sessionId";
  readonly list: (env: Env, page: IdPage, task: PreparedTask) => Promise<number[]>;
  readonly reach: (env: Env, id: number, task: PreparedTask) => Promise<unknown>;
}

const ROOMS: Place = {
  name: (id) => `chat-room:${id}`,
  part: "roomId",
  list: (env, page) => roomIdsOf(env.DB, page),
  reach: (env, id, task) => task.inRoom(roomObject(env, id)),
};

const SESSIONS: Place = {
  name: (id) => `learning-session:${id}`,
  part: "sessionId",
  list: (env, page, { sessions }) => sessionIdsOf(env.DB, page, sessions),
  reach: (env, id, task) => task.inSession(sessionObject(env, id), id),
};

/** For a route whose change owes something: done behind the answer, and by the next tick what is left then. */
export async function fanOutAfterAnswer(c: Context<HttpEnv>, userId: number): Promise<void> {
  const run = runFanOuts(c.env, { userId });
  const execution = executionOf(c);
  if (execution === null) await run;
  else execution.waitUntil(run);
}

/** Never throws: what is owed stays owed. */
export async function runFanOuts(
  env: Env,
  { userId, calls = 500, now = Date.now, patienceMs = 5_000 }: FanOutRun = {},
): Promise<FanOutCounts> {
  const run = new Run({ env, now, patienceMs }, calls);
  try {
    await run.work(userId ?? null);
  } catch (error) {
    run.isDone = false;
    logError({ event: "fan-out.unreachable" }, error);
  }
  const { reached, failed, isDone } = run;
  return { reached, failed, isDone };
}

interface Owed {
  readonly fanOut: ClaimedFanOut;
  readonly task: PreparedTask;
  readonly place: Place;
}

class Run {
  reached = 0;
  failed = 0;
  isDone = true;
  private readonly env: Env;
  private readonly now: () => number;
  private readonly patienceMs: number;
  private calls: number;

  constructor({ env, now, patienceMs }: Required<Pick<FanOutRun, "now" | "patienceMs">> & { env: Env }, calls: number) {
    this.env = env;
    this.now = now;
    this.patienceMs = patienceMs;
    this.calls = calls;
  }

  async work(userId: number | null): Promise<void> {
    for (;;) {
      if (this.calls <= 0) {
        this.isDone = false;
        return;
      }
      this.calls -= 1;
      const now = this.now();
      const fanOut = await claimFanOut(this.env.DB, { userId, now, until: now + CLAIM_MS });
      if (fanOut === null) return;
      await this.carryOut(fanOut);
    }
  }

  private async carryOut(fanOut: ClaimedFanOut): Promise<void> {
    const prepare = TASKS[fanOut.task];
    if (prepare === undefined) {
      logError({ event: "fan-out.unknown-task", task: fanOut.task }, "a later version of the code left it");
      await this.rest(fanOut);
      return;
    }
    for (;;) {
      this.calls -= 2;
      const task = await prepare(this.env, fanOut);
      const place = fanOut.details.in === "sessions" ? SESSIONS : ROOMS;
      const only = fanOut.details[place.part];
      // First, since it is one call; where it fails, rooms do not wait for it.
      const isOwn = place === ROOMS && typeof only !== "number";
      const isPresenceReached = !isOwn || (await this.isPresenceReached(fanOut, task));
      const owed = { fanOut, task, place };
      const isReached = typeof only === "number" ? await this.reachOne(owed, only) : await this.reachAll(owed);
      if (!isReached) return;
      if (!isPresenceReached) {
        await this.rest(fanOut);
        return;
      }
      if (await task.isStale()) continue;
      this.calls -= 1;
      await deleteFanOut(this.env.DB, fanOut.id);
      return;
    }
  }

  private async reachOne(owed: Owed, id: number): Promise<boolean> {
    const failed = await this.reach([id], owed);
    if (failed.length > 0) await this.rest(owed.fanOut);
    return failed.length === 0;
  }

  /** False where it is not at its end: it was saved, to be gone on with. */
  private async reachAll(owed: Owed): Promise<boolean> {
    const { fanOut, task, place } = owed;
    const { userId } = fanOut;
    let listed: number[] = [];
    for (let after = fanOut.afterId, { attempts } = fanOut; ; attempts = 0) {
      if (listed.length === 0) {
        this.calls -= 1;
        listed = await place.list(this.env, { userId, after, limit: LISTED }, task);
      }
      const ids = listed.splice(0, STEP_OBJECTS);
      const last = ids.at(-1);
      if (last === undefined) return true;
      const failed = await this.reach(ids, owed);
      if (failed.length === ids.length && attempts <= RESTS_TOGETHER) {
        await this.rest({ ...fanOut, attempts: Math.max(1, attempts) });
        return false;
      }
      after = last;
      const isOver = this.calls <= 0;
      const now = this.now();
      this.calls -= 1;
      await saveFanOut(this.env.DB, fanOut, {
        afterId: after,
        failed: failed.map((id) => ({ ...fanOut.details, [place.part]: id })),
        retryAt: now + REST.firstMs,
        until: isOver ? now : now + CLAIM_MS,
      });
      if (isOver) return false;
    }
  }

  /** Those that failed. */
  private async reach(ids: readonly number[], { task, place }: Owed): Promise<number[]> {
    const outcomes = await Promise.all(
      ids.map(async (id) => ({
        id,
        isReached: await this.hasSucceeded(place.name(id), () => place.reach(this.env, id, task)),
      })),
    );
    const failed = outcomes.filter(({ isReached }) => !isReached).map(({ id }) => id);
    this.reached += ids.length - failed.length;
    this.failed += failed.length;
    return failed;
  }

  private async isPresenceReached({ userId }: ClaimedFanOut, { inPresence }: PreparedTask): Promise<boolean> {
    if (!inPresence) return true;
    return this.hasSucceeded(`user-presence:${userId}`, () => inPresence(presenceObject(this.env, userId)));
  }

  private async hasSucceeded(object: string, call: () => Promise<unknown>): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      this.calls -= 1;
      try {
        await inTime(this.patienceMs, call());
        return true;
      } catch (error) {
        if (tries < TRIES) continue;
        logError({ event: "fan-out.object-failed", object }, error);
        return false;
      }
    }
  }

  private async rest({ id, attempts }: ClaimedFanOut): Promise<void> {
    this.calls -= 1;
    await restFanOut(this.env.DB, id, this.now() + restMs(attempts, REST));
  }
}
