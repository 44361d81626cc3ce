/** Somebody who signs in to a running server and speaks the raw protocol, frame by frame, right or wrong. */
import { decodeTrusted, encodeFrame } from "../../../schema/protocol/codec.ts";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import { BEARER_SUBPROTOCOL_PREFIX, type Encoding, HEARTBEAT } from "../../../schema/protocol/version.ts";
import { devLogin, type HttpOptions, type SocketConstructor, type SocketLike } from "../index.ts";
import { Arrivals, type WaitOptions } from "./waiting.ts";

export interface ScriptedPersonOptions extends HttpOptions {
  /** Signs in with it; the server must run with `DEV_LOGIN=true`. */
  readonly email: string;
  readonly englishName?: string;
  readonly encoding?: Encoding;
  /** Needed where the runtime has none: Node 20. The `ws` package's class will do. */
  readonly WebSocket?: SocketConstructor;
}

export type ServerFrame = RoomServerFrame | { readonly type: "pong" };
/** Any object with a type: the server must answer wrong ones too. */
export type AnyFrame = RoomClientFrame | { readonly type: string; readonly [field: string]: unknown };
type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

/** A socket in a room: sends what it is told, and keeps what it gets. */
export class ScriptedSeat {
  readonly #arrivals = new Arrivals<ServerFrame>();
  readonly #socket: SocketLike;
  readonly #encoding: Encoding;
  /** The close code, once the socket has ended. */
  readonly closed: Promise<number>;
  #lastRef = 0;

  constructor(socket: SocketLike, encoding: Encoding) {
    this.#socket = socket;
    this.#encoding = encoding;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event: { data: string | ArrayBuffer }) => this.#received(event.data);
    socket.onerror = () => {}; // `close` follows, and tells more
    this.closed = new Promise((resolve) => {
      socket.onclose = (event: { code: number }) => {
        this.#arrivals.end(`The socket ended with ${event.code}.`);
        resolve(event.code);
      };
    });
  }

  /** Every frame that came, batches taken apart. */
  get frames(): readonly ServerFrame[] {
    return this.#arrivals.all;
  }

  send(frame: AnyFrame): void {
    this.#socket.send(encodeFrame(this.#encoding, frame));
  }

  /** Text or bytes as they are; `"ping"` is the heartbeat. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  /** Sends a command with a `ref` of its own; resolves with its `ack` or `error`. */
  request(frame: AnyFrame, options?: WaitOptions): Promise<FrameOf<"ack"> | FrameOf<"error">> {
    this.#lastRef += 1;
    const ref = `request-${this.#lastRef}`;
    this.send({ ...frame, ref });
    return this.waitFor(
      (one): one is FrameOf<"ack"> | FrameOf<"error"> =>
        (one.type === "ack" || one.type === "error") && one.ref === ref,
      options,
    );
  }

  /**
   * The first frame of that type, or that fits, which was not given out before: of those that came already, or of those
   * that come within `timeoutMs`. Rejects with what came instead.
   */
  waitFor<Type extends ServerFrame["type"]>(type: Type, options?: WaitOptions): Promise<FrameOf<Type>>;
  waitFor<Frame extends ServerFrame>(
    fits: (frame: ServerFrame) => frame is Frame,
    options?: WaitOptions,
  ): Promise<Frame>;
  waitFor(fits: (frame: ServerFrame) => boolean, options?: WaitOptions): Promise<ServerFrame>;
  waitFor(wanted: string | ((frame: ServerFrame) => boolean), options?: WaitOptions): Promise<ServerFrame> {
    if (typeof wanted !== "string") return this.#arrivals.waitFor("frame that fits", wanted, options);
    return this.#arrivals.waitFor(`"${wanted}"`, (frame) => frame.type === wanted, options);
  }

  close(): void {
    this.#socket.close(1000);
  }

  #received(data: string | ArrayBuffer): void {
    if (data === HEARTBEAT.response) {
      this.#arrivals.push({ type: "pong" });
      return;
    }
    const frame = decodeTrusted(data) as RoomServerFrame; // of the server that is talked to
    const frames = frame.type === "batch" ? (frame.frames as readonly RoomServerFrame[]) : [frame];
    for (const one of frames) {
      if (one.type === "probe") this.send({ type: "probe", n: one.n });
      this.#arrivals.push(one);
    }
  }
}

export interface ScriptedPerson {
  readonly userId: number;
  readonly accessToken: string;
  /** Opens a socket; resolves when its `welcome` came. */
  enter(roomId: number, options?: WaitOptions): Promise<ScriptedSeat>;
  /** Ends every socket. */
  close(): void;
}

export async function scriptedPerson(options: ScriptedPersonOptions): Promise<ScriptedPerson> {
  const { baseUrl, email, englishName, encoding = "json" } = options;
  const { accessToken, user } = await devLogin(options, { email, ...(englishName !== undefined && { englishName }) });
  const seats: ScriptedSeat[] = [];
  return {
    userId: user.id,
    accessToken,
    async enter(roomId, wait) {
      const url = new URL(`/v1/rooms/${roomId}/socket`, baseUrl);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      const protocols = [`studymate.v1.${encoding}`, BEARER_SUBPROTOCOL_PREFIX + accessToken];
      const seat = new ScriptedSeat(new (socketClass(options.WebSocket))(url.href, protocols), encoding);
      seats.push(seat);
      await seat.waitFor("welcome", wait);
      return seat;
    },
    close: () => {
      for (const seat of seats) seat.close();
    },
  };
}

export function socketClass(given: SocketConstructor | undefined): SocketConstructor {
  // Every runtime's own class has the members of `SocketLike`, typed more narrowly.
  const found = given ?? (globalThis.WebSocket as unknown as SocketConstructor | undefined);
  if (found === undefined) throw new Error("This runtime has no WebSocket: pass one, e.g. of the ws package.");
  return found;
}
