/**
 * The sockets of one object: who holds each, until when, in which encoding, and how much of what was sent is unread.
 *
 * What must survive hibernation lives in the socket's attachment; the rest is a cache seeded from the platform's list.
 * A broadcast reads no attachment. Nothing is delivered to a socket whose token has expired.
 */
import { CLOSE_CODES, type CloseReason } from "../../../schema/protocol/close-codes.ts";
import { encodeFrame, joinFrames, type WireData, wireBytes } from "../../../schema/protocol/codec.ts";
import type { Encoding } from "../../../schema/protocol/version.ts";
import type { SocketIdentity } from "../../../schema/rpc.ts";

export interface Frame {
  readonly type: string;
}

/** What not everybody gets alike: null for who gets nothing. */
export interface SelectiveFrame {
  frameFor(userId: number): Frame | null;
}

export type Broadcast = Frame | SelectiveFrame;

/** What partyserver gives: a hibernating WebSocket whose state is its attachment. */
export interface AttachedSocket {
  send(data: string | ArrayBufferView): void;
  close(code: number, reason: string): void;
  setState(state: SocketState | null): unknown;
}

/** What survives hibernation. */
export interface SocketState extends SocketIdentity {
  readonly encoding: Encoding;
  /** Epoch milliseconds. */
  readonly openedAt?: number;
  /** What the object would otherwise have to ask others for again; small. */
  readonly memo?: string;
  /** What the object remembers of this socket alone; small. */
  readonly own?: string;
}

export interface LiveSocket {
  readonly socket: AttachedSocket;
  state: SocketState;
  sentBytes: number;
  /** `sentBytes` at the last probe, and at the last one that came back. */
  probedBytes: number;
  readBytes: number;
  /** Probes that did not come back yet: their number, and `sentBytes` then. */
  readonly probes: Map<number, number>;
}

/** A reader is asked after every MiB whether it reads; 4 MiB without an answer end the socket. */
const PROBE_EVERY_BYTES = 1024 * 1024;
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** A frame of several holds at most about this much. */
const BATCH_BYTES = 256 * 1024;

export class SocketRegistry {
  /** A connection of partyserver's is the platform's own WebSocket, dressed up: one key for both. */
  private readonly sockets = new Map<object, LiveSocket>();
  /** The same sockets, oldest first; nobody is in it without one. */
  private readonly byUser = new Map<number, LiveSocket[]>();
  private readonly now: () => number;
  /** Told of each socket that the registry itself ended. */
  private readonly onEnded: (ended: LiveSocket) => void;

  constructor(now: () => number, onEnded: (ended: LiveSocket) => void) {
    this.now = now;
    this.onEnded = onEnded;
  }

  get size(): number {
    return this.sockets.size;
  }

  add(socket: AttachedSocket, state: SocketState): LiveSocket {
    const live: LiveSocket = { socket, state, sentBytes: 0, probedBytes: 0, readBytes: 0, probes: new Map() };
    this.sockets.set(socket, live);
    this.byUser.set(state.userId, [...this.of(state.userId), live]);
    return live;
  }

  get(socket: object): LiveSocket | undefined {
    return this.sockets.get(socket);
  }

  /** Forgets a socket that ended by itself. Returns it if it was known. */
  remove(socket: AttachedSocket): LiveSocket | undefined {
    const live = this.sockets.get(socket);
    if (live) this.forget(live);
    return live;
  }

  /** A user's sockets, oldest first. */
  of(userId: number): readonly LiveSocket[] {
    return this.byUser.get(userId) ?? [];
  }

  isConnected(userId: number): boolean {
    return this.byUser.has(userId);
  }

  /** A new token on the same socket: a later expiry, perhaps of another device's family. */
  refresh(live: LiveSocket, identity: SocketIdentity): void {
    live.state = { ...live.state, ...identity };
    live.socket.setState(live.state);
  }

  /**
   * Every socket gets every frame, encoded once per encoding. One that is answered gets its answers behind them, in the
   * same frame: what costs is the number of frames, not their size.
   */
  broadcast(broadcast: readonly Broadcast[], answers: ReadonlyMap<LiveSocket, readonly Frame[]> = NO_ANSWERS): void {
    const frames = forEverybody(broadcast);
    if (frames === null) {
      for (const live of [...this.sockets.values()]) {
        const theirs = broadcast.flatMap((one) => frameFor(one, live.state.userId) ?? []);
        this.send(live, [...theirs, ...(answers.get(live) ?? [])]);
      }
      return;
    }
    if (frames.length === 0) {
      for (const [live, own] of answers) this.send(live, own);
      return;
    }
    const shared = new Map<Encoding, { readonly parts: readonly SizedData[]; readonly chunks: readonly SizedData[] }>();
    for (const live of this.sockets.values()) {
      const { encoding } = live.state;
      let all = shared.get(encoding);
      if (!all) {
        const parts = encodeParts(encoding, frames);
        all = { parts, chunks: joinParts(encoding, parts) };
        shared.set(encoding, all);
      }
      const own = answers.get(live);
      this.transmit(live, own ? joinParts(encoding, [...all.parts, ...encodeParts(encoding, own)]) : all.chunks);
    }
  }

  send(live: LiveSocket, frames: readonly Frame[]): void {
    if (frames.length === 0 || !this.sockets.has(live.socket)) return;
    const { encoding } = live.state;
    this.transmit(live, joinParts(encoding, encodeParts(encoding, frames)));
  }

  /** The client echoed a probe: everything up to it was read. One that was never sent says nothing. */
  probeEchoed(live: LiveSocket, n: number): void {
    live.readBytes = Math.max(live.readBytes, live.probes.get(n) ?? 0);
    for (const [probe, bytes] of live.probes) if (bytes <= live.readBytes) live.probes.delete(probe);
  }

  end(live: LiveSocket, reason: CloseReason): void {
    if (!this.sockets.has(live.socket)) return;
    this.forget(live);
    try {
      // Its close is no news any more, also to an object that wakes up for it.
      live.socket.setState(null);
      live.socket.close(CLOSE_CODES[reason].code, reason);
    } catch {
      // It was closing already.
    }
    this.onEnded(live);
  }

  /** Ends a user's sockets, all or those of one device. Returns how many. */
  endUser(userId: number, reason: CloseReason, deviceId?: string): number {
    const ended = this.of(userId).filter((live) => deviceId === undefined || live.state.deviceId === deviceId);
    for (const live of ended) this.end(live, reason);
    return ended.length;
  }

  endAll(reason: CloseReason): void {
    for (const live of [...this.sockets.values()]) this.end(live, reason);
  }

  all(): readonly LiveSocket[] {
    return [...this.sockets.values()];
  }

  /** Kept with every socket, for as long as there is one. */
  remember(memo: string | undefined): void {
    for (const live of this.sockets.values()) {
      const { memo: _, ...state } = live.state;
      live.state = memo === undefined ? state : { ...state, memo };
      live.socket.setState(live.state);
    }
  }

  /** Kept with this socket, for as long as it is there. */
  keep(live: LiveSocket, own: string | undefined): void {
    const { own: _, ...state } = live.state;
    live.state = own === undefined ? state : { ...state, own };
    live.socket.setState(live.state);
  }

  get memo(): string | undefined {
    for (const { state } of this.sockets.values()) return state.memo;
    return undefined;
  }

  /** Ends the socket if its token has expired. */
  isExpired(live: LiveSocket): boolean {
    if (live.state.expiresAt > this.now()) return false;
    this.end(live, "tokenEnded");
    return true;
  }

  private forget(live: LiveSocket): void {
    this.sockets.delete(live.socket);
    const { userId } = live.state;
    const others = this.of(userId).filter((other) => other !== live);
    if (others.length > 0) this.byUser.set(userId, others);
    else this.byUser.delete(userId);
  }

  private transmit(live: LiveSocket, chunks: readonly SizedData[]): void {
    if (this.isExpired(live)) return;
    try {
      for (const { data, bytes } of chunks) {
        // What is queued for a socket is memory: the rest of a long answer is not queued either.
        if (live.sentBytes - live.readBytes > MAX_UNREAD_BYTES) break;
        live.socket.send(data);
        live.sentBytes += bytes;
        if (live.sentBytes - live.probedBytes >= PROBE_EVERY_BYTES) this.probe(live);
      }
    } catch {
      this.end(live, "internal");
      return;
    }
    if (live.sentBytes - live.readBytes > MAX_UNREAD_BYTES) this.end(live, "goingAway");
  }

  /** Its number cannot be guessed: only who read up to the probe can echo it. */
  private probe(live: LiveSocket): void {
    const [n = 0] = crypto.getRandomValues(new Uint32Array(1));
    live.probes.set(n, live.sentBytes);
    live.probedBytes = live.sentBytes;
    live.socket.send(encodeFrame(live.state.encoding, { type: "probe", n }));
  }
}

interface SizedData {
  readonly data: WireData;
  readonly bytes: number;
}

function isSelective(broadcast: Broadcast): broadcast is SelectiveFrame {
  return "frameFor" in broadcast;
}

function frameFor(broadcast: Broadcast, userId: number): Frame | null {
  return isSelective(broadcast) ? broadcast.frameFor(userId) : broadcast;
}

/** Null where not all of them are. */
function forEverybody(broadcast: readonly Broadcast[]): readonly Frame[] | null {
  const frames: Frame[] = [];
  for (const one of broadcast) {
    if (isSelective(one)) return null;
    frames.push(one);
  }
  return frames;
}

const NO_ANSWERS: ReadonlyMap<LiveSocket, readonly Frame[]> = new Map();

function encodeParts(encoding: Encoding, frames: readonly Frame[]): SizedData[] {
  return frames.map((frame) => {
    const data = encodeFrame(encoding, frame);
    return { data, bytes: wireBytes(data) };
  });
}

/** As few frames as hold them all, each of about `BATCH_BYTES` at most. */
function joinParts(encoding: Encoding, parts: readonly SizedData[]): SizedData[] {
  const chunks: SizedData[] = [];
  let gathered: WireData[] = [];
  let gatheredBytes = 0;
  const close = (): void => {
    if (gathered.length > 0) chunks.push({ data: joinFrames(encoding, gathered), bytes: gatheredBytes });
    gathered = [];
    gatheredBytes = 0;
  };
  for (const { data, bytes } of parts) {
    if (gatheredBytes + bytes > BATCH_BYTES) close();
    gathered.push(data);
    gatheredBytes += bytes;
  }
  close();
  return chunks;
}
