/**
 * `/v1/auth/{provider}/*`: to a provider and back. The way back is believed once, in the browser that left: its `state` is
 * in a cookie there and, hashed, in D1. No token is ever in an address: a page gets a code, which it alone can exchange.
 */
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from "oauth4webapi";
import { logError } from "../../objects/kernel/log.ts";
import { callbackQuery, type StartQuery, startQuery } from "../../schema/api/auth.ts";
import type { HttpEnv } from "../http/context.ts";
import { query } from "../http/input.ts";
import { isAllowedOrigin, ownOrigin } from "../http/origins.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { ATTEMPT_MS, type Attempt, keepAttempt, keepIdentity, type ReturnAddress, takeAttempt } from "./attempts.ts";
import { limitedByAddress } from "./limited-by-address.ts";
import { ProviderUnavailable } from "./provider-fetch.ts";
import { type Provider, type ProviderIdentity, providerNamed } from "./providers.ts";
import { returnAddress } from "./return-rules.ts";
import { answerIdentity } from "./sign-up-routes.ts";

/** In this browser, over TLS, for this host alone; sent when the provider sends the browser back. */
const STATE_COOKIE = "__Host-sign-in";
const STATE_COOKIE_OPTIONS = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

export const providers = new Hono<HttpEnv>();

providers.use("/:provider/*", limitedByAddress);

providers.get("/:provider/start", query(startQuery), async (c) => {
  const provider = providerNamed(c.req.param("provider"), c.env);
  if (provider === null) return refuseWith(c, "not_found");
  const back = returnOf(c, c.req.valid("query"));
  if (typeof back === "string") return refuseField(c, back, "is missing, or not allowed");
  const attempt: Attempt = {
    provider: provider.name,
    state: generateRandomState(),
    codeVerifier: generateRandomCodeVerifier(),
    nonce: provider.takesNonce ? generateRandomNonce() : null,
    back,
  };
  let destination: URL;
  try {
    destination = await provider.authorizationUrl(attempt, redirectUri(c, provider));
  } catch (error) {
    return refuseProvider(c, null, error);
  }
  await keepAttempt(c.env.DB, attempt, Date.now());
  setCookie(c, STATE_COOKIE, attempt.state, { ...STATE_COOKIE_OPTIONS, maxAge: ATTEMPT_MS / 1_000 });
  c.header("cache-control", "no-store");
  return c.redirect(destination.href);
});

providers.get("/:provider/callback", query(callbackQuery), async (c) => {
  const provider = providerNamed(c.req.param("provider"), c.env);
  if (provider === null) return refuseWith(c, "not_found");
  const { state } = c.req.valid("query");
  // Somebody else's way back, in the browser of somebody who never left.
  if (getCookie(c, STATE_COOKIE) !== state) return refuseField(c, "state", "is not of this browser");
  const attempt = await takeAttempt(c.env.DB, { provider: provider.name, state }, Date.now());
  if (attempt === null) return refuseField(c, "state", "was used, or has expired");
  let identity: ProviderIdentity;
  try {
    identity = await provider.identify(new URL(c.req.url), attempt, redirectUri(c, provider));
  } catch (error) {
    return refuseProvider(c, attempt.back, error);
  }
  deleteCookie(c, STATE_COOKIE, STATE_COOKIE_OPTIONS);
  if (attempt.back === null) return answerIdentity(c, identity);
  const { returnTo, challenge } = attempt.back;
  const code = await keepIdentity(c.env.DB, identity, { challenge, now: Date.now() });
  return goBack(c, returnTo, { code });
});

/** Or the name of the parameter that is wrong. */
function returnOf(c: Context<HttpEnv>, { returnTo, challenge }: StartQuery): ReturnAddress | null | keyof StartQuery {
  if (returnTo === undefined) return null;
  const own = ownOrigin(c.req.url, c.env);
  const allowed = returnAddress(returnTo, own, (origin) => isAllowedOrigin(origin, own, c.env));
  if (allowed === null) return "returnTo";
  return challenge === undefined ? "challenge" : { returnTo: allowed, challenge };
}

function refuseProvider(c: Context<HttpEnv>, back: ReturnAddress | null, error: unknown): Response {
  const code = error instanceof ProviderUnavailable ? "unavailable" : "forbidden";
  logError({ event: `auth.provider-${code}`, requestId: c.var.requestId, route: c.req.path }, error);
  if (back !== null) return goBack(c, back.returnTo, { error: code });
  return refuseWith(c, code, code === "unavailable" ? { headers: { "retry-after": "5" } } : {});
}

/** In the fragment, which no server gets to see and no log. */
function goBack(c: Context<HttpEnv>, returnTo: string, answer: Readonly<Record<string, string>>): Response {
  c.header("cache-control", "no-store");
  c.header("referrer-policy", "no-referrer");
  return c.redirect(`${returnTo}#${new URLSearchParams(answer)}`);
}

/** As it is registered with the provider, to the letter. */
function redirectUri(c: Context<HttpEnv>, { name }: Provider): string {
  return `${ownOrigin(c.req.url, c.env)}/v1/auth/${name.toLowerCase()}/callback`;
}
