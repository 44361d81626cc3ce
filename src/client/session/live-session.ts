/** What an application can do with a session that it is connected to. */
import type { IceCandidate, Media, SessionDescription } from "../../../schema/protocol/session/entities.ts";
import type { Debug } from "../debug.ts";
import type { StudyMateClient } from "../index.ts";
import type { SessionSnapshot } from "./session-state.ts";

/** To one peer; with `description` or `candidate`. */
export interface SentSignal {
  readonly to: number;
  /** The peer's, as last told. */
  readonly toGeneration: number;
  readonly description?: SessionDescription;
  readonly candidate?: IceCandidate | null;
}

/** From one peer. */
export interface Signal {
  readonly from: number;
  /** The peer's. */
  readonly generation: number;
  readonly description?: SessionDescription | undefined;
  readonly candidate?: IceCandidate | null | undefined;
}

/** What happens, and is in no snapshot. */
export interface SessionEvents {
  /** For whoever makes connections of their own; `createCall` takes them all. */
  readonly signal: Signal;
  /** Somebody is not in the call any more. `superseded`: they have another connection, and mostly come again at once. */
  readonly left: { readonly userId: number; readonly reason: "left" | "lost" | "superseded" | "removed" };
  /** Somebody shows an emoji for a moment; yourself too. */
  readonly reaction: { readonly userId: number; readonly emoji: string };
  /** The host asks you to turn your microphone off; a call has done so. */
  readonly muteRequested: { readonly userId: number };
}

/**
 * A session's connection; `getSnapshot` and `subscribe` are fit for `useSyncExternalStore`. What is asked for rejects with
 * a `StudyMateError`; while the connection is lost, it waits.
 */
export interface LiveSession {
  readonly id: number;
  readonly client: StudyMateClient;
  readonly debug: Debug;
  /** Calls back after every change. Returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** What is known now; the same object until something changes. */
  readonly getSnapshot: () => SessionSnapshot;
  /** Calls back whenever it happens. Returns what ends it. */
  on<Name extends keyof SessionEvents>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void;
  /** Enters the call, and enters again after every lost connection, until one leaves. */
  join(media?: Media): Promise<void>;
  /** Leaves the call; one may join again. */
  leave(): Promise<void>;
  /** What one sends from now on. Nothing outside of the call. */
  setMedia(media: Media): Promise<void>;
  /** One began or ended to talk. To be said again every 20 seconds of talking, or it ends after a minute. */
  setSpeaking(active: boolean): void;
  /** Relayed to one peer, if both are in the call. */
  signal(signal: SentSignal): void;
  /** Asks for the other language. True: everybody in the call had asked, and it is its turn. Never asked twice by itself. */
  requestLanguageSwitch(): Promise<boolean>;
  /** Agrees to be recorded, or does not any more: then a recording stops at once. */
  setRecordingConsent(granted: boolean): Promise<void>;
  /** One's own client records from now on; resolves with when it began. `createRecorder` does so. */
  startRecording(): Promise<string>;
  /** Whoever records, or the host. */
  stopRecording(): Promise<void>;
  /** Writes to everybody in the session; resolves with the message's number. Once, whatever is lost on the way. */
  write(content: string): Promise<number>;
  /** Shows everybody an emoji for a moment. Not while the connection is lost. */
  react(emoji: string): void;
  /** Ends the session for everybody. The host. */
  end(): Promise<void>;
  /** Removes a participant, who cannot come back. The host. */
  remove(userId: number): Promise<void>;
  /** Asks a participant's client to turn its microphone off. The host. */
  mute(userId: number): Promise<void>;
  /** Tries again at once: from `offline` without waiting, from `denied` because something has changed. */
  reconnect(): void;
  /** Gives the connection up for a fresh one, of another generation: in the call, everybody connects to you anew. */
  renew(): void;
  /** Ends it for good, and leaves the call with it. What is unanswered is rejected with the code `closed`. */
  close(): void;
}
