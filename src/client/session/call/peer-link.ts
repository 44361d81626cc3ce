/**
 * The connection to one peer of one generation: from the first offer to its end. Perfect negotiation, one step after the
 * other: offers of both sides at the same moment, restarts of ICE and lost signals come to the same. Sections are fixed,
 * one for each kind: what is sent in them is replaced without another offer.
 */

import type { Signal } from "../live-session.ts";
import { type MediaKind, NO_TRACKS, type Tracks } from "./kinds.ts";
import { type LinkState, linkState, receptionOf, restartAfter } from "./negotiation-rules.ts";
import { addSections, applyLimits, type Limits, receivedTracks, sendTracks } from "./sections.ts";

export type PeerConnectionConstructor = new (configuration: RTCConfiguration) => RTCPeerConnection;
export type OutgoingSignal =
  | { readonly description: { readonly type: RTCSdpType; readonly sdp: string } }
  | { readonly candidate: RTCIceCandidateInit };

export interface LinkDeps {
  readonly PeerConnection: PeerConnectionConstructor;
  /** Fresh where they may have expired. */
  readonly configuration: () => Promise<RTCConfiguration>;
  /** None: no media at all, but a channel. */
  readonly kinds: readonly MediaKind[];
  readonly isPolite: boolean;
  /** One was in the call before the peer: one offers. Else one waits for their offer, for a while. */
  readonly isFirst: boolean;
  readonly tracks: Tracks;
  /** What a sender of a kind is to send at most. */
  readonly limits: Limits;
  readonly send: (signal: OutgoingSignal) => void;
  readonly onChange: () => void;
  /** It cannot be mended: both sides are to begin anew, as another generation. */
  readonly onBroken: () => void;
  /** For a log: never an address. */
  readonly debug: (detail: string) => void;
}

type Step = "offer" | "again" | "restart" | "description" | "candidate" | "tracks" | "limits";

const BROKEN_MS = 3_000;
const OFFER_WAIT_MS = 1_500;
/** An offer may have been dropped: the peer was not there yet, or not any more. */
const ANSWER_WAIT_MS = 4_000;

export class PeerLink {
  readonly #deps: LinkDeps;
  #connection: RTCPeerConnection | undefined;
  #configuration: RTCConfiguration = {};
  #steps: Promise<void>;
  #tracks: Tracks;
  #received: Tracks = NO_TRACKS;
  /** A description of the peer's was taken. */
  #hasAgreed = false;
  #wasConnected = false;
  #restarts = 0;
  #isClosed = false;
  #ignoresCandidates = false;
  /** Candidates that came before the description that they are of has left. */
  #held: RTCIceCandidateInit[] | undefined;
  #offerTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #brokenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
    this.#tracks = deps.tracks;
    this.#steps = this.#begin();
    this.#offerTimer = setTimeout(() => this.#do("offer", () => this.#offer()), deps.isFirst ? 0 : OFFER_WAIT_MS);
  }

  get state(): LinkState {
    return linkState(this.#connection?.connectionState ?? "new", this.#wasConnected);
  }

  /** What the peer sends, whether or not it says that it does. */
  get received(): Tracks {
    return this.#received;
  }

  receive(signal: Signal): void {
    const { description, candidate } = signal;
    if (description !== undefined) this.#do("description", () => this.#take(description));
    else if (candidate) this.#do("candidate", () => this.#addCandidate(candidate as RTCIceCandidateInit)); // as JSON has it
  }

  setTracks(tracks: Tracks): void {
    this.#tracks = tracks;
    this.#do("tracks", () => this.#sendTracks());
  }

  /** The limits are others. */
  refit(): void {
    this.#do("limits", () => this.#applyLimits());
  }

  /** The network is another: no waiting for what is lost. */
  restart(): void {
    this.#do("restart", () => this.#restart());
  }

  async stats(): Promise<RTCStatsReport | undefined> {
    return this.#connection?.getStats();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#brokenTimer);
    this.#forget();
  }

  /** One step after the other; one that fails is told of. */
  #do(name: Step, step: () => Promise<void> | void): void {
    this.#steps = this.#steps
      .then(() => (this.#isClosed ? undefined : step()))
      .catch((error) => {
        if (this.#isClosed) return;
        this.#deps.debug(`${name}: ${error instanceof Error ? error.name : "failed"}`);
        if (name === "offer" || name === "description") this.#broken();
      });
  }

  #broken(): void {
    // The other one mostly finds it broken too: one of both is enough.
    this.#brokenTimer ??= setTimeout(this.#deps.onBroken, this.#deps.isPolite ? 0 : BROKEN_MS);
  }

  async #begin(): Promise<void> {
    this.#configuration = await this.#deps.configuration();
    if (!this.#isClosed) this.#open();
  }

  #open(): RTCPeerConnection {
    const connection = new this.#deps.PeerConnection(this.#configuration);
    this.#connection = connection;
    this.#received = NO_TRACKS;
    this.#hasAgreed = false;
    this.#held = [];
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      if (this.#held !== undefined) this.#held.push(plainCandidate(candidate));
      else this.#deps.send({ candidate: plainCandidate(candidate) });
    };
    connection.onconnectionstatechange = () => this.#stateChanged();
    this.#watch();
    return connection;
  }

  #forget(): void {
    clearTimeout(this.#offerTimer);
    clearTimeout(this.#restartTimer);
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.onicecandidate = null;
    connection.onconnectionstatechange = null;
    connection.close();
  }

  async #offer(options: RTCOfferOptions = {}): Promise<void> {
    const connection = this.#connection;
    // Somebody else's offer is being answered, or ours is not yet.
    if (connection === undefined || connection.signalingState !== "stable") return;
    if (!this.#hasAgreed) addSections(connection, this.#deps.kinds, this.#deps.limits);
    await this.#sendTracks();
    this.#held ??= [];
    await connection.setLocalDescription(await connection.createOffer(options));
    this.#sendDescription(connection);
    this.#awaitAnswer();
  }

  #sendDescription({ localDescription }: RTCPeerConnection): void {
    if (localDescription === null) return;
    const { type, sdp } = localDescription;
    this.#deps.send({ description: { type, sdp } });
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const candidate of held) this.#deps.send({ candidate });
  }

  #awaitAnswer(): void {
    clearTimeout(this.#offerTimer);
    this.#offerTimer = setTimeout(
      () =>
        this.#do("again", () => {
          if (this.#connection?.signalingState !== "have-local-offer") return;
          this.#sendDescription(this.#connection);
          this.#awaitAnswer();
        }),
      ANSWER_WAIT_MS,
    );
  }

  async #take(description: NonNullable<Signal["description"]>): Promise<void> {
    const current = this.#connection;
    if (current === undefined) return;
    const { signalingState } = current;
    const standing = { isPolite: this.#deps.isPolite, signalingState, hasAgreed: this.#hasAgreed };
    const reception = receptionOf(description.type, standing);
    const isOffer = description.type === "offer";
    if (reception === "ignore") {
      // The candidates of an offer that does not hold; those of a late answer are of what does.
      this.#ignoresCandidates ||= isOffer;
      return;
    }
    this.#ignoresCandidates = false;
    if (reception === "begin anew") this.#forget();
    const connection = reception === "begin anew" ? this.#open() : current;
    clearTimeout(this.#offerTimer);
    // `yield`: whoever takes an offer in place of their own takes theirs back by it.
    await connection.setRemoteDescription(description as RTCSessionDescriptionInit); // as the peer's browser made it
    this.#hasAgreed = true;
    if (isOffer) {
      await this.#sendTracks();
      this.#held ??= [];
      await connection.setLocalDescription(await connection.createAnswer());
      this.#sendDescription(connection);
    }
    this.#tracksReceived(connection);
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.#ignoresCandidates) return;
    await this.#connection?.addIceCandidate(candidate);
  }

  async #sendTracks(): Promise<void> {
    if (this.#connection === undefined) return;
    await sendTracks(this.#connection, this.#deps.kinds, this.#tracks);
    await this.#applyLimits();
  }

  async #applyLimits(): Promise<void> {
    if (this.#connection !== undefined) await applyLimits(this.#connection, this.#deps.kinds, this.#deps.limits);
  }

  #tracksReceived(connection: RTCPeerConnection): void {
    this.#received = receivedTracks(connection, this.#deps.kinds);
    this.refit();
    this.#deps.onChange();
  }

  #stateChanged(): void {
    if (this.#connection?.connectionState === "connected") {
      this.#wasConnected = true;
      this.#restarts = 0;
    }
    this.#deps.debug(this.#connection?.connectionState ?? "new");
    // Not by us: see `#forget`.
    if (this.#connection?.connectionState === "closed") this.#broken();
    this.#watch();
    this.#deps.onChange();
  }

  #watch(): void {
    clearTimeout(this.#restartTimer);
    const state = this.#connection?.connectionState ?? "new";
    const after = restartAfter({ state, restarts: this.#restarts, isPolite: this.#deps.isPolite });
    if (after !== undefined) this.#restartTimer = setTimeout(() => this.restart(), after);
  }

  async #restart(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#restarts += 1;
    this.#deps.debug(`restart ${this.#restarts}`);
    this.#configuration = await this.#deps.configuration();
    if (!this.#isClosed) {
      connection.setConfiguration(this.#configuration);
      await this.#offer(this.#hasAgreed ? { iceRestart: true } : {});
      this.#watch();
    }
  }
}

function plainCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): RTCIceCandidateInit {
  return { candidate, sdpMid, sdpMLineIndex: sdpMLineIndex ?? null, usernameFragment: usernameFragment ?? null };
}
