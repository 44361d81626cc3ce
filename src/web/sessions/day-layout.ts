/** Where sessions stand in a day's column: by the clock, and beside each other where they overlap. Pure. */
import { addDays, type Day, startOf, wallClockOf } from "./clock.ts";

interface Timed {
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface Placed<Item> {
  readonly item: Item;
  /** In minutes of the clock since midnight. */
  readonly top: number;
  readonly height: number;
  /** Which of how many columns that share the width. */
  readonly column: number;
  readonly columns: number;
}

const DAY_MINUTES = 1_440;
/** Lower ones could not be read, nor hit. */
const LEAST_MINUTES = 30;
const MINUTE_MS = 60_000;

/** Those that touch the day, the earliest first. */
export function placed<Item extends Timed>(items: readonly Item[], day: Day, zone: string): readonly Placed<Item>[] {
  const [from, to] = [startOf(day, zone), startOf(addDays(day, 1), zone)];
  const boxes = items
    .filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from)
    .map((item) => ({ item, ...extent(item, day, zone) }))
    .toSorted((one, other) => one.top - other.top || other.height - one.height);
  return clusters(boxes).flatMap(beside);
}

interface Box<Item> {
  readonly item: Item;
  readonly top: number;
  readonly height: number;
}

function extent({ startsAt, endsAt }: Timed, day: Day, zone: string): { top: number; height: number } {
  const [start, end] = [wallClockOf(startsAt, zone), wallClockOf(endsAt, zone)];
  const top = start.day < day ? 0 : start.minutes;
  const bottom = end.day > day ? DAY_MINUTES : end.minutes;
  // Clocks that are put back may show an end before the start: then it is as high as it lasts.
  const minutes = bottom > top ? bottom - top : (endsAt - startsAt) / MINUTE_MS;
  const height = Math.min(Math.max(minutes, LEAST_MINUTES), DAY_MINUTES);
  return { top: Math.min(top, DAY_MINUTES - height), height };
}

/** Boxes that overlap, also by way of others; by their tops. */
function clusters<Item>(boxes: readonly Box<Item>[]): readonly (readonly Box<Item>[])[] {
  const all: Box<Item>[][] = [];
  let bottom = -1;
  for (const box of boxes) {
    const last = all.at(-1);
    if (last !== undefined && box.top < bottom) last.push(box);
    else all.push([box]);
    bottom = box.top < bottom ? Math.max(bottom, box.top + box.height) : box.top + box.height;
  }
  return all;
}

/** Each in the first column that is free. */
function beside<Item>(cluster: readonly Box<Item>[]): readonly Placed<Item>[] {
  const bottoms: number[] = [];
  const columns = cluster.map(({ top, height }) => {
    const free = bottoms.findIndex((bottom) => bottom <= top);
    const column = free === -1 ? bottoms.length : free;
    bottoms[column] = top + height;
    return column;
  });
  return cluster.map((box, index) => ({ ...box, column: columns[index] ?? 0, columns: bottoms.length }));
}
