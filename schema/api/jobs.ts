/** Bodies of the operator's routes about jobs. */
import { z } from "zod";
import { timestamp } from "../values.ts";

export const jobSchedule = z
  .enum(["always", "daily", "weekly", "monthly", "never"])
  .describe("When a run begins by itself; `always`: with each tick of the clock; `never`: an operator begins each.");
export type JobSchedule = z.infer<typeof jobSchedule>;

export const jobState = z
  .enum(["idle", "running", "waiting", "failing"])
  .describe(
    "`running`: somebody works on it. `waiting`: a run is under way and goes on with the next tick. `failing`: its last " +
      "step failed, and is tried again at `retryAt`.",
  );
export type JobState = z.infer<typeof jobState>;

export const jobAnswer = z
  .object({
    name: z.string(),
    schedule: jobSchedule,
    state: jobState,
    startedAt: timestamp.nullable().describe("When the run began that is under way, or else the last one."),
    finishedAt: timestamp.nullable().describe("When the last run came to its end."),
    counts: z
      .record(z.string(), z.int())
      .nullable()
      .describe("What the run that is under way, or else the last one, has done. Null: it never ran."),
    lastError: z.string().nullable().describe("What the last step failed with, until one succeeds."),
    retryAt: timestamp.nullable().describe("After a failure: not tried again by itself before."),
    nextRunAt: timestamp.nullable().describe("When the next run begins by itself. Null: it never does."),
  })
  .describe("Work that is done in steps, by a schedule or when an operator says so.");
export type JobAnswer = z.infer<typeof jobAnswer>;

export const jobList = z.object({ items: z.array(jobAnswer), nextCursor: z.null() });
export type JobList = z.infer<typeof jobList>;
