/** What the documents say of each frame of a session's socket, beside those that every socket has. */
import type { SessionClientFrame } from "../../../schema/protocol/session/client-frames.ts";
import type { Peer, RecordingState } from "../../../schema/protocol/session/entities.ts";
import type { SessionServerFrame } from "../../../schema/protocol/session/server-frames.ts";
import { PROTOCOL_VERSION } from "../../../schema/protocol/version.ts";
import type { SessionParticipant } from "../../../schema/sessions.ts";
import { session as answer, SAMPLE } from "../sample.ts";
import type { SharedClientType, SharedServerType } from "./channels.ts";
import type { ClientFrameEntry } from "./client-frames.ts";

const NOT_JOINED = "You are not in the call.";
const HOST_ONLY = "You are not the host.";
const all = { audio: true, video: true, screen: false };
const sdp = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

export const SESSION_CLIENT_FRAMES = {
  join: {
    example: { type: "join", ref: 1, media: all },
    answer: "ack",
    ack: { generation: 1 },
    event: "peer.joined",
    refusals: {},
  },
  leave: { example: { type: "leave", ref: 2 }, answer: "ack", ack: {}, event: "peer.left", refusals: {} },
  signal: {
    example: { type: "signal", to: SAMPLE.daniel, toGeneration: 1, description: { type: "offer", sdp } },
    answer: "none",
    refusals: { conflict: NOT_JOINED, not_found: "The peer is not in the call." },
  },
  media: {
    example: { type: "media", ref: 3, audio: true, video: false, screen: true },
    answer: "ack",
    ack: {},
    event: "peer.updated",
    refusals: { conflict: NOT_JOINED },
  },
  speaking: {
    example: { type: "speaking", active: true },
    answer: "none",
    event: "talk.updated",
    refusals: {},
  },
  "language.switch": {
    example: { type: "language.switch", ref: 4 },
    answer: "ack",
    ack: { switched: false },
    event: "language.requested",
    refusals: { conflict: "You are not in the call, it has not begun, or the session has one language." },
  },
  "recording.consent": {
    example: { type: "recording.consent", ref: 5, granted: true },
    answer: "ack",
    ack: {},
    event: "recording.changed",
    refusals: {},
  },
  "recording.start": {
    example: { type: "recording.start", ref: 6 },
    answer: "ack",
    ack: { startedAt: "2026-12-07T10:05:00.000Z" },
    event: "recording.changed",
    refusals: {
      forbidden: "Not everybody in the call has agreed.",
      conflict: "You are not in the call, or somebody records already.",
    },
  },
  "recording.stop": {
    example: { type: "recording.stop", ref: 7 },
    answer: "ack",
    ack: {},
    event: "recording.changed",
    refusals: { forbidden: "Somebody else records, and you are not the host." },
  },
  chat: {
    example: { type: "chat", ref: 8, content: "사진 보여 줄게요!" },
    answer: "ack",
    ack: { id: 1, createdAt: "2026-12-07T10:06:00.000Z" },
    event: "chat",
    refusals: {},
  },
  reaction: {
    example: { type: "reaction", ref: 9, emoji: "👏" },
    answer: "ack",
    ack: {},
    event: "reaction",
    refusals: {},
  },
  end: {
    example: { type: "end", ref: 10 },
    answer: "ack",
    ack: {},
    event: "session.ended",
    refusals: { forbidden: HOST_ONLY, conflict: "It has not begun: call it off instead." },
  },
  remove: {
    example: { type: "remove", ref: 11, userId: SAMPLE.daniel },
    answer: "ack",
    ack: {},
    event: "peer.left",
    refusals: { forbidden: HOST_ONLY, not_found: "They are not in this session." },
  },
  mute: {
    example: { type: "mute", ref: 12, userId: SAMPLE.daniel },
    answer: "ack",
    ack: {},
    refusals: { forbidden: HOST_ONLY, not_found: "They are not in the call." },
  },
} as const satisfies {
  [Type in Exclude<SessionClientFrame["type"], SharedClientType>]: ClientFrameEntry<
    Extract<SessionClientFrame, { type: Type }>
  >;
};

const { participants, ownRating: _, ...session } = answer;
const running = {
  ...session,
  status: "IN_PROGRESS",
  actualStartTime: "2026-12-07T10:01:00.000Z",
  rev: 4,
} as const;
const over = { ...running, status: "COMPLETED", endReason: "HOST", actualEndTime: "2026-12-07T10:56:00.000Z" } as const;
const turn = { language: "ko", nextSwitchAt: "2026-12-07T10:30:00.000Z" };
const endsAt = "2026-12-07T11:01:00.000Z";

const daniel: Peer = {
  userId: SAMPLE.daniel,
  name: "Daniel",
  imageUrl: null,
  role: "PARTICIPANT",
  connected: true,
  joined: true,
  media: all,
  generation: 1,
  polite: true,
};
const recording: RecordingState = {
  isRecording: false,
  startedAt: null,
  startedByUserId: null,
  consentedUserIds: [SAMPLE.minji],
};
const message = { id: 1, userId: SAMPLE.minji, content: "사진 보여 줄게요!", createdAt: "2026-12-07T10:06:00.000Z" };
const talked = {
  userId: SAMPLE.daniel,
  seconds: 610,
  languages: [
    { language: "ko", seconds: 250 },
    { language: "en", seconds: 360 },
  ],
};
const attended: SessionParticipant[] = participants.map((one) => ({
  ...one,
  invitation: "CONFIRMED",
  joinedAt: "2026-12-07T10:00:30.000Z",
  leftAt: "2026-12-07T10:56:00.000Z",
  participationTime: 3_330,
  attendance: "ATTENDED",
  talk: talked.languages,
}));

export const SESSION_SERVER_FRAMES: {
  readonly [Type in Exclude<SessionServerFrame["type"], SharedServerType>]: Extract<SessionServerFrame, { type: Type }>;
} = {
  welcome: {
    type: "welcome",
    protocol: PROTOCOL_VERSION,
    session,
    you: { userId: SAMPLE.minji, role: "HOST", generation: 1 },
    peers: [daniel],
    iceServers: [{ urls: ["stun:stun.cloudflare.com:3478"] }],
    ...turn,
    languageRequestedBy: [],
    endsAt,
    talk: [],
    recording: { ...recording, consentedUserIds: [] },
    messages: [],
    serverTime: "2026-12-07T10:00:20.000Z",
  },
  "peer.joined": { type: "peer.joined", peer: daniel },
  "peer.left": { type: "peer.left", userId: SAMPLE.daniel, reason: "left" },
  "peer.updated": { type: "peer.updated", peer: { ...daniel, media: { ...all, video: false } } },
  signal: { type: "signal", from: SAMPLE.daniel, generation: 1, description: { type: "answer", sdp } },
  "session.started": { type: "session.started", session: running, ...turn, endsAt },
  "session.updated": { type: "session.updated", session: { ...running, title: "음식 이야기 · Food" }, ...turn, endsAt },
  "session.ending": { type: "session.ending", endsAt },
  "session.ended": {
    type: "session.ended",
    reason: "HOST",
    summary: { session: over, participants: attended, duration: 3_300 },
  },
  "session.cancelled": {
    type: "session.cancelled",
    reason: "CANCELLED",
    session: { ...session, status: "CANCELLED", endReason: "CANCELLED", rev: 5 },
  },
  "language.switched": { type: "language.switched", language: "en", nextSwitchAt: null },
  "language.requested": { type: "language.requested", userIds: [SAMPLE.minji] },
  "recording.changed": { type: "recording.changed", recording },
  "talk.updated": { type: "talk.updated", ...talked, speaking: false },
  chat: { type: "chat", message },
  reaction: { type: "reaction", userId: SAMPLE.daniel, emoji: "👏" },
  "mute.requested": { type: "mute.requested", userId: SAMPLE.minji },
};
