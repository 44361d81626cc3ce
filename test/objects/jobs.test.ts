/** The runner of jobs, on D1: leases, steps that fail or are cut off, time that is used up. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { JobSchedule } from "../../schema/api/jobs.ts";
import { runDueJobs } from "../../src/jobs/due-jobs.ts";
import { defineJob, type Job } from "../../src/jobs/job.ts";
import { runSlice, type Slice } from "../../src/jobs/runner.ts";
import { readStandings } from "../../src/jobs/store.ts";

const START = Date.parse("2026-11-23T06:00:00Z");
const MINUTE = 60_000;

beforeEach(async () => {
  await env.DB.batch([env.DB.prepare("DELETE FROM jobs"), env.DB.prepare("DELETE FROM system_metrics")]);
});

/** Counts from 1 to `last`; each step takes a second of the clock, and notes where it began. */
class CountingJob {
  now = START;
  readonly begunAt: number[] = [];
  /** Called inside a step, before it is done. */
  during: (at: number) => void | Promise<void> = () => {};
  readonly job: Job;

  constructor(last = 3, schedule: JobSchedule = "monthly", name = "count") {
    this.job = defineJob({
      name,
      schedule,
      queriesPerStep: 0,
      progress: z.object({ at: z.int() }),
      first: () => ({ at: 1 }),
      step: async (_, { at }) => {
        this.begunAt.push(at);
        await this.during(at);
        this.now += 1_000;
        return { progress: at < last ? { at: at + 1 } : null, counts: { counted: 1 } };
      },
    });
  }

  run(change: Partial<Slice> = {}) {
    const limits = { ms: 60_000, queries: 100 };
    return runSlice(env, this.job, { limits, now: () => this.now, begunBy: "operator", ...change });
  }

  async standing() {
    return (await readStandings(env.DB)).get(this.job.name);
  }

  /** What a tick does with this job alone. */
  tick(database: D1Database = env.DB): Promise<void> {
    return runDueJobs({ ...env, DB: database }, [this.job], () => this.now);
  }
}

async function metrics() {
  const { results } = await env.DB.prepare(
    "SELECT metric_name AS name, metric_value AS value, metric_unit AS unit, tags FROM system_metrics ORDER BY id",
  ).all();
  return results;
}

describe("a run", () => {
  test("goes from the first step to the last, and leaves its figures", async () => {
    const counting = new CountingJob();
    expect(await counting.run()).toBe("finished");
    expect(counting.begunAt).toEqual([1, 2, 3]);
    expect(await counting.standing()).toEqual({
      progress: null,
      counts: { counted: 3 },
      startedAt: START,
      finishedAt: START + 3_000,
      leaseToken: null,
      leaseUntil: 0,
      lastError: null,
      failures: 0,
    });
    expect(await metrics()).toEqual([
      { name: "job.duration_ms", value: 3_000, unit: "ms", tags: '{"job":"count"}' },
      { name: "job.counted", value: 3, unit: null, tags: '{"job":"count"}' },
    ]);
  });

  test.each([
    ["time", { ms: 2_000, queries: 100 }],
    ["statements", { ms: 60_000, queries: 2 }],
  ])("stops when its %s is used up, goes on later, and leaves its figures once", async (_, limits) => {
    const counting = new CountingJob(5);
    expect(await counting.run({ limits })).toBe("unfinished");
    expect(counting.begunAt).toEqual([1, 2]);
    expect(await counting.standing()).toMatchObject({
      progress: '{"at":3}',
      counts: { counted: 2 },
      finishedAt: null,
      leaseToken: null,
      leaseUntil: 0,
    });
    counting.now += MINUTE;
    expect(await counting.run({ limits })).toBe("unfinished");
    expect(await metrics()).toEqual([]);
    expect(await counting.run({ limits })).toBe("finished");
    expect(counting.begunAt).toEqual([1, 2, 3, 4, 5]);
    expect(await counting.standing()).toMatchObject({ counts: { counted: 5 }, startedAt: START });
    expect((await metrics()).map(({ value }) => value)).toEqual([counting.now - START, 5]);
  });

  test("that follows another counts anew", async () => {
    const counting = new CountingJob();
    await counting.run();
    counting.now += MINUTE;
    await counting.run();
    expect(await counting.standing()).toMatchObject({ counts: { counted: 3 }, startedAt: START + 3_000 + MINUTE });
    expect(await metrics()).toHaveLength(4);
  });

  test("begins anew where another version of the job left a progress that this one does not know", async () => {
    const counting = new CountingJob();
    await counting.run({ limits: { ms: 0, queries: 1 } });
    await env.DB.prepare("UPDATE jobs SET progress = '{\"page\":7}'").run();
    expect(await counting.run()).toBe("finished");
    expect(counting.begunAt).toEqual([1, 1, 2, 3]);
  });
});

describe("the lease", () => {
  test("lets one of two that come at once have the job", async () => {
    const counting = new CountingJob();
    const outcomes = await Promise.all([counting.run(), counting.run(), counting.run()]);
    expect(outcomes.toSorted()).toEqual(["finished", "held", "held"]);
    expect(counting.begunAt).toEqual([1, 2, 3]);
  });

  test("is held while a step runs, and renewed after each", async () => {
    const counting = new CountingJob();
    const other = new CountingJob();
    const seen: (number | undefined)[] = [];
    counting.during = async () => {
      other.now = counting.now;
      expect(await other.run()).toBe("held");
      seen.push((await counting.standing())?.leaseUntil);
    };
    expect(await counting.run()).toBe("finished");
    expect(seen).toEqual([0, 1, 2].map((steps) => START + steps * 1_000 + 2 * MINUTE));
    expect(other.begunAt).toEqual([]);
  });

  test("of one that was killed runs out: the next goes on from what was saved, doing the last step again", async () => {
    const killed = new CountingJob();
    const death = Promise.withResolvers<void>();
    const isDead = Promise.withResolvers<void>();
    killed.during = (at) => {
      if (at < 2) return;
      isDead.resolve();
      return death.promise;
    };
    const never = killed.run();
    await isDead.promise;

    const next = new CountingJob();
    next.now = killed.now + MINUTE;
    expect(await next.run()).toBe("held");
    next.now = killed.now + 2 * MINUTE;
    expect(await next.run()).toBe("finished");
    expect([killed.begunAt, next.begunAt]).toEqual([
      [1, 2],
      [2, 3],
    ]);
    // It was not dead but slow: it finds its lease gone, and stops without a trace.
    death.resolve();
    expect(await never).toBe("lost");
    expect(killed.begunAt).toEqual([1, 2]);
    expect(await next.standing()).toMatchObject({ progress: null, counts: { counted: 3 }, finishedAt: next.now });
    expect(await metrics()).toHaveLength(2);
  });

  test("that was lost in the last step ends no run and leaves no figures", async () => {
    const slow = new CountingJob(1);
    const other = new CountingJob(1);
    slow.during = async () => {
      other.now = slow.now + 3 * MINUTE;
      expect(await other.run()).toBe("finished");
    };
    expect(await slow.run()).toBe("lost");
    expect(await metrics()).toHaveLength(2);
    expect(await slow.standing()).toMatchObject({ finishedAt: other.now });
  });
});

describe("a step that fails", () => {
  test("leaves the progress, says why, and rests longer each time", async () => {
    const counting = new CountingJob();
    counting.during = (at) => {
      if (at === 2) throw new Error("D1_ERROR: database is full");
    };
    await counting.run({ limits: { ms: 0, queries: 1 } });
    for (const [failures, minutes] of [
      [1, 5],
      [2, 10],
      [3, 20],
    ] as const) {
      await counting.tick();
      expect(await counting.standing()).toMatchObject({
        progress: '{"at":2}',
        lastError: "Error: D1_ERROR: database is full",
        failures,
        leaseToken: null,
        leaseUntil: counting.now + minutes * MINUTE,
      });
      counting.now += (minutes - 1) * MINUTE;
      await counting.tick();
      expect(counting.begunAt.filter((at) => at === 2)).toHaveLength(failures);
      counting.now += MINUTE;
    }
    counting.during = () => {};
    await counting.tick();
    expect(counting.begunAt).toEqual([1, 2, 2, 2, 2, 3]);
    expect(await counting.standing()).toMatchObject({ progress: null, lastError: null, failures: 0 });
  });

  test("is tried again at once for an operator", async () => {
    const counting = new CountingJob(1);
    counting.during = () => {
      throw new Error("not yet");
    };
    expect(await counting.run()).toBe("failed");
    counting.during = () => {};
    expect(await counting.run()).toBe("finished");
  });

  test("counts failures in a row only", async () => {
    const counting = new CountingJob(3);
    counting.during = (at) => {
      if (at === 1 && counting.begunAt.length === 1) throw new Error("once");
      if (at === 2) throw new Error("again");
    };
    await counting.run();
    expect(await counting.run()).toBe("failed");
    expect(await counting.standing()).toMatchObject({ failures: 1, lastError: "Error: again", counts: { counted: 1 } });
  });

  test("is noted without the values of the statement that failed", async () => {
    const counting = new CountingJob(1);
    counting.during = () => {
      throw new Error("Failed query: … params: 비밀", { cause: new Error("D1_ERROR: no such table") });
    };
    await counting.run();
    expect(await counting.standing()).toMatchObject({ lastError: "Error: D1_ERROR: no such table" });
  });
});

describe("a tick", () => {
  test("lets a job that nobody has seen wait for its next time", async () => {
    const counting = new CountingJob();
    await counting.tick();
    await counting.tick();
    counting.now = Date.parse("2026-12-01T18:59:59Z");
    await counting.tick();
    expect(counting.begunAt).toEqual([]);
    counting.now += 1_000;
    await counting.tick();
    expect(counting.begunAt).toEqual([1, 2, 3]);
    counting.now = Date.parse("2027-01-01T18:59:59Z");
    await counting.tick();
    expect(counting.begunAt).toHaveLength(3);
    counting.now += 1_000;
    await counting.tick();
    expect(counting.begunAt).toHaveLength(6);
  });

  test("begins no job that only an operator does, and goes on with one that an operator began", async () => {
    const counting = new CountingJob(3, "never");
    await counting.tick();
    counting.now = Date.parse("2030-01-01T00:00:00Z");
    await counting.tick();
    expect(counting.begunAt).toEqual([]);
    await counting.run({ limits: { ms: 0, queries: 1 } });
    await counting.tick();
    expect(counting.begunAt).toEqual([1, 2, 3]);
  });

  test("does not begin a run that another tick has begun and ended since it looked", async () => {
    const counting = new CountingJob();
    await counting.run();
    const startedAtSeen = START - 31 * 24 * 60 * MINUTE;
    expect(await counting.run({ begunBy: { startedAtSeen } })).toBe("held");
    expect(await counting.run({ begunBy: { startedAtSeen: START } })).toBe("finished");
    expect(counting.begunAt).toHaveLength(6);
  });

  test("goes on with the next job where one fails", async () => {
    const [broken, whole] = [new CountingJob(1, "weekly", "broken"), new CountingJob(1, "weekly", "whole")];
    broken.during = () => {
      throw new Error("broken");
    };
    const tick = (now: number) => runDueJobs(env, [broken.job, whole.job], () => now);
    await tick(START);
    await tick(Date.parse("2026-11-29T19:00:00Z"));
    expect([broken.begunAt, whole.begunAt]).toEqual([[1], [1]]);
  });

  test("never throws, and loses nothing, while D1 is away", async () => {
    const counting = new CountingJob();
    await counting.run({ limits: { ms: 0, queries: 1 } });
    let isAway = false;
    const database: Pick<D1Database, "prepare" | "batch"> = {
      prepare: (query) => {
        if (isAway) throw new Error("D1_ERROR: Network connection lost.");
        return env.DB.prepare(query);
      },
      batch: (statements) => env.DB.batch(statements),
    };
    counting.during = () => {
      isAway = true;
    };
    // The rest of D1's interface is not used by the runner.
    await counting.tick(database as D1Database);
    await counting.tick(database as D1Database);
    expect(counting.begunAt).toEqual([1, 2]);
    counting.during = () => {};
    counting.now += 2 * MINUTE;
    await counting.tick();
    expect(counting.begunAt).toEqual([1, 2, 2, 3]);
    expect(await counting.standing()).toMatchObject({ progress: null, counts: { counted: 3 } });
  });
});
