/** What is wrong with which field: found here before anything is sent, or said by the server. Pure. */
import { StudyMateError } from "../../client/index.ts";
import type { ProfileWords } from "../locale/profile/index.ts";

export type ProblemKind = keyof ProfileWords["problems"];
/** By the path of the field, as the server names it: `residence.country`. */
export type Problems = Readonly<Record<string, ProblemKind>>;

export const NO_PROBLEMS: Problems = {};

/** What the server says of fields is in English, and for programs: the page says it in its own words. */
export function refusedFields(error: unknown): Problems {
  if (!(error instanceof StudyMateError)) return NO_PROBLEMS;
  return Object.fromEntries(error.fields.map(({ path }) => [path, path === "birthDate" ? "tooYoung" : "notTaken"]));
}

/** Of a field, or of what is in it: `languages` for `languages.0.languageCode`. */
export function problemAt(problems: Problems, path: string): ProblemKind | undefined {
  if (Object.hasOwn(problems, path)) return problems[path];
  const inside = Object.keys(problems).find((one) => one.startsWith(`${path}.`));
  return inside === undefined ? undefined : problems[inside];
}

export function hasProblems(problems: Problems): boolean {
  return Object.keys(problems).length > 0;
}
