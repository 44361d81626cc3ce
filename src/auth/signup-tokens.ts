/** What a newcomer finishes their sign-up with: a signed note of what the provider said. Nothing of it is stored. */
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { ACCESS_TOKEN, signingKey } from "../../objects/kernel/access-tokens.ts";
import type { ProviderIdentity } from "./providers.ts";

const SIGNUP_TOKEN = { ...ACCESS_TOKEN, audience: "studymate-signup", typ: "signup+jwt" } as const;
const SIGNUP_TOKEN_SECONDS = 30 * 60;

const claims = z.object({
  sub: z.string().min(1),
  provider: z.enum(["GOOGLE", "NAVER"]),
  email: z.string().nullable(),
  isEmailVerified: z.boolean(),
  name: z.string().nullable(),
  birthDate: z.string().nullable(),
});

export function issueSignupToken(identity: ProviderIdentity, secret: string, now: number): Promise<string> {
  const { subject, ...rest } = identity;
  const issuedAt = Math.floor(now / 1_000);
  return new SignJWT({ ...rest })
    .setProtectedHeader({ alg: SIGNUP_TOKEN.algorithm, typ: SIGNUP_TOKEN.typ })
    .setIssuer(SIGNUP_TOKEN.issuer)
    .setAudience(SIGNUP_TOKEN.audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + SIGNUP_TOKEN_SECONDS)
    .sign(signingKey(secret));
}

/** Null for anything but a valid, unexpired one of ours, under any of the secrets. */
export async function verifySignupToken(token: string, secrets: readonly string[]): Promise<ProviderIdentity | null> {
  const { issuer, audience, typ, algorithm } = SIGNUP_TOKEN;
  for (const secret of secrets) {
    try {
      const options = { issuer, audience, typ, algorithms: [algorithm] };
      const { payload } = await jwtVerify(token, signingKey(secret), options);
      const { sub, ...identity } = claims.parse(payload);
      return { subject: sub, ...identity };
    } catch {
      // Perhaps under the next one.
    }
  }
  return null;
}
