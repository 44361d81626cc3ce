/** One WebSocket from open to close: encoding, heartbeat, `batch` taken apart, `probe` echoed. Never reconnects. */
import { decodeTrusted, encodeFrame } from "../../schema/protocol/codec.ts";
import type { MeClientFrame } from "../../schema/protocol/me/client-frames.ts";
import type { MeServerFrame } from "../../schema/protocol/me/server-frames.ts";
import type { RoomClientFrame } from "../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../schema/protocol/room/server-frames.ts";
import type { SessionClientFrame } from "../../schema/protocol/session/client-frames.ts";
import type { SessionServerFrame } from "../../schema/protocol/session/server-frames.ts";
import {
  BEARER_SUBPROTOCOL_PREFIX,
  type Encoding,
  HEARTBEAT,
  type SUBPROTOCOLS,
  type Subprotocol,
} from "../../schema/protocol/version.ts";
import { Heartbeat } from "./heartbeat.ts";

/** What is said on a room's socket, on a session's, or on one's own. */
export type ServerFrame = RoomServerFrame | SessionServerFrame | MeServerFrame;
export type ClientFrame = RoomClientFrame | SessionClientFrame | MeClientFrame;

/** The part of the standard WebSocket that the SDK uses: of browsers, of Node, of the `ws` package, of a test. */
export interface SocketLike {
  binaryType: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
}
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

export interface SocketEnd {
  /** False: the upgrade failed, for a reason that WebSockets do not tell. */
  readonly opened: boolean;
  /** The close code; 1006 where the connection was just gone. */
  readonly code: number;
  /** We gave it up: it had stopped answering. */
  readonly silent: boolean;
}

export interface SocketOptions<In extends ServerFrame> {
  readonly url: string;
  readonly encoding: Encoding;
  readonly token: string;
  readonly WebSocket: SocketConstructor;
  readonly onOpen: () => void;
  /** The frames of one WebSocket message, in order. */
  readonly onFrames: (frames: readonly In[]) => void;
  /** Called once. */
  readonly onEnd: (end: SocketEnd) => void;
}

const OPEN_DEADLINE_MS = 15_000;

export class FrameSocket<In extends ServerFrame> {
  readonly #options: SocketOptions<In>;
  readonly #socket: SocketLike;
  #heartbeat: Heartbeat | undefined;
  readonly #openTimer: ReturnType<typeof setTimeout>;
  #ended = false;

  constructor(options: SocketOptions<In>) {
    this.#options = options;
    const socket = new options.WebSocket(options.url, [
      `studymate.v1.${options.encoding}` satisfies Subprotocol & keyof typeof SUBPROTOCOLS,
      BEARER_SUBPROTOCOL_PREFIX + options.token,
    ]);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = (event: { data: string | ArrayBuffer }) => this.#received(event.data);
    socket.onerror = () => {}; // `close` follows, and tells more
    socket.onclose = (event: { code: number }) => this.#end(event.code, false);
    this.#openTimer = setTimeout(() => this.#giveUp(1006, true), OPEN_DEADLINE_MS);
  }

  send(frame: ClientFrame): void {
    if (this.#heartbeat !== undefined) this.#socket.send(encodeFrame(this.#options.encoding, frame));
  }

  /** Asks at once whether the other side is still there. */
  check(): void {
    this.#heartbeat?.check();
  }

  /** Closes without telling anybody. */
  close(): void {
    this.#forget();
    this.#socket.close(1000);
  }

  #opened(): void {
    if (this.#ended) return;
    clearTimeout(this.#openTimer);
    this.#heartbeat = new Heartbeat(
      () => this.#socket.send(HEARTBEAT.request),
      () => this.#giveUp(1006, true),
    );
    this.#options.onOpen();
  }

  #received(data: string | ArrayBuffer): void {
    if (this.#ended) return;
    this.#heartbeat?.heard();
    if (data === HEARTBEAT.response) return;
    try {
      const frames = unpack<In>(decodeTrusted(data));
      for (const frame of frames) if (frame.type === "probe") this.send({ type: "probe", n: frame.n });
      this.#options.onFrames(frames);
    } catch {
      // What cannot be read is a hole: the next socket begins at the position before it.
      this.#giveUp(1011, false);
    }
  }

  #giveUp(code: number, silent: boolean): void {
    if (this.#ended) return;
    this.#end(code, silent);
    this.#socket.close();
  }

  #end(code: number, silent: boolean): void {
    if (this.#ended) return;
    const opened = this.#heartbeat !== undefined;
    this.#forget();
    this.#options.onEnd({ opened, code, silent });
  }

  #forget(): void {
    this.#ended = true;
    clearTimeout(this.#openTimer);
    this.#heartbeat?.stop();
  }
}

function unpack<In extends ServerFrame>(decoded: unknown): readonly In[] {
  // The server's frames are made from the same schemas; the SDK carries no validator.
  const frame = decoded as In;
  return frame.type === "batch" ? (frame.frames as unknown as readonly In[]) : [frame];
}
