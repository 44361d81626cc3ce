/** What people may say of themselves, as far as no schema sees it. Pure. */
import type { PersonLanguage } from "../../schema/api/people.ts";

export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** An exchange needs something to give and something to take. */
export function languageProblems(languages: readonly PersonLanguage[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  const primary = new Set<string>();
  const native = new Set(languages.filter((one) => one.languageType === "NATIVE").map((one) => one.languageCode));
  for (const [index, { languageCode, languageType, proficiencyLevel, isPrimary }] of languages.entries()) {
    const at = (field: string, message: string) => problems.push({ path: `languages.${index}.${field}`, message });
    const key = `${languageType}:${languageCode}`;
    if (seen.has(key)) at("languageCode", "is there twice");
    seen.add(key);
    if (isPrimary && primary.has(languageType)) at("isPrimary", "another one of this type is");
    if (isPrimary) primary.add(languageType);
    if (languageType === "NATIVE" && proficiencyLevel !== null) at("proficiencyLevel", "a native language has none");
    if (languageType === "LEARNING" && native.has(languageCode)) at("languageType", "is a native language");
  }
  if (native.size === 0) problems.push({ path: "languages", message: "at least one is NATIVE" });
  if (!languages.some(({ languageType }) => languageType === "LEARNING")) {
    problems.push({ path: "languages", message: "at least one is LEARNING" });
  }
  return problems;
}

/** In years. Who was born on a 29 February has their birthday on 1 March of other years. */
export function ageOn(birthDate: string, now: Date): number {
  const today = now.toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
