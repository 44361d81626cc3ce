/** Times and names as people read them. */
import { language } from "./text.ts";

const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "full" });
const shortDay = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
const names = new Intl.ListFormat(language, { type: "conjunction", style: "short" });

export const timeOf = (iso: string) => time.format(new Date(iso));
export const dayOf = (iso: string) => day.format(new Date(iso));
export const listNames = (all: readonly string[]) => names.format(all);

/** The time of today, the day of anything older. */
export function whenOf(iso: string): string {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? time.format(date) : shortDay.format(date);
}

/** So that a screen reader speaks each message in its language. */
export function languageOf(words: string): "ko" | "en" {
  return /\p{Script=Hangul}/u.test(words) ? "ko" : "en";
}
