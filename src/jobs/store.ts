/** The rows of `jobs` and `system_metrics`. A lease is taken, renewed and given up by one conditional statement each. */
import { z } from "zod";
import type { JobStanding } from "./rules.ts";

const counts = z.record(z.string(), z.number());
type Counts = z.infer<typeof counts>;

interface StandingRow extends Omit<JobStanding, "counts"> {
  readonly name: string;
  readonly counts: string;
}

/** By name. A job that is not there was never seen. */
export async function readStandings(database: D1Database): Promise<Map<string, JobStanding>> {
  const { results } = await database
    .prepare(
      `SELECT name, progress, counts, started_at AS startedAt, finished_at AS finishedAt, lease_token AS leaseToken,
         lease_until AS leaseUntil, last_error AS lastError, failures FROM jobs`,
    )
    .all<StandingRow>();
  return new Map(results.map(({ name, ...row }) => [name, { ...row, counts: counts.parse(JSON.parse(row.counts)) }]));
}

/** Notes jobs that were never seen: each is left alone until its `leaseUntil`. */
export async function noteJobs(
  database: D1Database,
  jobs: readonly { readonly name: string; readonly leaseUntil: number }[],
): Promise<void> {
  await database
    .prepare(
      `INSERT INTO jobs (name, lease_until) SELECT value ->> 'name', value ->> 'leaseUntil' FROM json_each(?) WHERE true
       ON CONFLICT DO NOTHING`,
    )
    .bind(JSON.stringify(jobs))
    .run();
}

export interface LeaseRequest {
  readonly name: string;
  readonly token: string;
  readonly now: number;
  readonly until: number;
  /** Where a run begins, if none is under way. */
  readonly first: string;
  /** An operator begins a run at any time, and does not wait where a job rests after a failure. */
  readonly byOperator: boolean;
  /** Else a run is begun only if none was since this was seen. */
  readonly startedAtSeen: number | null;
}

export interface Lease {
  readonly progress: string;
  readonly counts: Counts;
  readonly startedAt: number;
  /** Steps that failed since the last that did not. */
  readonly failures: number;
}

/** Null where somebody else holds it, or there is nothing to do any more. */
export async function takeLease(database: D1Database, request: LeaseRequest): Promise<Lease | null> {
  const { name, token, now, until, first, byOperator, startedAtSeen } = request;
  const row = await database
    .prepare(
      `INSERT INTO jobs (name, progress, started_at, lease_token, lease_until) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (name) DO UPDATE SET
         progress = coalesce(jobs.progress, excluded.progress),
         counts = iif(jobs.progress IS NULL, '{}', jobs.counts),
         started_at = iif(jobs.progress IS NULL, excluded.started_at, jobs.started_at),
         lease_token = excluded.lease_token, lease_until = excluded.lease_until
       WHERE (jobs.lease_until <= ?3 OR (?6 AND jobs.lease_token IS NULL))
         AND (?6 OR jobs.progress IS NOT NULL OR jobs.started_at IS ?7)
       RETURNING progress, counts, started_at AS startedAt, failures`,
    )
    .bind(name, first, now, token, until, Number(byOperator), startedAtSeen)
    .first<Omit<Lease, "counts"> & { readonly counts: string }>();
  return row && { ...row, counts: counts.parse(JSON.parse(row.counts)) };
}

export interface Held {
  readonly name: string;
  readonly token: string;
}

/** Saves how far the run has come. `until` null gives the lease up. False where it was lost: nothing was saved. */
export async function saveProgress(
  database: D1Database,
  { name, token }: Held,
  saved: { readonly progress: string; readonly counts: Counts; readonly until: number | null },
): Promise<boolean> {
  const { meta } = await database
    .prepare(
      `UPDATE jobs SET progress = ?3, counts = ?4, lease_token = iif(?5 IS NULL, NULL, ?2), lease_until = coalesce(?5, 0),
         last_error = NULL, failures = 0
       WHERE name = ?1 AND lease_token = ?2`,
    )
    .bind(name, token, saved.progress, JSON.stringify(saved.counts), saved.until)
    .run();
  return meta.changes > 0;
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: string | null;
}

/** Ends the run, with its figures: all of it or nothing. False where the lease was lost. */
export async function finishRun(
  database: D1Database,
  { name, token }: Held,
  run: { readonly counts: Counts; readonly finishedAt: number; readonly metrics: readonly Metric[] },
): Promise<boolean> {
  const [, finished] = await database.batch([
    database
      .prepare(
        `INSERT INTO system_metrics (metric_name, metric_value, metric_unit, tags, recorded_at)
         SELECT value ->> 'name', value ->> 'value', value ->> 'unit', json_object('job', ?1), ?3 FROM json_each(?4)
         WHERE EXISTS (SELECT 1 FROM jobs WHERE name = ?1 AND lease_token = ?2)`,
      )
      .bind(name, token, run.finishedAt, JSON.stringify(run.metrics)),
    database
      .prepare(
        `UPDATE jobs SET progress = NULL, counts = ?3, finished_at = ?4, lease_token = NULL, lease_until = 0,
           last_error = NULL, failures = 0
         WHERE name = ?1 AND lease_token = ?2`,
      )
      .bind(name, token, JSON.stringify(run.counts), run.finishedAt),
  ]);
  return (finished?.meta.changes ?? 0) > 0;
}

/** Notes what a step failed with, and leaves the job alone until `until`. The progress stays. */
export async function restAfterFailure(
  database: D1Database,
  { name, token }: Held,
  failure: { readonly reason: string; readonly failures: number; readonly until: number },
): Promise<void> {
  await database
    .prepare(
      `UPDATE jobs SET last_error = ?3, failures = ?4, lease_token = NULL, lease_until = ?5
       WHERE name = ?1 AND lease_token = ?2`,
    )
    .bind(name, token, failure.reason, failure.failures, failure.until)
    .run();
}
