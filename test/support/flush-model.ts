/** A source and a destination of the flush in memory: rows with numbers, and everything that can go wrong between them. */
import type {
  FlushBatch,
  FlushDestination,
  FlushRow,
  FlushSource,
  Move,
  ParkedKey,
  Position,
  Stay,
  WriteAnswer,
} from "../../objects/kernel/flush.ts";

interface SourceRow {
  readonly id: number;
  rev: number;
  text: string;
}

/** Numbered rows that change, as a room's messages do; `dirty` ones change without a rev. */
export class MemorySource implements FlushSource {
  epoch = 1;
  rev = 0;
  readonly stored: SourceRow[] = [];
  readonly dirty = new Set<number>();
  whenAhead: "hold" | "start over" = "hold";
  private held = false;
  private readonly batchRows: number;

  constructor(batchRows = 3) {
    this.batchRows = batchRows;
  }

  foundAhead(): "hold" | "start over" {
    if (this.whenAhead === "hold") this.held = true;
    return this.whenAhead;
  }

  isHeld(): boolean {
    return this.held;
  }

  /** As an operator does after a restore. */
  renewEpoch(): void {
    this.epoch += 1;
    this.held = false;
  }

  add(text: string): void {
    this.stored.push({ id: this.stored.length + 1, rev: 0, text });
  }

  change(id: number, text: string): void {
    const row = this.stored[id - 1];
    if (!row) return;
    this.rev += 1;
    Object.assign(row, { text, rev: this.rev });
  }

  head(): Position {
    return { epoch: this.epoch, id: this.stored.length, rev: this.rev };
  }

  isCoveredBy({ id, rev }: Position): boolean {
    return id === this.stored.length && rev === this.rev && this.dirty.size === 0;
  }

  batch(position: Position | null, maxRows: number): FlushBatch {
    const limit = Math.min(this.batchRows, maxRows);
    const from = position ?? { epoch: this.epoch, id: 0, rev: -1 };
    const fresh = this.stored.slice(from.id, from.id + limit);
    const throughId = from.id + fresh.length;
    if (throughId < this.stored.length) return { rows: fresh.map(toRow), to: { ...from, id: throughId } };
    const changed = this.stored
      .slice(0, from.id)
      .filter(({ rev }) => rev > 0 && rev > from.rev)
      .sort((a, b) => a.rev - b.rev);
    const taken = changed.slice(0, limit);
    const throughRev = taken.length < changed.length ? (taken.at(-1)?.rev ?? this.rev) : this.rev;
    const dirty = [...this.dirty];
    return {
      rows: [...fresh, ...taken].map(toRow),
      to: { epoch: this.epoch, id: throughId, rev: throughRev },
      written: () => {
        for (const id of dirty) this.dirty.delete(id);
      },
    };
  }

  rows(keys: readonly ParkedKey[]): readonly FlushRow[] {
    return keys.flatMap(({ key }) => {
      const row = this.stored[Number(key) - 1];
      return row ? [toRow(row)] : [];
    });
  }

  /** As a destination that has everything should hold it. */
  picture(): Record<string, string> {
    return Object.fromEntries(this.stored.map(({ id, text }) => [String(id), text]));
  }
}

function toRow({ id, rev, text }: SourceRow): FlushRow {
  return { table: "rows", key: String(id), rev, values: { id, rev, text } };
}

/** What goes wrong with one call: nothing arrives, or it arrives and the answer is lost. */
export type Trouble = "before" | "after" | "none";

/** Rows whose text begins with this are refused. */
export const POISON = "☠";

export class MemoryDestination implements FlushDestination {
  readonly name: string;
  position: Position | null = null;
  readonly held = new Map<string, { epoch: number; rev: number; text: string }>();
  readonly parked = new Map<string, string>();
  readonly writes: { rows: number; move: boolean }[] = [];
  reads = 0;
  trouble: () => Trouble = () => "none";
  refusesPosition = false;
  /** Awaited in the middle of a write. */
  meanwhile: () => void | Promise<void> = () => {};
  private readonly epochNow: () => number;

  constructor(epochNow: () => number, name = "main") {
    this.epochNow = epochNow;
    this.name = name;
  }

  bookmark(): string | null {
    return null;
  }

  async read(): Promise<Position | null> {
    this.reads += 1;
    await this.arrive();
    return this.position;
  }

  async parkedKeys(): Promise<readonly ParkedKey[]> {
    await this.arrive();
    return [...this.parked.keys()].map((key) => ({ table: "rows", key }));
  }

  async write(rows: readonly FlushRow[], change: Move | Stay): Promise<WriteAnswer> {
    const move = "to" in change ? change : null;
    const trouble = await this.arrive();
    this.writes.push({ rows: rows.length, move: move !== null });
    const answer = this.apply(rows, move);
    await this.meanwhile();
    if (trouble === "after") throw new Error("the answer was lost");
    return answer;
  }

  picture(): Record<string, string> {
    return Object.fromEntries([...this.held].map(([key, { text }]) => [key, text]));
  }

  private async arrive(): Promise<Trouble> {
    const trouble = this.trouble();
    await null;
    if (trouble === "before") throw new Error("unreachable");
    return trouble;
  }

  private apply(rows: readonly FlushRow[], move: Move | null): WriteAnswer {
    const poisoned = rows.find(({ values }) => String(values.text).startsWith(POISON));
    if (poisoned) return { kind: "refused", reason: `row ${poisoned.key}` };
    if (move && this.refusesPosition) return { kind: "refused", reason: "position" };
    const epoch = this.epochNow();
    for (const { key, rev, values } of rows) {
      const held = this.held.get(key);
      if (!held || held.epoch < epoch || (held.epoch === epoch && held.rev < rev)) {
        this.held.set(key, { epoch, rev, text: String(values.text) });
      }
      this.parked.delete(key);
    }
    for (const { row, reason } of move?.parked ?? []) this.parked.set(row.key, reason);
    if (!move || JSON.stringify(move.from) !== JSON.stringify(this.position)) return { kind: "written", moved: false };
    this.position = { ...move.to };
    return { kind: "written", moved: true };
  }
}
