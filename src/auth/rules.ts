/** Who may sign up, and what a first sign-in assumes of them. Pure. */

export const MINIMUM_AGE_YEARS = 13;
const NOBODY_BORN_UP_TO = "1900-01-01";
const ASSUMED_BIRTH_DATE = "2000-01-01";
const MAX_NAME_CHARACTERS = 100;

/** The rule of the triggers `valid_birth_date_*`: text against text, so that a 29 February needs no date arithmetic. */
export function mayJoin(birthDate: string, now: Date): boolean {
  const latest = `${now.getUTCFullYear() - MINIMUM_AGE_YEARS}${now.toISOString().slice(4, 10)}`;
  return birthDate > NOBODY_BORN_UP_TO && birthDate <= latest;
}

export interface NewPerson {
  readonly email: string;
  readonly englishName: string;
  readonly birthDate: string;
}

/** Without a name the local part of the address is one; without a birth date an adult is assumed. */
export function newPerson(given: {
  email: string;
  englishName?: string | undefined;
  birthDate?: string | undefined;
}): NewPerson {
  const email = given.email.toLowerCase();
  return {
    email,
    englishName: given.englishName ?? email.slice(0, email.lastIndexOf("@")).slice(0, MAX_NAME_CHARACTERS),
    birthDate: given.birthDate ?? ASSUMED_BIRTH_DATE,
  };
}
