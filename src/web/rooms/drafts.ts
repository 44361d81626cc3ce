/** What was begun and not sent: per person and room, kept in `localStorage`, seen by all tabs of the browser. */
export interface DraftStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class Drafts {
  readonly #storage: DraftStorage;
  readonly #prefix: string;
  readonly #listeners = new Set<() => void>();

  constructor(personKey: string, storage: DraftStorage) {
    this.#storage = storage;
    this.#prefix = `studymate.draft.${personKey}.`;
  }

  /** Empty where there is none. */
  get(roomId: number): string {
    return this.#storage.getItem(this.#prefix + roomId) ?? "";
  }

  set(roomId: number, words: string): void {
    const isKept = words.trim() !== "";
    if (isKept) this.#storage.setItem(this.#prefix + roomId, words);
    else this.#storage.removeItem(this.#prefix + roomId);
    for (const listener of this.#listeners) listener();
  }

  /** Removes all of this person. */
  forget(): void {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index));
    for (const key of keys) if (key !== null && this.owns(key)) this.#storage.removeItem(key);
    for (const listener of this.#listeners) listener();
  }

  /** Whether a key of the storage is one of these drafts. */
  owns(storageKey: string | null): boolean {
    return storageKey?.startsWith(this.#prefix) ?? false;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}
