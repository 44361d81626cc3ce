/** What a sign-up needs, before it is sent. Pure. */
import { PEOPLE_LIMITS } from "../../../schema/people/limits.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { ProblemKind, Problems } from "../fields/problems.ts";

interface SignUpValues {
  readonly birthDate: string;
  readonly englishName: string;
  /** Undefined: it is not asked for. */
  readonly email: string | undefined;
}

export function signUpProblems({ birthDate, englishName, email }: SignUpValues, now: Date): Problems {
  const problems: Record<string, ProblemKind> = {};
  const name = englishName.trim();
  if (name === "") problems.englishName = "needed";
  else if ([...name].length > LIMITS.nameCharacters) problems.englishName = "tooLong";
  const wrongDate = birthDateProblem(birthDate, now);
  if (wrongDate !== undefined) problems.birthDate = wrongDate;
  if (email?.trim() === "") problems.email = "needed";
  else if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) problems.email = "badEmail";
  return problems;
}

function birthDateProblem(birthDate: string, now: Date): ProblemKind | undefined {
  if (birthDate === "") return "needed";
  const today = calendarDay(now);
  if (!/^\d{4}-\d\d-\d\d$/.test(birthDate) || birthDate <= "1900-01-01" || birthDate > today) return "badDate";
  const latest = `${Number(today.slice(0, 4)) - PEOPLE_LIMITS.ageYears.least}${today.slice(4)}`;
  return birthDate > latest ? "tooYoung" : undefined;
}

/** As the server counts: in UTC. */
export function calendarDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A name that others can read whatever they speak; a provider's may be in Hangul, which is asked for later. */
export function latinName(name: string | null): string {
  return name !== null && /\p{Script=Latin}/u.test(name) ? name : "";
}
