/** Signing in with a provider, as far as no provider is needed for it: addresses, states, codes, sign-ups. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { newcomerAnswer, signInChoices, tokenAnswer } from "../../schema/api/auth.ts";
import { app } from "../../src/app.ts";
import { keepAttempt, keepIdentity } from "../../src/auth/attempts.ts";
import type { ProviderIdentity } from "../../src/auth/providers.ts";
import { challengeOf, storedHash } from "../../src/auth/refresh-tokens.ts";
import { issueSignupToken } from "../../src/auth/signup-tokens.ts";
import { changedBeforeBatch } from "../support/faults.ts";
import { type Call, call, pathsOf, requestFor, signIn } from "../support/http.ts";

const CHALLENGE = "c".repeat(43);
const VERIFIER = "v".repeat(43);
const COOKIE = "__Host-sign-in";

/** With both providers, whose addresses nobody answers at. */
const open: Env = { ...env, GOOGLE_CLIENT_ID: "ours", NAVER_CLIENT_ID: "ours", NAVER_CLIENT_SECRET: "secret" };

async function ask(method: string, path: string, details?: Call, deployment: Env = open): Promise<Response> {
  return app.fetch(requestFor(method, path, details), deployment);
}

const start = (query: Record<string, string>) => ask("GET", `/v1/auth/naver/start?${new URLSearchParams(query)}`);

function identity(change: Partial<ProviderIdentity> = {}): ProviderIdentity {
  return {
    provider: "GOOGLE",
    subject: crypto.randomUUID(),
    email: `${crypto.randomUUID()}@example.org`,
    isEmailVerified: true,
    name: null,
    birthDate: null,
    ...change,
  };
}

const attempts = () => env.DB.prepare("SELECT count(*) AS n FROM sign_in_attempts").first<number>("n");

describe("the ways to sign in", () => {
  const choices = async (deployment: Env) =>
    signInChoices.parse(await (await ask("GET", "/v1/auth/providers", {}, deployment)).json());

  test("are the providers that have a client id, and the development sign-in where it is open", async () => {
    expect(await choices(open)).toEqual({ items: ["google", "naver"], devLogin: true });
    const closed = { ...open, GOOGLE_CLIENT_ID: "", DEV_LOGIN: "false" } as Env; // as an operator may set it
    expect(await choices(closed)).toEqual({ items: ["naver"], devLogin: false });
    expect(await choices({ ...closed, NAVER_CLIENT_ID: "" })).toEqual({ items: [], devLogin: false });
  });
});

describe("the way to a provider", () => {
  test("is there only for one with a client id", async () => {
    const closed = { ...env, GOOGLE_CLIENT_ID: "", NAVER_CLIENT_ID: "" };
    for (const name of ["google", "naver", "kakao"]) {
      for (const path of [`/v1/auth/${name}/start`, `/v1/auth/${name}/callback?state=a`]) {
        expect((await ask("GET", path, {}, closed)).status).toBe(404);
      }
    }
    expect((await ask("GET", "/v1/auth/kakao/start")).status).toBe(404);
  });

  test("has state, PKCE and the exact way back, and leaves the state in the browser alone", async () => {
    const response = await start({});
    expect(response.status).toBe(302);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const url = new URL(response.headers.get("location") ?? "");
    expect(`${url.origin}${url.pathname}`).toBe("https://nid.naver.com/oauth2.0/authorize");
    const state = url.searchParams.get("state") ?? "";
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "ours",
      redirect_uri: "https://studymate.example/v1/auth/naver/callback",
      response_type: "code",
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    expect(response.headers.get("set-cookie")).toBe(
      `${COOKIE}=${state}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`,
    );
    const stored = await env.DB.prepare("SELECT * FROM sign_in_attempts WHERE state = ?")
      .bind(await storedHash(state))
      .first();
    expect(JSON.stringify(stored)).not.toContain(state);
  });

  test("names the origin that browsers use, where that is a setting", async () => {
    const behindProxy = { ...open, PUBLIC_ORIGIN: "https://chat.example.org" };
    const response = await ask("GET", "/v1/auth/naver/start", {}, behindProxy);
    const url = new URL(response.headers.get("location") ?? "");
    expect(url.searchParams.get("redirect_uri")).toBe("https://chat.example.org/v1/auth/naver/callback");
  });

  test.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/ok\n",
    "https://evil.example/",
    "https:/evil.example",
    "https:evil.example",
    "http://studymate.example/",
    "https://studymate.example.evil.example/",
    "https://studymate.example@evil.example/",
    "https://user@studymate.example/",
    "https://studymate.example:444/",
    "javascript:alert(1)",
    "data:text/html,x",
    "page",
    "",
    "/page#code=mine",
    "%2F%2Fevil.example",
    "HTTPS://evil.example/",
    "https:///evil.example/",
    "https:\\\\evil.example",
    "https://evil.example\\@studymate.example/",
    "https://studymate.example%2eevil.example/",
    "https://studymate.example\u3002evil.example/",
    "https://:secret@studymate.example/",
    "https://%61pp.example:8443/",
    " //evil.example",
    "\u00a0//evil.example",
    "/\r\n/evil.example",
    "\u0000//evil.example",
    "\ufeff//evil.example",
    "blob:https://studymate.example/x",
    "//studymate.example@evil.example",
  ])("is refused with the return address %j, and nothing is kept", async (returnTo) => {
    const before = await attempts();
    const response = await start({ returnTo, challenge: CHALLENGE });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(["returnTo"]);
    expect(await attempts()).toBe(before);
  });

  test.each(["/", "/rooms/12?as=minji", "https://studymate.example/page", "https://app.example/signed-in"])(
    "is open with the return address %s",
    async (returnTo) => {
      expect((await start({ returnTo, challenge: CHALLENGE })).status).toBe(302);
    },
  );

  test.each(["/%2f/evil.example", "/.//evil.example", "/x/..//evil.example", "/%5cevil.example", "/@evil.example"])(
    "with the return address %s stays on our own pages",
    async (returnTo) => {
      await env.DB.prepare("DELETE FROM sign_in_attempts").run();
      expect((await start({ returnTo, challenge: CHALLENGE })).status).toBe(302);
      const kept = await env.DB.prepare("SELECT return_to FROM sign_in_attempts").first<string>("return_to");
      expect(kept).toMatch(/^https:\/\/studymate\.example\//);
      expect(new URL(kept ?? "").origin).toBe("https://studymate.example");
    },
  );

  test.each([undefined, "", "short", "c".repeat(44), `${"c".repeat(42)}+`])(
    "is refused with a return address and the challenge %j",
    async (challenge) => {
      const response = await start({ returnTo: "/", ...(challenge !== undefined && { challenge }) });
      expect(response.status).toBe(400);
      expect(await pathsOf(response)).toEqual(["challenge"]);
    },
  );

  test("answers that it cannot say where, while the provider cannot be reached", async () => {
    const silent = new Proxy(env.CACHE, { get: () => () => new Promise(() => {}) });
    for (const CACHE of [env.CACHE, silent]) {
      const away = { ...open, GOOGLE_ISSUER: "http://127.0.0.1:9", CACHE };
      const response = await ask("GET", "/v1/auth/google/start", {}, away);
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("5");
    }
  });

  test("is rare from one address", async () => {
    const answers: number[] = [];
    const headers = { "cf-connecting-ip": "203.0.113.9" };
    for (let asked = 0; asked < 130; asked += 1) {
      answers.push((await ask("POST", "/v1/auth/exchange", { headers, body: {} })).status);
    }
    expect(new Set(answers)).toEqual(new Set([400, 429]));
  });
});

describe("the way back", () => {
  const back = (state: string, cookie?: string, provider = "naver") =>
    ask("GET", `/v1/auth/${provider}/callback?state=${state}&code=c`, {
      headers: cookie === undefined ? {} : { cookie: `${COOKIE}=${cookie}` },
    });

  async function attempt(madeAt = Date.now()): Promise<string> {
    const state = crypto.randomUUID();
    const secrets = { state, codeVerifier: VERIFIER, nonce: null };
    await keepAttempt(env.DB, { ...secrets, provider: "NAVER", back: null }, madeAt);
    return state;
  }

  test("is closed to another browser than the one that left, and stays open to that", async () => {
    const state = await attempt();
    const before = await attempts();
    for (const cookie of [undefined, "another", ""]) {
      const response = await back(state, cookie);
      expect(response.status).toBe(400);
      expect(await pathsOf(response)).toEqual(["state"]);
    }
    expect(await attempts()).toBe(before);
  });

  test.each<[string, () => Promise<string>, provider?: string]>([
    ["a state that was never given out", async () => "made-up"],
    ["a state of more than ten minutes ago", () => attempt(Date.now() - 10 * 60_000)],
    ["a state of another provider", () => attempt(), "google"],
  ])("is closed to %s", async (_, make, provider) => {
    const state = await make();
    const response = await back(state, state, provider);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(["state"]);
  });

  test("needs a state", async () => {
    expect((await ask("GET", "/v1/auth/naver/callback?code=c")).status).toBe(400);
  });
});

describe("POST /v1/auth/exchange", () => {
  const exchange = (code: string, verifier = VERIFIER) =>
    call("POST", "/v1/auth/exchange", { body: { code, verifier } });
  const codeFor = async (who: ProviderIdentity, now = Date.now()) =>
    keepIdentity(env.DB, who, { challenge: await challengeOf(VERIFIER), now });

  test("gives who has not signed up what they need for it, once", async () => {
    const who = identity({ name: "Minji" });
    const code = await codeFor(who);
    const response = await exchange(code);
    expect(response.status).toBe(202);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(newcomerAnswer.parse(await response.json())).toMatchObject({ email: who.email, name: "Minji" });
    expect((await exchange(code)).status).toBe(403);
  });

  test("of a code by many at once works for one", async () => {
    const code = await codeFor(identity());
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(code)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, ...Array(7).fill(403)]);
  });

  test("is refused to another page, which spoils the code", async () => {
    const code = await codeFor(identity());
    expect((await exchange(code, "x".repeat(43))).status).toBe(403);
    expect((await exchange(code)).status).toBe(403);
  });

  test("is refused after a minute, and for what is no code", async () => {
    expect((await exchange(await codeFor(identity(), Date.now() - 60_000))).status).toBe(403);
    expect((await exchange("made-up")).status).toBe(403);
  });
});

describe("POST /v1/auth/signup", () => {
  const signupToken = (who: ProviderIdentity, secret = env.AUTH_SECRET, now = Date.now()) =>
    issueSignupToken(who, secret, now);
  const signUp = (body: object) =>
    call("POST", "/v1/auth/signup", { body: { birthDate: "2001-05-14", englishName: "Minji", ...body } });
  const usersNamed = async (who: ProviderIdentity) =>
    env.DB.prepare("SELECT * FROM users WHERE oauth_provider = ? AND oauth_id = ?")
      .bind(who.provider, who.subject)
      .all();

  test("makes a user of this account and signs them in", async () => {
    const who = identity({ email: `Min.Ji.${crypto.randomUUID()}@example.org`.toLowerCase() });
    const response = await signUp({ signupToken: await signupToken(who) });
    expect(response.status).toBe(200);
    const { accessToken, user } = tokenAnswer.parse(await response.json());
    expect(user).toMatchObject({ email: who.email, englishName: "Minji" });
    expect((await call("GET", "/v1/rooms", { token: accessToken })).status).toBe(200);
    expect((await usersNamed(who)).results).toMatchObject([
      { birth_date: "2001-05-14", is_email_verified: 1, role: "USER", is_active: 1 },
    ]);
    const log = await env.DB.prepare("SELECT activity FROM user_activity_logs WHERE user_id = ?").bind(user.id).all();
    expect(log.results).toEqual([{ activity: "signed_up" }]);
  });

  test("sent again, even at once, makes nobody else", async () => {
    const who = identity();
    const token = await signupToken(who);
    const answers = await Promise.all(Array.from({ length: 5 }, () => signUp({ signupToken: token })));
    const ids = await Promise.all(answers.map(async (one) => tokenAnswer.parse(await one.json()).user.id));
    expect(new Set(ids).size).toBe(1);
    expect((await usersNamed(who)).results).toHaveLength(1);
  });

  test("does not give anybody the account that has the same address", async () => {
    const { user } = await signIn();
    const who = identity({ email: user.email });
    expect((await signUp({ signupToken: await signupToken(who) })).status).toBe(409);
    expect((await usersNamed(who)).results).toEqual([]);
  });

  test("asks for an address where the provider gives none, and does not take it for verified", async () => {
    const who = identity({ provider: "NAVER", email: null, isEmailVerified: false });
    const token = await signupToken(who);
    expect(await pathsOf(await signUp({ signupToken: token }))).toEqual(["email"]);
    const email = `${crypto.randomUUID()}@Example.org`;
    expect((await signUp({ signupToken: token, email })).status).toBe(200);
    expect((await usersNamed(who)).results).toMatchObject([{ email: email.toLowerCase(), is_email_verified: 0 }]);
  });

  test("does not take for verified what is given in place of an address that cannot be used", async () => {
    const who = identity({ email: null, isEmailVerified: true });
    await signUp({ signupToken: await signupToken(who), email: `${crypto.randomUUID()}@example.org` });
    expect((await usersNamed(who)).results).toMatchObject([{ is_email_verified: 0 }]);
  });

  test("takes the provider's address, whatever else is said", async () => {
    const who = identity();
    await signUp({ signupToken: await signupToken(who), email: "somebody@example.org" });
    expect((await usersNamed(who)).results).toMatchObject([{ email: who.email }]);
  });

  test("is for people of thirteen and older", async () => {
    const who = identity();
    const birthDate = new Date(Date.now() - 12 * 365 * 86_400_000).toISOString().slice(0, 10);
    const response = await signUp({ signupToken: await signupToken(who), birthDate });
    expect(await pathsOf(response)).toEqual(["birthDate"]);
    expect((await usersNamed(who)).results).toEqual([]);
  });

  test("takes no word for what is ours to say", async () => {
    const who = identity();
    const token = await signupToken(who);
    for (const right of [{ role: "ADMIN" }, { isActive: false }, { id: 1 }, { isEmailVerified: true }]) {
      const response = await signUp({ signupToken: token, ...right });
      expect(response.status).toBe(400);
      expect(await pathsOf(response)).toEqual(Object.keys(right));
    }
    expect((await usersNamed(who)).results).toEqual([]);
    await signUp({ signupToken: token, oauthId: "else", banned_at: 1 });
    expect((await usersNamed(who)).results).toMatchObject([{ role: "USER", is_active: 1, banned_at: null }]);
  });

  test("is refused to whoever was deactivated", async () => {
    const who = identity();
    const token = await signupToken(who);
    await signUp({ signupToken: token });
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE oauth_id = ?").bind(who.subject).run();
    expect((await signUp({ signupToken: token })).status).toBe(403);
  });

  test.each([
    ["banned", "UPDATE users SET is_active = 0, banned_at = 1 WHERE oauth_id = ?"],
    ["deleted", "UPDATE users SET is_active = 0, deleted_at = 1 WHERE oauth_id = ?"],
  ])("is refused to whoever is %s while it is under way, and leaves no device", async (_, ending) => {
    const who = identity();
    const body = { signupToken: await signupToken(who), birthDate: "2001-05-14", englishName: "Minji" };
    await signUp(body);
    const left = async () => {
      const { results } = await env.DB.prepare(
        `SELECT (SELECT count(*) FROM user_sessions WHERE user_id = users.id) AS devices,
           (SELECT count(*) FROM refresh_tokens WHERE user_id = users.id) AS tokens,
           (SELECT count(*) FROM user_activity_logs WHERE user_id = users.id) AS entries
         FROM users WHERE oauth_id = ?`,
      )
        .bind(who.subject)
        .all();
      return results;
    };
    const before = await left();
    const end = () => env.DB.prepare(ending).bind(who.subject).run();
    const answer = await ask("POST", "/v1/auth/signup", { body }, { ...open, DB: changedBeforeBatch(end) });
    expect(answer.status).toBe(403);
    expect(await left()).toEqual(before);
  });

  test("needs a token of its own kind, unchanged and not older than half an hour", async () => {
    const { token: accessToken } = await signIn();
    const good = await signupToken(identity());
    const late = await signupToken(identity(), env.AUTH_SECRET, Date.now() - 31 * 60_000);
    const foreign = await signupToken(identity(), "another secret, 32 bytes long or more");
    for (const wrong of [accessToken, "garbage", `${good}x`, late, foreign]) {
      expect((await signUp({ signupToken: wrong })).status).toBe(403);
    }
    expect((await call("GET", "/v1/rooms", { token: good })).status).toBe(401);
  });

  test("takes a token under the secret before, while that is being changed", async () => {
    const body = { signupToken: await signupToken(identity()), birthDate: "2001-05-14", englishName: "Minji" };
    const changing = {
      ...env,
      AUTH_SECRET: "the next secret, 32 bytes long or more",
      AUTH_SECRET_PREVIOUS: env.AUTH_SECRET,
    };
    expect((await ask("POST", "/v1/auth/signup", { body }, changing)).status).toBe(200);
  });
});
