import { describe, expect, it } from "vitest";
import {
  type Frame,
  type LiveSocket,
  SocketRegistry,
  type SocketState,
} from "../../../objects/kernel/sockets/registry.ts";
import { decodeTrusted } from "../../../schema/protocol/codec.ts";
import type { Encoding } from "../../../schema/protocol/version.ts";

type AnyFrame = { type: string; n?: number; text?: string; frames?: AnyFrame[] };

/** Keeps what it is sent; `breaks` makes it a socket that is gone. */
class FakeSocket {
  readonly sent: (string | ArrayBufferView)[] = [];
  closed: { code: number; reason: string } | undefined;
  kept: SocketState | undefined;
  breaks = false;

  send(data: string | ArrayBufferView): void {
    if (this.breaks) throw new TypeError("Can't call WebSocket send() after close().");
    this.sent.push(data);
  }

  close(code: number, reason: string): void {
    if (this.breaks) throw new TypeError("already closed");
    this.closed = { code, reason };
  }

  setState(state: SocketState): void {
    this.kept = state;
  }

  frames(): AnyFrame[] {
    return this.sent.map((data) => {
      if (typeof data === "string") return decodeTrusted(data) as AnyFrame;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return decodeTrusted(bytes.slice().buffer) as AnyFrame;
    });
  }

  probes(): number[] {
    return this.frames().flatMap(({ type, n }) => (type === "probe" && n !== undefined ? [n] : []));
  }
}

class Bench {
  now = 1_000;
  readonly ended: number[] = [];
  readonly registry = new SocketRegistry(
    () => this.now,
    ({ state }) => this.ended.push(state.userId),
  );

  join(
    userId: number,
    { encoding = "json", deviceId = "d1", expiresAt = 1_000_000 }: Partial<SocketState> = {},
  ): { socket: FakeSocket; live: LiveSocket } {
    const socket = new FakeSocket();
    return { socket, live: this.registry.add(socket, { userId, deviceId, encoding, expiresAt }) };
  }
}

const MIB = 1024 * 1024;
const text = (bytes: number): Frame => ({ type: "text", text: "x".repeat(bytes) }) as Frame;

/** Counts how often it is encoded: both encodings read its enumerable fields. */
function countedFrame(reads: string[]): Frame {
  const frame = { type: "counted" };
  Object.defineProperty(frame, "text", {
    enumerable: true,
    get: () => {
      reads.push("read");
      return "안녕";
    },
  });
  return frame;
}

describe("a broadcast", () => {
  it("is encoded once per encoding that somebody uses, and everyone gets the same data", () => {
    const bench = new Bench();
    const json = [1, 2, 3].map((userId) => bench.join(userId).socket);
    const msgpack = [4, 5].map((userId) => bench.join(userId, { encoding: "msgpack" }).socket);
    const reads: string[] = [];
    bench.registry.broadcast([countedFrame(reads)]);
    expect(reads).toHaveLength(2);
    for (const group of [json, msgpack]) {
      for (const socket of group) expect(socket.sent[0]).toBe(group[0]?.sent[0]);
    }
    for (const socket of [...json, ...msgpack]) expect(socket.frames()).toEqual([{ type: "counted", text: "안녕" }]);
  });

  it("of several frames is one batch, in their order", () => {
    const bench = new Bench();
    for (const encoding of ["json", "msgpack"] satisfies Encoding[]) {
      const { socket } = bench.join(1, { encoding });
      bench.registry.broadcast([{ type: "a" }, { type: "b" }, { type: "c" }]);
      expect(socket.frames()).toEqual([{ type: "batch", frames: [{ type: "a" }, { type: "b" }, { type: "c" }] }]);
    }
  });

  it("is split where a batch would pass 256 KiB, and loses nothing", () => {
    const bench = new Bench();
    const { socket } = bench.join(1);
    const frames = Array.from({ length: 10 }, (_, n) => ({ ...text(60_000), n }));
    bench.registry.broadcast(frames);
    expect(socket.frames().map(({ frames }) => frames?.length)).toEqual([4, 4, 2]);
    expect(socket.frames().flatMap(({ frames }) => frames ?? [])).toEqual(frames);
    for (const data of socket.sent) expect(String(data).length).toBeLessThan(257 * 1024);
  });

  it("of one frame larger than a batch goes alone", () => {
    const bench = new Bench();
    const { socket } = bench.join(1);
    bench.registry.broadcast([{ type: "a" }, text(300_000), { type: "b" }]);
    expect(socket.frames().map(({ type }) => type)).toEqual(["a", "text", "b"]);
  });

  it("of nothing sends nothing", () => {
    const bench = new Bench();
    const { socket } = bench.join(1);
    bench.registry.broadcast([]);
    expect(socket.sent).toEqual([]);
  });

  it("reaches the others where one socket is gone, which is ended once", () => {
    const bench = new Bench();
    const { socket: gone } = bench.join(1);
    const { socket: other } = bench.join(2);
    gone.breaks = true;
    bench.registry.broadcast([{ type: "a" }]);
    bench.registry.broadcast([{ type: "b" }]);
    expect(bench.ended).toEqual([1]);
    expect(other.frames().map(({ type }) => type)).toEqual(["a", "b"]);
    expect(bench.registry.size).toBe(1);
  });
});

describe("a socket whose token has expired", () => {
  it("gets nothing, and is closed with 4401 at the next event", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1, { expiresAt: 2_000 });
    bench.now = 1_999;
    bench.registry.broadcast([{ type: "a" }]);
    bench.now = 2_000;
    bench.registry.broadcast([{ type: "b" }]);
    expect(socket.frames()).toEqual([{ type: "a" }]);
    expect(socket.closed).toEqual({ code: 4401, reason: "tokenEnded" });
    expect(bench.ended).toEqual([1]);
    bench.registry.send(live, [{ type: "c" }]);
    expect(socket.sent).toHaveLength(1);
  });

  it("gets no answer either, and none of its frames counts", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1, { expiresAt: 2_000 });
    bench.now = 2_000;
    bench.registry.send(live, [{ type: "a" }]);
    expect(socket.sent).toEqual([]);
    expect(bench.registry.isExpired(live)).toBe(true);
    expect(bench.registry.isConnected(1)).toBe(false);
  });

  it("goes on with a new token, also after hibernation", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1, { expiresAt: 2_000 });
    bench.registry.refresh(live, { userId: 1, deviceId: "d2", expiresAt: 9_000 });
    expect(socket.kept).toEqual({ userId: 1, deviceId: "d2", expiresAt: 9_000, encoding: "json" });
    bench.now = 5_000;
    bench.registry.broadcast([{ type: "a" }]);
    expect(socket.frames()).toEqual([{ type: "a" }]);
  });
});

describe("ending a user's sockets", () => {
  it("takes those of one device, or all, and nobody else's", () => {
    const bench = new Bench();
    const phone = bench.join(1, { deviceId: "phone" }).socket;
    const laptop = bench.join(1, { deviceId: "laptop" }).socket;
    const other = bench.join(2, { deviceId: "phone" }).socket;
    expect(bench.registry.endUser(1, "tokenEnded", "phone")).toBe(1);
    expect([phone.closed?.code, laptop.closed, other.closed]).toEqual([4401, undefined, undefined]);
    expect(bench.registry.endUser(1, "removed")).toBe(1);
    expect(laptop.closed).toEqual({ code: 4403, reason: "removed" });
    expect(bench.registry.endUser(1, "removed")).toBe(0);
    expect([bench.registry.isConnected(1), bench.registry.isConnected(2)]).toEqual([false, true]);
    bench.registry.endAll("goingAway");
    expect(other.closed?.code).toBe(1001);
  });

  it("tells of each once, also of one that cannot be closed any more", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1);
    socket.breaks = true;
    bench.registry.end(live, "removed");
    bench.registry.end(live, "removed");
    expect(bench.ended).toEqual([1]);
  });

  it("lists a user's sockets from the oldest", () => {
    const bench = new Bench();
    const lives = [1, 2, 1, 1].map((userId) => bench.join(userId).live);
    expect(bench.registry.of(1)).toEqual([lives[0], lives[2], lives[3]]);
    bench.registry.remove(lives[0]?.socket as FakeSocket);
    expect(bench.registry.of(1)).toEqual([lives[2], lives[3]]);
  });
});

describe("a reader", () => {
  it("is probed once per MiB", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1);
    for (let n = 0; n < 16; n += 1) bench.registry.send(live, [text(MIB / 8)]);
    expect(socket.probes()).toHaveLength(2);
    expect(new Set(socket.probes()).size).toBe(2);
  });

  it("that echoes its probes may read for ever", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1, { encoding: "msgpack" });
    for (let n = 0; n < 40; n += 1) {
      bench.registry.send(live, [text(MIB / 2)]);
      for (const probe of socket.probes()) bench.registry.probeEchoed(live, probe);
    }
    expect(socket.closed).toBeUndefined();
  });

  it("that echoes none is closed after 4 MiB", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1);
    for (let n = 0; n < 100 && !socket.closed; n += 1) bench.registry.send(live, [text(MIB / 4)]);
    expect(socket.closed?.code).toBe(1001);
    const sentBytes = socket.sent.reduce((sum, data) => sum + String(data).length, 0);
    expect(sentBytes).toBeGreaterThan(4 * MIB);
    expect(sentBytes).toBeLessThan(4.5 * MIB);
  });

  it("that asks for more than that at once does not get it queued", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1);
    bench.registry.send(
      live,
      Array.from({ length: 100 }, () => text(MIB / 4 - 100)),
    );
    expect(socket.closed?.code).toBe(1001);
    expect(socket.sent.reduce((sum, data) => sum + String(data).length, 0)).toBeLessThan(4.6 * MIB);
  });

  it.each([
    ["a number near the last one", (n: number) => n - 1],
    ["the bytes that it was sent", () => MIB],
    ["zero", () => 0],
    ["everything there could be", () => Number.MAX_SAFE_INTEGER],
  ])("that echoes %s, which was never sent, counts as one that echoes none", (_, guess) => {
    const bench = new Bench();
    const { socket, live } = bench.join(1);
    for (let n = 0; n < 100 && !socket.closed; n += 1) {
      bench.registry.send(live, [text(MIB / 4)]);
      for (const probe of socket.probes()) bench.registry.probeEchoed(live, guess(probe));
    }
    expect(socket.closed?.code).toBe(1001);
  });

  it("that echoes a probe twice has read it once", () => {
    const bench = new Bench();
    const { socket, live } = bench.join(1);
    for (let n = 0; n < 100 && !socket.closed; n += 1) {
      bench.registry.send(live, [text(MIB / 4)]);
      for (const probe of socket.probes().slice(0, 1)) bench.registry.probeEchoed(live, probe);
    }
    expect(socket.closed?.code).toBe(1001);
    expect(live.sentBytes).toBeLessThan(5.5 * MIB);
  });
});
