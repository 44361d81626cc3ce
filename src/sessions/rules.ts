/** What may be planned, and when. Pure. */
import type { CreateSessionRequest } from "../../schema/api/sessions.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import { SESSION_LIMITS, type SessionType } from "../../schema/sessions.ts";

export interface FieldRefusal {
  readonly path: string;
  readonly message: string;
}

/** Epoch milliseconds. */
export interface Times {
  readonly start: number;
  readonly end: number;
}

export interface SessionPlan {
  readonly hostId: number;
  readonly sessionType: SessionType;
  readonly title: string | null;
  readonly description: string | null;
  readonly primaryLanguage: string;
  readonly secondaryLanguage: string | null;
  readonly maxParticipants: number;
  /** Each once, without the host, as they were named. */
  readonly inviteeIds: readonly number[];
  /** Of the first, where there are several. */
  readonly times: Times;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** "Now" is a moment ago by the time it arrives, and clocks differ. */
const PAST_MS = MINUTE_MS;

export function planSession(
  hostId: number,
  request: CreateSessionRequest,
  now: number,
): Result<SessionPlan, FieldRefusal> {
  const { sessionType, title = null, description = null, primaryLanguage, secondaryLanguage = null } = request;
  const times = timesOf(request);
  const problem =
    timesProblem(times, now) ??
    sizeProblem(request) ??
    languageProblem({ primaryLanguage, secondaryLanguage }) ??
    inviteesProblem(hostId, request.inviteeIds);
  if (problem) return refuse(problem);
  const inviteeIds = [...new Set(request.inviteeIds)];
  const maxParticipants = request.maxParticipants ?? (isOfTwo(sessionType) ? 2 : SESSION_LIMITS.participants);
  const what = { sessionType, title, description, primaryLanguage, secondaryLanguage };
  return ok({ hostId, ...what, maxParticipants, inviteeIds, times });
}

export function timesOf(request: { readonly scheduledStartTime: string; readonly scheduledEndTime: string }): Times {
  return { start: Date.parse(request.scheduledStartTime), end: Date.parse(request.scheduledEndTime) };
}

export function timesProblem({ start, end }: Times, now: number): FieldRefusal | null {
  const { leastMinutes, mostMinutes, mostDaysAhead } = SESSION_LIMITS;
  if (start < now - PAST_MS) return { path: "scheduledStartTime", message: "is past" };
  if (start > now + mostDaysAhead * DAY_MS) {
    return { path: "scheduledStartTime", message: `at most ${mostDaysAhead} days ahead` };
  }
  const minutes = (end - start) / MINUTE_MS;
  return minutes < leastMinutes || minutes > mostMinutes
    ? { path: "scheduledEndTime", message: `${leastMinutes} to ${mostMinutes} minutes after the start` }
    : null;
}

/** The last of a recurrence is planned no further ahead than anything else. */
export function recurrenceProblem(occurrences: readonly Times[], now: number): FieldRefusal | null {
  const last = occurrences.at(-1);
  if (last === undefined || last.start <= now + SESSION_LIMITS.mostDaysAhead * DAY_MS) return null;
  return { path: "recurrence.count", message: `the last one is at most ${SESSION_LIMITS.mostDaysAhead} days ahead` };
}

function isOfTwo(sessionType: SessionType): boolean {
  return sessionType !== "GROUP_VIDEO";
}

function sizeProblem({ sessionType, maxParticipants }: CreateSessionRequest): FieldRefusal | null {
  if (!isOfTwo(sessionType) || maxParticipants === undefined || maxParticipants === 2) return null;
  return { path: "maxParticipants", message: `${sessionType} is of 2` };
}

export function languageProblem(languages: {
  readonly primaryLanguage: string | null;
  readonly secondaryLanguage: string | null;
}): FieldRefusal | null {
  return languages.primaryLanguage === languages.secondaryLanguage
    ? { path: "secondaryLanguage", message: "is another than primaryLanguage" }
    : null;
}

export function inviteesProblem(hostId: number, inviteeIds: readonly number[]): FieldRefusal | null {
  const own = inviteeIds.indexOf(hostId);
  return own === -1 ? null : { path: `inviteeIds.${own}`, message: "the host takes part without being invited" };
}

/** Where the users that were not found stand in the list that the client sent. */
export function unknownInvitees(asked: readonly number[], unknownIds: readonly number[]): FieldRefusal[] {
  return asked.flatMap((id, index) =>
    unknownIds.includes(id) ? [{ path: `inviteeIds.${index}`, message: "there is no such user" }] : [],
  );
}

/** The same text for every body that asks for the same sessions, whenever it is sent. */
export function canonicalBody(request: CreateSessionRequest): string {
  const { start, end } = timesOf(request);
  const { sessionType, title, description, primaryLanguage, secondaryLanguage, maxParticipants, recurrence } = request;
  return JSON.stringify([
    ...[sessionType, title ?? null, description ?? null, start, end, primaryLanguage, secondaryLanguage ?? null],
    maxParticipants ?? null,
    [...new Set(request.inviteeIds)].sort((a, b) => a - b),
    recurrence ? [recurrence.frequency, recurrence.count, recurrence.timeZone ?? null] : null,
  ]);
}
