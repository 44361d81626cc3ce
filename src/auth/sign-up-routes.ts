/** What follows once a provider has vouched for somebody: tokens, or a sign-up that makes them a user. */
import { type Context, Hono } from "hono";
import { exchangeRequest, type NewcomerAnswer, signUpRequest } from "../../schema/api/auth.ts";
import type { HttpEnv } from "../http/context.ts";
import { body } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { answerSignIn, NOT_STORED } from "./answers.ts";
import { takeIdentity } from "./attempts.ts";
import { limitedByAddress } from "./limited-by-address.ts";
import type { ProviderIdentity } from "./providers.ts";
import { challengeOf } from "./refresh-tokens.ts";
import { MINIMUM_AGE_YEARS, mayJoin } from "./rules.ts";
import { issueSignupToken, verifySignupToken } from "./signup-tokens.ts";
import { addNewcomer, userOfProvider } from "./store.ts";

export const signUp = new Hono<HttpEnv>();

signUp.post("/exchange", limitedByAddress, body(exchangeRequest), async (c) => {
  const { code, verifier } = c.req.valid("json");
  const identity = await takeIdentity(c.env.DB, { code, challenge: await challengeOf(verifier) }, Date.now());
  return identity === null ? refuseWith(c, "forbidden") : answerIdentity(c, identity);
});

signUp.post("/signup", limitedByAddress, body(signUpRequest), async (c) => {
  const { signupToken, birthDate, englishName, ...given } = c.req.valid("json");
  const { AUTH_SECRET, AUTH_SECRET_PREVIOUS } = c.env;
  const secrets = [AUTH_SECRET, ...(AUTH_SECRET_PREVIOUS ? [AUTH_SECRET_PREVIOUS] : [])];
  const identity = await verifySignupToken(signupToken, secrets);
  if (identity === null) return refuseWith(c, "forbidden");
  if (!mayJoin(birthDate, new Date())) {
    return refuseField(c, "birthDate", `one must be at least ${MINIMUM_AGE_YEARS} years old`);
  }
  const email = identity.email ?? given.email?.toLowerCase();
  if (email === undefined) return refuseField(c, "email", "is needed: the provider gave none");
  const { provider, subject } = identity;
  // What the provider vouches for is its own address, not one that was given instead.
  const isEmailVerified = identity.isEmailVerified && identity.email !== null;
  const isNew = await addNewcomer(c.env.DB, { provider, subject, email, isEmailVerified, birthDate, englishName });
  const known = await userOfProvider(c.env.DB, identity);
  // The address is somebody else's: whether that is the same person, no provider can say.
  if (known === null) return refuseWith(c, "conflict");
  if (!known.isActive) return refuseWith(c, "forbidden");
  return answerSignIn(c, { user: known.user, provider, activity: isNew ? "signed_up" : "signed_in" });
});

/** Tokens for who has signed up, the means to do so for who has not. */
export async function answerIdentity(c: Context<HttpEnv>, identity: ProviderIdentity): Promise<Response> {
  const known = await userOfProvider(c.env.DB, identity);
  if (known !== null && !known.isActive) return refuseWith(c, "forbidden");
  if (known !== null) {
    return answerSignIn(c, { user: known.user, provider: identity.provider, activity: "signed_in" });
  }
  const { email, name, birthDate } = identity;
  const signupToken = await issueSignupToken(identity, c.env.AUTH_SECRET, Date.now());
  return c.json({ signupToken, email, name, birthDate } satisfies NewcomerAnswer, 202, NOT_STORED);
}
