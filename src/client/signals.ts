/** What a client says without awaiting an answer, no more often than others need it: read markers and typing. */
import type { LIMITS } from "../../schema/protocol/limits.ts";

const READ_INTERVAL_MS = 500;
const TYPING_MS: (typeof LIMITS)["typingMs"] = 10_000;
const TYPING_INTERVAL_MS = TYPING_MS / 2;

/** Sends the furthest marker only, at once and then at most every half second. */
export class ReadMarker {
  readonly #send: (id: number) => void;
  #wanted = 0;
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (id: number) => void) {
    this.#send = send;
  }

  mark(id: number): void {
    if (id <= this.#wanted) return;
    this.#wanted = id;
    if (this.#timer === undefined) this.#flush();
  }

  /** A new socket, where `known` is marked and `latest` is the last message: says it again if that was lost. */
  resume(known: number, latest: number): void {
    this.stop();
    this.#sent = known;
    this.#wanted = Math.min(Math.max(this.#wanted, known), latest);
    this.#flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#wanted <= this.#sent) return;
    this.#sent = this.#wanted;
    this.#send(this.#wanted);
    this.#timer = setTimeout(() => this.#flush(), READ_INTERVAL_MS);
  }
}

/** May be told at every key: repeats itself every five seconds at most, and says once when it is over. */
export class TypingSignal {
  readonly #send: (active: boolean) => void;
  #lastSentAt: number | undefined;

  constructor(send: (active: boolean) => void) {
    this.#send = send;
  }

  set(active: boolean): void {
    const now = Date.now();
    if (active) {
      if (this.#lastSentAt !== undefined && now - this.#lastSentAt < TYPING_INTERVAL_MS) return;
      this.#lastSentAt = now;
    } else {
      if (this.#lastSentAt === undefined) return;
      this.#lastSentAt = undefined;
    }
    this.#send(active);
  }

  /** The socket is gone, and with it what it said. */
  forget(): void {
    this.#lastSentAt = undefined;
  }
}
