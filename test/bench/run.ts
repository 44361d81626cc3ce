/**
 * `npm run bench`: the product beside a bare object on the same workerd, and beside Socket.IO with SQLite; in turns, medians.
 * Everything is built and started here. Writes `docs/bench/`. BENCH_ROUNDS and BENCH_SECONDS change how much is measured,
 * BENCH_ONLY (throughput, memory, returning, slow-reader; comma-separated) what.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figures, runRegime } from "./load.ts";
import { idleKilobytesPerSocket } from "./memory.ts";
import { barePeer } from "./peers/bare.ts";
import type { Peer } from "./peers/peer.ts";
import { productPeer } from "./peers/product.ts";
import { startSocketIo } from "./peers/socketio.ts";
import { startWorkerd } from "./peers/workerd.ts";
import { REGIMES } from "./regimes.ts";
import { type Results, writeReport } from "./report.ts";
import { reconnectMs, replayMs, summary, wakeUpMs } from "./returning.ts";
import { slowReader } from "./slow-reader.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 6);
const ONLY = process.env.BENCH_ONLY?.split(",");

type PeerName = Peer["name"];
const NAMES: readonly PeerName[] = ["bare", "Socket.IO", "product"];

const results: Results = { throughput: [], memory: {}, returning: {}, slowReader: {} };
if (isWanted("throughput")) await withPeers(measureThroughput);
if (isWanted("returning")) await withPeers(measureReturning);
if (isWanted("slow-reader")) await withPeers(measureSlowReader);
if (isWanted("memory")) {
  // A process of its own for each: what one has left behind must not be found free by the next.
  for (const name of NAMES) {
    await withPeers(async (peers) => {
      results.memory[name] = await idleKilobytesPerSocket(peerNamed(peers, name));
    });
  }
}
writeReport(results);

async function withPeers(measure: (peers: readonly Peer[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "studymate-bench-"));
  const workerd = await startWorkerd();
  const socketIo = await startSocketIo(folder);
  try {
    await measure([barePeer(workerd), socketIo.peer, productPeer(workerd)]);
  } finally {
    await Promise.all([workerd.stop(), socketIo.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureThroughput(peers: readonly Peer[]): Promise<void> {
  for (const regime of REGIMES) {
    const runs = new Map<PeerName, Figures[]>(peers.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const peer of peers) runs.get(peer.name)?.push(await runRegime(peer, regime, SECONDS * 1_000));
    }
    const figures = Object.fromEntries([...runs].map(([name, list]) => [name, medians(list)]));
    results.throughput.push({ regime, figures });
    console.log(regime.name, figures);
  }
}

async function measureReturning(peers: readonly Peer[]): Promise<void> {
  for (const peer of peers) {
    const wakeUp = await wakeUpMs(peer);
    results.returning[peer.name] = {
      reconnect: summary(await reconnectMs(peer)),
      replay: summary(await replayMs(peer)),
      asleep: summary(wakeUp.asleep),
      awake: summary(wakeUp.awake),
    };
    console.log(peer.name, results.returning[peer.name]);
  }
}

async function measureSlowReader(peers: readonly Peer[]): Promise<void> {
  for (const peer of peers) {
    const without = await slowReader(peer, false);
    const withOne = await slowReader(peer, true);
    results.slowReader[peer.name] = { without, withOne };
    console.log(peer.name, results.slowReader[peer.name]);
  }
}

function medians(runs: readonly Figures[]): Figures {
  const median = (pick: (run: Figures) => number): number =>
    runs.map(pick).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN;
  return {
    messagesPerSecond: median((run) => run.messagesPerSecond),
    deliveriesPerSecond: median((run) => run.deliveriesPerSecond),
    messagesPerFrame: median((run) => run.messagesPerFrame),
    p50Ms: median((run) => run.p50Ms),
    p99Ms: median((run) => run.p99Ms),
    cpuSecondsPerMillionDeliveries: median((run) => run.cpuSecondsPerMillionDeliveries),
  };
}

function isWanted(section: string): boolean {
  return ONLY === undefined || ONLY.includes(section);
}

function peerNamed(peers: readonly Peer[], name: PeerName): Peer {
  const found = peers.find((peer) => peer.name === name);
  if (!found) throw new Error(`no peer ${name}`);
  return found;
}
