/** Sign-ins with a provider that are under way, and codes for pages that people return to. Each is taken once. */
import type { ProviderIdentity, SignInSecrets } from "./providers.ts";
import { newRefreshToken, storedHash } from "./refresh-tokens.ts";

export const ATTEMPT_MS = 10 * 60_000;
export const CODE_MS = 60_000;

export interface ReturnAddress {
  readonly returnTo: string;
  readonly challenge: string;
}

export interface Attempt extends SignInSecrets {
  readonly provider: ProviderIdentity["provider"];
  /** Null: the provider's way back answers by itself. */
  readonly back: ReturnAddress | null;
}

export async function keepAttempt(database: D1Database, attempt: Attempt, now: number): Promise<void> {
  const { provider, state, codeVerifier, nonce, back } = attempt;
  await database
    .prepare(
      `INSERT INTO sign_in_attempts (state, provider, code_verifier, nonce, return_to, challenge, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      await storedHash(state),
      provider,
      codeVerifier,
      nonce,
      back?.returnTo ?? null,
      back?.challenge ?? null,
      now + ATTEMPT_MS,
    )
    .run();
}

interface AttemptRow {
  readonly codeVerifier: string;
  readonly nonce: string | null;
  readonly returnTo: string | null;
  readonly challenge: string | null;
  readonly expiresAt: number;
}

/** Null where there is none, or no more. */
export async function takeAttempt(
  database: D1Database,
  { provider, state }: Pick<Attempt, "provider" | "state">,
  now: number,
): Promise<Attempt | null> {
  const row = await database
    .prepare(
      `DELETE FROM sign_in_attempts WHERE state = ? AND provider = ?
       RETURNING code_verifier AS codeVerifier, nonce, return_to AS returnTo, challenge, expires_at AS expiresAt`,
    )
    .bind(await storedHash(state), provider)
    .first<AttemptRow>();
  if (row === null || row.expiresAt <= now) return null;
  const { codeVerifier, nonce, returnTo, challenge } = row;
  const back = returnTo === null || challenge === null ? null : { returnTo, challenge };
  return { provider, state, codeVerifier, nonce, back };
}

/** The code that stands for what the provider said. */
export async function keepIdentity(
  database: D1Database,
  identity: ProviderIdentity,
  { challenge, now }: { readonly challenge: string; readonly now: number },
): Promise<string> {
  const code = newRefreshToken();
  await database
    .prepare("INSERT INTO sign_in_codes (code, challenge, identity, expires_at) VALUES (?, ?, ?, ?)")
    .bind(await storedHash(code), challenge, JSON.stringify(identity), now + CODE_MS)
    .run();
  return code;
}

/** Null where there is none, or no more. Whoever shows it with another challenge has spoiled it. */
export async function takeIdentity(
  database: D1Database,
  { code, challenge }: { readonly code: string; readonly challenge: string },
  now: number,
): Promise<ProviderIdentity | null> {
  const row = await database
    .prepare("DELETE FROM sign_in_codes WHERE code = ? RETURNING challenge, identity, expires_at AS expiresAt")
    .bind(await storedHash(code))
    .first<{ challenge: string; identity: string; expiresAt: number }>();
  if (row === null || row.expiresAt <= now || row.challenge !== challenge) return null;
  return JSON.parse(row.identity);
}
