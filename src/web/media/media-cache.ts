/**
 * Files of the server under addresses that an element can show: `blob:`, as none can send a token. Each is fetched once for
 * all who show it, and given up a while after the last of them. What could not be fetched for want of a network is
 * asked for again when there is one, or when somebody shows it anew; never in a loop.
 */
import { StudyMateError } from "../../client/index.ts";

export type Media =
  | { readonly state: "loading" }
  /** `src` is good for as long as it is shown. */
  | { readonly state: "ready"; readonly src: string; readonly blob: Blob }
  /** `denied`: not for this person (any more). `gone`: it was deleted. `failed`: perhaps another time. */
  | { readonly state: "denied" | "gone" | "failed" };

export type LoadFile = (address: string, signal: AbortSignal) => Promise<Blob>;

interface Entry {
  media: Media;
  readonly listeners: Set<() => void>;
  request: AbortController | undefined;
  /** Nobody shows it: it is about to be given up. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Who scrolls on and back again sees it at once. */
const LINGER_MS = 20_000;
const LOADING: Media = { state: "loading" };

export class MediaCache {
  readonly #load: LoadFile;
  readonly #entries = new Map<string, Entry>();

  constructor(load: LoadFile) {
    this.#load = load;
  }

  get(address: string): Media {
    return this.#entries.get(address)?.media ?? LOADING;
  }

  /** Fetches it where nobody has, and calls back after every change. Returns what ends that. */
  show(address: string, listener: () => void): () => void {
    const entry = this.#entries.get(address) ?? this.#add(address);
    clearTimeout(entry.timer);
    entry.listeners.add(listener);
    if (entry.media.state === "failed") void this.#fetch(address, entry);
    return () => {
      entry.listeners.delete(listener);
      this.#linger(address, entry);
    };
  }

  /** A file that is here already, as if it had been fetched. */
  put(address: string, blob: Blob): void {
    if (this.#entries.has(address)) return;
    const entry: Entry = { media: shown(blob), listeners: new Set(), request: undefined, timer: undefined };
    this.#entries.set(address, entry);
    this.#linger(address, entry);
  }

  /** Asks again for what is shown and failed: the network is back, or somebody wants it. */
  retry(): void {
    for (const [address, entry] of this.#entries) {
      if (entry.media.state === "failed" && entry.listeners.size > 0) void this.#fetch(address, entry);
    }
  }

  #add(address: string): Entry {
    const entry: Entry = { media: LOADING, listeners: new Set(), request: undefined, timer: undefined };
    this.#entries.set(address, entry);
    void this.#fetch(address, entry);
    return entry;
  }

  async #fetch(address: string, entry: Entry): Promise<void> {
    const request = new AbortController();
    entry.request = request;
    this.#change(entry, LOADING);
    const media = await this.#load(address, request.signal).then(shown, whyMissing);
    if (entry.request !== request) {
      if (media.state === "ready") URL.revokeObjectURL(media.src);
      return;
    }
    entry.request = undefined;
    this.#change(entry, media);
  }

  #linger(address: string, entry: Entry): void {
    if (entry.listeners.size > 0) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#giveUp(address, entry), LINGER_MS);
  }

  #giveUp(address: string, entry: Entry): void {
    entry.request?.abort();
    entry.request = undefined;
    if (entry.media.state === "ready") URL.revokeObjectURL(entry.media.src);
    this.#entries.delete(address);
  }

  #change(entry: Entry, media: Media): void {
    if (entry.media === media) return;
    entry.media = media;
    for (const listener of [...entry.listeners]) listener();
  }
}

function shown(blob: Blob): Media {
  return { state: "ready", src: URL.createObjectURL(blob), blob };
}

function whyMissing(error: unknown): Media {
  const code = error instanceof StudyMateError ? error.code : undefined;
  if (code === "forbidden" || code === "unauthorized") return { state: "denied" };
  return { state: code === "not_found" || code === "gone" ? "gone" : "failed" };
}
