/** What a session's socket has told, frame by frame. Pure. */
import type { CallMessage, IceServer, Media, Peer, RecordingState } from "../../../schema/protocol/session/entities.ts";
import type { SessionServerFrame } from "../../../schema/protocol/session/server-frames.ts";
import type { EndReason, LearningSession, SessionRole, SessionSummary, TalkTime } from "../../../schema/sessions.ts";
import type { ShownConnection } from "../shown-connection.ts";

/** How long somebody has talked until `toldAt`. Who is speaking has talked on since. */
export interface Talk extends TalkTime {
  readonly isSpeaking: boolean;
  /** Epoch milliseconds of this device's clock. */
  readonly toldAt: number;
}

/** A session that is over. */
export interface SessionEnd {
  readonly reason: EndReason;
  /** How it went; null: it was called off. */
  readonly summary: SessionSummary | null;
}

export interface SessionSnapshot {
  /** `live`: what is here is right. Else it is what was known last. */
  readonly connection: ShownConnection;
  /** Null until it is known, as everything that may be null here. */
  readonly session: LearningSession | null;
  readonly you: { readonly userId: number; readonly role: SessionRole; readonly generation: number } | null;
  /** You are in the call: the server has said so on this connection. */
  readonly isJoined: boolean;
  /** The other confirmed participants, in the call or not. */
  readonly peers: readonly Peer[];
  readonly iceServers: readonly IceServer[];
  /** The language to speak now. */
  readonly language: string | null;
  /** When it is the other one's turn; null: not any more. */
  readonly nextSwitchAt: string | null;
  /** Who asked for the other language. */
  readonly languageRequestedBy: readonly number[];
  /** When the call is ended, if nobody ends it before. */
  readonly endsAt: string | null;
  /** By user. */
  readonly talk: ReadonlyMap<number, Talk>;
  readonly recording: RecordingState;
  /** What was written in the call, the latest 100 and what came since, the oldest first. */
  readonly messages: readonly CallMessage[];
  readonly end: SessionEnd | null;
  /** How far the server's clock is ahead of this device's, in milliseconds. */
  readonly clockSkewMs: number;
}

export type SessionState = Omit<SessionSnapshot, "connection">;

export type SessionStep = { readonly type: "quit" };

export const NOTHING: Media = { audio: false, video: false, screen: false };

export const UNKNOWN_SESSION: SessionState = {
  session: null,
  you: null,
  isJoined: false,
  peers: [],
  iceServers: [],
  language: null,
  nextSwitchAt: null,
  languageRequestedBy: [],
  endsAt: null,
  talk: new Map(),
  recording: { isRecording: false, startedAt: null, startedByUserId: null, consentedUserIds: [] },
  messages: [],
  end: null,
  clockSkewMs: 0,
};

/** The same object where nothing changes. `now`: epoch milliseconds of this device's clock. */
export function reduceSession(state: SessionState, frame: SessionServerFrame | SessionStep, now: number): SessionState {
  switch (frame.type) {
    case "welcome": {
      const { session, you, peers, iceServers, language, nextSwitchAt, languageRequestedBy } = frame;
      return {
        ...{ session, you, peers, iceServers, language, nextSwitchAt, languageRequestedBy },
        ...{ endsAt: frame.endsAt, recording: frame.recording, messages: frame.messages },
        isJoined: false,
        talk: new Map(frame.talk.map((one) => [one.userId, { ...one, isSpeaking: false, toldAt: now }])),
        end: null,
        clockSkewMs: Date.parse(frame.serverTime) - now,
      };
    }
    case "ack":
      // That of `join`, and no other, tells of a generation: known before whatever comes behind it.
      return "generation" in frame && !state.isJoined ? { ...state, isJoined: true } : state;
    case "quit":
      return state.isJoined ? { ...state, isJoined: false } : state;
    case "peer.joined":
    case "peer.updated":
      return { ...state, peers: withPeer(state.peers, frame.peer) };
    case "peer.left": {
      const { userId, reason } = frame;
      const others = state.peers.filter((one) => one.userId !== userId);
      const peer = state.peers.find((one) => one.userId === userId);
      const talk = silenced(state.talk, userId, now);
      if (peer === undefined || reason === "removed") return { ...state, peers: others, talk };
      const connected = reason === "left" ? peer.connected : reason === "superseded";
      const gone = { ...peer, connected, joined: false, media: NOTHING };
      return { ...state, peers: withPeer(state.peers, gone), talk };
    }
    case "session.started":
    case "session.updated": {
      const { session, language, nextSwitchAt, endsAt } = frame;
      return { ...state, session, language, nextSwitchAt, endsAt };
    }
    case "session.ending":
      return { ...state, endsAt: frame.endsAt };
    case "session.ended": {
      const { reason, summary } = frame;
      return { ...state, isJoined: false, session: summary.session, end: { reason, summary } };
    }
    case "session.cancelled": {
      const { reason, session } = frame;
      return { ...state, isJoined: false, session, end: { reason, summary: null } };
    }
    case "language.switched":
      return { ...state, language: frame.language, nextSwitchAt: frame.nextSwitchAt, languageRequestedBy: [] };
    case "language.requested":
      return { ...state, languageRequestedBy: frame.userIds };
    case "recording.changed":
      return { ...state, recording: frame.recording };
    case "talk.updated": {
      const { userId, seconds, languages, speaking } = frame;
      const talk = { userId, seconds, languages, isSpeaking: speaking, toldAt: now };
      return { ...state, talk: new Map(state.talk).set(userId, talk) };
    }
    case "chat":
      return { ...state, messages: withMessage(state.messages, frame.message) };
    default:
      return state;
  }
}

/** Seconds that somebody has talked by now: what the server told, and who is speaking has talked on since. */
export function talkedSeconds({ seconds, isSpeaking, toldAt }: Talk, now: number): number {
  return isSpeaking ? seconds + Math.max(0, Math.floor((now - toldAt) / 1_000)) : seconds;
}

function withPeer(peers: readonly Peer[], peer: Peer): readonly Peer[] {
  const isKnown = peers.some(({ userId }) => userId === peer.userId);
  return isKnown ? peers.map((one) => (one.userId === peer.userId ? peer : one)) : [...peers, peer];
}

function silenced(talk: SessionState["talk"], userId: number, now: number): SessionState["talk"] {
  const own = talk.get(userId);
  if (own === undefined || !own.isSpeaking) return talk;
  const seconds = talkedSeconds(own, now);
  return new Map(talk).set(userId, { ...own, seconds, isSpeaking: false, toldAt: now });
}

function withMessage(messages: readonly CallMessage[], message: CallMessage): readonly CallMessage[] {
  return messages.some(({ id }) => id === message.id) ? messages : [...messages, message];
}
