/**
 * One user's rows of one server in the device's storage. Owns that storage never breaks anything: a failure is told to
 * `debug`, and looks like an empty storage; one that does not answer is given up after a while.
 */
import type { Debug } from "../debug.ts";
import type { ClientStorage, StoredRow } from "./storage.ts";

/** A blocked database keeps silent; nobody is to wait for it with a written message. */
const DEADLINE_MS = 2_000;
/** After that it is not asked for a while: each room would wait again. */
const REST_MS = 30_000;

export interface DeviceOptions {
  readonly storage: ClientStorage;
  readonly baseUrl: string;
  readonly userId: number | undefined;
  readonly debug: Debug;
}

export class Device {
  readonly #storage: ClientStorage;
  readonly #prefix: string;
  readonly #debug: Debug;
  #isDetached = false;
  #restedAt = Number.NEGATIVE_INFINITY;

  constructor({ storage, baseUrl, userId, debug }: DeviceOptions) {
    this.#storage = storage;
    this.#prefix = `${new URL(baseUrl).origin}/${userId ?? ""}/`;
    this.#debug = debug;
  }

  /** The rows whose keys begin with `prefix`; none where storage fails. */
  async read(prefix: string): Promise<readonly StoredRow[]> {
    const rows = this.#mayAsk && (await this.#guarded("read", () => this.#storage.read(this.#prefix + prefix)));
    return rows ? rows.map((row) => this.#short(row)) : [];
  }

  /** See `ClientStorage.update`. False: nothing is known to be written. */
  async update(prefix: string, change: (rows: readonly StoredRow[]) => readonly StoredRow[]): Promise<boolean> {
    return this.#mayAsk && this.#update(prefix, change);
  }

  /** Deletes all of them; nothing is read or written afterwards. False: they may still be there. */
  clear(): Promise<boolean> {
    this.detach();
    return this.#update("", (rows) => rows.map(({ key }) => ({ key, value: undefined })));
  }

  async #update(prefix: string, change: (rows: readonly StoredRow[]) => readonly StoredRow[]): Promise<boolean> {
    const written = await this.#guarded("write", async () => {
      await this.#storage.update(this.#prefix + prefix, (rows) =>
        change(rows.map((row) => this.#short(row))).map(({ key, value }) => ({ key: this.#prefix + key, value })),
      );
      return true;
    });
    return written ?? false;
  }

  write(key: string, value: unknown): Promise<boolean> {
    return this.update(key, () => [{ key, value }]);
  }

  /** A row is not what was written here, or of another version: it is left out. */
  reportRow(kind: string): void {
    this.#debug({ event: "storage", detail: "row", reason: kind });
  }

  /** From now on nothing is read or written: this is not the device of the user whose rows these are. */
  detach(): void {
    this.#isDetached = true;
  }

  /** Not while it rests; by the distance, as clocks are set back too. */
  get #mayAsk(): boolean {
    return !this.#isDetached && Math.abs(Date.now() - this.#restedAt) >= REST_MS;
  }

  #short({ key, value }: StoredRow): StoredRow {
    return { key: key.slice(this.#prefix.length), value };
  }

  async #guarded<Answer>(detail: "read" | "write", task: () => Promise<Answer>): Promise<Answer | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#restedAt = Date.now();
        reject(new DOMException("no answer", "TimeoutError"));
      }, DEADLINE_MS);
    });
    try {
      return await Promise.race([task(), late]);
    } catch (error) {
      this.#debug({ event: "storage", detail, reason: error instanceof Error ? error.name : "unknown" });
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
