/** A WebSocket that goes nowhere: a test, or the scripted room, plays the server frame by frame, in either encoding. */
import { decodeTrusted, encodeFrame } from "../../../schema/protocol/codec.ts";
import type { MeServerFrame } from "../../../schema/protocol/me/server-frames.ts";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import type { SessionServerFrame } from "../../../schema/protocol/session/server-frames.ts";
import { BEARER_SUBPROTOCOL_PREFIX, type Encoding, HEARTBEAT } from "../../../schema/protocol/version.ts";
import type { SocketConstructor, SocketLike } from "../index.ts";

type Sent<Type> = Extract<RoomClientFrame, { type: Type }>;

export class ScriptedSocket implements SocketLike {
  binaryType = "";
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onerror: SocketLike["onerror"] = null;
  onclose: SocketLike["onclose"] = null;
  /** What the client sent, in that order; heartbeats are counted in `pings` instead. */
  readonly sent: RoomClientFrame[] = [];
  pings = 0;
  isClosed = false;
  /** Plays the server: called with every frame that the client sends. */
  onFrame: (frame: RoomClientFrame) => void = () => {};
  /** Called with every heartbeat; answer it with `serveText("pong")`, or not. */
  onPing: () => void = () => {};
  /** The client closed it. */
  onLeave: () => void = () => {};

  readonly url: string;
  readonly protocols: readonly string[];
  readonly encoding: Encoding;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
    this.encoding = protocols.includes("studymate.v1.msgpack") ? "msgpack" : "json";
  }

  /** The access token that the client offered. */
  get token(): string | undefined {
    return this.protocols
      .find((name) => name.startsWith(BEARER_SUBPROTOCOL_PREFIX))
      ?.slice(BEARER_SUBPROTOCOL_PREFIX.length);
  }

  accept(): void {
    if (!this.isClosed) this.#call(this.onopen, {});
  }

  /** Each frame is a WebSocket message of its own. */
  serve(...frames: readonly (RoomServerFrame | SessionServerFrame | MeServerFrame)[]): void {
    for (const frame of frames) {
      const data = encodeFrame(this.encoding, frame);
      // The codec gives bytes that are a copy: their buffer holds nothing else.
      this.#deliver(typeof data === "string" ? data : data.buffer);
    }
  }

  serveText(data: string): void {
    this.#deliver(data);
  }

  /** The server, or the network, ends it. */
  drop(code = 1006): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#call(this.onclose, { code });
  }

  send(data: string | Uint8Array): void {
    if (this.isClosed) return;
    if (data === HEARTBEAT.request) {
      this.pings += 1;
      this.onPing();
      return;
    }
    // What the client under test sends is taken as it is.
    const frame = decodeTrusted(typeof data === "string" ? data : new Uint8Array(data).buffer) as RoomClientFrame;
    this.sent.push(frame);
    this.onFrame(frame);
  }

  close(code = 1005): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onLeave();
    queueMicrotask(() => this.#call(this.onclose, { code }));
  }

  /** The frames of a type, in the order they were sent. */
  all<Type extends RoomClientFrame["type"]>(type: Type): Sent<Type>[] {
    return this.sent.filter((frame): frame is Sent<Type> => frame.type === type);
  }

  #deliver(data: string | ArrayBufferLike): void {
    if (!this.isClosed) this.#call(this.onmessage, { data });
  }

  #call(listener: ((event: never) => void) | null, event: object): void {
    listener?.(event as never); // the client typed its own listeners
  }
}

/** A constructor to hand to `createClient`, and the sockets it made. */
export function scriptedSockets(onNew: (socket: ScriptedSocket) => void = () => {}) {
  const sockets: ScriptedSocket[] = [];
  class Connecting extends ScriptedSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
      onNew(this);
    }
  }
  const WebSocket: SocketConstructor = Connecting;
  return {
    WebSocket,
    sockets: sockets as readonly ScriptedSocket[],
    /** The newest one. */
    get last(): ScriptedSocket {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error("no socket was opened");
      return socket;
    },
  };
}
