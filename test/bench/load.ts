/** Sockets that send, and count what reaches them. A delivery is one message at one socket; an ack goes to the sender. */
import type { WebSocket } from "ws";

export interface Regime {
  readonly name: string;
  readonly rooms: number;
  readonly socketsPerRoom: number;
  readonly sendersPerRoom: number;
  readonly inFlight: number;
}

export interface Figures {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type Dial = (room: number, socket: number) => WebSocket;

const TEXT = "x".repeat(100);
const CREATED = '"message.created"';
let sends = 0;

export async function runRegime(regime: Regime, dial: Dial, durationMs: number): Promise<Figures> {
  const rooms = await Promise.all(Array.from({ length: regime.rooms }, (_, room) => openRoom(regime, dial, room)));
  const sockets = rooms.flat();
  let deliveries = 0;
  let messages = 0;
  let measuring = false;
  const latenciesMs: number[] = [];
  const stops: (() => void)[] = [];

  for (const room of rooms) {
    for (const [index, socket] of room.entries()) {
      const sender = index < regime.sendersPerRoom ? makeSender(socket, regime.inFlight) : null;
      if (sender) stops.push(sender.stop);
      socket.on("message", (data: Buffer) => {
        const text = data.toString("latin1");
        if (measuring) deliveries += countCreated(text);
        const probe = /"type":"probe","n":(\d+)/.exec(text);
        if (probe) socket.send(`{"type":"probe","n":${probe[1]}}`);
        if (!sender || !text.includes('"ack"')) return;
        for (const ackedMs of sender.acknowledged(text)) {
          if (!measuring) continue;
          messages += 1;
          latenciesMs.push(ackedMs);
        }
      });
      sender?.start();
    }
  }
  await elapse(1_500);
  measuring = true;
  const startedAt = performance.now();
  await elapse(durationMs);
  measuring = false;
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const stop of stops) stop();
  for (const socket of sockets) socket.terminate();
  latenciesMs.sort((a, b) => a - b);
  return {
    messagesPerSecond: messages / seconds,
    deliveriesPerSecond: deliveries / seconds,
    p50Ms: latenciesMs[Math.floor(latenciesMs.length * 0.5)] ?? Number.NaN,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
  };
}

function makeSender(socket: WebSocket, inFlight: number) {
  const sentAt = new Map<number, number>();
  let running = true;
  const send = (): void => {
    if (!running) return;
    sends += 1;
    sentAt.set(sends, performance.now());
    socket.send(JSON.stringify({ type: "message.send", ref: sends, clientId: `c${sends}`, content: TEXT }));
  };
  return {
    start: () => {
      for (let n = 0; n < inFlight; n += 1) send();
    },
    stop: () => {
      running = false;
    },
    acknowledged: (text: string): number[] => {
      const latencies: number[] = [];
      for (const [, ref] of text.matchAll(/"type":"ack","ref":(\d+)/g)) {
        const at = sentAt.get(Number(ref));
        sentAt.delete(Number(ref));
        if (at !== undefined) latencies.push(performance.now() - at);
        send();
      }
      if (text.includes('"error"')) throw new Error(`refused: ${text.slice(0, 300)}`);
      return latencies;
    },
  };
}

function countCreated(text: string): number {
  let count = 0;
  for (let at = text.indexOf(CREATED); at >= 0; at = text.indexOf(CREATED, at + CREATED.length)) count += 1;
  return count;
}

async function openRoom(regime: Regime, dial: Dial, room: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  for (let n = 0; n < regime.socketsPerRoom; n += 1) {
    const socket = dial(room, n);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    sockets.push(socket);
  }
  return sockets;
}

function elapse(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
