/** Coming back: all at once after an outage, after having missed a lot, and to an object that was put to sleep. */
import type { WebSocket } from "ws";
import { elapse, percentile, send } from "./load.ts";
import type { Peer, Room } from "./peers/peer.ts";
import { taken } from "./peers/sockets.ts";

const ROOMS = 20;
const RETURNING_PER_ROOM = 50;
const NEWS_EVERY_MS = 100;

/** A thousand sockets dial at the same moment, while somebody writes in each room: how long until each has a message. */
export async function reconnectMs(peer: Peer): Promise<readonly number[]> {
  const rooms = await peer.openRooms(ROOMS, RETURNING_PER_ROOM + 1);
  const writers: WebSocket[] = [];
  const timers: NodeJS.Timeout[] = [];
  for (const room of rooms) {
    const writer = await room.dial(RETURNING_PER_ROOM);
    writer.on("message", (data: Buffer) => answer(writer, room, data));
    writers.push(writer);
    timers.push(setInterval(() => send(writer, room.wire, "news"), NEWS_EVERY_MS));
  }
  const startedAt = performance.now();
  const seats = rooms.flatMap((room) => Array.from({ length: RETURNING_PER_ROOM }, (_, seat) => ({ room, seat })));
  const returned = seats.map(async ({ room, seat }) => {
    const socket = await room.dial(seat);
    await taken(socket, (text) => room.wire.created(text) > 0);
    return { socket, ms: performance.now() - startedAt };
  });
  const all = await Promise.all(returned);
  for (const timer of timers) clearInterval(timer);
  for (const socket of [...all.map((one) => one.socket), ...writers]) socket.terminate();
  return all.map(({ ms }) => ms);
}

const MISSED = 1_000;
const READERS = 20;

/** Somebody was away for a thousand messages: from the dial to having them all. */
export async function replayMs(peer: Peer): Promise<readonly number[]> {
  const [room] = await peer.openRooms(1, 2);
  if (!room) throw new Error("no room");
  const writer = await room.dial(0);
  for (let n = 0; n < MISSED; n += 1) await acknowledged(writer, room);
  const durationsMs: number[] = [];
  for (let n = 0; n < READERS; n += 1) {
    const startedAt = performance.now();
    await room.catchUp(1, { messageId: 0, rev: 0 });
    durationsMs.push(performance.now() - startedAt);
  }
  writer.terminate();
  return durationsMs;
}

const SLEEPERS = 20;
const SEATS = 10;
const ASLEEP_MS = 12_000;

/** One message in each of some rooms that have slept, and another one right after it: from `send` to the ack. */
export async function wakeUpMs(peer: Peer): Promise<{ asleep: readonly number[]; awake: readonly number[] }> {
  const rooms = await peer.openRooms(SLEEPERS, SEATS);
  const writers: [WebSocket, Room][] = [];
  const sockets: WebSocket[] = [];
  for (const room of rooms) {
    for (let seat = 0; seat < SEATS; seat += 1) sockets.push(await room.dial(seat));
    const writer = sockets.at(-SEATS);
    if (writer) writers.push([writer, room]);
  }
  await elapse(ASLEEP_MS);
  const asleep: number[] = [];
  const awake: number[] = [];
  for (const [writer, room] of writers) {
    asleep.push(await acknowledged(writer, room));
    awake.push(await acknowledged(writer, room));
  }
  for (const socket of sockets) socket.terminate();
  return { asleep, awake };
}

async function acknowledged(writer: WebSocket, { wire }: Room): Promise<number> {
  const startedAt = performance.now();
  const answered = taken(writer, (text) => wire.acknowledged(text).length > 0);
  send(writer, wire, "hello");
  await answered;
  return performance.now() - startedAt;
}

function answer(socket: WebSocket, { wire }: Room, data: Buffer): void {
  const text = wire.answer(data.toString("latin1"));
  if (text !== null) socket.send(text);
}

export function summary(valuesMs: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  return { p50Ms: percentile(valuesMs, 0.5), p99Ms: percentile(valuesMs, 0.99) };
}
