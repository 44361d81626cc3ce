/**
 * Runs a job for a slice of time: takes its lease, does steps, saves after each how far it has come, gives the lease up.
 *
 * Two never work on one job: a lease is taken by one conditional statement, and renewed with each saving of progress.
 * Killed anywhere, the lease runs out, and whoever takes it next goes on from what was saved; a step whose progress was not
 * saved is done again. What such a step counted is missing from the run's counts.
 */
import { logError, rootCause } from "../../objects/kernel/log.ts";
import { type Rest, restMs } from "../../objects/kernel/rest.ts";
import type { Job } from "./job.ts";
import { finishRun, type Held, type Metric, restAfterFailure, saveProgress, takeLease } from "./store.ts";

const LEASE_MS = 2 * 60_000;
/** After a failure: 5, 10, 20 … minutes, at most six hours. */
export const JOB_REST: Rest = { firstMs: 5 * 60_000, lastMs: 6 * 60 * 60_000 };
const MAX_REASON_CHARACTERS = 500;

export interface SliceLimits {
  /** No step begins later than this after the first. */
  readonly ms: number;
  /** Statements altogether, one for the saving of each step included. */
  readonly queries: number;
}

export interface Slice {
  readonly limits: SliceLimits;
  readonly now: () => number;
  /** An operator's slice begins a run at any time; a tick's only where none has begun since `startedAt` was seen. */
  readonly begunBy: "operator" | { readonly startedAtSeen: number | null };
}

/** `held`: somebody else has it. `lost`: somebody else took it over, as this one was too slow. */
export type SliceOutcome = "finished" | "unfinished" | "failed" | "held" | "lost";

/** Throws where D1 does not answer: the lease runs out by itself then. */
export async function runSlice(env: Env, job: Job, slice: Slice): Promise<SliceOutcome> {
  const { limits, now, begunBy } = slice;
  const database = env.DB;
  const begun = now();
  const held: Held = { name: job.name, token: crypto.randomUUID() };
  const lease = await takeLease(database, {
    ...held,
    now: begun,
    until: begun + LEASE_MS,
    first: job.first(begun),
    byOperator: begunBy === "operator",
    startedAtSeen: begunBy === "operator" ? null : begunBy.startedAtSeen,
  });
  if (lease === null) return "held";

  const { startedAt } = lease;
  let { progress, counts, failures } = lease;
  for (let steps = 1; ; steps += 1) {
    let outcome: Awaited<ReturnType<Job["step"]>>;
    try {
      outcome = await job.step(env, progress, startedAt);
    } catch (error) {
      const cause = rootCause(error);
      logError({ event: "job.step-failed", job: job.name }, cause);
      const reason = String(cause).slice(0, MAX_REASON_CHARACTERS);
      failures += 1;
      await restAfterFailure(database, held, { reason, failures, until: now() + restMs(failures, JOB_REST) });
      return "failed";
    }
    counts = sumOf(counts, outcome.counts);
    if (outcome.progress === null) {
      const finishedAt = now();
      const metrics = isWorthNoting(job, counts) ? metricsOf(counts, finishedAt - startedAt) : [];
      return (await finishRun(database, held, { counts, finishedAt, metrics })) ? "finished" : lost(job);
    }
    progress = outcome.progress;
    const isOver = (steps + 1) * (job.queriesPerStep + 1) > limits.queries || now() - begun >= limits.ms;
    const isKept = await saveProgress(database, held, { progress, counts, until: isOver ? null : now() + LEASE_MS });
    if (!isKept) return lost(job);
    failures = 0;
    if (isOver) return "unfinished";
  }
}

function lost(job: Job): "lost" {
  logError({ event: "job.lease-lost", job: job.name }, "a step took longer than its lease");
  return "lost";
}

function sumOf(counts: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>) {
  const sum = { ...counts };
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** Hundreds of runs a day that found nothing to do are no figures. */
function isWorthNoting({ schedule }: Job, counts: Readonly<Record<string, number>>): boolean {
  return schedule !== "always" || Object.values(counts).some((count) => count > 0);
}

function metricsOf(counts: Readonly<Record<string, number>>, durationMs: number): Metric[] {
  return [
    { name: "job.duration_ms", value: durationMs, unit: "ms" },
    ...Object.entries(counts).map(([name, value]) => ({ name: `job.${name}`, value, unit: null })),
  ];
}
