/**
 * What a job is: work too long for one go, done in steps. How far it has come is kept in D1 between steps; nothing is
 * remembered elsewhere. What runs the steps is runner.ts.
 */
import type { z } from "zod";
import { logError } from "../../objects/kernel/log.ts";
import type { JobSchedule } from "../../schema/api/jobs.ts";

export interface StepOutcome<Progress> {
  /** Where the next step goes on; null when the run is at its end. */
  readonly progress: Progress | null;
  /** What this step did; the run's counts are their sums. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface JobDefinition<Progress> {
  readonly name: string;
  readonly schedule: JobSchedule;
  /** Statements that a step may need: D1 allows a Worker 1,000 in one go. */
  readonly queriesPerStep: number;
  readonly progress: z.ZodType<Progress>;
  /** Where a run begins that was begun at `startedAt`. */
  first(startedAt: number): Progress;
  /**
   * Bounded: well under a second of D1's time. It may be done again from the same progress (a kill before that was
   * saved), and while another does it (a lease that ran out under a slow step): it must be right then as well.
   */
  step(env: Env, progress: Progress): Promise<StepOutcome<Progress>>;
}

/** A job whose progress is JSON to everybody else. */
export interface Job {
  readonly name: string;
  readonly schedule: JobSchedule;
  readonly queriesPerStep: number;
  first(startedAt: number): string;
  step(env: Env, progress: string, startedAt: number): Promise<StepOutcome<string>>;
}

export function defineJob<Progress>(definition: JobDefinition<Progress>): Job {
  const { name, schedule, queriesPerStep, progress: schema, first, step } = definition;
  return {
    name,
    schedule,
    queriesPerStep,
    first: (startedAt) => JSON.stringify(first(startedAt)),
    step: async (env, stored, startedAt) => {
      const read = schema.safeParse(JSON.parse(stored));
      // Another version of the job left it. Steps may be done again, so the run begins anew.
      if (!read.success) logError({ event: "job.progress-unknown", job: name }, read.error);
      const outcome = await step(env, read.success ? read.data : first(startedAt));
      return { ...outcome, progress: outcome.progress === null ? null : JSON.stringify(outcome.progress) };
    },
  };
}
