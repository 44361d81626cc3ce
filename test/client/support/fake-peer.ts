/**
 * An RTCPeerConnection without a network, as strict about states as a browser. Two are connected once each has taken a
 * description that the other made for it. Candidates are told of, and refused where there is no description yet.
 */
import type { PeerConnectionConstructor } from "../../../src/client/session/call/peer-link.ts";

interface Described {
  /** Whose it is, and of what it is the answer. */
  readonly id: number;
  readonly ice: number;
  readonly answers?: number;
}

export class FakePeer {
  static last = 0;
  readonly id: number;
  readonly all: Map<number, FakePeer>;
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: RTCSessionDescriptionInit | null = null;
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly candidates: string[] = [];
  readonly transceivers: ReturnType<typeof transceiver>[] = [];
  configuration: RTCConfiguration;
  restarts = 0;
  #ice = 0;
  #remote: Described | undefined;
  #isClosed = false;

  constructor(configuration: RTCConfiguration, all: Map<number, FakePeer>) {
    this.configuration = configuration;
    this.all = all;
    FakePeer.last += 1;
    this.id = FakePeer.last;
    all.set(this.id, this);
  }

  /** The peer that both have agreed with; undefined: none. */
  get partner(): FakePeer | undefined {
    return this.#isClosed || this.#remote === undefined ? undefined : this.all.get(this.#remote.id);
  }

  addTransceiver(kind: string): void {
    this.transceivers.push(transceiver(kind));
  }

  getTransceivers() {
    return this.transceivers;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  async createOffer(options: RTCOfferOptions = {}): Promise<RTCSessionDescriptionInit> {
    if (options.iceRestart) {
      this.#ice += 1;
      this.restarts += 1;
    }
    return { type: "offer", sdp: JSON.stringify({ id: this.id, ice: this.#ice } satisfies Described) };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    if (this.signalingState !== "have-remote-offer") throw new DOMException("No offer.", "InvalidStateError");
    const answers = this.#remote?.id ?? 0;
    return { type: "answer", sdp: JSON.stringify({ id: this.id, ice: this.#ice, answers } satisfies Described) };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const isOffer = description.type === "offer";
    if (isOffer ? this.signalingState === "have-remote-offer" : this.signalingState !== "have-remote-offer") {
      throw new DOMException("Wrong state.", "InvalidStateError");
    }
    this.localDescription = description;
    this.signalingState = isOffer ? "have-local-offer" : "stable";
    this.onicecandidate?.({ candidate: { candidate: `candidate ${this.id}`, sdpMid: "0" } });
    this.onicecandidate?.({ candidate: null });
    this.#settle();
  }

  async setRemoteDescription({ type, sdp = "" }: RTCSessionDescriptionInit): Promise<void> {
    const described = JSON.parse(sdp) as Described; // made above
    if (type === "answer" && (this.signalingState !== "have-local-offer" || described.answers !== this.id)) {
      throw new DOMException("Wrong state.", "InvalidStateError");
    }
    if (type === "offer" && this.transceivers.length === 0) {
      for (const kind of ["audio", "video", "video"]) this.transceivers.push(transceiver(kind));
    }
    this.#remote = described;
    // An offer in place of one's own takes that back.
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    this.#settle();
  }

  async addIceCandidate({ candidate = "" }: RTCIceCandidateInit): Promise<void> {
    if (this.#remote === undefined) throw new DOMException("No description.", "InvalidStateError");
    if (candidate !== `candidate ${this.#remote.id}`) throw new DOMException("Of another.", "OperationError");
    this.candidates.push(candidate);
  }

  async getStats() {
    return new Map();
  }

  close(): void {
    this.#isClosed = true;
    this.signalingState = "closed";
    this.connectionState = "closed";
  }

  /** The network between the two is another. */
  become(state: RTCPeerConnectionState): void {
    if (this.#isClosed) return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  #settle(): void {
    const { partner } = this;
    if (partner?.partner !== this || this.signalingState !== "stable" || partner.signalingState !== "stable") return;
    for (const one of [this, partner]) one.become("connected");
  }
}

function transceiver(kind: string) {
  const sender = {
    track: null as unknown,
    replaceTrack: async (track: unknown) => {
      sender.track = track;
    },
    getParameters: () => ({ encodings: [{}] }),
    setParameters: async () => {},
  };
  return { direction: "sendrecv", sender, receiver: { track: { kind } } };
}

/** A constructor to hand to a link, and what it made; `all` is shared by those that can reach each other. */
export function fakePeers(all = new Map<number, FakePeer>()) {
  const made: FakePeer[] = [];
  class Connecting extends FakePeer {
    constructor(configuration: RTCConfiguration) {
      super(configuration, all);
      made.push(this);
    }
  }
  return {
    // The part of it that links use.
    PeerConnection: Connecting as unknown as PeerConnectionConstructor,
    made: made as readonly FakePeer[],
    get last(): FakePeer {
      const peer = made.at(-1);
      if (peer === undefined) throw new Error("No connection was made.");
      return peer;
    },
  };
}
