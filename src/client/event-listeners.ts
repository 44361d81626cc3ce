/** Who wants to hear of what happens and stays nowhere. One that throws keeps nobody else from hearing of it. */
export class EventListeners<Events extends object> {
  readonly #all: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};

  /** Returns what ends it. */
  add<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const own = (event: Events[Name]) => listener(event);
    const listeners = this.#all[name] ?? new Set();
    this.#all[name] = listeners;
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  tell<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#all[name] ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
