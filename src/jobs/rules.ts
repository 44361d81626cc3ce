/** When jobs run, and what is to be said of them: pure. */
import type { JobAnswer, JobSchedule, JobState } from "../../schema/api/jobs.ts";

/** A job as its row tells of it. Times are epoch milliseconds. */
export interface JobStanding {
  readonly progress: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly leaseToken: string | null;
  readonly leaseUntil: number;
  readonly lastError: string | null;
  readonly failures: number;
}

/** As `triggers.crons` in wrangler.jsonc. */
const TICK_MS = 5 * 60_000;
/** 04:00 of the next day in Seoul. */
const HOUR_UTC = 19;
const MONTHLY_ON = 1;
const WEEKLY_ON_SUNDAY = 0;

/** The last time not after `now` at which a run should begin; null for a job that never begins by itself. */
export function scheduledBefore(schedule: JobSchedule, now: number): number | null {
  return scheduledAt(schedule, now, -1);
}

/** The first such time after `now`. */
export function scheduledAfter(schedule: JobSchedule, now: number): number | null {
  return scheduledAt(schedule, now, 1);
}

function scheduledAt(schedule: JobSchedule, now: number, direction: -1 | 1): number | null {
  if (schedule === "never") return null;
  const today = new Date(now);
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const times: Readonly<Record<typeof schedule, (turns: number) => number>> = {
    always: (turns) => (Math.floor(now / TICK_MS) + turns) * TICK_MS,
    daily: (turns) => Date.UTC(year, month, day + turns, HOUR_UTC),
    weekly: (turns) => Date.UTC(year, month, day - today.getUTCDay() + WEEKLY_ON_SUNDAY + 7 * turns, HOUR_UTC),
    monthly: (turns) => Date.UTC(year, month + turns, MONTHLY_ON, HOUR_UTC),
  };
  const at = times[schedule];
  const isPast = at(0) <= now;
  if (direction === 1) return isPast ? at(1) : at(0);
  return isPast ? at(0) : at(-1);
}

/** Whether a tick should work on it: a run is under way, or one should have begun since the last did. */
export function isDue(schedule: JobSchedule, standing: JobStanding, now: number): boolean {
  if (standing.leaseUntil > now) return false;
  if (standing.progress !== null) return true;
  const scheduled = scheduledBefore(schedule, now);
  return scheduled !== null && (standing.startedAt ?? Number.NEGATIVE_INFINITY) < scheduled;
}

/** The same day of the month, `months` earlier; the last of a month that has no such day. */
export function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, lastDay));
}

/** Where somebody was, roughly: the network of an IPv4 address (/24), the site of an IPv6 one (/48). Idempotent. */
export function shortenedAddress(address: string | null): string | null {
  if (address === null) return null;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(mapped)) return mapped.replace(/\d+$/, "0");
  const [front = ""] = mapped.split("::");
  const groups = front.split(":").filter(Boolean).slice(0, 3);
  return mapped.includes(":") ? `${groups.join(":")}::` : null;
}

/** The program alone, without version, system and device. Idempotent. */
export function shortenedAgent(agent: string | null): string | null {
  return agent === null ? null : (agent.split(/[\s/(;]/, 1)[0] ?? "");
}

interface NamedSchedule {
  readonly name: string;
  readonly schedule: JobSchedule;
}

/** `standing` undefined: nobody has seen the job yet. */
export function jobAnswer(job: NamedSchedule, standing: JobStanding | undefined, now: number): JobAnswer {
  const state = stateOf(standing, now);
  return {
    name: job.name,
    schedule: job.schedule,
    state,
    startedAt: isoTime(standing?.startedAt),
    finishedAt: isoTime(standing?.finishedAt),
    counts: standing === undefined || standing.startedAt === null ? null : { ...standing.counts },
    lastError: standing?.lastError ?? null,
    retryAt: state === "failing" ? isoTime(standing?.leaseUntil) : null,
    nextRunAt: isoTime(scheduledAfter(job.schedule, now)),
  };
}

function stateOf(standing: JobStanding | undefined, now: number): JobState {
  if (standing === undefined) return "idle";
  if (standing.leaseToken !== null && standing.leaseUntil > now) return "running";
  if (standing.failures > 0) return "failing";
  return standing.progress === null ? "idle" : "waiting";
}

function isoTime(epochMs: number | null | undefined): string | null {
  return epochMs === null || epochMs === undefined ? null : new Date(epochMs).toISOString();
}
