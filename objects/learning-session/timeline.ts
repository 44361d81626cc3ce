/** What happens to a session by the clock alone, and when. Pure. */
import { SESSION_TIMING } from "../../schema/session-limits.ts";
import type { EndReason } from "../../schema/sessions.ts";
import type { CallState, StoredParticipant, StoredSession } from "./rows.ts";

export interface Standing {
  readonly session: StoredSession;
  readonly call: CallState;
  readonly participants: readonly StoredParticipant[];
}

export type Step =
  | { readonly kind: "remind"; readonly minutes: number }
  /** It is the other language's turn. */
  | { readonly kind: "switch" }
  | { readonly kind: "warn" }
  /** Somebody who was lost has not come back. */
  | { readonly kind: "lose"; readonly userId: number }
  | { readonly kind: "complete"; readonly reason: EndReason }
  | { readonly kind: "cancel"; readonly reason: EndReason };

export interface TimedStep {
  readonly at: number;
  readonly step: Step;
}

/** A reminder that is later than this is none any more. */
const LATE_REMINDER_MS = 5 * 60_000;

/** Of which there is nothing to remind: they were over when the session was planned. */
export function passedReminders(start: number, now: number): number[] {
  return SESSION_TIMING.remindersMinutes.filter((minutes) => start - minutes * 60_000 <= now);
}

/** Everything that is still to come, the soonest first. */
export function stepsToCome({ session, call, participants }: Standing): TimedStep[] {
  const { status, scheduledStart, scheduledEnd } = session;
  const steps: TimedStep[] = [];
  if (status === "SCHEDULED") {
    for (const minutes of SESSION_TIMING.remindersMinutes) {
      const isDone = call.reminded.includes(minutes);
      if (!isDone) steps.push({ at: scheduledStart - minutes * 60_000, step: { kind: "remind", minutes } });
    }
    const confirmed = participants.filter(({ invitation }) => invitation === "CONFIRMED").length;
    const isPossible = confirmed >= 2;
    steps.push({
      at: isPossible ? scheduledEnd : scheduledStart,
      step: { kind: "cancel", reason: isPossible ? "NO_SHOW" : "UNCONFIRMED" },
    });
  }
  for (const { userId, lostSince } of participants) {
    if (lostSince !== null) steps.push({ at: lostSince + SESSION_TIMING.lostMs, step: { kind: "lose", userId } });
  }
  if (status === "IN_PROGRESS") {
    if (call.switchAt !== null) steps.push({ at: call.switchAt, step: { kind: "switch" } });
    const warnAt = scheduledEnd - SESSION_TIMING.warningMs;
    // A session that is shorter, or began later, has no five minutes left to tell of.
    if (!call.isWarned && warnAt > (session.actualStart ?? 0)) steps.push({ at: warnAt, step: { kind: "warn" } });
    if (call.emptySince !== null) {
      steps.push({
        at: call.emptySince + SESSION_TIMING.emptyMs,
        step: { kind: "complete", reason: "EVERYBODY_LEFT" },
      });
    }
    steps.push({ at: scheduledEnd + SESSION_TIMING.graceMs, step: { kind: "complete", reason: "ENDED" } });
  }
  return steps.sort((one, other) => one.at - other.at);
}

/** A reminder comes in time or not at all: after an outage nobody is told that something begins which has begun. */
export function isInTime({ at }: TimedStep, now: number): boolean {
  return now - at <= LATE_REMINDER_MS;
}

/** Whose turn it is. */
export function languageOf(session: StoredSession, { isSwitched }: Pick<CallState, "isSwitched">): string {
  return (isSwitched ? session.secondaryLanguage : null) ?? session.primaryLanguage;
}

/** The half of the scheduled time, whenever the call began. */
export function halfOf({
  scheduledStart,
  scheduledEnd,
}: Pick<StoredSession, "scheduledStart" | "scheduledEnd">): number {
  return Math.round((scheduledStart + scheduledEnd) / 2);
}
