/** What can be chosen from long lists, in the words of the page's language, and how it is found by typing. Pure. */
import { COUNTRY_CODES } from "../../../schema/people/countries.ts";
import { CURATED_INTERESTS } from "../../../schema/people/interests.ts";
import { LANGUAGE_CODES } from "../../../schema/people/languages.ts";
import type { Language } from "../locale/formats.ts";

export interface Choice {
  readonly code: string;
  readonly name: string;
}

const LANGUAGES = ["en", "ko"] as const;
const namesOf = (type: "language" | "region") => {
  const [en, ko] = LANGUAGES.map((language) => new Intl.DisplayNames(language, { type }));
  return (code: string, language: Language) => {
    try {
      return (language === "ko" ? ko : en)?.of(code) ?? code;
    } catch {
      // Not a code at all: what the server once took is shown as it is.
      return code;
    }
  };
};

export const languageName = namesOf("language");
export const countryName = namesOf("region");

/** What the curated list calls it; a free tag is its own name. */
export function interestName(tag: string, language: Language): string {
  return language === "ko" ? (CURATED_INTERESTS[tag] ?? tag) : tag;
}

export function isCurated(tag: string): boolean {
  return Object.hasOwn(CURATED_INTERESTS, tag);
}

const sorted = (choices: readonly Choice[], language: Language): readonly Choice[] =>
  choices.toSorted((one, other) => one.name.localeCompare(other.name, language));

export function languageChoices(language: Language): readonly Choice[] {
  return sorted(
    LANGUAGE_CODES.map((code) => ({ code, name: languageName(code, language) })),
    language,
  );
}

export function countryChoices(language: Language): readonly Choice[] {
  return sorted(
    [...COUNTRY_CODES].map((code) => ({ code, name: countryName(code, language) })),
    language,
  );
}

export function interestChoices(language: Language): readonly Choice[] {
  return sorted(
    Object.keys(CURATED_INTERESTS).map((code) => ({ code, name: interestName(code, language) })),
    language,
  );
}

/** Zones of the browser, and the one that is chosen if it has another name for it. */
export function timeZoneChoices(language: Language, chosen: string, now: Date): readonly Choice[] {
  const zones = new Set(Intl.supportedValuesOf("timeZone"));
  if (chosen !== "") zones.add(chosen);
  return [...zones]
    .sort()
    .map((code) => ({ code, name: `${code.replaceAll("_", " ")} (${offset(code, language, now)})` }));
}

function offset(timeZone: string, language: Language, now: Date): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "shortOffset" }).formatToParts(now);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** Names that have what was typed, those first that begin with it. The code counts as well: `ko`, `KR`. */
export function matching(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = folded(typed);
  if (wanted === "") return choices;
  const ranks = choices.map((choice) => ({ choice, rank: rank(choice, wanted) }));
  return ranks
    .filter(({ rank }) => rank < 3)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ choice }) => choice);
}

function rank({ code, name }: Choice, wanted: string): number {
  const folds = folded(name);
  if (code.toLowerCase() === wanted) return 0;
  if (folds.startsWith(wanted)) return 1;
  return folds.includes(wanted) ? 2 : 3;
}

function folded(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}
