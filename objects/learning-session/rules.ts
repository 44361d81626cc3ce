/** What may be done to a session, by whom. Pure. */
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import { SESSION_LIMITS, SESSION_TIMING } from "../../schema/session-limits.ts";
import type { Invitation, SessionRole, SessionStatus } from "../../schema/sessions.ts";

type Decision<Value> = Result<Value, ErrorCode>;

/** As much of a session as rules ask for. */
export interface Planned {
  readonly status: SessionStatus;
  readonly scheduledStart: number;
  readonly maxParticipants: number;
}

export interface Person {
  readonly userId: number;
  readonly role: SessionRole;
  readonly invitation: Invitation;
  readonly invitedAt: number;
  readonly firstJoinedAt: number | null;
  readonly joinedSince: number | null;
  readonly generation: number;
  readonly rating: number | null;
  readonly feedback: string | null;
  readonly hasConsented: boolean;
}

export interface Recorded {
  readonly recorderId: number | null;
  readonly recordingSince: number | null;
  readonly recordingUntil: number | null;
}

export function isOver({ status }: Pick<Planned, "status">): boolean {
  return status === "COMPLETED" || status === "CANCELLED";
}

/** From when on the call may be joined. */
export function opensAt({ scheduledStart }: Pick<Planned, "scheduledStart">): number {
  return scheduledStart - SESSION_TIMING.openMs;
}

/** Whoever was asked and not removed knows of a session. */
export function mayKnow<One extends Pick<Person, "invitation">>(caller: One | undefined): caller is One {
  return caller !== undefined && caller.invitation !== "REMOVED";
}

/** Why somebody may not hold a socket now, or null. */
export function refuseSocket(
  session: Planned,
  caller: Pick<Person, "invitation"> | undefined,
  now: number,
): ErrorCode | null {
  if (!mayKnow(caller)) return "forbidden";
  if (isOver(session)) return "not_found";
  return caller.invitation === "CONFIRMED" && now >= opensAt(session) ? null : "forbidden";
}

/** The host, of a session that is not over. */
export function decideHost(session: Planned, caller: Person | undefined): Decision<null> {
  if (!mayKnow(caller) || caller.role !== "HOST") return refuse("forbidden");
  return isOver(session) ? refuse("gone") : ok(null);
}

/** The same, of one that has not begun: `conflict` while it runs. */
export function decidePlan(session: Planned, caller: Person | undefined): Decision<null> {
  const allowed = decideHost(session, caller);
  return allowed.ok && session.status === "IN_PROGRESS" ? refuse("conflict") : allowed;
}

/** Those of `userIds` who are to be asked. */
export function decideInvite(participants: readonly Person[], userIds: readonly number[]): Decision<readonly number[]> {
  const known = new Map(participants.map((one) => [one.userId, one.invitation]));
  const asked = [...new Set(userIds)].filter((userId) => isToBeAsked(known.get(userId)));
  // Host apart; who was removed or declined may be asked again.
  const newcomers = asked.filter((userId) => !known.has(userId)).length;
  return participants.length - 1 + newcomers > SESSION_LIMITS.invited ? refuse("too_large") : ok(asked);
}

function isToBeAsked(invitation: Invitation | undefined): boolean {
  return invitation === undefined || invitation === "DECLINED" || invitation === "REMOVED";
}

export function confirmedCount(participants: readonly Person[]): number {
  return participants.filter(({ invitation }) => invitation === "CONFIRMED").length;
}

/** What they are once they have said yes. */
export function decideConfirm(
  session: Planned,
  participants: readonly Person[],
  caller: Person | undefined,
): Decision<Invitation> {
  if (!mayKnow(caller)) return refuse("forbidden");
  if (isOver(session)) return refuse("gone");
  if (caller.invitation === "CONFIRMED" || caller.invitation === "WAITLISTED") return ok(caller.invitation);
  return ok(confirmedCount(participants) < session.maxParticipants ? "CONFIRMED" : "WAITLISTED");
}

export function decideDecline(session: Planned, caller: Person | undefined): Decision<null> {
  if (!mayKnow(caller)) return refuse("forbidden");
  if (caller.role === "HOST") return refuse("conflict");
  return isOver(session) ? refuse("gone") : ok(null);
}

/** Who takes a place that is free: whoever waits longest. */
export function nextInLine<One extends Person>(session: Planned, participants: readonly One[]): One | undefined {
  if (isOver(session) || confirmedCount(participants) >= session.maxParticipants) return undefined;
  return participants.filter(isWaiting).toSorted(byWait)[0];
}

/** Those who wait come last, in the order in which they get a place. */
export function inLine<One extends Person>(participants: readonly One[]): readonly One[] {
  const others = participants.filter((one) => !isWaiting(one));
  return [...others, ...participants.filter(isWaiting).toSorted(byWait)];
}

function isWaiting({ invitation }: Person): boolean {
  return invitation === "WAITLISTED";
}

function byWait(one: Person, other: Person): number {
  return one.invitedAt - other.invitedAt || one.userId - other.userId;
}

/** Once, by who was in the call. */
export function decideRate(
  session: Planned,
  caller: Person | undefined,
  own: { readonly rating: number; readonly feedback: string | null },
): Decision<"new" | "same"> {
  if (!mayKnow(caller) || caller.firstJoinedAt === null) return refuse("forbidden");
  if (session.status !== "COMPLETED") return refuse("conflict");
  if (caller.rating === null) return ok("new");
  return caller.rating === own.rating && caller.feedback === own.feedback ? ok("same") : refuse("conflict");
}

/** Of two, the one with the larger id yields. */
export function isPolite(viewerId: number, peerId: number): boolean {
  return viewerId > peerId;
}

export function inCall<One extends Pick<Person, "joinedSince">>(participants: readonly One[]): One[] {
  return participants.filter(({ joinedSince }) => joinedSince !== null);
}

/** Null where nobody hears of it: it is for an earlier socket of theirs. */
export function decideSignal(
  sender: Pick<Person, "userId" | "joinedSince">,
  target: Pick<Person, "userId" | "joinedSince" | "generation"> | undefined,
  toGeneration: number,
): Decision<number | null> {
  if (sender.joinedSince === null) return refuse("conflict");
  if (!target || target.userId === sender.userId || target.joinedSince === null) return refuse("not_found");
  return ok(target.generation === toGeneration ? target.userId : null);
}

export function isRecording({ recordingSince, recordingUntil }: Recorded): boolean {
  return recordingSince !== null && recordingUntil === null;
}

export function decideRecord(call: Recorded, participants: readonly Person[], caller: Person): Decision<null> {
  if (caller.joinedSince === null || isRecording(call)) return refuse("conflict");
  return inCall(participants).every(({ hasConsented }) => hasConsented) ? ok(null) : refuse("forbidden");
}

export function decideStopRecording(call: Recorded, caller: Person): Decision<boolean> {
  if (!isRecording(call)) return ok(false);
  return call.recorderId === caller.userId || caller.role === "HOST" ? ok(true) : refuse("forbidden");
}

/** What is recorded is uploaded while it is, or soon after. */
const UPLOAD_BEGINS_MS = 5 * 60_000;

export function decideUpload(call: Recorded, callerId: number, now: number): Decision<null> {
  if (call.recorderId !== callerId || call.recordingSince === null) return refuse("forbidden");
  return now - (call.recordingUntil ?? now) <= UPLOAD_BEGINS_MS ? ok(null) : refuse("gone");
}
