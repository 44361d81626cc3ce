/**
 * The flush: carries an object's changed rows to a destination, in bounded batches, until nothing is left.
 *
 * The position up to which a destination is complete is kept in the destination itself and advanced in the batch of the
 * rows; what is remembered here is a cache. So a destination that failed, answered too late or was restored from a
 * backup is filled from where it stands, and each destination stands alone.
 *
 * Rows are written by upserts guarded by (epoch, rev): sending one again changes nothing. A row that the destination
 * refuses for what it holds is parked there, counted and listed, and holds up nobody behind it.
 */
import type { FlushReport } from "../../schema/rpc.ts";
import { backoffMs, type DueItem, type DueTable, type NextRun } from "./due.ts";
import { inTime } from "./in-time.ts";
import { logError } from "./log.ts";

/** Everything up to the row `id` and the change `rev`, of the object's history `epoch`. */
export interface Position {
  readonly epoch: number;
  readonly id: number;
  readonly rev: number;
}

export interface FlushRow {
  /** The table it belongs to, in the destination's words. */
  readonly table: string;
  /** The row's key inside the object. */
  readonly key: string;
  readonly rev: number;
  readonly values: Readonly<Record<string, string | number | null>>;
}

export interface FlushBatch {
  readonly rows: readonly FlushRow[];
  /** Where the destination stands once these rows are there. */
  readonly to: Position;
  /** Called once the batch is in the destination. */
  readonly written?: () => void;
}

/** What the object offers to be flushed. All of it is synchronous: a batch is a consistent picture. */
export interface FlushSource {
  head(): Position;
  /** Whether a destination that stands at this position, of the source's own epoch, lacks nothing. */
  isCoveredBy(position: Position): boolean;
  /** The next rows past `from`, at most `maxRows` of each kind; null: the destination holds nothing of this history. */
  batch(from: Position | null, maxRows: number): FlushBatch;
  /**
   * A destination was found ahead of the object. "hold": the object lost data, and nothing is written until its epoch is
   * renewed, also when its numbers have caught up: the same numbers mean other rows by then. "start over": the
   * destination can be made anew at any time, and is.
   */
  foundAhead(): "hold" | "start over";
  isHeld(): boolean;
  /** The current state of single rows, for parked ones to be tried again. */
  rows(keys: readonly ParkedKey[]): readonly FlushRow[];
}

export interface ParkedKey {
  readonly table: string;
  readonly key: string;
}

export interface ParkedFlushRow {
  readonly row: FlushRow;
  readonly reason: string;
}

export interface Move {
  readonly from: Position | null;
  readonly to: Position;
  /** What the destination holds of the object is written anew, from its first row on. */
  readonly startsOver?: true;
  readonly parked: readonly ParkedFlushRow[];
}

/** Rows alone: where the destination is believed to stand, and stays. */
export interface Stay {
  readonly at: Position | null;
}

export type WriteAnswer =
  /** `moved` is false where the destination did not stand at `from`: somebody restored it, or an answer was lost. */
  | { readonly kind: "written"; readonly moved: boolean }
  /** The rows themselves are at fault: the same write will fail again. */
  | { readonly kind: "refused"; readonly reason: string };

/** A database that rows are flushed to. Every method throws when it cannot be reached. */
export interface FlushDestination {
  readonly name: string;
  read(): Promise<Position | null>;
  /** Writes the rows, and with a move the position, in one atomic batch. */
  write(rows: readonly FlushRow[], move: Move | Stay): Promise<WriteAnswer>;
  parkedKeys(): Promise<readonly ParkedKey[]>;
  /** A token with which a read of the destination sees what was written last; null if there is none. */
  bookmark(): string | null;
}

export interface FlushOutcome {
  readonly complete: boolean;
  readonly rowsSent: number;
  readonly parked: number;
  readonly problem?: "unreachable" | "ahead" | "more";
}

export interface FlushTiming {
  /** How long after a change its flush begins: what comes in between is flushed together. */
  readonly delayMs: number;
  /** How much earlier it may begin. Those that grew busy together do not crowd the database together. */
  readonly spreadMs: number;
  readonly retryMs: number;
  /** How long an alarm waits for a destination: those after it in line have theirs. */
  readonly patienceMs: number;
}

export const FLUSH_TIMING: FlushTiming = {
  ...{ delayMs: 2_000, spreadMs: 500 },
  ...{ retryMs: 1_000, patienceMs: 5_000 },
};

/** From an object's first change to its flush. */
export function firstFlushDelayMs({ delayMs, spreadMs }: FlushTiming, random = Math.random()): number {
  return Math.round(delayMs - random * spreadMs);
}

export interface FlushWish {
  readonly now: number;
  readonly isUrgent?: boolean;
  readonly timing?: FlushTiming;
}

/** Asks for a flush. Each change draws another delay: the first one stands, or each that is shorter would cost two rows. */
export function planFlush(
  due: DueTable,
  name: string,
  { now, isUrgent = false, timing = FLUSH_TIMING }: FlushWish,
): void {
  const plannedAt = isUrgent ? 0 : (due.planned(name)?.at ?? 0);
  due.schedule(name, Math.max(now + (isUrgent ? 0 : firstFlushDelayMs(timing)), plannedAt));
}

/** One alarm does not go on for ever: the rest is for the next. */
const MAX_BATCHES_PER_RUN = 20;
const MAX_ROWS = 500;
/** Where rows are refused, few enough at a time that all of them could be looked at one by one. */
const CAREFUL_ROWS = 20;

export class Flusher {
  readonly destination: FlushDestination;
  private readonly source: FlushSource;
  private readonly timing: FlushTiming;
  /** Where the destination stood last; undefined: not asked since the object woke up. */
  private position: Position | null | undefined;
  private lastSeen: Position | null | undefined;
  private current: Promise<FlushOutcome> | undefined;
  private maxRows = MAX_ROWS;

  constructor(source: FlushSource, destination: FlushDestination, timing: FlushTiming) {
    this.source = source;
    this.destination = destination;
    this.timing = timing;
  }

  get dueName(): string {
    return `flush:${this.destination.name}`;
  }

  /** For the table of what is due: goes on for as long as it takes. */
  async runDue(item: DueItem, now: () => number): Promise<NextRun> {
    // An alarm without anything to do is a chance to ask whether the destination still stands where it is believed to.
    if (this.isComplete()) this.forget();
    const outcome = await this.runPatiently();
    // Read after the last await: what came in during the flush is seen here, or by a later change.
    if (outcome.problem === "unreachable" || outcome.problem === "ahead") {
      return { at: now() + backoffMs(item.attempts, this.timing.retryMs), attempts: item.attempts + 1 };
    }
    if (outcome.problem === "more") return { at: now() };
    return this.isComplete() ? null : { at: now() + this.timing.delayMs };
  }

  /** Whether all that the object holds is known to be in the destination. */
  isComplete(): boolean {
    const head = this.source.head();
    const at = this.position;
    if (at === undefined || at === null || at.epoch !== head.epoch || isAhead(at, head)) return false;
    return this.source.isCoveredBy(at);
  }

  /** The position that rows are known to be flushed up to, asking the destination if this instance does not know. */
  async knownPosition(): Promise<Position | null> {
    if (this.position !== undefined) return this.position;
    const position = await this.destination.read();
    // A flush that ended meanwhile knows better.
    if (this.position === undefined) this.stand(position);
    return this.position ?? null;
  }

  /** Asks where the destination stands, whatever is believed. False where it does not answer. */
  async look(): Promise<boolean> {
    try {
      const position = await this.destination.read();
      // A flush that is under way moves it, and knows better.
      if (this.current === undefined) this.stand(position);
      return true;
    } catch {
      return false;
    }
  }

  /** Where the destination stood when it last answered, whatever became of it; undefined: not known. */
  seenPosition(): Position | null | undefined {
    return this.lastSeen;
  }

  /** What the destination was last known to hold of the current history; nothing, if that is not known. */
  lastPosition(): Position {
    const head = this.source.head();
    const known = this.position;
    const isOurs = known?.epoch === head.epoch && !this.source.isHeld() && !isAhead(known, head);
    return isOurs ? known : { epoch: head.epoch, id: 0, rev: -1 };
  }

  /** Forgets the cached position: the next flush asks the destination where it stands. */
  forget(): void {
    this.position = undefined;
  }

  /** One run at a time: a caller that comes during one gets that one's outcome. Never throws. */
  run(): Promise<FlushOutcome> {
    this.current ??= this.drain().finally(() => {
      this.current = undefined;
    });
    return this.current;
  }

  /** What takes too long goes on, and is met again by the next run. */
  private runPatiently(): Promise<FlushOutcome> {
    const slow: FlushOutcome = { complete: false, rowsSent: 0, parked: 0, problem: "unreachable" };
    return inTime(this.timing.patienceMs, this.run()).catch(() => slow);
  }

  /** For whoever asks by hand: wherever the destination stands by now, and what it refused earlier as well. */
  async flushNow(): Promise<FlushReport> {
    const destination = this.destination.name;
    this.forget();
    const outcome = await this.run();
    if (!outcome.complete) return { destination, ...outcome };
    const retried = await this.retryParked();
    return { destination, ...outcome, parked: retried.parked };
  }

  /** Tries the rows again that the destination refused earlier. */
  async retryParked(): Promise<FlushOutcome> {
    try {
      const rows = this.source.rows(await this.destination.parkedKeys());
      const parked = await this.writeAround(rows, await this.knownPosition());
      return { complete: parked.length === 0, rowsSent: rows.length, parked: parked.length };
    } catch (error) {
      logError({ event: "flush.unreachable", destination: this.destination.name }, error);
      return { complete: false, rowsSent: 0, parked: 0, problem: "unreachable" };
    }
  }

  private async drain(): Promise<FlushOutcome> {
    let rowsSent = 0;
    let parked = 0;
    try {
      for (let batches = 0; batches < MAX_BATCHES_PER_RUN; batches += 1) {
        const standing = await this.knownPosition();
        const startsOver = this.startsOver(standing);
        if (startsOver === null) {
          logError({ event: "flush.ahead", destination: this.destination.name }, "renew the epoch after a restore");
          this.forget();
          return { complete: false, rowsSent, parked, problem: "ahead" };
        }
        if (!startsOver && this.isComplete()) {
          this.maxRows = MAX_ROWS;
          return { complete: true, rowsSent, parked };
        }
        const from = !startsOver && standing?.epoch === this.source.head().epoch ? standing : null;
        const batch = this.source.batch(from, this.maxRows);
        const move = { from: standing, to: batch.to, parked: [], ...(startsOver && { startsOver }) };
        const sent = await this.send(batch, move);
        if (sent === "too many") continue;
        parked += sent;
        rowsSent += batch.rows.length;
      }
      return this.isComplete()
        ? { complete: true, rowsSent, parked }
        : { complete: false, rowsSent, parked, problem: "more" };
    } catch (error) {
      logError({ event: "flush.unreachable", destination: this.destination.name }, error);
      this.forget();
      return { complete: false, rowsSent, parked, problem: "unreachable" };
    }
  }

  private stand(position: Position | null): void {
    this.position = position;
    this.lastSeen = position;
  }

  /** Whether the destination is to be written anew; null: nothing may be written before an operator has decided. */
  private startsOver(standing: Position | null): boolean | null {
    if (this.source.isHeld()) return null;
    if (!isAhead(standing, this.source.head())) return false;
    return this.source.foundAhead() === "hold" ? null : true;
  }

  /**
   * Writes one batch and moves the position. Returns how many rows had to be parked; "too many" to look for them one by
   * one: smaller batches keep what was found, whenever the run is cut short.
   */
  private async send(batch: FlushBatch, move: Move): Promise<number | "too many"> {
    let answer = await this.destination.write(batch.rows, move);
    let parked: readonly ParkedFlushRow[] = [];
    if (answer.kind === "refused") {
      if (this.maxRows > CAREFUL_ROWS && batch.rows.length > CAREFUL_ROWS) {
        this.maxRows = CAREFUL_ROWS;
        return "too many";
      }
      parked = await this.writeAround(batch.rows, move.from);
      answer = await this.destination.write([], { ...move, parked });
    }
    if (answer.kind === "refused") throw new Error(`the position was refused: ${answer.reason}`);
    if (answer.moved) {
      this.stand(move.to);
      batch.written?.();
    } else this.forget();
    return parked.length;
  }

  /** Halves until the rows at fault stand alone. */
  private async writeAround(rows: readonly FlushRow[], at: Position | null): Promise<readonly ParkedFlushRow[]> {
    const [first] = rows;
    if (first === undefined) return [];
    const answer = await this.destination.write(rows, { at });
    if (answer.kind === "written") return [];
    if (rows.length === 1) return [{ row: first, reason: answer.reason }];
    const middle = Math.ceil(rows.length / 2);
    const left = await this.writeAround(rows.slice(0, middle), at);
    return [...left, ...(await this.writeAround(rows.slice(middle), at))];
  }
}

function isAhead(standing: Position | null, head: Position): boolean {
  if (standing === null || standing.epoch < head.epoch) return false;
  return standing.epoch > head.epoch || standing.id > head.id || standing.rev > head.rev;
}
