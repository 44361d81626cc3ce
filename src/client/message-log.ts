/**
 * Messages by number, immutable, in blocks: a change copies one block and the list of blocks, however long the log is.
 * Not every number has to be there.
 */
import type { Message } from "../../schema/protocol/room/entities.ts";

type Block = ReadonlyMap<number, Message>;

const BLOCK_SIZE = 128;
const blockOf = (id: number) => Math.floor(id / BLOCK_SIZE);

/** The rows of a block in order, kept as long as the block is. */
const sorted = new WeakMap<Block, readonly Message[]>();

export class MessageLog {
  static readonly EMPTY = new MessageLog(new Map());
  readonly blocks: ReadonlyMap<number, Block>;

  private constructor(blocks: ReadonlyMap<number, Block>) {
    this.blocks = blocks;
  }

  get(id: number): Message | undefined {
    return this.blocks.get(blockOf(id))?.get(id);
  }

  /** From `first` to `last`, in order, without those that are not here. */
  between(first: number, last: number): readonly Message[] {
    const parts: (readonly Message[])[] = [];
    for (let at = blockOf(first); at <= blockOf(last); at += 1) {
      const block = this.blocks.get(at);
      if (block === undefined) continue;
      const isWhole = at * BLOCK_SIZE >= first && (at + 1) * BLOCK_SIZE - 1 <= last;
      parts.push(isWhole ? inOrder(block) : inOrder(block).filter(({ id }) => id >= first && id <= last));
    }
    return ([] as Message[]).concat(...parts);
  }

  /** With those of `rows` that are newer than what is here; itself if none is. */
  with(rows: readonly Message[]): MessageLog {
    const changed = new Map<number, Map<number, Message>>();
    for (const row of rows) {
      const at = blockOf(row.id);
      const block = changed.get(at) ?? this.blocks.get(at);
      if (row.rev <= (block?.get(row.id)?.rev ?? -1)) continue;
      const copy = changed.get(at) ?? new Map(block);
      changed.set(at, copy.set(row.id, row));
    }
    return changed.size === 0 ? this : new MessageLog(new Map([...this.blocks, ...changed]));
  }

  /** Without those before `first`. */
  from(first: number): MessageLog {
    const kept = new Map<number, Block>();
    for (const [at, block] of this.blocks) {
      if (at > blockOf(first)) kept.set(at, block);
      if (at === blockOf(first)) kept.set(at, new Map([...block].filter(([id]) => id >= first)));
    }
    return new MessageLog(kept);
  }
}

function inOrder(block: Block): readonly Message[] {
  const known = sorted.get(block);
  if (known !== undefined) return known;
  const rows = [...block.values()].sort((a, b) => a.id - b.id);
  sorted.set(block, rows);
  return rows;
}
