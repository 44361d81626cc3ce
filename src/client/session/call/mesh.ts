/**
 * The connections to everybody in the call: one for each peer and generation, yours and theirs. Whoever comes again gets a
 * fresh one; the old one is heard and seen until it is there.
 */
import type { IceServer, Peer } from "../../../../schema/protocol/session/entities.ts";
import type { LiveSession, Signal } from "../live-session.ts";
import type { MediaKind, Tracks } from "./kinds.ts";
import { type PeerConnectionConstructor, PeerLink } from "./peer-link.ts";

export interface MeshDeps {
  readonly session: LiveSession;
  readonly PeerConnection: PeerConnectionConstructor;
  readonly kinds: () => readonly MediaKind[];
  readonly relayOnly: boolean;
  readonly tracks: () => Tracks;
  readonly limits: (kind: MediaKind, people: number) => RTCRtpEncodingParameters;
  readonly onChange: () => void;
}

interface Leg {
  /** Of which generations it is. */
  readonly key: string;
  readonly generation: number;
  readonly link: PeerLink;
  /** Of an earlier generation, until this one carries. */
  retired: PeerLink | undefined;
  retireTimer: ReturnType<typeof setTimeout> | undefined;
  /** Runs while the peer has gone to come again, and is still heard. */
  awayTimer: ReturnType<typeof setTimeout> | undefined;
}

const AWAY_MS = 5_000;
const RENEW_MS = 15_000;
const RETIRE_MS = 8_000;
/** Credentials of a relay are asked for anew after this: they end within hours. */
const FRESH_MS = 10 * 60_000;
const REFRESH_DEADLINE_MS = 2_000;

export class Mesh {
  readonly #deps: MeshDeps;
  readonly #legs = new Map<number, Leg>();
  #servers: readonly IceServer[] = [];
  #serversOf: object | undefined;
  #serversAt = 0;
  #renewedAt = 0;

  constructor(deps: MeshDeps) {
    this.#deps = deps;
  }

  /** The links that are heard and seen, by user. */
  get links(): ReadonlyMap<number, PeerLink> {
    return new Map([...this.#legs].map(([userId, { link, retired }]) => [userId, retired ?? link]));
  }

  /** How many are in the call, oneself included. */
  get people(): number {
    return this.#legs.size + 1;
  }

  /** Follows what the session tells. */
  update(): void {
    const { you, peers, isJoined } = this.#deps.session.getSnapshot();
    if (you === null) return;
    const there = new Map(peers.filter(({ joined }) => joined).map((peer) => [peer.userId, peer]));
    const before = this.#legs.size;
    for (const [userId, leg] of [...this.#legs]) {
      if (!there.has(userId) && leg.awayTimer === undefined) this.#close(userId);
    }
    for (const peer of there.values()) {
      const key = `${you.generation}/${peer.generation}`;
      if (this.#legs.get(peer.userId)?.key !== key) this.#connect(peer, key, isJoined);
    }
    if (before !== this.#legs.size) for (const { link } of this.#legs.values()) link.refit();
  }

  /** They have another connection to the session: what they say goes on, if they come again soon. */
  await(userId: number): void {
    const leg = this.#legs.get(userId);
    if (leg !== undefined && this.links.get(userId)?.state === "connected") {
      leg.awayTimer ??= setTimeout(() => this.#close(userId), AWAY_MS);
    }
  }

  /** A signal of another generation is of a connection that is gone. */
  receive(signal: Signal): void {
    const leg = this.#legs.get(signal.from);
    if (leg?.generation === signal.generation) leg.link.receive(signal);
  }

  setTracks(tracks: Tracks): void {
    for (const { link, retired } of this.#legs.values()) {
      link.setTracks(tracks);
      retired?.setTracks(tracks);
    }
  }

  close(): void {
    for (const userId of [...this.#legs.keys()]) this.#close(userId);
  }

  #connect(peer: Peer, key: string, isFirst: boolean): void {
    const { userId, generation } = peer;
    const { session, PeerConnection, kinds, tracks, limits, onChange } = this.#deps;
    const last = this.#legs.get(userId);
    const link = new PeerLink({
      ...{ PeerConnection, isFirst, isPolite: peer.polite, kinds: kinds(), tracks: tracks() },
      configuration: () => this.#configuration(),
      limits: (kind) => limits(kind, this.people),
      send: (signal) => session.signal({ to: userId, toGeneration: generation, ...signal }),
      onChange: () => {
        if (this.#legs.get(userId)?.link === link && link.state === "connected") this.#retire(userId);
        onChange();
      },
      onBroken: () => this.#renew(),
      debug: (detail) => session.debug({ event: "peer", sessionId: session.id, userId, detail }),
    });
    const retired = last && this.#lastCarrying(last);
    const retireTimer = retired && setTimeout(() => this.#retire(userId), RETIRE_MS);
    clearTimeout(last?.awayTimer);
    this.#legs.set(userId, { key, generation, link, retired, retireTimer, awayTimer: undefined });
    onChange();
  }

  /** What one still hears of the peer; everything else of an earlier leg ends. */
  #lastCarrying({ link, retired, retireTimer }: Leg): PeerLink | undefined {
    clearTimeout(retireTimer);
    const carrying = [link, retired].find((one) => one?.state === "connected");
    for (const one of [link, retired]) if (one !== carrying) one?.close();
    return carrying;
  }

  #retire(userId: number): void {
    const leg = this.#legs.get(userId);
    if (leg === undefined) return;
    clearTimeout(leg.retireTimer);
    leg.retired?.close();
    leg.retired = undefined;
    this.#deps.onChange();
  }

  #close(userId: number): void {
    const leg = this.#legs.get(userId);
    this.#legs.delete(userId);
    clearTimeout(leg?.retireTimer);
    clearTimeout(leg?.awayTimer);
    leg?.link.close();
    leg?.retired?.close();
    this.#deps.onChange();
  }

  /** Of another generation, everybody has a fresh connection to us. Not again and again: a call that stutters is no call. */
  #renew(): void {
    if (Date.now() - this.#renewedAt < RENEW_MS) return;
    this.#renewedAt = Date.now();
    this.#deps.session.renew();
  }

  async #configuration(): Promise<RTCConfiguration> {
    const { session, relayOnly } = this.#deps;
    const { iceServers } = session.getSnapshot();
    if (this.#serversOf !== iceServers) {
      this.#serversOf = iceServers;
      this.#servers = iceServers;
      this.#serversAt = Date.now();
    } else if (Date.now() - this.#serversAt > FRESH_MS) {
      const signal = AbortSignal.timeout(REFRESH_DEADLINE_MS);
      const answer = await session.client
        .request<{ iceServers: readonly IceServer[] }>({ path: "/v1/ice-servers", signal })
        .catch(() => undefined);
      this.#servers = answer?.iceServers ?? this.#servers;
      if (answer !== undefined) this.#serversAt = Date.now();
    }
    // As JSON has them: what is not there is not `undefined`.
    return { iceServers: [...this.#servers] as RTCIceServer[], iceTransportPolicy: relayOnly ? "relay" : "all" };
  }
}
