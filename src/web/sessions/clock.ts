/** Moments, and what the clocks of a time zone show at them. Pure. */
import { Temporal } from "temporal-polyfill";

/** A day of the calendar: `2026-11-28`. */
export type Day = string;

/** What a clock on the wall shows. */
export interface WallClock {
  readonly day: Day;
  /** `09:30`. */
  readonly time: string;
  /** Since midnight, as the clock counts them. */
  readonly minutes: number;
}

const MINUTE_MS = 60_000;

export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function wallClockOf(moment: number, zone: string): WallClock {
  const clock = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone);
  return {
    day: clock.toPlainDate().toString(),
    time: clock.toPlainTime().toString({ smallestUnit: "minute" }),
    minutes: clock.hour * 60 + clock.minute,
  };
}

/** Of a time that comes twice, the first; one that the clocks skip is as much later as they skip. */
export function momentOf(day: Day, time: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
}

/** The day's first moment: where the clocks skip midnight, it is later. */
export function startOf(day: Day, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
}

export function addDays(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The clocks are put forward over this time: no clock ever shows it. */
export function isSkipped(day: Day, time: string, zone: string): boolean {
  const shown = wallClockOf(momentOf(day, time, zone), zone);
  return shown.day !== day || shown.time !== time;
}

/** The next full hour at least half an hour from now. */
export function nextFullHour(now: number, zone: string): WallClock {
  const later = wallClockOf(now + 30 * MINUTE_MS, zone);
  const minutesLeft = (60 - (later.minutes % 60)) % 60;
  return wallClockOf(now + (30 + minutesLeft) * MINUTE_MS, zone);
}
