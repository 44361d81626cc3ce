/**
 * Which tabs of the same user live: each holds a Web Lock named after itself, which the browser frees however the tab
 * ends. Tabs greet each other, and wait for each other's locks. Decides nothing about messages.
 */
import { randomId } from "../random-id.ts";
import { type Channel, openChannel } from "./channels.ts";
import { type Locks, webLocks } from "./locks.ts";

/** A page that is only loaded again finds its messages first. */
const RELOAD_GRACE_MS = 1_000;
/** A lock of one's own is free: only a broken browser does not give it. */
const LOCK_DEADLINE_MS = 1_000;

export class Tab {
  readonly name = randomId();
  /** Tabs can see each other, once `whenReady` has come. */
  canSee = false;
  readonly whenReady: Promise<void>;
  readonly #scope: string;
  readonly #onGone: () => void;
  readonly #locks = webLocks();
  readonly #end = new AbortController();
  readonly #watched = new Set<string>();
  #channel: Channel | undefined;

  /** `scope`: of the user and server. `onGone`: another tab is gone, and did not come back at once. */
  constructor(scope: string, onGone: () => void) {
    this.#scope = `studymate.tab:${scope}`;
    this.#onGone = onGone;
    this.whenReady = this.#begin();
  }

  /** The names of the tabs that live, this one among them; undefined where that cannot be known. */
  async living(): Promise<ReadonlySet<string> | undefined> {
    if (!this.canSee) return undefined;
    try {
      const held = (await this.#locks?.query())?.held ?? [];
      const names = held.flatMap(({ name = "" }) => (name.startsWith(this.#scope) ? [name] : []));
      for (const name of names) this.#watch(name);
      return new Set(names.map((name) => name.slice(this.#scope.length))).add(this.name);
    } catch {
      return undefined;
    }
  }

  /** Gives the lock back: what is this tab's may be taken over. */
  close(): void {
    this.#end.abort();
    this.#channel?.close();
    this.#channel = undefined;
  }

  async #begin(): Promise<void> {
    const own = this.#scope + this.name;
    this.#channel = openChannel(this.#scope, (name) => typeof name === "string" && this.#watch(name));
    this.canSee = await holdLock(this.#locks, own, this.#end.signal);
    if (this.canSee) this.#channel?.postMessage(own);
  }

  #watch(lock: string): void {
    if (lock === this.#scope + this.name || this.#watched.has(lock)) return;
    this.#watched.add(lock);
    const { signal } = this.#end;
    this.#locks
      ?.request(lock, { mode: "shared", signal }, async () => {})
      .then(() => {
        this.#watched.delete(lock);
        setTimeout(() => !signal.aborted && this.#onGone(), RELOAD_GRACE_MS);
      })
      .catch(() => this.#watched.delete(lock)); // this tab ended first
  }
}

/** Resolves once the lock is held, which it stays until the signal; false where there are no locks. */
function holdLock(locks: Locks | undefined, name: string, signal: AbortSignal): Promise<boolean> {
  if (locks === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), LOCK_DEADLINE_MS);
    const held = (): Promise<void> => {
      clearTimeout(timer);
      resolve(true);
      return new Promise((release) => {
        if (signal.aborted) release();
        else signal.addEventListener("abort", () => release());
      });
    };
    // An opaque origin may not lock.
    locks.request(name, { signal }, held).catch(() => resolve(false));
  });
}
