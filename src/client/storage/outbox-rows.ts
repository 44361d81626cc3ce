/**
 * The unsent messages of this tab, as they lie in the device's storage: written when a message is written, deleted when
 * the server has it. Messages of tabs that are gone become this tab's, each in one transaction, so that one tab alone
 * sends them. What cannot be stored is held in memory. Does not send.
 */
import type { Debug } from "../debug.ts";
import type { SendOptions } from "../outbox.ts";
import type { Device } from "./device.ts";
import type { StoredRow } from "./storage.ts";
import type { Tab } from "./tab.ts";

/** A message that the server does not have, as it is stored. */
export interface OutboxRow {
  readonly roomId: number;
  readonly clientId: string;
  /** The order of one tab's messages. */
  readonly seq: number;
  /** It was handed to a connection: the server may have it. */
  readonly hasLeft: boolean;
  readonly content: string;
  readonly options: Omit<SendOptions, "clientId">;
  /** ISO 8601 UTC, by this device's clock. */
  readonly createdAt: string;
  /** Why it failed; absent while it is to be sent. */
  readonly error?: { readonly code: string; readonly message: string; readonly retryable: boolean };
}

/** `owner`: the tab that sends it. */
type StoredOutboxRow = OutboxRow & { readonly version: 1; readonly owner: string };

export interface OutboxRowsOptions {
  readonly device: Device;
  /** Undefined where the storage is this page's alone. */
  readonly tab: Tab | undefined;
  readonly debug: Debug;
  /** Messages became this tab's: those of an earlier page at the start, of a closed tab later. */
  readonly onAdopted: (rows: readonly OutboxRow[]) => void;
}

const PREFIX = "outbox/";
/** Longer than the device rests after it did not answer. */
const AGAIN_MS = 35_000;
const keyOf = ({ roomId, clientId }: Pick<OutboxRow, "roomId" | "clientId">) => `${PREFIX}${roomId}/${clientId}`;

export class OutboxRows {
  readonly #options: OutboxRowsOptions;
  readonly #owner: string;
  readonly #mine = new Map<string, OutboxRow>();
  /** Written here, not found: deleted again if this turns out to be somebody else's device; undefined: it is not. */
  #written: Set<string> | undefined = new Set();
  /** Storage did not take what became of them: what is done with must not be found again, the rest is to be kept. */
  readonly #unwritten = new Set<string>();
  /** To be written in their turn. */
  readonly #due = new Set<string>();
  /** Writes follow one another, whatever the storage does. */
  #last: Promise<unknown>;
  #lastSeq = 0;
  #isReady: boolean;
  #isDisowned = false;
  #isClosed = false;
  #againTimer: ReturnType<typeof setTimeout> | undefined;
  readonly whenReady: Promise<void>;

  constructor(options: OutboxRowsOptions) {
    this.#options = options;
    this.#owner = options.tab?.name ?? "";
    this.#isReady = options.tab === undefined;
    this.whenReady = options.tab === undefined ? Promise.resolve() : this.#start(options.tab);
    this.#last = this.whenReady;
  }

  /** What an earlier page left is known: nothing written since may leave before it. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** This tab's messages of a room, in the order they were written. */
  of(roomId: number): readonly OutboxRow[] {
    return [...this.#mine.values()].filter((row) => row.roomId === roomId).sort(bySeq);
  }

  /** Greater than every earlier one of this tab. */
  nextSeq(): number {
    this.#lastSeq = Math.max(Date.now(), this.#lastSeq + 1);
    return this.#lastSeq;
  }

  put(row: OutboxRow): void {
    const key = keyOf(row);
    if (this.#isDisowned) return;
    if (!this.#mine.has(key)) this.#written?.add(key);
    this.#mine.set(key, row);
    this.#write(key);
  }

  remove(roomId: number, clientId: string): void {
    const key = keyOf({ roomId, clientId });
    if (this.#mine.delete(key)) this.#write(key);
  }

  /** Takes over what no living tab owns. Where tabs cannot see each other, only at the start. */
  async adopt(): Promise<void> {
    const { tab } = this.#options;
    if (tab === undefined) return;
    const living = await tab.living();
    if (living === undefined && this.#isReady) return;
    await this.#after(() => this.#claim((owner) => living?.has(owner) !== true));
  }

  /** What was asked for so far is written, or given up. */
  async whenWritten(): Promise<void> {
    await this.#last;
  }

  /** The token was of this user: what is written here is theirs, whoever comes after them. */
  confirm(): void {
    this.#written = undefined;
  }

  /** These are another user's: forgets them, unsent, and takes away what this page has added. */
  async disown(): Promise<void> {
    const keys = [...(this.#written ?? [])];
    this.#isDisowned = true;
    this.#mine.clear();
    await this.#after(() => this.#options.device.update(PREFIX, () => keys.map((key) => ({ key, value: undefined }))));
    this.#options.device.detach();
  }

  /** What storage does not take now, it is not asked for again. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#againTimer);
  }

  async #start(tab: Tab): Promise<void> {
    await tab.whenReady;
    const living = await tab.living();
    if (living === undefined) this.#options.debug({ event: "tab", detail: "no locks", messages: 0 });
    await this.#claim((owner) => living?.has(owner) !== true);
    this.#isReady = true;
  }

  async #claim(isGone: (owner: string) => boolean): Promise<void> {
    const { device, debug, onAdopted } = this.#options;
    if (this.#isDisowned) return;
    let claimed: OutboxRow[] = [];
    const isWritten = await device.update(PREFIX, (rows) => {
      const stored = rows.flatMap((row) => this.#readable(row));
      const isLost = (row: StoredOutboxRow) => !this.#mine.has(keyOf(row)) && !this.#unwritten.has(keyOf(row));
      const free = stored.filter(({ owner }) => owner !== this.#owner && isGone(owner));
      // Its own too, where an earlier claim was made without an answer.
      claimed = stored.filter((row) => free.includes(row) || (row.owner === this.#owner && isLost(row)));
      return free.map((row) => ({ key: keyOf(row), value: { ...row, owner: this.#owner } }));
    });
    if (!isWritten) this.#tryAgain();
    if (!isWritten || this.#isDisowned || claimed.length === 0) return;
    claimed.sort(bySeq);
    for (const row of claimed) {
      this.#mine.set(keyOf(row), row);
      this.#lastSeq = Math.max(this.#lastSeq, row.seq);
    }
    debug({ event: "tab", detail: "adopted", messages: claimed.length });
    onAdopted(claimed);
  }

  #readable({ key, value }: StoredRow): StoredOutboxRow[] {
    if (isOutboxRow(value) && keyOf(value) === key) return [value];
    this.#options.device.reportRow("outbox");
    return [];
  }

  /** Writes what the row is when its turn has come: changes that follow closely are one write. */
  #write(key: string): void {
    if (this.#due.has(key)) return;
    this.#due.add(key);
    void this.#after(async () => {
      this.#due.delete(key);
      if (this.#isDisowned) return;
      const row = this.#mine.get(key);
      const stored = row && ({ ...row, version: 1, owner: this.#owner } satisfies StoredOutboxRow);
      const isWritten = await this.#options.device.write(key, stored);
      if (isWritten) {
        this.#unwritten.delete(key);
      } else {
        this.#unwritten.add(key);
        this.#tryAgain();
      }
    });
  }

  #tryAgain(): void {
    if (this.#isClosed) return;
    this.#againTimer ??= setTimeout(() => {
      this.#againTimer = undefined;
      for (const key of this.#unwritten) this.#write(key);
      void this.adopt();
    }, AGAIN_MS);
  }

  #after<Answer>(task: () => Promise<Answer>): Promise<Answer> {
    const done = this.#last.then(task);
    this.#last = done;
    return done;
  }
}

function bySeq(a: OutboxRow, b: OutboxRow): number {
  return a.seq - b.seq;
}

function isOutboxRow(value: unknown): value is StoredOutboxRow {
  const row = value as Partial<StoredOutboxRow> | null | undefined; // checked field by field
  return (
    row?.version === 1 &&
    typeof row.owner === "string" &&
    typeof row.roomId === "number" &&
    typeof row.clientId === "string" &&
    typeof row.seq === "number" &&
    typeof row.hasLeft === "boolean" &&
    typeof row.content === "string" &&
    typeof row.createdAt === "string" &&
    typeof row.options === "object" &&
    row.options !== null &&
    (row.error === undefined || typeof row.error.code === "string")
  );
}
