/**
 * One direction of one socket: frames go in as they were sent, and come out as the faults of the network have it.
 * Knows frames and times, not sockets: what comes out is handed to `deliver`, in order.
 */
import { decodeTrusted, encodeFrame } from "../../../schema/protocol/codec.ts";
import { HEARTBEAT } from "../../../schema/protocol/version.ts";

export type Direction = "toServer" | "toClient";
export type Wire = string | ArrayBufferLike | Uint8Array;
export type Frame = { readonly type: string; readonly [field: string]: unknown };

export interface LoggedFrame {
  /** 1 for the first socket that the network opened. */
  readonly socket: number;
  readonly direction: Direction;
  readonly type: string;
  /** As it was sent; `ping` and `pong` for the heartbeat. */
  readonly frame: Frame;
  /** `lost`: the connection carried nothing. `dropped`, `duplicated`, `reordered`: as a fault asked for. */
  readonly fate: "carried" | "lost" | "dropped" | "duplicated" | "reordered";
}

export type Fault = "drop" | "duplicate" | "reorder";

export interface PipeDeps {
  readonly deliver: (data: Wire) => void;
  /** The fault that a frame meets now; it is used up by asking. */
  readonly faultOf: (frame: Frame) => Fault | undefined;
  readonly delayMs: () => number;
  readonly isDead: () => boolean;
  readonly log: (frame: Frame, fate: LoggedFrame["fate"]) => void;
}

interface Due {
  readonly act: () => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

export class Pipe {
  readonly #deps: PipeDeps;
  /** On their way, in order: none may overtake the one before it, whatever the delay was changed to. */
  readonly #due: Due[] = [];
  #held: Frame | undefined;
  #isBinary = false;

  constructor(deps: PipeDeps) {
    this.#deps = deps;
  }

  carry(data: Wire): void {
    const frames = unpacked(data);
    if (this.#deps.isDead()) {
      for (const frame of frames ?? [named(data)]) this.#deps.log(frame, "lost");
      return;
    }
    if (frames === undefined) {
      this.#carryRaw(data);
      return;
    }
    this.#isBinary = typeof data !== "string";
    const left = frames.flatMap((frame) => this.#meetFault(frame));
    const isUntouched = left.length === frames.length && left.every((frame, at) => frame === frames[at]);
    if (isUntouched) this.#later(data);
    else for (const frame of left) this.#later(this.#packed(frame));
  }

  /** Something that happens to the socket, behind the frames that are on their way. */
  afterwards(act: () => void): void {
    this.#schedule(act);
  }

  /** Everything that waits comes now. */
  flush(): void {
    for (const { act, timer } of this.#due.splice(0)) {
      clearTimeout(timer);
      act();
    }
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && !this.#deps.isDead()) this.#deps.deliver(this.#packed(held));
  }

  /** Everything that waits is lost. */
  discard(): void {
    for (const { timer } of this.#due.splice(0)) clearTimeout(timer);
    this.#held = undefined;
  }

  /** Heartbeats, and what is no frame: not taken apart, and never behind one that is held back. */
  #carryRaw(data: Wire): void {
    const fault = this.#deps.faultOf(named(data));
    this.#deps.log(named(data), fault === "drop" ? "dropped" : fault === "duplicate" ? "duplicated" : "carried");
    if (fault === "drop") return;
    this.#later(data);
    if (fault === "duplicate") this.#later(data);
  }

  #meetFault(frame: Frame): readonly Frame[] {
    const before = this.#held;
    const fault = before === undefined ? this.#deps.faultOf(frame) : undefined;
    if (before !== undefined) {
      this.#held = undefined;
      this.#deps.log(frame, "carried");
      return [frame, before];
    }
    this.#deps.log(frame, fault === undefined ? "carried" : FATES[fault]);
    if (fault === "drop") return [];
    if (fault === "duplicate") return [frame, frame];
    if (fault === "reorder") {
      this.#held = frame;
      return [];
    }
    return [frame];
  }

  #later(data: Wire): void {
    this.#schedule(() => {
      if (!this.#deps.isDead()) this.#deps.deliver(data);
    });
  }

  #schedule(act: () => void): void {
    const delayMs = this.#deps.delayMs();
    if (delayMs === 0 && this.#due.length === 0) {
      act();
      return;
    }
    const due: Due = { act, timer: setTimeout(() => this.#comeUpTo(due), delayMs) };
    this.#due.push(due);
  }

  /** A shorter delay than that of the frames before does not overtake them: they come with it. */
  #comeUpTo(last: Due): void {
    while (this.#due.includes(last)) {
      const first = this.#due.shift();
      clearTimeout(first?.timer);
      first?.act();
    }
  }

  /** On its own: only the server may put frames together. */
  #packed(frame: Frame): Wire {
    const data = encodeFrame(this.#isBinary ? "msgpack" : "json", frame);
    // The codec gives bytes that are a copy: their buffer holds nothing else.
    return typeof data === "string" ? data : data.buffer;
  }
}

const FATES = { drop: "dropped", duplicate: "duplicated", reorder: "reordered" } as const;

function named(data: Wire): Frame {
  return { type: data === HEARTBEAT.request || data === HEARTBEAT.response ? data : "unreadable" };
}

/** Undefined: these are no frames. */
function unpacked(data: Wire): readonly Frame[] | undefined {
  if (data === HEARTBEAT.request || data === HEARTBEAT.response) return undefined;
  try {
    const bytes = data instanceof Uint8Array ? new Uint8Array(data).buffer : data;
    // Both ends make frames of the same schemas; what is none has no `type`.
    const frame = decodeTrusted(bytes as string | ArrayBuffer) as Frame;
    if (typeof frame?.type !== "string") return undefined;
    return frame.type === "batch" ? (frame.frames as readonly Frame[]) : [frame];
  } catch {
    return undefined;
  }
}
