/** What a socket costs that says nothing, in the memory of the server's process. */
import { readFileSync } from "node:fs";
import type { WebSocket } from "ws";
import { elapse } from "./load.ts";
import type { Peer } from "./peers/peer.ts";

const ROOMS = 100;
/** The first ones bring the process to its working size: what admitting them left behind is not counted. */
const EARLIER_PER_ROOM = 20;
const COUNTED_PER_ROOM = 10;
/** Objects are put to sleep after ten idle seconds. */
const ASLEEP_MS = 15_000;

/** Kilobytes per socket, of a process that has served nobody else. */
export async function idleKilobytesPerSocket(peer: Peer): Promise<number> {
  const rooms = await peer.openRooms(ROOMS, EARLIER_PER_ROOM + COUNTED_PER_ROOM);
  const sockets: WebSocket[] = [];
  for (const room of rooms) {
    for (let seat = 0; seat < EARLIER_PER_ROOM; seat += 1) sockets.push(await room.dial(seat));
  }
  await elapse(ASLEEP_MS);
  const before = residentKilobytes(peer.pid);
  for (const room of rooms) {
    for (let n = 0; n < COUNTED_PER_ROOM; n += 1) sockets.push(await room.dial(EARLIER_PER_ROOM + n));
  }
  await elapse(ASLEEP_MS);
  const grown = residentKilobytes(peer.pid) - before;
  for (const socket of sockets) socket.terminate();
  return grown / (ROOMS * COUNTED_PER_ROOM);
}

export function residentKilobytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1]);
}
