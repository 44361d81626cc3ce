/**
 * The call: who is in it, whose turn it is, what is recorded, and how it ends. Called inside the group's transaction;
 * returns what everybody is told with its commit.
 */
import type { Media } from "../../schema/protocol/session/entities.ts";
import type { SessionEvent } from "../../schema/protocol/session/server-frames.ts";
import type { EndReason } from "../../schema/sessions.ts";
import type { Broadcast } from "../kernel/sockets/registry.ts";
import { added, type Ledger } from "./ledger.ts";
import type { Notices } from "./notices.ts";
import { iso, type StoredParticipant, toLearningSession } from "./rows.ts";
import { inCall, isOver, isRecording } from "./rules.ts";
import { endsAt, type SessionStore } from "./store.ts";
import { halfOf, languageOf } from "./timeline.ts";
import { participationMs, type SessionView } from "./view.ts";

export type Leaving = "left" | "lost" | "superseded" | "removed";

export interface CallDeps {
  readonly store: SessionStore;
  readonly ledger: Ledger;
  readonly notices: Notices;
  readonly view: SessionView;
  readonly now: () => number;
}

export class Call {
  private readonly deps: CallDeps;

  constructor(deps: CallDeps) {
    this.deps = deps;
  }

  join(one: StoredParticipant, media: Media): Broadcast[] {
    const { store, now } = this.deps;
    if (one.joinedSince !== null) return this.setMedia(one, media);
    const time = now();
    const joined = store.changeParticipant(one, {
      joinedSince: time,
      lostSince: null,
      media,
      ...(one.firstJoinedAt === null && { firstJoinedAt: time }),
    });
    if (store.call.emptySince !== null) store.changeCall({ emptySince: null });
    const events = [this.peerEvent("peer.joined", joined)];
    // Nobody is recorded who has not agreed.
    if (isRecording(store.call) && !joined.hasConsented) events.push(...this.stopRecording());
    if (store.session.status === "SCHEDULED" && inCall(store.participants()).length >= 2) events.push(...this.start());
    return events;
  }

  setMedia(one: StoredParticipant, media: Media): Broadcast[] {
    const { audio, video, screen } = one.media;
    if (media.audio === audio && media.video === video && media.screen === screen) return [];
    return [this.peerEvent("peer.updated", this.deps.store.changeParticipant(one, { media }))];
  }

  leave(one: StoredParticipant, reason: Leaving): Broadcast[] {
    const { store, now } = this.deps;
    if (one.joinedSince === null) return [];
    const leftAt = Math.max(one.joinedSince, one.lostSince ?? now());
    const talk = this.written(one);
    this.deps.ledger.forget(one.userId);
    store.changeParticipant(one, {
      joinedSince: null,
      lostSince: null,
      leftAt,
      participationMs: participationMs(one, leftAt),
      ...(talk && { talk }),
    });
    const news = event({ type: "peer.left", userId: one.userId, reason });
    const events: Broadcast[] = [{ frameFor: (viewerId) => (viewerId === one.userId ? null : news) }];
    const { call, session } = store;
    if (isRecording(call) && call.recorderId === one.userId) events.push(...this.stopRecording());
    const left = inCall(store.participants());
    if (left.length === 0 && session.status === "IN_PROGRESS") store.changeCall({ emptySince: now() });
    events.push(...this.withdrawLanguage(one.userId));
    // Those who stay may all have asked; who only comes again is waited for.
    if (reason !== "superseded" && this.isAgreed()) events.push(...this.switchLanguage());
    return events;
  }

  /** Their last socket ended; they have a minute to come back. */
  lose(one: StoredParticipant): Broadcast[] {
    const { store, ledger, now } = this.deps;
    if (one.joinedSince === null) return [this.peerEvent("peer.updated", one)];
    // It was kept with the socket.
    const talk = this.written(one);
    ledger.forget(one.userId);
    const lost = store.changeParticipant(one, { lostSince: one.lostSince ?? now(), ...(talk && { talk }) });
    return [this.peerEvent("peer.updated", lost)];
  }

  /** They have another socket: whatever they were in the call is over. */
  supersede(one: StoredParticipant): Broadcast[] {
    const { store } = this.deps;
    const left = this.leave(one, "superseded");
    const known = store.participant(one.userId) ?? one;
    const changed = store.changeParticipant(known, { generation: known.generation + 1 });
    return [...left, this.peerEvent("peer.updated", changed)];
  }

  /** True where everybody in the call had asked. */
  askForLanguage(one: StoredParticipant): { readonly switched: boolean; readonly events: Broadcast[] } {
    const { store } = this.deps;
    const { languageAskedBy } = store.call;
    const isNews = !languageAskedBy.includes(one.userId);
    if (isNews) store.changeCall({ languageAskedBy: [...languageAskedBy, one.userId] });
    if (this.isAgreed()) return { switched: true, events: this.switchLanguage() };
    const userIds = [...store.call.languageAskedBy];
    return { switched: false, events: isNews ? [event({ type: "language.requested", userIds })] : [] };
  }

  /** Before the language is called otherwise. */
  countTalk(): void {
    const { store, ledger, now } = this.deps;
    ledger.turn(languageOf(store.session, store.call), now());
  }

  /** By the clock, or as they want it: from then on no clock turns it back. */
  switchLanguage(): Broadcast[] {
    const { store, ledger, view, now } = this.deps;
    const { session, call } = store;
    if (session.secondaryLanguage === null) return [];
    ledger.turn(languageOf(session, call), now());
    store.changeCall({ isSwitched: !call.isSwitched, switchAt: null, languageAskedBy: [] });
    return [event({ type: "language.switched", ...view.turn() })];
  }

  /** Five minutes are left. */
  warn(): Broadcast[] {
    const { store } = this.deps;
    store.changeCall({ isWarned: true });
    return [event({ type: "session.ending", endsAt: iso(endsAt(store.session)) })];
  }

  consent(one: StoredParticipant, hasConsented: boolean): Broadcast[] {
    const { store } = this.deps;
    if (one.hasConsented === hasConsented) return [];
    store.changeParticipant(one, { hasConsented });
    const isBroken = !hasConsented && one.joinedSince !== null && isRecording(store.call);
    return isBroken ? this.stopRecording() : [this.recordingEvent()];
  }

  startRecording(one: StoredParticipant): Broadcast[] {
    this.deps.store.changeCall({ recorderId: one.userId, recordingSince: this.deps.now(), recordingUntil: null });
    return [this.recordingEvent()];
  }

  stopRecording(): Broadcast[] {
    this.deps.store.changeCall({ recordingUntil: this.deps.now() });
    return [this.recordingEvent()];
  }

  /** Somebody talks or does not; what they said is written now and then. */
  say(one: StoredParticipant, isActive: boolean): Broadcast[] {
    const { store, ledger, view, now } = this.deps;
    const { userId } = one;
    if (one.joinedSince === null || store.session.status !== "IN_PROGRESS") return [];
    if (!isActive && !ledger.isOpen(userId)) return [];
    ledger.say(userId, isActive, { language: languageOf(store.session, store.call), now: now() });
    if (ledger.isToWrite(userId, now())) this.write(one);
    const known = store.participant(userId) ?? one;
    return [event({ type: "talk.updated", ...view.talk(known), speaking: isActive })];
  }

  start(): Broadcast[] {
    const { store, notices, view, now } = this.deps;
    const time = now();
    const { id, title, hostId } = store.changeSession({ status: "IN_PROGRESS", actualStart: time });
    const { call } = store;
    // It began in the second half.
    if (call.switchAt !== null && call.switchAt <= time) store.changeCall({ isSwitched: true, switchAt: null });
    const absent = store.participants().filter((one) => one.invitation === "CONFIRMED" && one.joinedSince === null);
    notices.add(
      absent.map(({ userId }) => userId),
      {
        type: "SESSION_STARTED",
        cause: `session:${id}:started`,
        data: { sessionId: id, title },
        expiresAt: endsAt(store.session),
        aboutUserId: hostId,
      },
    );
    return [
      event({
        type: "session.started",
        session: toLearningSession(store.session),
        ...view.turn(),
        endsAt: iso(endsAt(store.session)),
      }),
    ];
  }

  /** It is over, as far as it took place. */
  complete(reason: EndReason): Broadcast[] {
    const { store, view } = this.deps;
    if (isOver(store.session)) return [];
    const events = this.close();
    const { actualStart } = store.session;
    const status = actualStart === null ? "CANCELLED" : "COMPLETED";
    const actualEnd = actualStart === null ? null : Math.max(actualStart, this.deps.now());
    store.changeSession({ status, endReason: actualStart === null ? "NO_SHOW" : reason, actualEnd });
    if (status === "CANCELLED") return [...events, this.cancelledEvent("NO_SHOW")];
    return [...events, event({ type: "session.ended", reason, summary: view.summary() })];
  }

  /** It does not take place. */
  cancel(reason: EndReason): Broadcast[] {
    const { store } = this.deps;
    const events = this.close();
    store.changeSession({ status: "CANCELLED", endReason: reason });
    return [...events, this.cancelledEvent(reason)];
  }

  /** Other times, or another second language. */
  replanTurns(): void {
    const { store } = this.deps;
    const { session, call } = store;
    const switchAt = session.secondaryLanguage === null || call.isSwitched ? null : halfOf(session);
    store.changeCall({ switchAt, ...(session.secondaryLanguage === null && { isSwitched: false }) });
  }

  peerEvent(type: "peer.joined" | "peer.updated", one: StoredParticipant): Broadcast {
    const { view } = this.deps;
    return {
      frameFor: (viewerId) => (viewerId === one.userId ? null : event({ type, peer: view.peer(one, viewerId) })),
    };
  }

  private cancelledEvent(reason: EndReason): Broadcast {
    return event({ type: "session.cancelled", reason, session: toLearningSession(this.deps.store.session) });
  }

  /** Everybody leaves, who came is known, and what was written is gone. */
  private close(): Broadcast[] {
    const { store } = this.deps;
    const events: Broadcast[] = [];
    if (isRecording(store.call)) events.push(...this.stopRecording());
    store.changeCall({ switchAt: null, languageAskedBy: [] });
    for (const one of inCall(store.participants())) this.leave(one, "left");
    if (store.session.actualStart !== null || store.session.scheduledEnd <= this.deps.now()) {
      for (const one of store.participants().filter(({ invitation }) => invitation === "CONFIRMED")) {
        store.changeParticipant(one, { attendance: one.firstJoinedAt === null ? "NO_SHOW" : "ATTENDED" });
      }
    }
    store.removeMessages();
    store.changeCall({ emptySince: null });
    return events;
  }

  /** Everybody in the call who can be asked has asked for the other language. */
  private isAgreed(): boolean {
    const { store } = this.deps;
    const { session, call } = store;
    const present = inCall(store.participants()).filter(({ lostSince }) => lostSince === null);
    const hasAsked = ({ userId }: StoredParticipant) => call.languageAskedBy.includes(userId);
    return session.status === "IN_PROGRESS" && present.length >= 2 && present.every(hasAsked);
  }

  private withdrawLanguage(userId: number): Broadcast[] {
    const { store } = this.deps;
    const { languageAskedBy } = store.call;
    if (!languageAskedBy.includes(userId)) return [];
    const userIds = languageAskedBy.filter((one) => one !== userId);
    store.changeCall({ languageAskedBy: userIds });
    return [event({ type: "language.requested", userIds })];
  }

  private recordingEvent(): Broadcast {
    return event({ type: "recording.changed", recording: this.deps.view.recording() });
  }

  private write(one: StoredParticipant): void {
    const talk = this.written(one);
    if (talk) this.deps.store.noteTalk(one, talk);
  }

  /** All that they have talked, taken out of the ledger; undefined where nothing is to be added. */
  private written(one: StoredParticipant) {
    const { ledger, store, now } = this.deps;
    const more = ledger.take(one.userId, { language: languageOf(store.session, store.call), now: now() });
    return Object.keys(more).length > 0 ? added(one.talk, more) : undefined;
  }
}

function event(frame: SessionEvent): SessionEvent {
  return frame;
}
