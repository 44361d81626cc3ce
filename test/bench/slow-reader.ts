/** One of five hundred stops reading: what it costs the server, and the others. */
import type { WebSocket } from "ws";
import { elapse, percentile, send } from "./load.ts";
import { residentKilobytes } from "./memory.ts";
import type { Peer } from "./peers/peer.ts";

export interface SlowReaderFigures {
  /** Of all who read. */
  readonly p99Ms: number;
  /** How much the server's process grew at most. */
  readonly grownMegabytes: number;
  /** With which code the one who does not read was closed; null: it was not. */
  readonly closedWith: number | null;
}

const SOCKETS = 500;
const TEXT = "가나다라".repeat(500);
const EVERY_MS = 50;
const WARM_UP_MS = 2_000;
/** About 6 MB for each socket: half as much again as may be unread. */
const DURATION_MS = 50_000;

export async function slowReader(peer: Peer, hasSlowReader: boolean): Promise<SlowReaderFigures> {
  const [room] = await peer.openRooms(1, SOCKETS);
  if (!room) throw new Error("no room");
  const { wire } = room;
  const sentAt = new Map<number, number>();
  const latenciesMs: number[] = [];
  const readers: WebSocket[] = [];
  let measuring = false;
  for (let seat = 0; seat < SOCKETS - 1; seat += 1) {
    const socket = await room.dial(seat);
    readers.push(socket);
    socket.on("message", (data: Buffer) => {
      const text = data.toString("latin1");
      const answer = wire.answer(text);
      if (answer !== null) socket.send(answer);
      if (!measuring) return;
      const now = performance.now();
      for (const [, ref] of text.matchAll(/"#(\d{12})#/g)) latenciesMs.push(now - (sentAt.get(Number(ref)) ?? now));
    });
  }
  const silent = await room.dial(SOCKETS - 1);
  // From the start: a connection that is broken off tells of it once, also to who does not read.
  const closed = new Promise<number>((resolve) => silent.once("close", resolve));
  if (hasSlowReader) silent.pause();
  else silent.on("message", (data: Buffer) => echo(silent, wire.answer(data.toString("latin1"))));

  const [writer] = readers;
  if (!writer) throw new Error("nobody reads");
  const timer = setInterval(() => {
    const { ref, at } = send(writer, wire, TEXT);
    sentAt.set(ref, at);
  }, EVERY_MS);
  await elapse(WARM_UP_MS);
  measuring = true;
  const before = residentKilobytes(peer.pid);
  let most = before;
  for (let waitedMs = 0; waitedMs < DURATION_MS; waitedMs += 500) {
    await elapse(500);
    most = Math.max(most, residentKilobytes(peer.pid));
  }
  measuring = false;
  clearInterval(timer);
  const closedWith = hasSlowReader ? await readOn(silent, closed) : null;
  for (const socket of [...readers, silent]) socket.terminate();
  return { p99Ms: percentile(latenciesMs, 0.99), grownMegabytes: (most - before) / 1_024, closedWith };
}

/** Reads on, to find the end of the connection behind what was sent before it. */
function readOn(socket: WebSocket, closed: Promise<number>): Promise<number | null> {
  socket.resume();
  return Promise.race([closed, elapse(40_000).then(() => null)]);
}

function echo(socket: WebSocket, answer: string | null): void {
  if (answer !== null) socket.send(answer);
}
