/** Writes that may wait a moment: the latest of each key once a second at most, and all when the page hides. */
import { watchWakeUps } from "../wake-ups.ts";

const INTERVAL_MS = 1_000;

export class LazyWrites {
  readonly #waiting = new Map<string, () => void>();
  readonly #stopWatching = watchWakeUps({ onHide: () => this.flush() });
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `write` is called later, unless another one for the same key comes first. */
  later(key: string, write: () => void): void {
    this.#waiting.set(key, write);
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const writes = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const write of writes) write();
  }

  close(): void {
    this.flush();
    this.#stopWatching();
  }
}
