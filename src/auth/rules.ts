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

/** How a refresh token stands, after it was used if it could be. */
export interface TokenStanding {
  /** Not expired, and neither the device nor the user has ended. */
  readonly isLive: boolean;
  /** Epoch milliseconds; null for one that is unused. */
  readonly usedAt: number | null;
  readonly successor: { readonly hash: string; readonly isUsed: boolean } | null;
}

/** An answer may be lost on its way: so long, the token may be shown again. */
export const REPEAT_MS = 30_000;

/**
 * `answer`: with this successor. `refused`: it is over. `reused`: somebody has a copy of what was used up.
 * `unknown_successor`: made with a secret that this Worker does not have, while secrets are being changed.
 */
export type RefreshVerdict =
  | { readonly kind: "answer"; readonly successorHash: string }
  | { readonly kind: "refused" }
  | { readonly kind: "reused" }
  | { readonly kind: "unknown_successor" };

export function judgeRefresh({ isLive, usedAt, successor }: TokenStanding, now: number): RefreshVerdict {
  if (!isLive || usedAt === null) return { kind: "refused" };
  if (now - usedAt > REPEAT_MS || successor?.isUsed) return { kind: "reused" };
  return successor === null ? { kind: "unknown_successor" } : { kind: "answer", successorHash: successor.hash };
}

/** Refreshes come every quarter of an hour: one a day says enough of a device. */
export function isFirstOfDay(now: number, lastActivityAt: number): boolean {
  return new Date(now).toISOString().slice(0, 10) !== new Date(lastActivityAt).toISOString().slice(0, 10);
}
