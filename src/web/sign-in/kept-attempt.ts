/**
 * What a sign-in needs when the browser comes back from the provider, and what a sign-up needs after a reload: kept for
 * this tab alone. The verifier never leaves it before the code is exchanged, so a code that was seen is worth nothing.
 */
import type { NewcomerAnswer } from "../../../schema/api/auth.ts";

export interface KeptAttempt {
  readonly verifier: string;
  /** Where the page was: the hash of its address. */
  readonly place: string;
}

const ATTEMPT = "studymate.sign-in";
const NEWCOMER = "studymate.sign-up";

export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
}

export function newVerifier(): string {
  return crypto.randomUUID() + crypto.randomUUID();
}

export function keepAttempt(attempt: KeptAttempt): void {
  sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt));
}

/** Once: a code is exchanged once. */
export function takeAttempt(): KeptAttempt | undefined {
  const kept = read<KeptAttempt>(ATTEMPT);
  sessionStorage.removeItem(ATTEMPT);
  return kept;
}

export function keepNewcomer(newcomer: NewcomerAnswer): void {
  sessionStorage.setItem(NEWCOMER, JSON.stringify(newcomer));
}

export function keptNewcomer(): NewcomerAnswer | undefined {
  return read<NewcomerAnswer>(NEWCOMER);
}

export function forgetNewcomer(): void {
  sessionStorage.removeItem(NEWCOMER);
}

function read<Kept>(key: string): Kept | undefined {
  const text = sessionStorage.getItem(key);
  // Written above, in this tab.
  return text === null ? undefined : (JSON.parse(text) as Kept);
}
