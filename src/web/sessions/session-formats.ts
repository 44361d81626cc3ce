import { useMemo } from "react";
import type { Language } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Day } from "./clock.ts";

export type SessionFormats = ReturnType<typeof sessionFormats>;

export function useSessionFormats(): SessionFormats {
  const { language } = useLocale();
  return useMemo(() => sessionFormats(language), [language]);
}

const clock = { hour: "numeric", minute: "2-digit" } as const;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 1_440;

/** Times of sessions as people of a language read them, by the clock of this device where no other zone is named. */
export function sessionFormats(language: Language) {
  const of = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options);
  /** Of a day of the calendar, wherever it is. */
  const ofDay = (options: Intl.DateTimeFormatOptions) => of({ ...options, timeZone: "UTC" });
  const time = of(clock);
  const longDay = of({ weekday: "long", month: "long", day: "numeric" });
  const wholeDay = of({ dateStyle: "full" });
  const [weekday, number] = [ofDay({ weekday: "short" }), ofDay({ day: "numeric" })];
  const longDayName = ofDay({ weekday: "long", month: "long", day: "numeric" });
  const week = ofDay({ year: "numeric", month: "long", day: "numeric" });
  const hour = ofDay({ hour: "numeric" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const date = (day: Day) => new Date(day);

  return {
    timeOf: (moment: number) => time.format(moment),
    timesOf: (start: number, end: number) => time.formatRange(start, end),
    /** The day of a moment, with the year where it is another one. */
    dayOf: (moment: number, now: number = Date.now()) =>
      (new Date(moment).getFullYear() === new Date(now).getFullYear() ? longDay : wholeDay).format(moment),
    weekdayOf: (day: Day) => weekday.format(date(day)),
    /** "28" also in Korean, where the format says "28일". */
    numberOf: (day: Day) => number.formatToParts(date(day)).find(({ type }) => type === "day")?.value ?? "",
    longDayOf: (day: Day) => longDayName.format(date(day)),
    weekOf: (first: Day, last: Day) => week.formatRange(date(first), date(last)),
    hourOf: (hours: number) => hour.format(hours * HOUR_MINUTES * MINUTE_MS),
    /** "in 3 days", "in 20 minutes"; of the past "2 hours ago". */
    relativeTo: (moment: number, now: number) => {
      const minutes = Math.round((moment - now) / MINUTE_MS);
      const size = Math.abs(minutes);
      if (size < HOUR_MINUTES) return relative.format(minutes, "minute");
      if (size < DAY_MINUTES) return relative.format(Math.round(minutes / HOUR_MINUTES), "hour");
      // By the calendar: 30 hours from now may be the day after tomorrow.
      return relative.format(Math.round((midnight(moment) - midnight(now)) / (DAY_MINUTES * MINUTE_MS)), "day");
    },
    momentIn: (moment: number, timeZone: string) =>
      of({ ...clock, timeZone, weekday: "short", month: "short", day: "numeric" }).format(moment),
    zoneName: (timeZone: string, moment: number) => {
      const parts = of({ timeZone, timeZoneName: "shortOffset" }).formatToParts(moment);
      const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
      return `${timeZone.replaceAll("_", " ")} (${offset})`;
    },
  };
}

/** Of the day that it is then here. */
function midnight(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
