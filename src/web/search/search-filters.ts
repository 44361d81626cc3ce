/** What narrows a search, as the page keeps it, and as the server is asked. */
import type { MessageQuery } from "../../client/index.ts";

export interface SearchFilters {
  readonly roomId?: number | undefined;
  readonly senderId?: number | undefined;
  /** Days of this device's calendar, `2026-05-01`, both included. */
  readonly fromDay?: string | undefined;
  readonly toDay?: string | undefined;
}

export const NO_FILTERS: SearchFilters = {};

export function hasFilters(filters: SearchFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

/** A year that is being typed begins long before: 0002, 0020, 0202. */
export const FIRST_DAY = "1900-01-01";
/** The end of a day is a time of the next one, and in UTC perhaps of the one after: its year must have four digits. */
export const LAST_DAY = "9998-12-31";

/** The server looks at no more, and says that there was more when it gets one more. */
const MOST_CHARACTERS = 257;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Undefined: there is nothing to look for. */
export function queryOf(text: string, filters: SearchFilters): MessageQuery | undefined {
  const q = text.trim().slice(0, MOST_CHARACTERS);
  if (q === "") return undefined;
  const { roomId, senderId } = filters;
  const { fromDay, toDay } = inOrder(filters);
  return {
    q,
    ...(roomId !== undefined && { roomId }),
    ...(senderId !== undefined && { senderId }),
    ...(fromDay !== undefined && { from: startOf(fromDay, 0).toISOString() }),
    ...(toDay !== undefined && { to: startOf(toDay, 1).toISOString() }),
  };
}

/** It ends with a letter that is to become a syllable: 학ㄱ. */
export function isUnfinished(text: string): boolean {
  return /[ㄱ-ㅣ]$/.test(text);
}

/** The earlier day first, whichever was chosen as which; without what is no day (yet). */
export function inOrder({ fromDay, toDay }: SearchFilters): Pick<SearchFilters, "fromDay" | "toDay"> {
  const from = fromDay !== undefined && isDay(fromDay) ? fromDay : undefined;
  const to = toDay !== undefined && isDay(toDay) ? toDay : undefined;
  return from !== undefined && to !== undefined && from > to
    ? { fromDay: to, toDay: from }
    : { fromDay: from, toDay: to };
}

/** That messages can be of: not one that is still being typed. */
export function isDay(text: string): boolean {
  return DAY.test(text) && text >= FIRST_DAY && text <= LAST_DAY;
}

/** Midnight here, some days later; where a clock is put forward at midnight, what stands in its place. */
export function startOf(day: string, daysLater: number): Date {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + daysLater);
  return date;
}
