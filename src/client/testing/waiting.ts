/** Waits for something that comes, with a time limit and, where it does not come, a message that tells what came instead. */
export interface Named {
  readonly type: string;
}

export interface WaitOptions {
  /** 5,000 milliseconds unless told otherwise. */
  readonly timeoutMs?: number;
}

const SHOWN = 10;
const SHOWN_CHARACTERS = 240;

interface Waiting<Item> {
  readonly take: (item: Item) => boolean;
  readonly reject: (error: Error) => void;
}

/** Items in the order they came. Each is given out once: to the first `waitFor` that it fits. */
export class Arrivals<Item extends Named> {
  readonly all: Item[] = [];
  readonly #untaken: Item[] = [];
  readonly #waiting = new Set<Waiting<Item>>();
  #end: string | undefined;

  push(item: Item): void {
    this.all.push(item);
    for (const waiting of this.#waiting) if (waiting.take(item)) return;
    this.#untaken.push(item);
  }

  /** Nothing will come any more: whoever waits is told. */
  end(why: string): void {
    this.#end = why;
    for (const { reject } of this.#waiting) reject(new Error(`${why} ${this.#told()}`));
    this.#waiting.clear();
  }

  waitFor(what: string, fits: (item: Item) => boolean, { timeoutMs = 5_000 }: WaitOptions = {}): Promise<Item> {
    const at = this.#untaken.findIndex(fits);
    const [found] = at < 0 ? [] : this.#untaken.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#end !== undefined) return Promise.reject(new Error(`${this.#end} ${this.#told()}`));
    return new Promise((resolve, reject) => {
      const waiting: Waiting<Item> = {
        take: (item) => {
          if (!fits(item)) return false;
          this.#waiting.delete(waiting);
          clearTimeout(timer);
          resolve(item);
          return true;
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new Error(`No ${what} came within ${timeoutMs} ms. ${this.#told()}`));
      }, timeoutMs);
      this.#waiting.add(waiting);
    });
  }

  #told(): string {
    if (this.#untaken.length === 0) return "Nothing came that was not waited for.";
    const lines = this.#untaken.slice(-SHOWN).map((item) => `  ${shortened(JSON.stringify(item))}`);
    return `Came, and not waited for (the last ${lines.length} of ${this.#untaken.length}):\n${lines.join("\n")}`;
  }
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
