/** A session as its people are shown it. Reads only. */
import type { IceServer, Peer } from "../../schema/protocol/session/entities.ts";
import type { SessionWelcome } from "../../schema/protocol/session/server-frames.ts";
import { PROTOCOL_VERSION } from "../../schema/protocol/version.ts";
import type { SessionView as SessionSnapshot } from "../../schema/rpc.ts";
import type { SessionParticipant, SessionSummary, TalkTime } from "../../schema/sessions.ts";
import { added, type Ledger, toTalkTime } from "./ledger.ts";
import { iso, type StoredParticipant, toLearningSession } from "./rows.ts";
import { inLine, isPolite, isRecording, mayKnow } from "./rules.ts";
import { endsAt, type SessionStore } from "./store.ts";
import { languageOf } from "./timeline.ts";

const MESSAGES_IN_WELCOME = 100;

export class SessionView {
  private readonly store: SessionStore;
  private readonly ledger: Ledger;
  private readonly isConnected: (userId: number) => boolean;
  private readonly now: () => number;

  constructor(store: SessionStore, ledger: Ledger, isConnected: (userId: number) => boolean, now: () => number) {
    this.store = store;
    this.ledger = ledger;
    this.isConnected = isConnected;
    this.now = now;
  }

  snapshot(callerId: number): SessionSnapshot {
    const caller = this.store.participant(callerId);
    return {
      session: toLearningSession(this.store.session),
      participants: inLine(this.known()).map((one) => this.participant(one)),
      ownRating: caller?.rating ? { rating: caller.rating, feedback: caller.feedback } : null,
    };
  }

  participant(one: StoredParticipant): SessionParticipant {
    const { userId, name, imageUrl, role, invitation, firstJoinedAt, leftAt, attendance } = one;
    return {
      ...{ userId, name, imageUrl, role, invitation, attendance },
      joinedAt: firstJoinedAt === null ? null : iso(firstJoinedAt),
      leftAt: leftAt === null || one.joinedSince !== null ? null : iso(leftAt),
      participationTime: Math.floor(participationMs(one, this.now()) / 1_000),
      talk: this.talk(one).languages,
    };
  }

  talk({ userId, talk }: Pick<StoredParticipant, "userId" | "talk">): TalkTime {
    const { language } = this.turn();
    return toTalkTime(userId, added(talk, this.ledger.unwritten(userId, { language, now: this.now() })));
  }

  /** As `viewerId` sees them. */
  peer(one: StoredParticipant, viewerId: number): Peer {
    const { userId, name, imageUrl, role, media, generation, joinedSince } = one;
    return {
      ...{ userId, name, imageUrl, role, media, generation },
      connected: this.isConnected(userId),
      joined: joinedSince !== null,
      polite: isPolite(viewerId, userId),
    };
  }

  turn(): { readonly language: string; readonly nextSwitchAt: string | null } {
    const { session, call } = this.store;
    return { language: languageOf(session, call), nextSwitchAt: call.switchAt === null ? null : iso(call.switchAt) };
  }

  recording() {
    const { call } = this.store;
    const runs = isRecording(call);
    return {
      isRecording: runs,
      startedAt: runs && call.recordingSince !== null ? iso(call.recordingSince) : null,
      startedByUserId: runs ? call.recorderId : null,
      consentedUserIds: this.store.participants().flatMap((one) => (one.hasConsented ? one.userId : [])),
    };
  }

  summary(): SessionSummary {
    const { session } = this.store;
    const [start, end] = [session.actualStart, session.actualEnd];
    return {
      session: toLearningSession(session),
      participants: this.known().map((one) => this.participant(one)),
      duration: start === null || end === null ? 0 : Math.max(0, Math.floor((end - start) / 1_000)),
    };
  }

  welcome(you: StoredParticipant, iceServers: readonly IceServer[]): SessionWelcome {
    const confirmed = this.store.participants().filter(({ invitation }) => invitation === "CONFIRMED");
    const { userId, role, generation } = you;
    return {
      type: "welcome",
      protocol: PROTOCOL_VERSION,
      session: toLearningSession(this.store.session),
      you: { userId, role, generation },
      peers: confirmed.filter((one) => one.userId !== userId).map((one) => this.peer(one, userId)),
      iceServers: [...iceServers],
      ...this.turn(),
      languageRequestedBy: [...this.store.call.languageAskedBy],
      endsAt: iso(endsAt(this.store.session)),
      talk: confirmed.map((one) => this.talk(one)),
      recording: this.recording(),
      messages: this.store.messages(MESSAGES_IN_WELCOME),
      serverTime: iso(this.now()),
    };
  }

  private known(): StoredParticipant[] {
    return this.store.participants().filter(mayKnow);
  }
}

/** In the call, all times together; of who is lost, until they were. */
export function participationMs({ participationMs: over, joinedSince, lostSince }: StoredParticipant, now: number) {
  return joinedSince === null ? over : over + Math.max(0, (lostSince ?? now) - joinedSince);
}
