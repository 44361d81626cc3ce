/** A call as an application holds it: wires one's own media, the connections to the others, and the session between them. */
import { Listeners } from "../../listeners.ts";
import type { LiveSession } from "../live-session.ts";
import { MEDIA_KINDS, type MediaKind } from "./kinds.ts";
import { type LinkStats, type Quality, qualityOf, sendingLimits, summarize } from "./link-stats.ts";
import type { Call, CallOptions, CallPeer, CallSnapshot } from "./live-call.ts";
import { LocalMedia } from "./local-media.ts";
import { Mesh } from "./mesh.ts";
import type { PeerLink } from "./peer-link.ts";
import { type LevelMeter, meterOf, SpeakingDetector } from "./speaking.ts";

const LEVEL_MS = 100;
const QUALITY_MS = 4_000;

class MeshCall implements Call {
  readonly session: LiveSession;
  readonly #options: CallOptions;
  readonly #listeners = new Listeners();
  readonly #media: LocalMedia;
  readonly #mesh: Mesh;
  readonly #detector = new SpeakingDetector();
  readonly #stops: readonly (() => void)[];
  readonly #streams = new WeakMap<MediaStreamTrack, MediaStream>();
  readonly #lastStats = new WeakMap<PeerLink, LinkStats>();
  readonly #qualities = new Map<number, Quality | null>();
  #wantsIn = false;
  #wasIn = false;
  /** The server counts what is said. */
  #isCounted = false;
  #meter: { readonly track: MediaStreamTrack; readonly meter: LevelMeter } | undefined;
  #level = 0;
  #snapshot: CallSnapshot | undefined;
  #levelTimer: ReturnType<typeof setInterval> | undefined;
  #qualityTimer: ReturnType<typeof setInterval> | undefined;

  constructor(session: LiveSession, options: CallOptions) {
    this.session = session;
    this.#options = options;
    const devices = options.mediaDevices ?? globalThis.navigator?.mediaDevices;
    this.#media = new LocalMedia(devices, (kind) => this.#mediaChanged(kind));
    this.#mesh = new Mesh({
      session,
      PeerConnection: options.RTCPeerConnection ?? globalThis.RTCPeerConnection,
      kinds: () => this.#kinds(),
      relayOnly: options.relayOnly ?? false,
      tracks: () => this.#media.tracks,
      limits: sendingLimits,
      onChange: () => this.#changed(),
    });
    this.#stops = [
      session.subscribe(() => this.#follow()),
      session.on("signal", (signal) => {
        // What was told before it may not have been followed yet.
        this.#follow();
        this.#mesh.receive(signal);
      }),
      session.on("left", ({ userId, reason }) => {
        if (reason === "superseded") this.#mesh.await(userId);
      }),
      session.on("muteRequested", () => this.turnOff("microphone")),
    ];
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  readonly getSnapshot = (): CallSnapshot => {
    this.#snapshot ??= {
      ...this.#media.state,
      state: this.#state(),
      isSpeaking: this.#detector.isSpeaking,
      peers: this.#peers(),
    };
    return this.#snapshot;
  };

  turnOn(kind: MediaKind): Promise<boolean> {
    return this.#kinds().includes(kind) ? this.#media.turnOn(kind) : Promise.resolve(false);
  }

  turnOff(kind: MediaKind): void {
    this.#media.turnOff(kind);
  }

  choose(kind: "microphone" | "camera", deviceId: string | null): Promise<boolean> {
    return this.#media.choose(kind, deviceId);
  }

  async join(): Promise<void> {
    this.#wantsIn = true;
    // Whoever is there now was there before: they offer.
    this.#follow();
    try {
      await this.session.join(this.#sent());
      this.#qualityTimer ??= setInterval(() => void this.#measure(), QUALITY_MS);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async leave(): Promise<void> {
    this.#end();
    this.#media.close();
    await this.session.leave();
  }

  level(): number {
    return this.#level;
  }

  async stats(): Promise<ReadonlyMap<number, LinkStats>> {
    const all = new Map<number, LinkStats>();
    for (const [userId, link] of this.#mesh.links) {
      const report = await link.stats();
      if (report !== undefined) all.set(userId, summarize(report as ReadonlyMap<string, unknown>)); // it is one
    }
    return all;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    const wasIn = this.#wantsIn;
    this.#end();
    this.#media.close();
    clearInterval(this.#levelTimer);
    this.#levelTimer = undefined;
    if (wasIn) void this.session.leave().catch(() => {});
  }

  #kinds(): readonly MediaKind[] {
    const { session } = this.session.getSnapshot();
    const { kinds = MEDIA_KINDS } = this.#options;
    return session?.sessionType === "AUDIO_1V1" ? kinds.filter((kind) => kind === "microphone") : kinds;
  }

  #state(): CallSnapshot["state"] {
    if (!this.#wantsIn) return "out";
    if (this.session.getSnapshot().isJoined) return "in";
    return this.#wasIn ? "reconnecting" : "joining";
  }

  #sent() {
    const { microphone, camera, screen } = this.#media.state;
    return { audio: microphone.isOn, video: camera.isOn, screen: screen.isOn };
  }

  #follow(): void {
    const { connection, end, isJoined, session } = this.session.getSnapshot();
    if (this.#wantsIn) {
      if (end !== null || connection.state === "denied") {
        this.#end();
        this.#media.close();
      } else {
        this.#wasIn ||= isJoined;
        this.#tellAnew(isJoined && session?.status === "IN_PROGRESS");
        this.#mesh.update();
        this.#media.fit(this.#mesh.people);
      }
    }
    this.#changed();
  }

  /** Whoever spoke before it counted speaks still. */
  #tellAnew(isCounted: boolean): void {
    if (isCounted && !this.#isCounted && this.#detector.isSpeaking) this.session.setSpeaking(true);
    this.#isCounted = isCounted;
  }

  #end(): void {
    this.#wantsIn = false;
    this.#wasIn = false;
    this.#isCounted = false;
    this.#mesh.close();
    clearInterval(this.#qualityTimer);
    this.#qualityTimer = undefined;
    this.#qualities.clear();
    this.#changed();
  }

  #mediaChanged(kind: MediaKind): void {
    if (kind === "microphone") this.#listen();
    if (this.#wantsIn) {
      this.#mesh.setTracks(this.#media.tracks);
      void this.session.setMedia(this.#sent()).catch(() => {});
    }
    this.#changed();
  }

  /** To one's own microphone, in the lobby too. */
  #listen(): void {
    const { isOn, track } = this.#media.state.microphone;
    if (this.#meter !== undefined && (!isOn || this.#meter.track !== track)) {
      this.#meter.meter.stop();
      this.#meter = undefined;
      clearInterval(this.#levelTimer);
      this.#level = 0;
      if (this.#detector.stop()) this.session.setSpeaking(false);
    }
    if (!isOn || track === null || this.#meter !== undefined) return;
    this.#meter = { track, meter: (this.#options.meterOf ?? meterOf)(track) };
    this.#levelTimer = setInterval(() => this.#hear(), LEVEL_MS);
  }

  #hear(): void {
    this.#level = this.#meter?.meter.level() ?? 0;
    const told = this.#detector.hear(this.#level, Date.now());
    if (told === undefined) return;
    this.session.setSpeaking(told);
    this.#changed();
  }

  async #measure(): Promise<void> {
    for (const [userId, link] of this.#mesh.links) {
      const report = await link.stats();
      if (report === undefined) continue;
      const now = summarize(report as ReadonlyMap<string, unknown>); // it is one
      this.#qualities.set(userId, qualityOf(this.#lastStats.get(link), now));
      this.#lastStats.set(link, now);
    }
    this.#changed();
  }

  #peers(): readonly CallPeer[] {
    const known = new Map(this.session.getSnapshot().peers.map((peer) => [peer.userId, peer]));
    return [...this.#mesh.links].map(([userId, link]) => {
      const { microphone, camera, screen } = link.received;
      const media = known.get(userId)?.media;
      return {
        ...{ userId, state: link.state, quality: this.#qualities.get(userId) ?? null },
        microphone: this.#streamOf(microphone),
        camera: media?.video ? this.#streamOf(camera) : null,
        screen: media?.screen ? this.#streamOf(screen) : null,
      };
    });
  }

  /** The same stream for the same track: what shows it is not to begin anew. */
  #streamOf(track: MediaStreamTrack | null): MediaStream | null {
    if (track === null) return null;
    const stream = this.#streams.get(track) ?? new MediaStream([track]);
    this.#streams.set(track, stream);
    return stream;
  }

  #changed(): void {
    this.#snapshot = undefined;
    this.#listeners.tell();
  }
}

/**
 * A call with everybody in a session, straight between them, two to four. Nothing is sent before `join`.
 *
 * ```ts
 * const call = createCall(session);
 * await call.turnOn("microphone");
 * await call.join();
 * call.subscribe(() => show(call.getSnapshot().peers));
 * ```
 */
export function createCall(session: LiveSession, options: CallOptions = {}): Call {
  return new MeshCall(session, options);
}
