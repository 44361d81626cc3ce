/** How a session stands for one of its people, and what they can do about it. Pure. */
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { SESSION_TIMING } from "../../../schema/session-limits.ts";
import type { SessionParticipant } from "../../../schema/sessions.ts";

/** What its colour and its words say. */
export type Standing = "asked" | "coming" | "waiting" | "running" | "over" | "declined" | "cancelled";

export function ownPart({ participants }: Pick<SessionAnswer, "participants">, userId: number) {
  return participants.find((one) => one.userId === userId);
}

export function standingOf(planned: SessionAnswer, userId: number): Standing {
  const invitation = ownPart(planned, userId)?.invitation;
  if (planned.status === "CANCELLED") return "cancelled";
  if (planned.status === "COMPLETED") return "over";
  if (invitation === "INVITED") return "asked";
  if (invitation === "WAITLISTED") return "waiting";
  if (invitation !== "CONFIRMED") return "declined";
  return planned.status === "IN_PROGRESS" ? "running" : "coming";
}

export function isOver({ status }: Pick<SessionAnswer, "status">): boolean {
  return status === "COMPLETED" || status === "CANCELLED";
}

/** Who is still meant to come, the host first. */
export function expected({ participants }: Pick<SessionAnswer, "participants">): readonly SessionParticipant[] {
  const rank = ({ role }: SessionParticipant) => (role === "HOST" ? 0 : 1);
  return participants
    .filter(({ invitation }) => invitation !== "REMOVED")
    .toSorted((one, other) => rank(one) - rank(other));
}

/** Before it: from when on one can join. Epoch milliseconds. */
export function opensAt({ scheduledStartTime }: Pick<SessionAnswer, "scheduledStartTime">): number {
  return Date.parse(scheduledStartTime) - SESSION_TIMING.openMs;
}

export function canJoin(planned: SessionAnswer, userId: number, now: number): boolean {
  const isConfirmed = ownPart(planned, userId)?.invitation === "CONFIRMED";
  return isConfirmed && !isOver(planned) && now >= opensAt(planned);
}

/** The first of those who wait is 1; undefined for whoever does not wait. */
export function waitlistPlace({ participants }: Pick<SessionAnswer, "participants">, userId: number) {
  const waiting = participants.filter(({ invitation }) => invitation === "WAITLISTED");
  const index = waiting.findIndex((one) => one.userId === userId);
  return index === -1 ? undefined : index + 1;
}

/** Whoever was in the call of a session that took place, once. */
export function canRate(planned: SessionAnswer, userId: number): boolean {
  const wasThere = ownPart(planned, userId)?.attendance === "ATTENDED";
  return planned.status === "COMPLETED" && wasThere && planned.ownRating === null;
}

/** When the second language's turn comes; undefined where there is no second one. Epoch milliseconds. */
export function switchesAt({
  secondaryLanguage,
  scheduledStartTime,
  scheduledEndTime,
}: Pick<SessionAnswer, "secondaryLanguage" | "scheduledStartTime" | "scheduledEndTime">): number | undefined {
  if (secondaryLanguage === null) return undefined;
  return (Date.parse(scheduledStartTime) + Date.parse(scheduledEndTime)) / 2;
}

/** Sessions of one's own that take place in this time, and that one has promised to come to. */
export function takenBy(
  others: readonly SessionAnswer[],
  time: { readonly from: number; readonly to: number },
  { userId, exceptIds = [] }: { readonly userId: number; readonly exceptIds?: readonly number[] },
): readonly SessionAnswer[] {
  return others.filter((one) => {
    const invitation = ownPart(one, userId)?.invitation;
    const isPromised = invitation === "CONFIRMED" || invitation === "WAITLISTED";
    const overlaps = Date.parse(one.scheduledStartTime) < time.to && Date.parse(one.scheduledEndTime) > time.from;
    return !exceptIds.includes(one.id) && isPromised && overlaps && !isOver(one);
  });
}
