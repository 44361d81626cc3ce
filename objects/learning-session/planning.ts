/** Changes of a session that come by RPC: who is asked and says yes, when it is, what it is about, how it was. */
import type { SessionEvent } from "../../schema/protocol/session/server-frames.ts";
import { ok, refuse } from "../../schema/result.ts";
import type { Answer, NewSessionParticipant, OwnRating, SessionChange } from "../../schema/rpc.ts";
import type { EndReason, Invitation } from "../../schema/sessions.ts";
import type { Broadcast } from "../kernel/sockets/registry.ts";
import type { Call } from "./call.ts";
import type { Notices } from "./notices.ts";
import { iso, type StoredParticipant, toLearningSession } from "./rows.ts";
import {
  decideConfirm,
  decideDecline,
  decideHost,
  decideInvite,
  decidePlan,
  decideRate,
  isOver,
  nextInLine,
} from "./rules.ts";
import { endsAt, type SessionStore } from "./store.ts";
import { passedReminders } from "./timeline.ts";
import type { SessionView } from "./view.ts";

/** An answer to the caller, and what everybody is told with it. */
export interface Planned<Value> {
  readonly answer: Answer<Value>;
  readonly events: readonly Broadcast[];
}

export interface PlanningDeps {
  readonly store: SessionStore;
  readonly call: Call;
  readonly notices: Notices;
  readonly view: SessionView;
  readonly now: () => number;
}

export class Planning {
  private readonly deps: PlanningDeps;

  constructor(deps: PlanningDeps) {
    this.deps = deps;
  }

  /** Those who are asked from the beginning. Of a series the first session tells them, for all of it. */
  inviteFirst(): void {
    const { id, seriesId } = this.deps.store.session;
    if (seriesId !== null && seriesId !== id) return;
    this.askAll(this.deps.store.participants().filter(({ invitation }) => invitation === "INVITED"));
  }

  invite(callerId: number, invited: readonly NewSessionParticipant[]): Planned<null> {
    const { store, now } = this.deps;
    const allowed = decideHost(store.session, store.participant(callerId));
    if (!allowed.ok) return refused(allowed);
    const asked = decideInvite(
      store.participants(),
      invited.map(({ userId }) => userId),
    );
    if (!asked.ok) return refused(asked);
    const toAsk = invited.filter(({ userId }) => asked.value.includes(userId));
    const people = toAsk.map((one) => {
      const known = store.participant(one.userId);
      if (!known) return store.addParticipant(one, now());
      return store.changeParticipant(known, {
        name: one.name,
        imageUrl: one.imageUrl,
        invitation: "INVITED",
        invitedAt: now(),
      });
    });
    this.askAll(people);
    return { answer: ok(null), events: [] };
  }

  confirm(callerId: number): Planned<Invitation> {
    const { store, call, now } = this.deps;
    const caller = store.participant(callerId);
    const decision = decideConfirm(store.session, store.participants(), caller);
    if (!decision.ok || !caller) return refused(decision.ok ? refuse("forbidden") : decision);
    if (decision.value === caller.invitation) return { answer: decision, events: [] };
    const changed = store.changeParticipant(caller, { invitation: decision.value, invitedAt: now() });
    return {
      answer: decision,
      events: changed.invitation === "CONFIRMED" ? [call.peerEvent("peer.updated", changed)] : [],
    };
  }

  decline(callerId: number): Planned<null> {
    const { store } = this.deps;
    const caller = store.participant(callerId);
    const decision = decideDecline(store.session, caller);
    if (!decision.ok || !caller) return refused(decision.ok ? refuse("forbidden") : decision);
    if (caller.invitation === "DECLINED") return { answer: ok(null), events: [] };
    return { answer: ok(null), events: this.withdraw(caller, "DECLINED") };
  }

  update(callerId: number, change: SessionChange): Planned<null> {
    const { store, call } = this.deps;
    const allowed = decideHost(store.session, store.participant(callerId));
    if (!allowed.ok) return refused(allowed);
    const { session } = store;
    const names = Object.keys(change) as (keyof SessionChange)[]; // its own keys
    const isNews = names.some((name) => change[name] !== undefined && change[name] !== session[name]);
    if (!isNews) return { answer: ok(null), events: [] };
    const { title, description, primaryLanguage, secondaryLanguage } = change;
    call.countTalk();
    store.changeSession({
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(primaryLanguage !== undefined && { primaryLanguage }),
      ...(secondaryLanguage !== undefined && { secondaryLanguage }),
    });
    if (secondaryLanguage !== undefined) call.replanTurns();
    return { answer: ok(null), events: [this.updated()] };
  }

  reschedule(callerId: number, { start, end }: { readonly start: number; readonly end: number }): Planned<null> {
    const { store, call, now } = this.deps;
    const allowed = decidePlan(store.session, store.participant(callerId));
    if (!allowed.ok) return refused(allowed);
    const { scheduledStart, scheduledEnd } = store.session;
    if (start === scheduledStart && end === scheduledEnd) return { answer: ok(null), events: [] };
    store.changeSession({ scheduledStart: start, scheduledEnd: end });
    store.changeCall({ reminded: passedReminders(start, now()) });
    call.replanTurns();
    const others = store.participants().filter(({ role, invitation }) => role !== "HOST" && invitation !== "REMOVED");
    const events: Broadcast[] = others.flatMap((one) => call.leave(one, "removed"));
    this.askAll(
      others.map((one) =>
        store.changeParticipant(one, { invitation: "INVITED", invitedAt: now(), hasConsented: false }),
      ),
    );
    return { answer: ok(null), events: [...events, this.updated()] };
  }

  cancel(callerId: number): Planned<null> {
    const { store } = this.deps;
    const allowed = decidePlan(store.session, store.participant(callerId));
    const isAgain = store.session.status === "CANCELLED" && store.session.endReason === "CANCELLED";
    if (!allowed.ok && allowed.error === "gone" && isAgain) return { answer: ok(null), events: [] };
    if (!allowed.ok) return refused(allowed);
    return { answer: ok(null), events: this.cancelAll("CANCELLED") };
  }

  rate(callerId: number, own: OwnRating): Planned<null> {
    const { store, notices } = this.deps;
    const caller = store.participant(callerId);
    const decision = decideRate(store.session, caller, own);
    if (!decision.ok || !caller) return refused(decision.ok ? refuse("forbidden") : decision);
    if (decision.value === "same") return { answer: ok(null), events: [] };
    store.changeParticipant(caller, { rating: own.rating, feedback: own.feedback });
    const { id, title, hostId } = store.session;
    const others = store.participants().filter((one) => one.firstJoinedAt !== null && one.userId !== callerId);
    for (const { userId } of others) {
      // It goes with the account of who rated: the title of somebody else again would outlast theirs.
      const isOfEither = hostId === callerId || hostId === userId;
      notices.add([userId], {
        type: "SESSION_RATED",
        cause: `session:${id}:rated:${callerId}`,
        data: {
          sessionId: id,
          title: isOfEither ? title : null,
          userId: callerId,
          name: caller.name,
          rating: own.rating,
        },
      });
    }
    return { answer: ok(null), events: [] };
  }

  updateProfile(userId: number, profile: { readonly name: string; readonly imageUrl: string | null }): Broadcast[] {
    const { store, call } = this.deps;
    const one = store.participant(userId);
    if (!one || (one.name === profile.name && one.imageUrl === profile.imageUrl)) return [];
    return [call.peerEvent("peer.updated", store.changeParticipant(one, profile))];
  }

  /** By the host, in the call. */
  remove(one: StoredParticipant): Broadcast[] {
    return this.withdraw(one, "REMOVED");
  }

  /** Between the two is a block: the guest is not asked any more, and leaves a call. Two guests meet nowhere else. */
  separate(userId: number, otherId: number): Broadcast[] {
    const { store } = this.deps;
    const pair = [store.participant(userId), store.participant(otherId)];
    if (isOver(store.session) || pair.some((one) => one === undefined || one.invitation === "REMOVED")) return [];
    // Of two guests, whoever made the block goes: the other one knows nothing of it.
    const guest = pair.find((one) => one !== undefined && one.role !== "HOST");
    return guest ? this.withdraw(guest, guest.userId === userId ? "DECLINED" : "REMOVED") : [];
  }

  /** To all who may still think that it takes place. */
  cancelAll(reason: EndReason): Broadcast[] {
    const { store, notices, call } = this.deps;
    const { id, title, hostId, scheduledStart } = store.session;
    const told = store
      .participants()
      .filter(({ role, invitation }) => isToCome(invitation) && (role !== "HOST" || reason !== "CANCELLED"));
    notices.add(
      told.map(({ userId }) => userId),
      {
        type: "SESSION_CANCELLED",
        cause: `session:${id}:cancelled`,
        data: { sessionId: id, title, startsAt: iso(scheduledStart) },
        aboutUserId: hostId,
      },
    );
    return call.cancel(reason);
  }

  remind(minutes: number): void {
    const { store, notices, now } = this.deps;
    const { id, title, hostId, scheduledStart } = store.session;
    store.changeCall({ reminded: [...store.call.reminded, minutes] });
    if (scheduledStart <= now()) return;
    const confirmed = store.participants().filter(({ invitation }) => invitation === "CONFIRMED");
    notices.add(
      confirmed.map(({ userId }) => userId),
      {
        type: "SESSION_REMINDER",
        cause: `session:${id}:reminder:${minutes}:${scheduledStart}`,
        data: { sessionId: id, title, startsAt: iso(scheduledStart), minutes },
        expiresAt: scheduledStart,
        aboutUserId: hostId,
      },
    );
  }

  private withdraw(one: StoredParticipant, invitation: "DECLINED" | "REMOVED"): Broadcast[] {
    const { store, call, now } = this.deps;
    const events = call.leave(one, invitation === "REMOVED" ? "removed" : "left");
    store.changeParticipant(one, { invitation, invitedAt: now(), hasConsented: false });
    const next = nextInLine(store.session, store.participants());
    if (!next) return events;
    const promoted = store.changeParticipant(next, { invitation: "CONFIRMED", invitedAt: now() });
    this.tellPromoted(promoted);
    return [...events, call.peerEvent("peer.updated", promoted)];
  }

  private askAll(people: readonly StoredParticipant[]): void {
    const { store, notices } = this.deps;
    const { id, title, scheduledStart, hostId } = store.session;
    const host = hostId === null ? undefined : store.participant(hostId);
    if (!host) return;
    for (const { userId, invitedAt } of people) {
      notices.add([userId], {
        type: "SESSION_INVITE",
        cause: `session:${id}:invite:${userId}:${invitedAt}`,
        data: { sessionId: id, title, userId: host.userId, name: host.name, startsAt: iso(scheduledStart) },
        expiresAt: endsAt(store.session),
        collapseKey: `session:${id}:invite`,
      });
    }
  }

  private tellPromoted({ userId, invitedAt }: StoredParticipant): void {
    const { store, notices } = this.deps;
    const { id, title, hostId } = store.session;
    notices.add([userId], {
      type: "SYSTEM",
      cause: `session:${id}:promoted:${userId}:${invitedAt}`,
      data: {
        ko: {
          title: "자리가 났어요",
          message: title ? `‘${title}’에 참여가 확정됐어요.` : "대기하던 세션에 참여가 확정됐어요.",
        },
        en: {
          title: "There is a place for you",
          message: title ? `You are confirmed for “${title}”.` : "You are confirmed for a session you waited for.",
        },
        url: `/#sessions/${id}`,
      },
      expiresAt: endsAt(store.session),
      aboutUserId: hostId,
    });
  }

  private updated(): SessionEvent {
    const { store, view } = this.deps;
    const { session } = store;
    return {
      type: "session.updated",
      session: toLearningSession(session),
      ...view.turn(),
      endsAt: iso(endsAt(session)),
    };
  }
}

function isToCome(invitation: Invitation): boolean {
  return invitation === "INVITED" || invitation === "CONFIRMED" || invitation === "WAITLISTED";
}

function refused<Value>(answer: Answer<unknown>): Planned<Value> {
  return { answer: answer.ok ? refuse("internal") : answer, events: [] };
}
