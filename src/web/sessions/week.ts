/** The seven days that the calendar shows. Pure. */
import { Temporal } from "temporal-polyfill";
import { addDays, type Day, startOf } from "./clock.ts";

/** 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** The days of the week that this one is in, in order. */
export function weekOf(day: Day, firstDay: Weekday): readonly Day[] {
  const before = (Temporal.PlainDate.from(day).dayOfWeek - firstDay + 7) % 7;
  return Array.from({ length: 7 }, (_, index) => addDays(day, index - before));
}

/** From the first moment of these days to the last, which is the first of the day after them. */
export function momentsOf(days: readonly Day[], zone: string): { readonly from: number; readonly to: number } {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) throw new Error("A week has days.");
  return { from: startOf(first, zone), to: startOf(addDays(last, 1), zone) };
}

/** What calendars of the browser's region begin their weeks with; Monday where it does not say. */
export function firstDayOfWeek(locale: string): Weekday {
  // Not in every browser yet, and in some a getter in place of the method.
  const region = new Intl.Locale(locale).maximize() as Intl.Locale & {
    readonly getWeekInfo?: () => { readonly firstDay: number };
    readonly weekInfo?: { readonly firstDay: number };
  };
  const { firstDay } = region.getWeekInfo?.() ?? region.weekInfo ?? { firstDay: 1 };
  return isWeekday(firstDay) ? firstDay : 1;
}

function isWeekday(number: number): number is Weekday {
  return Number.isInteger(number) && number >= 1 && number <= 7;
}
