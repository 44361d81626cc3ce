/** When a weekly session takes place: at the same time of day by the clocks of one time zone, also when those change. Pure. */
import { Temporal } from "temporal-polyfill";
import type { Times } from "./rules.ts";

export interface Recurrence {
  readonly count: number;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * Each counted from the first, not from the one before: where the clocks skip its time of day, one begins so much later
 * (02:30 at 03:30), and the next is back at its own. Where they show it twice, it is the first of the two. All last as long
 * as the first.
 */
export function weekly(first: Times, { count, timeZone }: Recurrence): Times[] {
  const begin = Temporal.Instant.fromEpochMilliseconds(first.start).toZonedDateTimeISO(timeZone);
  return Array.from({ length: count }, (_, weeks) => {
    const start = weeks === 0 ? first.start : begin.add({ weeks }).epochMilliseconds;
    return { start, end: start + (first.end - first.start) };
  });
}
