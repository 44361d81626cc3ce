/** What two peers do that may offer at the same moment, and when a connection that has trouble is tried for again. Pure. */

/** How a description that has come is to be taken. */
export type Reception =
  /** As it is. */
  | "take"
  /** Ours stands: it is forgotten, with its candidates. */
  | "ignore"
  /** Ours is taken back first. */
  | "yield"
  /** As `yield`, of the first offer: a connection that has agreed on nothing yet is replaced by a fresh one. */
  | "begin anew";

export interface Negotiating {
  /** One yields where offers collide. Of two peers exactly one does. */
  readonly isPolite: boolean;
  readonly signalingState: RTCSignalingState;
  /** Something was agreed on before: there is a remote description. */
  readonly hasAgreed: boolean;
}

export function receptionOf(type: RTCSdpType, { isPolite, signalingState, hasAgreed }: Negotiating): Reception {
  if (type === "offer") {
    if (signalingState === "stable") return "take";
    if (!isPolite) return "ignore";
    return hasAgreed ? "yield" : "begin anew";
  }
  // An answer to an offer that was taken back, or answered already.
  return signalingState === "have-local-offer" || signalingState === "have-remote-pranswer" ? "take" : "ignore";
}

export type LinkState = "connecting" | "connected" | "interrupted";

/** As a person sees it. `failed` is interrupted: it is tried for again. */
export function linkState(state: RTCPeerConnectionState, wasConnected: boolean): LinkState {
  if (state === "connected") return "connected";
  return wasConnected || state === "failed" ? "interrupted" : "connecting";
}

/** A lost packet or two is no reason. */
const DISCONNECTED_MS = 3_000;
/** Signals may have been lost on the way. */
const CONNECTING_MS = 10_000;
const MOST_MS = 12_000;
/** The other one hears of the same trouble at the same moment. */
const POLITE_MS = 2_500;

export interface Trouble {
  readonly state: RTCPeerConnectionState;
  /** Restarts since it was connected last. */
  readonly restarts: number;
  readonly isPolite: boolean;
}

/** How long to wait before ICE is restarted, in milliseconds; undefined: it is not. */
export function restartAfter({ state, restarts, isPolite }: Trouble): number | undefined {
  const first = { failed: 0, disconnected: DISCONNECTED_MS, connecting: CONNECTING_MS, new: CONNECTING_MS };
  if (state === "connected" || state === "closed") return undefined;
  // With each restart it takes longer: the network may need its time, and gathering does.
  const waits = restarts === 0 ? first[state] : Math.min(MOST_MS, Math.max(first[state], 2_000 * 2 ** restarts));
  return waits + (isPolite ? POLITE_MS : 0);
}
