/** What the booking form holds while somebody fills it in, what is wrong with it, and what is sent. Pure. */
import type { CreateSessionRequest, UpdateSessionRequest } from "../../../schema/api/sessions.ts";
import { SESSION_LIMITS } from "../../../schema/session-limits.ts";
import type { SessionType } from "../../../schema/sessions.ts";
import type { SessionWords } from "../locale/sessions/index.ts";
import { addDays, type Day, momentOf } from "./clock.ts";

export interface TimeValues {
  /** Both empty while they are not whole. */
  readonly day: Day;
  readonly time: string;
  readonly minutes: number;
}

export interface TopicValues {
  readonly title: string;
  readonly description: string;
  readonly primary: string;
  /** Empty: the whole session is in the first. */
  readonly secondary: string;
}

export interface BookingValues extends TimeValues, TopicValues {
  readonly sessionType: SessionType;
  readonly inviteeIds: readonly number[];
  readonly isWeekly: boolean;
  /** As it is typed. */
  readonly count: string;
}

export type BookingProblem = keyof SessionWords["problems"];
/** By the name of the field, as the server calls it. */
export type BookingProblems = Readonly<Record<string, BookingProblem>>;

export const DURATIONS = [15, 30, 45, 60, 90, 120] as const;
export const LEAST_WEEKS = 2;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Undefined while day or time are not whole. */
export function timesOf({ day, time, minutes }: TimeValues, zone: string) {
  if (day === "" || time === "") return undefined;
  const start = momentOf(day, time, zone);
  return { start, end: start + minutes * MINUTE_MS };
}

export function timeProblems(values: TimeValues, { now, zone }: { now: number; zone: string }): BookingProblems {
  const times = timesOf(values, zone);
  if (times === undefined) return { scheduledStartTime: "noTime" };
  if (times.start <= now) return { scheduledStartTime: "past" };
  if (times.start > now + SESSION_LIMITS.mostDaysAhead * DAY_MS) return { scheduledStartTime: "tooFar" };
  return {};
}

export function bookingProblems(values: BookingValues, at: { now: number; zone: string }): BookingProblems {
  const weeks = Number(values.count);
  const isCount = Number.isInteger(weeks) && weeks >= LEAST_WEEKS && weeks <= SESSION_LIMITS.occurrences;
  return {
    ...(values.inviteeIds.length === 0 && { inviteeIds: "nobody" }),
    ...timeProblems(values, at),
    ...(values.isWeekly && !isCount && { recurrence: "count" }),
  };
}

export function bookingToSend(values: BookingValues, zone: string): CreateSessionRequest | undefined {
  const times = timesOf(values, zone);
  if (times === undefined) return undefined;
  return {
    sessionType: values.sessionType,
    ...topicToSend(values),
    ...timesToSend(times),
    inviteeIds: [...values.inviteeIds],
    ...(values.isWeekly && { recurrence: { frequency: "WEEKLY", count: Number(values.count), timeZone: zone } }),
  };
}

export function topicToSend({ title, description, primary, secondary }: TopicValues) {
  return {
    title: title.trim() || null,
    description: description.trim() || null,
    primaryLanguage: primary,
    secondaryLanguage: secondary === "" || secondary === primary ? null : secondary,
  } satisfies UpdateSessionRequest;
}

export function timesToSend({ start, end }: { readonly start: number; readonly end: number }) {
  return { scheduledStartTime: new Date(start).toISOString(), scheduledEndTime: new Date(end).toISOString() };
}

/** The day of the last one; undefined while it is not known. */
export function lastDay({ day, isWeekly, count }: Pick<BookingValues, "day" | "isWeekly" | "count">): Day | undefined {
  const weeks = Number(count);
  if (!isWeekly || day === "" || !Number.isInteger(weeks) || weeks < LEAST_WEEKS || weeks > SESSION_LIMITS.occurrences)
    return undefined;
  return addDays(day, (weeks - 1) * 7);
}

/** Two for one to one, whoever else was chosen before. */
export function withType(values: BookingValues, sessionType: SessionType): BookingValues {
  const inviteeIds = sessionType === "GROUP_VIDEO" ? values.inviteeIds : values.inviteeIds.slice(0, 1);
  return { ...values, sessionType, inviteeIds };
}
