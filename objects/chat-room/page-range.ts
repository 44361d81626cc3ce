/** Which ids make up a page of history: ids have no gaps, so it is arithmetic. Pure. */
import type { PageRequest } from "../../schema/rpc.ts";

export interface PageRange {
  /** Both included; `first > last` for an empty page. */
  readonly first: number;
  readonly last: number;
  /** The room's newest message, 0 in an empty room. */
  readonly newest: number;
  /** The message that `around` found; null in an empty room. */
  readonly around?: number | null;
}

/** `timeOf`: when a message was created. */
export function pageRange(
  newest: number,
  { before, after, around, limit }: PageRequest,
  timeOf: (id: number) => number,
): PageRange {
  if (around !== undefined) {
    if (newest === 0) return { first: 1, last: 0, newest, around: null };
    const found = Math.min(newest, "id" in around ? around.id : firstAtOrAfter(newest, timeOf, around.time));
    const lastHalf = Math.min(newest, found + Math.floor((limit - 1) / 2));
    const first = Math.max(1, lastHalf - limit + 1);
    return { first, last: Math.min(newest, first + limit - 1), newest, around: found };
  }
  if (after !== undefined) {
    const first = Math.min(newest, after) + 1;
    return { first, last: Math.min(newest, first + limit - 1), newest };
  }
  const last = Math.min(newest, (before ?? newest + 1) - 1);
  return { first: Math.max(1, last - limit + 1), last, newest };
}

/**
 * The first of the ids 1 … `count` whose time is `time` or later; `count + 1` if all are earlier. Looks at one id per
 * halving, and ends whatever the times are; it finds the right one as they never go down.
 */
export function firstAtOrAfter(count: number, timeOf: (id: number) => number, time: number): number {
  let low = 1;
  let high = count + 1;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (timeOf(middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
