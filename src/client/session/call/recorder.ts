/**
 * Records a call on this device, exactly while the session says that one does: everybody has agreed, and one's own client
 * is the one that records. When somebody does not agree any more it stops at once, and what was recorded until then is kept.
 */
import type { SessionRecording } from "../../../../schema/api/sessions.ts";
import { errorFrom, type StudyMateErrorCode } from "../../errors.ts";
import { Listeners } from "../../listeners.ts";
import { Composition, type Shown } from "./composition.ts";
import type { Call } from "./live-call.ts";
import { RecordingUpload } from "./recording-upload.ts";

export interface RecorderSnapshot {
  /** `saving`: it is over, and on its way to the server. `saved`: it is there. */
  readonly state: "idle" | "recording" | "saving" | "saved" | "failed";
  /** Bytes that the server has, and all that there are by now. */
  readonly sentBytes: number;
  readonly allBytes: number;
  /** The last one that was saved. */
  readonly recording: SessionRecording | null;
  /** Why it failed: `unsupported_media_type` where the browser records nothing that the server takes. */
  readonly problem: StudyMateErrorCode | null;
}

export interface Recorder {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => RecorderSnapshot;
  /** Asks the session to record from now on; rejects with `forbidden` or `conflict` where somebody has not agreed. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops, and records nothing any more. What is being saved goes on. */
  close(): void;
}

/** What the server takes, by what browsers record. */
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const CHUNK_MS = 1_000;
const QUALITY = "360p";

const IDLE: RecorderSnapshot = { state: "idle", sentBytes: 0, allBytes: 0, recording: null, problem: null };

class CallRecorder implements Recorder {
  readonly #call: Call;
  readonly #listeners = new Listeners();
  readonly #stops: readonly (() => void)[];
  #snapshot = IDLE;
  #running: { readonly media: MediaRecorder; readonly composition: Composition } | undefined;

  constructor(call: Call) {
    this.#call = call;
    this.#stops = [call.subscribe(() => this.#follow()), call.session.subscribe(() => this.#follow())];
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);
  readonly getSnapshot = (): RecorderSnapshot => this.#snapshot;

  async start(): Promise<void> {
    if (typeOf() === undefined) {
      this.#change({ state: "failed", problem: "unsupported_media_type" });
      return;
    }
    await this.#call.session.startRecording();
  }

  stop(): Promise<void> {
    return this.#call.session.stopRecording();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#end();
  }

  #follow(): void {
    const { recording, you, isJoined, end } = this.#call.session.getSnapshot();
    const isOurs = recording.isRecording && recording.startedByUserId === you?.userId && you !== undefined;
    // Without a connection nobody can say that they do not agree any more.
    const mayRecord = isOurs && isJoined && end === null;
    if (!mayRecord) this.#end();
    else if (this.#running === undefined) this.#begin();
    else this.#running.composition.show(this.#shown());
  }

  #begin(): void {
    const mimeType = typeOf();
    if (mimeType === undefined) return;
    const { session } = this.#call;
    const composition = new Composition();
    composition.show(this.#shown());
    const media = new MediaRecorder(composition.stream, {
      mimeType,
      videoBitsPerSecond: 500_000,
      audioBitsPerSecond: 64_000,
    });
    const startedAt = Date.now();
    const upload = new RecordingUpload({
      ...{ client: session.client, sessionId: session.id, contentType: mimeType },
      onChange: (sentBytes, allBytes) => this.#change({ sentBytes, allBytes }),
    });
    media.ondataavailable = ({ data }) => upload.add(data);
    media.onstop = () => {
      composition.stop();
      void this.#save(upload, Math.max(1, Math.round((Date.now() - startedAt) / 1_000)));
    };
    this.#running = { media, composition };
    media.start(CHUNK_MS);
    this.#change({ ...IDLE, state: "recording" });
  }

  #end(): void {
    const media = this.#running?.media;
    this.#running = undefined;
    if (media !== undefined && media.state !== "inactive") media.stop();
  }

  async #save(upload: RecordingUpload, duration: number): Promise<void> {
    // Another one may run by then: its state is the one that is shown.
    const tell = (change: Partial<RecorderSnapshot>) => {
      if (this.#running === undefined) this.#change(change);
    };
    tell({ state: "saving" });
    try {
      tell({ state: "saved", recording: await upload.finish({ duration, quality: QUALITY }) });
    } catch (error) {
      tell({ state: "failed", problem: errorFrom(error).code });
    }
  }

  #shown(): readonly Shown[] {
    const { microphone, camera, screen, peers } = this.#call.getSnapshot();
    const { you, peers: known } = this.#call.session.getSnapshot();
    const nameOf = (userId: number) => known.find((peer) => peer.userId === userId)?.name ?? "";
    const others = peers.map((peer) => ({
      ...{ userId: peer.userId, name: nameOf(peer.userId), audio: peer.microphone },
      video: peer.screen ?? peer.camera,
    }));
    const own = { userId: you?.userId ?? 0, name: "", audio: this.#own(microphone.track) };
    return [{ ...own, video: this.#own(screen.track ?? camera.track) }, ...others];
  }

  readonly #ownStreams = new WeakMap<MediaStreamTrack, MediaStream>();

  #own(track: MediaStreamTrack | null): MediaStream | null {
    if (track === null) return null;
    const stream = this.#ownStreams.get(track) ?? new MediaStream([track]);
    this.#ownStreams.set(track, stream);
    return stream;
  }

  #change(change: Partial<RecorderSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#listeners.tell();
  }
}

function typeOf(): string | undefined {
  return globalThis.MediaRecorder && TYPES.find((type) => MediaRecorder.isTypeSupported(type));
}

/**
 * Records a call on this device while everybody agrees, in one file with everybody in it, and uploads it as it is made.
 *
 * ```ts
 * const recorder = createRecorder(call);
 * await session.setRecordingConsent(true);
 * await recorder.start();
 * ```
 */
export function createRecorder(call: Call): Recorder {
  return new CallRecorder(call);
}
