/** What is wrong with a form, as far as the page can tell: the rules of the server's schemas, by the same paths. Pure. */
import type { PersonLanguage } from "../../../schema/api/people.ts";
import { PEOPLE_LIMITS } from "../../../schema/people/limits.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { ProblemKind, Problems } from "./problems.ts";
import type { NameValues, ResidenceValues, WishValues } from "./profile-values.ts";

type Found = readonly [path: string, problem: ProblemKind | undefined];

function problems(...found: readonly Found[]): Problems {
  return Object.fromEntries(found.filter((one): one is [string, ProblemKind] => one[1] !== undefined));
}

export function nameProblems({ englishName, koreanName }: NameValues): Problems {
  return problems(
    ["englishName", englishName.trim() === "" ? "needed" : longer(englishName, LIMITS.nameCharacters)],
    ["koreanName", longer(koreanName, LIMITS.nameCharacters)],
  );
}

export function residenceProblems({ country, city, timeZone }: ResidenceValues): Problems {
  return problems(
    ["residence.country", country === "" ? "needed" : undefined],
    ["residence.city", longer(city, PEOPLE_LIMITS.cityCharacters)],
    ["timeZone", timeZone === "" ? "needed" : undefined],
  );
}

export function introProblems(intro: string): Problems {
  return problems(["intro", longer(intro, PEOPLE_LIMITS.introCharacters)]);
}

/** An exchange needs something to give and something to take. */
export function languageProblems(languages: readonly PersonLanguage[]): Problems {
  const codes = (type: PersonLanguage["languageType"]) =>
    languages.filter(({ languageType }) => languageType === type).map(({ languageCode }) => languageCode);
  const [native, learning] = [codes("NATIVE"), codes("LEARNING")];
  const isBoth = learning.some((code) => native.includes(code));
  return problems(
    ["languages.NATIVE", native.length === 0 ? "noNative" : undefined],
    ["languages.LEARNING", learning.length === 0 ? "noLearning" : isBoth ? "isNative" : undefined],
    ["languages.TEACHING", languages.length > PEOPLE_LIMITS.languages ? "tooMany" : undefined],
  );
}

export function interestProblems(interests: readonly string[]): Problems {
  return problems(["interests", interests.length > PEOPLE_LIMITS.interests ? "tooMany" : undefined]);
}

export function wishProblems({ ageMin, ageMax, countries, distanceKm }: WishValues): Problems {
  const { least, most } = PEOPLE_LIMITS.ageYears;
  const isBelow = ageMin.trim() !== "" && ageMax.trim() !== "" && Number(ageMax) < Number(ageMin);
  const max = outside(ageMax, least, most) ? "badAge" : undefined;
  return problems(
    ["preferredAgeMin", outside(ageMin, least, most) ? "badAge" : undefined],
    ["preferredAgeMax", max ?? (isBelow ? "badAges" : undefined)],
    ["preferredCountries", countries.length > PEOPLE_LIMITS.preferredCountries ? "tooMany" : undefined],
    ["maxDistanceKm", outside(distanceKm, 1, PEOPLE_LIMITS.distanceKm) ? "badDistance" : undefined],
  );
}

/** The same problems where they are part of something: `preferences.preferredAgeMax`. */
export function under(prefix: string, found: Problems): Problems {
  return Object.fromEntries(Object.entries(found).map(([path, problem]) => [`${prefix}.${path}`, problem]));
}

function longer(text: string, limit: number): ProblemKind | undefined {
  return [...text.trim()].length > limit ? "tooLong" : undefined;
}

/** Not a whole number between the two. Empty is fine: it means any. */
function outside(typed: string, least: number, most: number): boolean {
  if (typed.trim() === "") return false;
  const number = Number(typed);
  return !Number.isInteger(number) || number < least || number > most;
}
