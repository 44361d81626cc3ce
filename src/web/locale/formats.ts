/** Times and names as people of a language read them. */
export type Language = "ko" | "en";
export type Formats = ReturnType<typeof formatsOf>;

const DAY_MS = 86_400_000;

export function formatsOf(language: Language) {
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long" });
  const dayOfYear = new Intl.DateTimeFormat(language, { dateStyle: "full" });
  const shortDay = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
  const shortDayOfYear = new Intl.DateTimeFormat(language, { dateStyle: "short" });
  const wholeShortDay = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const moment = new Intl.DateTimeFormat(language, {
    ...{ month: "short", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" },
  });
  const nearDay = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const names = new Intl.ListFormat(language, { type: "conjunction", style: "short" });

  const timeOf = (iso: string) => time.format(new Date(iso));
  const listNames = (all: readonly string[]) => names.format(all);

  /** "Today", "Yesterday", or the date; with the year where it is another one. */
  const dayOf = (iso: string, now: Date = new Date()) => {
    const date = new Date(iso);
    const ago = daysBetween(date, now);
    if (ago === 0 || ago === 1) return capital(nearDay.format(-ago, "day"), language);
    return (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date);
  };

  /** For a list: the time of today, "Yesterday", the day of this year, else the date. */
  const whenOf = (iso: string, now: Date = new Date()) => {
    const date = new Date(iso);
    const ago = daysBetween(date, now);
    if (ago === 0) return time.format(date);
    if (ago === 1) return capital(nearDay.format(-1, "day"), language);
    return (date.getFullYear() === now.getFullYear() ? shortDay : shortDayOfYear).format(date);
  };

  /** A day of the calendar, with the year where it is another one. */
  const calendarDayOf = (date: Date, now: Date = new Date()) =>
    (date.getFullYear() === now.getFullYear() ? shortDay : wholeShortDay).format(date);

  /** Day and time of what is to come. */
  const momentOf = (iso: string) => moment.format(new Date(iso));

  return { timeOf, dayOf, whenOf, calendarDayOf, momentOf, listNames };
}

/** Whole days of the calendar here; negative where `date` is still to come. */
function daysBetween(date: Date, now: Date): number {
  const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  return Math.round((midnight(now) - midnight(date)) / DAY_MS);
}

function capital(words: string, language: Language): string {
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
}

/** So that a screen reader speaks each message in its language. */
export function languageOf(words: string): Language {
  return /\p{Script=Hangul}/u.test(words) ? "ko" : "en";
}
