/** Sockets of the tests, straight to an object or through the Worker. */

import type { z } from "zod";
import { decodeTrusted, encodeFrame } from "../../schema/protocol/codec.ts";
import { meServerFrame } from "../../schema/protocol/me/server-frames.ts";
import { roomServerFrame } from "../../schema/protocol/room/server-frames.ts";
import { sessionServerFrame } from "../../schema/protocol/session/server-frames.ts";
import type { Encoding } from "../../schema/protocol/version.ts";
import { ADMISSION_HEADERS, encodeIdentity } from "../../schema/socket-admission.ts";

/** A frame as it came: tests look into it by hand. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the server sent is what is under test
export type AnyFrame = { type: string } & Record<string, any>;

export interface SocketOptions {
  readonly userId: number;
  readonly deviceId?: string;
  readonly expiresAt?: number;
  readonly encoding?: Encoding;
  /** What its frames are checked against: a room's, unless it says otherwise. */
  readonly of?: keyof typeof SERVER_FRAMES;
}

const SERVER_FRAMES = { room: roomServerFrame, me: meServerFrame, session: sessionServerFrame };

const WAIT_MS = 5_000;

/** A client's end of a socket: keeps every frame in its order, batches taken apart. */
export class TestSocket {
  readonly frames: AnyFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  batches = 0;
  /** Frames that break their own schema: every wait fails on them. */
  readonly violations: string[] = [];
  /** Set to false to play a client that never reads its probes. */
  echoesProbes = true;
  private readonly waiters = new Set<() => void>();
  private readonly socket: WebSocket;
  private readonly encoding: Encoding;
  private readonly schema: z.ZodType;
  private refs = 0;

  constructor(socket: WebSocket, encoding: Encoding, of: keyof typeof SERVER_FRAMES = "room") {
    this.socket = socket;
    this.encoding = encoding;
    this.schema = SERVER_FRAMES[of];
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.take(data as string | ArrayBuffer));
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.wake();
    });
    socket.accept();
  }

  send(frame: object): void {
    this.socket.send(encodeFrame(this.encoding, frame));
  }

  sendRaw(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  close(): void {
    this.socket.close(1000, "done");
  }

  /** Sends a command and returns its `ack` or `error`. */
  async request(frame: object): Promise<AnyFrame> {
    this.refs += 1;
    const ref = `r${this.refs}`;
    this.send({ ref, ...frame });
    return this.waitFor((answer) => answer.ref === ref && (answer.type === "ack" || answer.type === "error"));
  }

  async sync(position: object): Promise<AnyFrame> {
    this.refs += 1;
    const ref = `s${this.refs}`;
    this.send({ type: "sync", ref, ...position });
    return this.waitFor((frame) => frame.ref === ref && frame.type === "sync.completed");
  }

  /** The first frame, past or to come, that fits. */
  async waitFor(fits: string | ((frame: AnyFrame) => boolean)): Promise<AnyFrame> {
    const predicate = typeof fits === "string" ? (frame: AnyFrame) => frame.type === fits : fits;
    let found: AnyFrame | undefined;
    await this.until(() => {
      found = this.frames.find(predicate);
      return found !== undefined;
    }, `a frame ${fits}`);
    if (!found) throw new Error("unreachable");
    return found;
  }

  async waitForClose(): Promise<{ code: number; reason: string }> {
    await this.until(() => this.closed !== undefined, "a close");
    return this.closed ?? { code: 0, reason: "" };
  }

  of(type: string): AnyFrame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!condition()) {
      if (this.violations.length > 0) throw new Error(this.violations.join("; "));
      const leftMs = deadline - Date.now();
      if (leftMs <= 0 || this.closed) {
        const seen = this.frames.slice(-8).map((frame) => JSON.stringify(frame).slice(0, 200));
        throw new Error(`waited in vain for ${what}; closed: ${JSON.stringify(this.closed)}; last: ${seen.join("\n")}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, Math.min(leftMs, 250));
        const waiters = this.waiters;
        function done(): void {
          clearTimeout(timer);
          waiters.delete(done);
          resolve();
        }
        waiters.add(done);
      });
    }
  }

  private take(data: string | ArrayBuffer): void {
    if (data === "pong") this.frames.push({ type: "pong" });
    else this.unpack(decodeTrusted(data) as AnyFrame);
    this.wake();
  }

  private unpack(frame: AnyFrame): void {
    if (frame.type === "batch") {
      this.batches += 1;
      for (const inner of frame.frames) this.unpack(inner);
      return;
    }
    const checked = this.schema.safeParse(frame);
    if (!checked.success) this.violations.push(`${frame.type}: ${checked.error.message}`);
    this.frames.push(frame);
    if (frame.type === "probe" && this.echoesProbes) this.send({ type: "probe", n: frame.n });
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}

/** Asks an object for a socket as the Worker does after admission. */
export async function upgrade(
  object: { fetch(request: Request): Promise<Response> },
  { userId, deviceId = "device-1", expiresAt = Date.now() + 3_600_000, encoding = "json" }: SocketOptions,
): Promise<Response> {
  return object.fetch(
    new Request("https://object/socket", {
      headers: {
        Upgrade: "websocket",
        [ADMISSION_HEADERS.identity]: encodeIdentity({ userId, deviceId, expiresAt }),
        [ADMISSION_HEADERS.encoding]: encoding,
        [ADMISSION_HEADERS.requestId]: "test",
      },
    }),
  );
}

/** A socket of an object, after its `welcome`. */
export async function connect(
  object: { fetch(request: Request): Promise<Response> },
  options: SocketOptions,
): Promise<TestSocket & { welcome: AnyFrame }> {
  const response = await upgrade(object, options);
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const socket = new TestSocket(response.webSocket, options.encoding ?? "json", options.of);
  const welcome = await socket.waitFor("welcome");
  return Object.assign(socket, { welcome });
}
