/**
 * What an object has to do later: a table of named deadlines behind the one alarm that the platform gives.
 *
 * Invariant: where a row is in the table, an alarm is set that is not later. Both are written in the same transaction.
 * A row is removed only after its work is done, so a kill in between repeats the work instead of forgetting it.
 */
import { logError } from "./log.ts";
import { transaction } from "./transaction.ts";

export interface DueItem {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** How often it ran without success. */
  readonly attempts: number;
}

/** When to run again, or null when there is nothing left to do. */
export type NextRun = { readonly at: number; readonly attempts?: number } | null;

/** A row this late on wake-up means that its alarm was lost. */
const LOST_ALARM_MS = 60_000;
const RETRY_MS = 5_000;

export class DueTable {
  private items = new Map<string, DueItem>();
  /** The alarm this instance knows to be set; null after a wake-up, when it cannot know without asking. */
  private alarmAt: number | null = null;
  /** While the alarm runs, the platform repeats it after a kill; it is set again at the end, once. */
  private running = false;
  /** What was asked of the item whose handler is under way: its answer may come from before that. */
  private current: { readonly name: string; askedAt: number | null } | undefined;
  private readonly storage: DurableObjectStorage;

  /** Makes the table where it is missing. */
  static install(storage: DurableObjectStorage): void {
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS _due (name TEXT PRIMARY KEY, at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
    );
  }

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.rebuild();
  }

  /** Reads the table again: after a rollback, and at the start. */
  rebuild(): void {
    this.alarmAt = null;
    const rows = this.storage.sql.exec<{ name: string; at: number; attempts: number }>(
      "SELECT name, at, attempts FROM _due",
    );
    this.items = new Map(rows.toArray().map((row) => [row.name, row]));
  }

  /** What is still to come; not an item that runs now. */
  planned(name: string): DueItem | undefined {
    return this.current?.name === name ? undefined : this.items.get(name);
  }

  /** Asks for a run at `at` at the latest; an earlier one that is planned stays. Inside or outside a transaction. */
  schedule(name: string, at: number): void {
    const planned = this.items.get(name);
    if (this.current?.name === name) this.current.askedAt = Math.min(at, this.current.askedAt ?? at);
    // What failed waits out its backoff, however much is asked of it meanwhile.
    if (planned && (planned.at <= at || planned.attempts > 0)) {
      if (this.alarmAt === null) this.arm();
      return;
    }
    this.put({ name, at, attempts: 0 });
  }

  /** What was planned was done otherwise. The alarm may ring for nothing. */
  withdraw(name: string): void {
    if (!this.items.delete(name)) return;
    this.storage.sql.exec("DELETE FROM _due WHERE name = ?", name);
  }

  /** Where the platform dropped an alarm (six failed runs, a crash at the wrong moment), a later wake-up sets it again. */
  recover(now: number): void {
    const earliest = this.earliest();
    if (earliest !== undefined && earliest < now - LOST_ALARM_MS) this.arm();
  }

  /**
   * Runs everything that is due, one after the other, and arms the alarm for what remains. Never throws: what fails is
   * tried again later.
   */
  async run(now: () => number, handlers: Readonly<Record<string, (item: DueItem) => Promise<NextRun>>>): Promise<void> {
    this.running = true;
    // An alarm that fires is for the earliest item, whatever this clock says.
    const started = Math.max(now(), this.earliest() ?? 0);
    try {
      for (const item of [...this.items.values()].filter((candidate) => candidate.at <= started)) {
        const current = { name: item.name, askedAt: null };
        this.current = current;
        const next = await this.runOne(item, now, handlers[item.name]);
        this.current = undefined;
        this.settle(item.name, sooner(next, current.askedAt));
      }
    } finally {
      this.current = undefined;
      this.running = false;
      this.alarmAt = null;
      this.arm();
    }
  }

  private async runOne(
    item: DueItem,
    now: () => number,
    handler: ((item: DueItem) => Promise<NextRun>) | undefined,
  ): Promise<NextRun> {
    try {
      if (handler) return await handler(item);
      logError({ event: "due.unknown", item: item.name }, "no handler");
      return null;
    } catch (error) {
      logError({ event: "due.failed", item: item.name, attempts: item.attempts }, error);
      return { at: now() + backoffMs(item.attempts, RETRY_MS), attempts: item.attempts + 1 };
    }
  }

  private settle(name: string, next: NextRun): void {
    transaction(this.storage, () => {
      if (next) this.write({ name, at: next.at, attempts: next.attempts ?? 0 });
      else this.storage.sql.exec("DELETE FROM _due WHERE name = ?", name);
    });
    if (!next) this.items.delete(name);
  }

  private put(item: DueItem): void {
    this.write(item);
    this.arm();
  }

  private write(item: DueItem): void {
    this.storage.sql.exec(
      "INSERT INTO _due (name, at, attempts) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at, attempts = excluded.attempts",
      item.name,
      item.at,
      item.attempts,
    );
    this.items.set(item.name, item);
  }

  private earliest(): number | undefined {
    let earliest: number | undefined;
    for (const { at } of this.items.values()) earliest = earliest === undefined ? at : Math.min(earliest, at);
    return earliest;
  }

  private arm(): void {
    const earliest = this.earliest();
    if (this.running || earliest === undefined || (this.alarmAt !== null && this.alarmAt <= earliest)) return;
    this.alarmAt = earliest;
    // 0, which a restore writes, is no time that the platform takes.
    this.storage.setAlarm(Math.max(1, earliest)).catch((error) => logError({ event: "due.alarm-not-set" }, error));
  }
}

/** What a handler answered, and what was asked of it while it ran: the sooner of the two, but for what failed. */
function sooner(next: NextRun, askedAt: number | null): NextRun {
  if (askedAt === null || (next && (next.attempts || next.at <= askedAt))) return next;
  return { at: askedAt };
}

/** What was away is caught up with within a minute of its return: the longest rest leaves time for the work. */
const LONGEST_REST_MS = 45_000;

/** Exponential with equal jitter: 1×, 2×, 4× … of `baseMs` up to the longest rest, half of it random. */
export function backoffMs(attempts: number, baseMs: number, random = Math.random()): number {
  const ceilingMs = Math.min(LONGEST_REST_MS, baseMs * 2 ** Math.min(attempts, 16));
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * random);
}
