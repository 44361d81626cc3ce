/**
 * When a room is flushed, and where to. One deadline serves both databases as long as both answer; one that fails gets a
 * deadline of its own, and holds up nobody.
 */
import type { FlushReport, FlushState } from "../../schema/rpc.ts";
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import { FLUSH_TIMING, Flusher, planFlush } from "../kernel/flush.ts";
import { D1Destination } from "../kernel/flush-d1.ts";
import { roomFlushName } from "./address.ts";
import { RoomFlushSource, roomStatements } from "./flush.ts";
import { RoomSearchSource, searchStatements } from "./search-flush.ts";
import type { RoomStore } from "./store.ts";

export interface RoomFlushDeps {
  readonly store: RoomStore;
  readonly due: DueTable;
  readonly database: () => D1Database;
  /** Null where the service runs without search. Asked at each use, like the other. */
  readonly searchDatabase: () => D1Database | null;
  readonly now: () => number;
}

/** Changed rows that wait are counted up to this many. */
const COUNTED_CHANGES = 1_000;

export class RoomFlush {
  readonly main: Flusher;
  private readonly search: Flusher;
  private readonly deps: RoomFlushDeps;

  constructor(deps: RoomFlushDeps) {
    const { store, database, now } = deps;
    this.deps = deps;
    const object = roomFlushName(store.room.id);
    this.main = new Flusher(
      new RoomFlushSource(store),
      new D1Destination({ name: "main", database, object, now, ...roomStatements(store, now) }),
      FLUSH_TIMING,
    );
    this.search = new Flusher(
      new RoomSearchSource(store),
      new D1Destination({
        name: "search",
        database: () => existing(deps.searchDatabase()),
        object,
        now,
        ...searchStatements(store.room.id),
      }),
      FLUSH_TIMING,
    );
  }

  /** Those besides the main database's own, which is the room's to run: `runBoth`. */
  readonly deadlines: Readonly<Record<string, (item: DueItem) => Promise<NextRun>>> = {
    "flush:search": (item) => this.runSearch(item),
  };

  /** Something was committed that is to be flushed: without the usual delay, if it is urgent. */
  schedule(now: number, isUrgent: boolean): void {
    const { due } = this.deps;
    planFlush(due, this.main.dueName, { now, isUrgent });
    const isMainFailing = (due.planned(this.main.dueName)?.attempts ?? 0) > 0;
    if (isMainFailing && this.searchWaits()) planFlush(due, this.search.dueName, { now, isUrgent });
  }

  /** True if what is committed now will be flushed by `at`. */
  isPlannedBy(at: number): boolean {
    const planned = this.deps.due.planned(this.main.dueName);
    return planned !== undefined && planned.at <= at;
  }

  /** The deadline of the main database; the index goes along. */
  async runBoth(item: DueItem): Promise<NextRun> {
    const [next] = await Promise.all([this.main.runDue(item, this.deps.now), this.runSearchAlong()]);
    return next;
  }

  async flushNow(): Promise<readonly FlushReport[]> {
    return Promise.all(this.flushers().map((flusher) => flusher.flushNow()));
  }

  async states(): Promise<readonly FlushState[]> {
    return Promise.all(this.flushers().map((flusher) => this.stateOf(flusher)));
  }

  private async runSearchAlong(): Promise<void> {
    const { due, now } = this.deps;
    const { dueName } = this.search;
    if (!this.searchWaits() || due.planned(dueName)) return;
    const next = await this.search.runDue({ name: dueName, at: now(), attempts: 0 }, now);
    if (next) due.schedule(dueName, next.at);
  }

  private async runSearch(item: DueItem): Promise<NextRun> {
    return this.deps.searchDatabase() ? this.search.runDue(item, this.deps.now) : null;
  }

  private searchWaits(): boolean {
    return this.deps.searchDatabase() !== null && !this.search.isComplete();
  }

  private flushers(): readonly Flusher[] {
    return this.deps.searchDatabase() ? [this.main, this.search] : [this.main];
  }

  private async stateOf(flusher: Flusher): Promise<FlushState> {
    const { store } = this.deps;
    const isReachable = await flusher.look();
    const { head } = store;
    const seen = flusher.seenPosition();
    const at = seen && seen.epoch === head.epoch ? seen : { epoch: head.epoch, id: 0, rev: -1 };
    const [first] = store.messagesBetween(at.id + 1, at.id + 1);
    const waiting = {
      // A database that is ahead lacks nothing that the room has: it is held.
      messagesWaiting: Math.max(0, head.id - at.id),
      changesWaiting: store.messagesChangedAfter(at.rev, at.id, COUNTED_CHANGES).length,
      waitingSince: first?.createdAt ?? null,
    };
    return {
      destination: flusher.destination.name,
      isReachable,
      isHeld: store.isFlushHeld(),
      complete: isReachable && flusher.isComplete(),
      position: seen ? { epoch: seen.epoch, messageId: seen.id, rev: seen.rev } : null,
      ...(seen === undefined ? { messagesWaiting: null, changesWaiting: null, waitingSince: null } : waiting),
    };
  }
}

function existing(database: D1Database | null): D1Database {
  if (database === null) throw new Error("there is no search database");
  return database;
}
