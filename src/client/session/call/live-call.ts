/** What an application can do with a call, and what it sees of it. */
import type { LiveSession } from "../live-session.ts";
import type { MediaKind } from "./kinds.ts";
import type { LinkStats, Quality } from "./link-stats.ts";
import type { LocalDevices, MediaDevicesLike } from "./local-media.ts";
import type { LinkState } from "./negotiation-rules.ts";
import type { PeerConnectionConstructor } from "./peer-link.ts";
import type { LevelMeter } from "./speaking.ts";

export interface CallOptions {
  /** Where the runtime has none of its own, or a test has a better one. */
  readonly RTCPeerConnection?: PeerConnectionConstructor;
  readonly mediaDevices?: MediaDevicesLike;
  /** Media goes through a relay, whatever else is possible: nobody learns of another's address. */
  readonly relayOnly?: boolean;
  /** What is negotiated at all, the same on both sides. None, for programs without media: a channel alone. */
  readonly kinds?: readonly MediaKind[];
  /** How loud a microphone is. */
  readonly meterOf?: (track: MediaStreamTrack) => LevelMeter;
}

/** Somebody else in the call. Whose name it is, and whether their microphone is on, is in the session's `peers`. */
export interface CallPeer {
  readonly userId: number;
  /** `interrupted`: it was there, or could not be made, and is tried for again. */
  readonly state: LinkState;
  /** Of the last few seconds; null: not known. */
  readonly quality: Quality | null;
  readonly microphone: MediaStream | null;
  readonly camera: MediaStream | null;
  readonly screen: MediaStream | null;
}

export interface CallSnapshot extends LocalDevices {
  /** `reconnecting`: the session's connection is lost; media between those in the call may go on. */
  readonly state: "out" | "joining" | "in" | "reconnecting";
  /** Your own microphone hears you. */
  readonly isSpeaking: boolean;
  /** The others in the call. */
  readonly peers: readonly CallPeer[];
}

/** A call; `getSnapshot` and `subscribe` are fit for `useSyncExternalStore`. */
export interface Call {
  readonly session: LiveSession;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => CallSnapshot;
  /** Before the call and in it. False: it is not on; why is in the snapshot. */
  turnOn(kind: MediaKind): Promise<boolean>;
  turnOff(kind: MediaKind): void;
  /** Another device, from now on; null: the one that the browser chooses. */
  choose(kind: "microphone" | "camera", deviceId: string | null): Promise<boolean>;
  /** Enters the call with what is on. */
  join(): Promise<void>;
  /** Leaves the call, and gives the devices back. One may join again. */
  leave(): Promise<void>;
  /** How loud one's own microphone is now: 0 to 1. */
  level(): number;
  /** What each connection carries, by user. */
  stats(): Promise<ReadonlyMap<number, LinkStats>>;
  /** Leaves for good. The session stays connected until it is closed. */
  close(): void;
}
