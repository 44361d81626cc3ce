/** One's own microphone, camera and screen: asked for when they are turned on, given back when they are turned off. */

import { type MediaKind, NO_TRACKS, type Tracks } from "./kinds.ts";
import { cameraSize } from "./link-stats.ts";

/** Why something is not on that was to be. `busy`: another program has it, or it is broken. */
export type DeviceProblem = "denied" | "missing" | "busy" | "unsupported";

export interface LocalDevice {
  readonly isOn: boolean;
  /** What it takes; of a muted microphone too, so that it is back at once. */
  readonly track: MediaStreamTrack | null;
  /** Which one; null: the one that the browser chooses. */
  readonly deviceId: string | null;
  readonly problem: DeviceProblem | null;
}

export type LocalDevices = Readonly<Record<MediaKind, LocalDevice>>;

/** The part of `navigator.mediaDevices` that is used. */
export type MediaDevicesLike = Pick<MediaDevices, "getUserMedia" | "getDisplayMedia">;

const OFF: LocalDevice = { isOn: false, track: null, deviceId: null, problem: null };

export class LocalMedia {
  readonly #devices: MediaDevicesLike | undefined;
  readonly #onChange: (kind: MediaKind) => void;
  #state: LocalDevices = { microphone: OFF, camera: OFF, screen: OFF };
  /** Raised by each wish: an earlier one that comes true later is not wanted any more. */
  readonly #wishes: Record<MediaKind, number> = { microphone: 0, camera: 0, screen: 0 };
  #people = 2;

  constructor(devices: MediaDevicesLike | undefined, onChange: (kind: MediaKind) => void) {
    this.#devices = devices;
    this.#onChange = onChange;
  }

  get state(): LocalDevices {
    return this.#state;
  }

  /** What is sent: nothing of what is off. */
  get tracks(): Tracks {
    const tracks = { ...NO_TRACKS };
    for (const kind of ["microphone", "camera", "screen"] as const) {
      const { isOn, track } = this.#state[kind];
      // A muted microphone sends silence, and is back without a moment's wait.
      if (isOn || kind === "microphone") tracks[kind] = track;
    }
    return tracks;
  }

  /** Turns it on, with what is asked of the person. False: it is not on; why is in its `problem`. */
  async turnOn(kind: MediaKind): Promise<boolean> {
    const { track, isOn } = this.#state[kind];
    if (isOn) return true;
    if (kind === "microphone" && track?.readyState === "live") {
      track.enabled = true;
      this.#set(kind, { isOn: true, problem: null });
      return true;
    }
    return this.#open(kind);
  }

  turnOff(kind: MediaKind): void {
    this.#wishes[kind] += 1;
    const { track, isOn } = this.#state[kind];
    if (track !== null && kind === "microphone") track.enabled = false;
    else this.#release(track);
    if (isOn) this.#set(kind, { isOn: false, ...(kind !== "microphone" && { track: null }) });
  }

  /** Another one, from now on; null: the one that the browser chooses. */
  async choose(kind: "microphone" | "camera", deviceId: string | null): Promise<boolean> {
    const { isOn, track } = this.#state[kind];
    this.#set(kind, { deviceId });
    if (!isOn) {
      this.#release(track);
      this.#set(kind, { track: null });
      return true;
    }
    return this.#open(kind);
  }

  /** A camera takes less where it is sent to more. */
  fit(people: number): void {
    if (this.#people === people) return;
    this.#people = people;
    this.#state.camera.track?.applyConstraints(cameraSize(people)).catch(() => {});
  }

  /** Gives everything back. */
  close(): void {
    for (const kind of ["microphone", "camera", "screen"] as const) {
      this.#wishes[kind] += 1;
      const { track, isOn, deviceId } = this.#state[kind];
      this.#release(track);
      if (isOn || track !== null) this.#set(kind, { ...OFF, deviceId });
    }
  }

  async #open(kind: MediaKind): Promise<boolean> {
    this.#wishes[kind] += 1;
    const wish = this.#wishes[kind];
    try {
      const track = await this.#ask(kind).catch((error) => {
        const { deviceId } = this.#state[kind];
        if (deviceId === null || problemOf(error) !== "missing") throw error;
        // The one that was chosen is not there any more.
        this.#set(kind, { deviceId: null });
        return this.#ask(kind);
      });
      if (wish !== this.#wishes[kind]) {
        this.#release(track);
        return this.#state[kind].isOn;
      }
      this.#release(this.#state[kind].track);
      track.onended = () => this.#ended(kind, track);
      this.#set(kind, { isOn: true, track, problem: null });
      return true;
    } catch (error) {
      // Whoever closes the choice of a screen has changed their mind.
      const problem = kind === "screen" && isRefusal(error) ? null : problemOf(error);
      if (wish === this.#wishes[kind]) this.#set(kind, { problem });
      return false;
    }
  }

  async #ask(kind: MediaKind): Promise<MediaStreamTrack> {
    if (this.#devices === undefined) throw new DOMException("No devices.", "NotSupportedError");
    const { deviceId } = this.#state[kind];
    const chosen = deviceId === null ? {} : { deviceId: { exact: deviceId } };
    const hearing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const stream =
      kind === "screen"
        ? await this.#devices.getDisplayMedia({ video: { frameRate: { max: 10 } }, audio: false })
        : await this.#devices.getUserMedia(
            kind === "camera"
              ? { video: { ...cameraSize(this.#people), ...chosen } }
              : { audio: { ...hearing, ...chosen } },
          );
    const [track] = stream.getTracks();
    if (track === undefined) throw new DOMException("No track.", "NotFoundError");
    if (kind === "screen") track.contentHint = "detail";
    return track;
  }

  /** Pulled out, or ended in the browser's own bar. */
  #ended(kind: MediaKind, track: MediaStreamTrack): void {
    if (this.#state[kind].track !== track) return;
    this.#set(kind, { isOn: false, track: null, problem: kind === "screen" ? null : "missing" });
  }

  #release(track: MediaStreamTrack | null): void {
    if (track === null) return;
    track.onended = null;
    track.stop();
  }

  #set(kind: MediaKind, change: Partial<LocalDevice>): void {
    this.#state = { ...this.#state, [kind]: { ...this.#state[kind], ...change } };
    this.#onChange(kind);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "NotAllowedError";
}

function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotSupportedError" ? "unsupported" : "busy";
}
