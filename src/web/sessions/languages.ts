/** Which two languages a session of these people is about. Pure. */
import type { PersonLanguage } from "../../../schema/api/people.ts";
import { ofType } from "../fields/language-list.ts";

type Languages = readonly PersonLanguage[];

export interface LanguagePair {
  readonly primary: string;
  /** Empty: the whole session is in the first. */
  readonly secondary: string;
}

const codes = (languages: Languages, type: PersonLanguage["languageType"]) =>
  ofType(languages, type).map(({ languageCode }) => languageCode);
const known = (languages: Languages) => [...codes(languages, "NATIVE"), ...codes(languages, "TEACHING")];

/** What one learns and the other knows, then the other way round; else what both learn, or are at home in. */
export function presetLanguages(mine: Languages, theirs: Languages, fallback: LanguagePair): LanguagePair {
  const primary =
    first(codes(mine, "LEARNING"), known(theirs)) ??
    first(codes(mine, "LEARNING"), codes(theirs, "LEARNING")) ??
    codes(theirs, "NATIVE")[0] ??
    fallback.primary;
  const secondary = first(codes(theirs, "LEARNING"), known(mine)) ?? codes(mine, "NATIVE")[0] ?? fallback.secondary;
  return { primary, secondary: secondary === primary ? "" : secondary };
}

function first(wanted: readonly string[], offered: readonly string[]): string | undefined {
  return wanted.find((code) => offered.includes(code));
}
