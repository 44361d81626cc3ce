/** What can be used of what providers say: each of it may be missing, or be anything. Pure. */
import { z } from "zod";
import { LIMITS } from "../../schema/protocol/limits.ts";
import { filledText } from "../../schema/values.ts";

const address = z.email().max(255);
const name = filledText(LIMITS.nameCharacters);
const date = z.iso.date();

export function knownEmail(claim: unknown): string | null {
  const read = address.safeParse(claim);
  return read.success ? read.data.toLowerCase() : null;
}

export function knownName(claim: unknown): string | null {
  const read = name.safeParse(claim);
  return read.success ? read.data : null;
}

/** A year, and a month and day as `MM-DD`. */
export function knownBirthDate(year: unknown, day: unknown): string | null {
  const read = date.safeParse(`${year}-${day}`);
  return read.success ? read.data : null;
}
