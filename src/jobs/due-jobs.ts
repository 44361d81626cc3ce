/** What each tick of the clock does: goes on with the runs that are under way, and begins those whose time has come. */
import { logError } from "../../objects/kernel/log.ts";
import type { Job } from "./job.ts";
import { JOBS } from "./registry.ts";
import { isDue, scheduledAfter } from "./rules.ts";
import { runSlice } from "./runner.ts";
import { noteJobs, readStandings } from "./store.ts";

/** Shared by the jobs of a tick. */
const TICK = { ms: 20_000, queries: 900 };

/** Never throws: a tick that fails is followed by another. */
export async function runDueJobs(env: Env, jobs: readonly Job[] = JOBS, now: () => number = Date.now): Promise<void> {
  try {
    const standings = await readStandings(env.DB);
    await noteNew(env.DB, jobs, { known: standings, now: now() });
    const due = jobs.flatMap((job) => {
      const standing = standings.get(job.name);
      return standing && isDue(job.schedule, standing, now()) ? [{ job, startedAtSeen: standing.startedAt }] : [];
    });
    const limits = { ms: TICK.ms / due.length, queries: TICK.queries / due.length };
    for (const { job, startedAtSeen } of due) {
      await runSlice(env, job, { limits, now, begunBy: { startedAtSeen } }).catch((error) =>
        logError({ event: "job.unreachable", job: job.name }, error),
      );
    }
  } catch (error) {
    logError({ event: "jobs.unreachable" }, error);
  }
}

/**
 * A job that nobody has seen waits for its next time. Begun at once, it would run in the minutes after a deployment in
 * which the code before it is still at work.
 */
async function noteNew(
  database: D1Database,
  jobs: readonly Job[],
  { known, now }: { readonly known: ReadonlyMap<string, unknown>; readonly now: number },
): Promise<void> {
  const unseen = jobs.filter(({ name }) => !known.has(name));
  const noted = unseen.flatMap(({ name, schedule }) => {
    const leaseUntil = scheduledAfter(schedule, now);
    return leaseUntil === null ? [] : [{ name, leaseUntil }];
  });
  if (noted.length > 0) await noteJobs(database, noted);
}
