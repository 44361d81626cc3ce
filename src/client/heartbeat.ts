/**
 * Finds sockets that still look open but carry nothing: a ping every 10 s, and 20 s for anything to come back.
 * Counted from the ping, not from the last frame: the timers of a background tab run once a minute.
 */
export const HEARTBEAT_INTERVAL_MS = 10_000;
export const HEARTBEAT_DEADLINE_MS = 20_000;
/** After a wake-up the answer is wanted soon: a person is looking. */
const WAKE_DEADLINE_MS = 4_000;

export class Heartbeat {
  readonly #ping: () => void;
  readonly #dead: () => void;
  readonly #interval: ReturnType<typeof setInterval>;
  #wakeTimer: ReturnType<typeof setTimeout> | undefined;
  #unansweredSince: number | undefined;

  constructor(ping: () => void, dead: () => void) {
    this.#ping = ping;
    this.#dead = dead;
    this.#interval = setInterval(() => this.#tick(), HEARTBEAT_INTERVAL_MS);
  }

  /** Anything was received. */
  heard(): void {
    this.#unansweredSince = undefined;
    clearTimeout(this.#wakeTimer);
  }

  /** The device slept or changed its network: ask at once whether the other side is still there. */
  check(): void {
    this.#ask();
    clearTimeout(this.#wakeTimer);
    this.#wakeTimer = setTimeout(() => this.#dead(), WAKE_DEADLINE_MS);
  }

  stop(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#wakeTimer);
  }

  #tick(): void {
    if (this.#unansweredSince === undefined) this.#ask();
    // By the distance, as clocks are set back too.
    else if (Math.abs(Date.now() - this.#unansweredSince) >= HEARTBEAT_DEADLINE_MS) this.#dead();
  }

  #ask(): void {
    this.#unansweredSince ??= Date.now();
    this.#ping();
  }
}
