/** A client that may misbehave: frames by hand in both encodings, headers and subprotocols of one's choice. */
import { type ClientOptions, type RawData, WebSocket } from "ws";
import { decodeTrusted, encodeFrame } from "../../../schema/protocol/codec.ts";
import { type Encoding, HEARTBEAT } from "../../../schema/protocol/version.ts";

export interface ServerFrame {
  readonly type: string;
  readonly ref?: unknown;
  readonly code?: unknown;
  readonly [field: string]: unknown;
}

export interface Upgrade {
  readonly token?: string;
  readonly encoding?: Encoding;
  /** Besides the one of the encoding. */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const ANSWER_MS = 30_000;

export function socketUrl(baseUrl: string, roomId: number, query = ""): string {
  return `${baseUrl.replace("http", "ws")}/v1/rooms/${roomId}/socket${query}`;
}

function dial(url: string, { token, encoding = "json", protocols = [], headers }: Upgrade): WebSocket {
  const options: ClientOptions = {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    perMessageDeflate: false,
  };
  const socket = new WebSocket(url, [`studymate.v1.${encoding}`, ...protocols], options);
  socket.on("error", () => {}); // each ends in "close", which is what tests look at
  return socket;
}

/** The status that an upgrade is answered with; 101 where it is let in. */
export function upgradeStatus(url: string, upgrade: Upgrade): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = dial(url, upgrade);
    socket.once("open", () => {
      socket.close();
      resolve(101);
    });
    socket.once("unexpected-response", (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.once("close", () => reject(new Error("The upgrade got no answer.")));
  });
}

export class RawSocket {
  /** Every frame received, batches taken apart; tests with much traffic pass `keep: false`. */
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #encoding: Encoding;
  readonly #keep: boolean;
  readonly #answers = new Map<unknown, (frame: ServerFrame) => void>();
  readonly #watchers = new Set<(frame: ServerFrame) => void>();
  #lastRef = 0;

  /** `onFrame` hears of each from the first one on. */
  constructor(url: string, upgrade: Upgrade & { keep?: boolean; onFrame?: (frame: ServerFrame) => void }) {
    this.#encoding = upgrade.encoding ?? "json";
    this.#keep = upgrade.keep ?? true;
    this.#socket = dial(url, upgrade);
    if (upgrade.onFrame) this.#watchers.add(upgrade.onFrame);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.on("message", (data, isBinary) => this.#received(data, isBinary));
    this.closed = new Promise((resolve) => {
      this.#socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(frame: object): void {
    this.sendRaw(encodeFrame(this.#encoding, frame));
  }

  /** Bytes as they are: `isText` announces them as text, whether they are or not. */
  sendRaw(data: string | Uint8Array, isText = typeof data === "string"): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data, { binary: !isText });
  }

  /** Sends a command; resolves with its `ack` or `error`. Rejects when the socket ends first. */
  request(frame: object): Promise<ServerFrame> {
    this.#lastRef += 1;
    const ref = this.#lastRef;
    const answer = new Promise<ServerFrame>((resolve) => this.#answers.set(ref, resolve));
    this.send({ ...frame, ref });
    return this.#unlessClosed(answer);
  }

  /** The next frame of that type, or the first of those kept already. */
  waitFor(type: string): Promise<ServerFrame> {
    const kept = this.frames.find((frame) => frame.type === type);
    if (kept) return Promise.resolve(kept);
    const { promise, resolve } = Promise.withResolvers<ServerFrame>();
    const watch = (frame: ServerFrame) => {
      if (frame.type !== type) return;
      this.#watchers.delete(watch);
      resolve(frame);
    };
    this.#watchers.add(watch);
    return this.#unlessClosed(promise);
  }

  close(): void {
    this.#socket.close();
  }

  #unlessClosed<Value>(promise: Promise<Value>): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error("No answer in time.")), ANSWER_MS);
    const ended = this.closed.then(({ code }) => {
      throw new Error(`The socket ended with ${code}.`);
    });
    return Promise.race([promise, late, ended]).finally(() => clearTimeout(timer));
  }

  #received(data: RawData, isBinary: boolean): void {
    const text = isBinary ? "" : data.toString();
    if (text === HEARTBEAT.response) this.#take({ type: text });
    // With `binaryType` "arraybuffer" binary frames are that. What comes is our own server's.
    else this.#take(decodeTrusted(isBinary ? (data as ArrayBuffer) : text) as ServerFrame);
  }

  #take(frame: ServerFrame): void {
    if (frame.type === "batch") {
      for (const inner of frame.frames as readonly ServerFrame[]) this.#take(inner); // its only field
      return;
    }
    if (frame.type === "probe") this.send({ type: "probe", n: frame.n });
    if (this.#keep) this.frames.push(frame);
    if (frame.type === "ack" || frame.type === "error") {
      this.#answers.get(frame.ref)?.(frame);
      this.#answers.delete(frame.ref);
    }
    for (const watch of this.#watchers) watch(frame);
  }
}

/** A socket that is in: its `welcome` came. */
export async function openSocket(
  url: string,
  upgrade: Upgrade & { keep?: boolean },
): Promise<{ socket: RawSocket; welcome: ServerFrame }> {
  const socket = new RawSocket(url, upgrade);
  return { socket, welcome: await socket.waitFor("welcome") };
}
