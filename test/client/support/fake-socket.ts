/** WebSockets that go nowhere: a test plays the server, frame by frame, over the JSON encoding. */
import { encodeFrame } from "../../../schema/protocol/codec.ts";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import type { SocketConstructor, SocketLike } from "../../../src/client/index.ts";

type Sent<Type> = Extract<RoomClientFrame, { type: Type }>;

export class FakeSocket implements SocketLike {
  binaryType = "";
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onerror: SocketLike["onerror"] = null;
  onclose: SocketLike["onclose"] = null;
  readonly sent: RoomClientFrame[] = [];
  pings = 0;
  isClosed = false;
  /** Plays the server: called with every frame that the client sends. */
  onFrame: (frame: RoomClientFrame) => void = () => {};

  readonly url: string;
  readonly protocols: readonly string[];

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  /** The access token that the client offered. */
  get token(): string | undefined {
    return this.protocols.find((name) => name.startsWith("bearer."))?.slice("bearer.".length);
  }

  accept(): void {
    this.#call(this.onopen, {});
  }

  serve(...frames: readonly RoomServerFrame[]): void {
    for (const frame of frames) this.serveText(String(encodeFrame("json", frame)));
  }

  serveText(data: string): void {
    if (!this.isClosed) this.#call(this.onmessage, { data });
  }

  /** The server, or the network, ends it. */
  drop(code = 1006): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#call(this.onclose, { code });
  }

  send(data: string | Uint8Array): void {
    if (this.isClosed) return;
    if (data === "ping") {
      this.pings += 1;
      return;
    }
    const frame: RoomClientFrame = JSON.parse(String(data));
    this.sent.push(frame);
    this.onFrame(frame);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The frames of a type, in the order they were sent. */
  all<Type extends RoomClientFrame["type"]>(type: Type): Sent<Type>[] {
    return this.sent.filter((frame): frame is Sent<Type> => frame.type === type);
  }

  #call(listener: ((event: never) => void) | null, event: object): void {
    listener?.(event as never); // the client typed its own listeners
  }
}

/** A constructor to hand to `createClient`, and the sockets it made. */
export function fakeSockets(onNew: (socket: FakeSocket) => void = () => {}) {
  const sockets: FakeSocket[] = [];
  class Connecting extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
      onNew(this);
    }
  }
  const WebSocket: SocketConstructor = Connecting;
  return {
    WebSocket,
    sockets,
    /** The newest one. */
    get last(): FakeSocket {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error("no socket was opened");
      return socket;
    },
  };
}
