/** One recording of a voice: from the question for the microphone to what was recorded. No user interface. */
export interface Recorded {
  readonly blob: Blob;
  readonly durationMs: number;
}

export type RecordingState =
  | { readonly state: "asking" | "denied" | "missing" | "unsupported" | "failed" }
  | { readonly state: "recording"; readonly startedAt: number }
  | ({ readonly state: "done" } & Recorded);

/** What the server takes, by what browsers record: Chromium and Firefox the first or the last, Safari the second. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
export const LONGEST_MS = 300_000;
const BITS_PER_SECOND = 48_000;

export class VoiceRecording {
  readonly #listeners = new Set<() => void>();
  #state: RecordingState = { state: "asking" };
  #recorder: MediaRecorder | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  readonly getSnapshot = (): RecordingState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async begin(): Promise<void> {
    const type = globalThis.MediaRecorder && TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    // Pages that are not secure have no microphones.
    if (type === undefined || navigator.mediaDevices === undefined) return this.#change({ state: "unsupported" });
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    } catch (error) {
      return this.#change({ state: whyNot(error) });
    }
    if (this.#isOver) return release(stream);
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    const parts: Blob[] = [];
    const startedAt = Date.now();
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      release(stream);
      const blob = new Blob(parts, { type: type.split(";")[0] ?? type });
      const durationMs = Math.min(Math.max(1, Date.now() - startedAt), LONGEST_MS);
      this.#change(blob.size > 0 ? { state: "done", blob, durationMs } : { state: "failed" });
    };
    recorder.onerror = () => this.#change({ state: "failed" });
    recorder.start();
    this.#recorder = recorder;
    this.#timer = setTimeout(() => this.stop(), LONGEST_MS);
    this.#change({ state: "recording", startedAt });
  }

  /** What was recorded so far is what there is. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  /** Nothing of it is kept, and the microphone is given back. */
  discard(): void {
    this.#isOver = true;
    this.stop();
  }

  #change(state: RecordingState): void {
    if (this.#isOver) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function whyNot(error: unknown): "denied" | "missing" | "failed" {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "failed";
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
