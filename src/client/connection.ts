/**
 * Keeps one socket open: a token for each connect, backoff with jitter between failures, and an end where the server
 * says that coming back is pointless. Knows nothing of rooms but what a refused upgrade means.
 */
import { CLOSE_CODES, type CloseReason, closeReason } from "../../schema/protocol/close-codes.ts";
import type { Encoding } from "../../schema/protocol/version.ts";
import { type Backoff, backoffMs, RECONNECT_SPREAD, RETRY } from "./backoff.ts";
import type { Debug } from "./debug.ts";
import { StudyMateError } from "./errors.ts";
import { type ClientFrame, FrameSocket, type ServerFrame, type SocketConstructor, type SocketEnd } from "./socket.ts";
import { keepFresh, type TokenProvider } from "./tokens.ts";

/** Why there is no socket, and that it will be tried again. */
export type OfflineReason = "network" | "silent" | "goingAway" | "internal" | "tokenEnded" | "abuse" | "no token";
/** Why it will not be tried again, until `reconnect()`. */
export type DeniedReason =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "closed"
  | "wrong_user"
  | Extract<CloseReason, "protocolViolation" | "removed" | "gone" | "superseded" | "tooManySockets" | "frameTooLarge">;

export type ConnectionStatus =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** `retryAt`: when the next try begins, epoch milliseconds of this device's clock. */
  | { readonly state: "offline"; readonly reason: OfflineReason; readonly retryAt: number }
  | { readonly state: "denied"; readonly reason: DeniedReason };

/** What every socket of a client is opened with. */
export interface SocketDeps {
  /** Whose it must be; undefined: whoever the token is of. */
  readonly userId: number | undefined;
  readonly url: string;
  readonly encoding: Encoding;
  readonly WebSocket: SocketConstructor;
  readonly token: TokenProvider;
  /** What HTTP answers where the upgrade failed: browsers do not tell. Null: nothing against it. */
  readonly whyRefused: (token: string) => Promise<"unauthorized" | "forbidden" | "not_found" | null>;
  readonly random: () => number;
  readonly debug: Debug;
}

export interface ConnectionDeps<In extends ServerFrame> extends SocketDeps {
  readonly onFrames: (frames: readonly In[]) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
}

/** A socket that lived this long was fine: the next failure is a first one. */
const STABLE_MS = 5_000;

export class Connection<In extends ServerFrame> {
  readonly #deps: ConnectionDeps<In>;
  #socket: FrameSocket<In> | undefined;
  #stopRefreshing = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Raised whenever an earlier attempt must not go on. */
  #turn = 0;
  #failures = 0;
  #refusedTokens = 0;
  #openedAt: number | undefined;

  constructor(deps: ConnectionDeps<In>) {
    this.#deps = deps;
  }

  /** Begins, or begins again at once, whatever the state is. */
  connect(): void {
    this.#drop();
    void this.#attempt(this.#refusedTokens > 0 ? "refused" : "connect");
  }

  stop(reason: DeniedReason): void {
    this.#drop();
    this.#deps.onStatus({ state: "denied", reason });
  }

  /** Gives the socket up, and connects again after a pause. */
  fail(reason: OfflineReason, backoff: Backoff = RETRY): void {
    const wasStable = this.#openedAt !== undefined && Date.now() - this.#openedAt >= STABLE_MS;
    this.#drop();
    if (wasStable) this.#failures = 0;
    const waitMs = backoffMs(backoff, this.#failures, this.#deps.random);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.connect(), waitMs);
    this.#deps.onStatus({ state: "offline", reason, retryAt: Date.now() + waitMs });
  }

  /** The device woke up or found a network: no waiting, and no trust in what looks open. */
  wake(): void {
    if (this.#timer !== undefined) this.connect();
    else this.#socket?.check();
  }

  send(frame: ClientFrame): void {
    this.#socket?.send(frame);
  }

  async #attempt(need: "connect" | "refused"): Promise<void> {
    const turn = this.#turn;
    this.#deps.onStatus({ state: "connecting" });
    let token: string;
    try {
      token = await this.#deps.token(need);
    } catch (error) {
      if (turn !== this.#turn) return;
      const isFinal = error instanceof StudyMateError && error.code === "unauthorized";
      return isFinal ? this.stop("unauthorized") : this.fail("no token");
    }
    if (turn !== this.#turn) return;
    try {
      this.#socket = new FrameSocket({
        url: this.#deps.url,
        encoding: this.#deps.encoding,
        WebSocket: this.#deps.WebSocket,
        token,
        onOpen: () => this.#opened(token),
        onFrames: this.#deps.onFrames,
        onEnd: (end) => void this.#ended(end, token),
      });
    } catch {
      // A runtime takes no subprotocol with characters that no token of the server has.
      this.stop("unauthorized");
    }
  }

  #opened(token: string): void {
    this.#openedAt = Date.now();
    this.#refusedTokens = 0;
    this.#stopRefreshing = keepFresh(token, {
      provide: this.#deps.token,
      send: (fresh) => this.send({ type: "auth.refresh", token: fresh }),
    });
    this.#deps.onStatus({ state: "open" });
  }

  async #ended(end: SocketEnd, token: string): Promise<void> {
    if (!end.opened) return this.#refused(token);
    if (end.silent) return this.fail("silent");
    const reason = closeReason(end.code);
    if (reason === undefined) return this.fail("network");
    switch (reason) {
      case "goingAway":
      case "internal":
      case "abuse":
        return this.fail(reason, RECONNECT_SPREAD);
      case "tokenEnded":
        this.#refusedTokens += 1;
        return this.fail(reason);
      default:
        CLOSE_CODES[reason].reconnect satisfies "never";
        return this.stop(reason);
    }
  }

  /** The upgrade failed without a word. */
  async #refused(token: string): Promise<void> {
    const turn = this.#turn;
    const why = await this.#deps.whyRefused(token).catch(() => null);
    if (turn !== this.#turn) return;
    if (why === null) return this.fail("network");
    if (why !== "unauthorized") return this.stop(why);
    this.#refusedTokens += 1;
    if (this.#refusedTokens > 1) return this.stop(why);
    this.connect();
  }

  #drop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopRefreshing();
    this.#openedAt = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }
}

/** The person may not see the room any more, or there is none. */
export function isLost(reason: unknown): boolean {
  return reason === "removed" || reason === "gone" || reason === "forbidden" || reason === "not_found";
}

/** What everything that waits for a denied connection is rejected with. */
export function denial(reason: DeniedReason): StudyMateError {
  return new StudyMateError(isCode(reason) ? reason : "forbidden", `The connection is closed: ${reason}.`);
}

/** What the server closes a socket for is no code of an error, but one. */
function isCode(reason: DeniedReason): reason is Exclude<DeniedReason, CloseReason> | "gone" {
  return reason === "gone" || !(reason in CLOSE_CODES);
}
