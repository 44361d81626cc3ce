/** Sockets that send, and count what reaches them. A delivery is one message at one socket; an ack goes to the sender. */
import { readFileSync } from "node:fs";
import type { WebSocket } from "ws";
import type { Peer, Wire } from "./peers/peer.ts";
import type { Regime } from "./regimes.ts";

export interface Figures {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  /** From `send` to the message at a socket, the sender's own included. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many messages a WebSocket frame carries that carries any. */
  readonly messagesPerFrame: number;
  /** Of the server's process. */
  readonly cpuSecondsPerMillionDeliveries: number;
}

const TEXT = "x".repeat(86);
const WARM_UP_MS = 1_500;
/** Of one in so many sockets the latency is taken: reading each text for it would make the load the bottleneck. */
const LATENCY_SAMPLE = 10;

export async function runRegime(peer: Peer, regime: Regime, durationMs: number): Promise<Figures> {
  const rooms = await peer.openRooms(regime.rooms, regime.socketsPerRoom);
  const run = new Run();
  const sockets: WebSocket[] = [];
  for (const room of rooms) {
    for (let seat = 0; seat < regime.socketsPerRoom; seat += 1) {
      const socket = await room.dial(seat);
      sockets.push(socket);
      const sender = seat < regime.sendersPerRoom ? run.sender(socket, room.wire, regime.load) : null;
      run.listen(socket, room.wire, { sender, isSampled: seat % LATENCY_SAMPLE === 0 });
    }
  }
  run.start();
  await elapse(WARM_UP_MS);
  const cpuBefore = cpuSeconds(peer.pid);
  const startedAt = performance.now();
  run.measuring = true;
  await elapse(durationMs);
  run.measuring = false;
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = cpuSeconds(peer.pid) - cpuBefore;
  run.stop();
  for (const socket of sockets) socket.terminate();
  return {
    messagesPerSecond: run.messages / seconds,
    deliveriesPerSecond: run.deliveries / seconds,
    messagesPerFrame: run.deliveries / run.frames,
    p50Ms: percentile(run.latenciesMs, 0.5),
    p99Ms: percentile(run.latenciesMs, 0.99),
    cpuSecondsPerMillionDeliveries: (cpu / run.deliveries) * 1_000_000,
  };
}

interface Sender {
  start(): void;
  acknowledged(ref: number): void;
}

let refs = 0;

/** A message that can be known again by what it says: `#<ref, 12 digits>#…`. */
export function send(socket: WebSocket, wire: Wire, text: string): { readonly ref: number; readonly at: number } {
  refs += 1;
  const at = performance.now();
  socket.send(wire.message(refs, `#${String(refs).padStart(12, "0")}#${text}`));
  return { ref: refs, at };
}

class Run {
  measuring = false;
  deliveries = 0;
  frames = 0;
  messages = 0;
  readonly latenciesMs: number[] = [];
  private running = true;
  private readonly senders: Sender[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly sentAt = new Map<number, number>();

  sender(socket: WebSocket, wire: Wire, load: Regime["load"]): Sender {
    const sendNext = () => {
      if (!this.running) return;
      const { ref, at } = send(socket, wire, TEXT);
      this.sentAt.set(ref, at);
    };
    const start =
      "inFlight" in load
        ? () => {
            for (let n = 0; n < load.inFlight; n += 1) sendNext();
          }
        : () => {
            const everyMs = 1_000 / load.messagesPerSecond;
            // Senders do not beat in time.
            this.timers.push(
              setTimeout(() => this.timers.push(setInterval(sendNext, everyMs)), Math.random() * everyMs),
            );
          };
    const sender = { start, acknowledged: "inFlight" in load ? sendNext : () => {} };
    this.senders.push(sender);
    return sender;
  }

  listen(socket: WebSocket, wire: Wire, { sender, isSampled }: { sender: Sender | null; isSampled: boolean }): void {
    socket.on("message", (data: Buffer) => {
      const text = data.toString("latin1");
      const answer = wire.answer(text);
      if (answer !== null) socket.send(answer);
      if (this.measuring) {
        const created = wire.created(text);
        this.deliveries += created;
        if (created > 0) this.frames += 1;
        if (isSampled) this.takeLatencies(text);
      }
      if (sender === null) return;
      if (text.includes('"type":"error"')) throw new Error(`refused: ${text.slice(0, 300)}`);
      for (const ref of wire.acknowledged(text)) {
        if (this.measuring) this.messages += 1;
        sender.acknowledged(ref);
      }
    });
  }

  start(): void {
    for (const sender of this.senders) sender.start();
  }

  stop(): void {
    this.running = false;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private takeLatencies(text: string): void {
    const now = performance.now();
    for (const [, ref] of text.matchAll(/"#(\d{12})#/g)) {
      const at = this.sentAt.get(Number(ref));
      if (at !== undefined) this.latenciesMs.push(now - at);
    }
  }
}

export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

export function elapse(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

const TICKS_PER_SECOND = 100;

/** User and system time of a process since its start. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
