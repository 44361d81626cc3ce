/** A person's languages, as they are added, taken out and put in order. The first of a type is the main one. Pure. */
import type { PersonLanguage } from "../../../schema/api/people.ts";

export type LanguageType = PersonLanguage["languageType"];
export type Level = PersonLanguage["proficiencyLevel"];

export const LANGUAGE_TYPES = ["NATIVE", "LEARNING", "TEACHING"] as const;

/** Those of a type, the main one first. */
export function ofType(languages: readonly PersonLanguage[], type: LanguageType): readonly PersonLanguage[] {
  return languages
    .filter(({ languageType }) => languageType === type)
    .toSorted((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
}

export function added(
  languages: readonly PersonLanguage[],
  type: LanguageType,
  languageCode: string,
): PersonLanguage[] {
  const isThere = languages.some((one) => one.languageType === type && one.languageCode === languageCode);
  const one = { languageCode, languageType: type, proficiencyLevel: null, isPrimary: false };
  return inOrder(isThere ? languages : [...languages, one]);
}

export function without(languages: readonly PersonLanguage[], gone: PersonLanguage): PersonLanguage[] {
  return inOrder(languages.filter((one) => one !== gone));
}

export function withLevel(languages: readonly PersonLanguage[], of: PersonLanguage, level: Level): PersonLanguage[] {
  return languages.map((one) => (one === of ? { ...one, proficiencyLevel: level } : one));
}

export function withMain(languages: readonly PersonLanguage[], main: PersonLanguage): PersonLanguage[] {
  return inOrder(
    languages.map((one) => (one.languageType === main.languageType ? { ...one, isPrimary: one === main } : one)),
  );
}

/** Each type has a main language, if it has one at all. */
function inOrder(languages: readonly PersonLanguage[]): PersonLanguage[] {
  return LANGUAGE_TYPES.flatMap((type) =>
    ofType(languages, type).map((one, index) => ({ ...one, isPrimary: index === 0 })),
  );
}
