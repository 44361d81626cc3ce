/** `studymate/session`: a learning session, its call and what is recorded of it. Its types need TypeScript's `dom`. */
export type {
  CallMessage,
  IceServer,
  Media,
  Peer,
  RecordingState,
} from "../../../schema/protocol/session/entities.ts";
export type {
  EndReason,
  LearningSession,
  SessionParticipant,
  SessionSummary,
  TalkTime,
} from "../../../schema/sessions.ts";
export { createCall } from "./call/call.ts";
export type { MediaKind } from "./call/kinds.ts";
export type { LinkStats, PacketCounts, Quality } from "./call/link-stats.ts";
export type { Call, CallOptions, CallPeer, CallSnapshot } from "./call/live-call.ts";
export type { DeviceProblem, LocalDevice, LocalDevices, MediaDevicesLike } from "./call/local-media.ts";
export type { LinkState } from "./call/negotiation-rules.ts";
export type { PeerConnectionConstructor } from "./call/peer-link.ts";
export { createRecorder, type Recorder, type RecorderSnapshot } from "./call/recorder.ts";
export type { LevelMeter } from "./call/speaking.ts";
export type { LiveSession, SentSignal, SessionEvents, Signal } from "./live-session.ts";
export { connectSession } from "./session.ts";
export { type SessionEnd, type SessionSnapshot, type Talk, talkedSeconds } from "./session-state.ts";
