/** Calls of who is not signed in yet. Refused, they reject as the SDK's calls do. */
import type { NewcomerAnswer, ProviderName, SignInChoices } from "../../../schema/api/auth.ts";
import type { Problem } from "../../../schema/api/problem.ts";
import { StudyMateError, type TokenAnswer } from "../../client/index.ts";

export interface SignUp {
  readonly signupToken: string;
  readonly birthDate: string;
  readonly englishName: string;
  readonly email?: string;
}

/** Tokens for who is known here; what a sign-up needs for who is not. */
export type Exchanged = TokenAnswer | NewcomerAnswer;

const DEADLINE_MS = 15_000;

export function signInChoices(): Promise<SignInChoices> {
  return call("/v1/auth/providers");
}

export function exchange(code: string, verifier: string): Promise<Exchanged> {
  return call("/v1/auth/exchange", { code, verifier });
}

export function signUp(body: SignUp): Promise<TokenAnswer> {
  return call("/v1/auth/signup", body);
}

export function isNewcomer(answer: Exchanged): answer is NewcomerAnswer {
  return "signupToken" in answer;
}

export function startAddress(provider: ProviderName, challenge: string): string {
  return `/v1/auth/${provider}/start?${new URLSearchParams({ returnTo: "/", challenge })}`;
}

async function call<Answer>(path: string, body?: object): Promise<Answer> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    answer = await response.json();
  } catch {
    throw new StudyMateError("network", "The server could not be reached.");
  }
  // The server's bodies are made from the same schemas.
  if (response.ok) return answer as Answer;
  const { code, title, errors } = answer as Problem;
  throw new StudyMateError(code, title, { status: response.status, ...(errors && { fields: errors }) });
}
