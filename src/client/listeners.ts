/** Who wants to hear of a change. One that throws is told of to the runtime, and keeps nothing and nobody else from going on. */
export class Listeners {
  readonly #all = new Set<() => void>();

  get size(): number {
    return this.#all.size;
  }

  /** Returns what ends it: false where it had ended before. */
  add(listener: () => void): () => boolean {
    // A function of its own for each subscription, so that ending one twice does not end another's.
    const own = () => listener();
    this.#all.add(own);
    return () => this.#all.delete(own);
  }

  tell(): void {
    for (const listener of [...this.#all]) {
      try {
        listener();
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
