/** Signing in with providers, the whole way: a real server, a real OpenID provider, every redirect of a browser. */
import { createHash, randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { newcomerAnswer, tokenAnswer } from "../../schema/api/auth.ts";
import { problem } from "../../schema/api/problem.ts";
import { CookieJar, locationOf } from "./support/cookie-jar.ts";
import type { NaverServer } from "./support/naver.ts";
import {
  type Answer,
  GOOGLE_CLIENT,
  type OpenIdProvider,
  type SigningKey,
  sendJson,
} from "./support/openid-provider.ts";
import { type ServerWithProviders, startWithProviders } from "./support/providers.ts";

let server: ServerWithProviders;
let google: OpenIdProvider;
let naver: NaverServer;

beforeAll(async () => {
  server = await startWithProviders({ ALLOWED_ORIGINS: "https://app.example" });
  ({ google, naver } = server);
});

afterEach(() => {
  google.instead.clear();
  naver.instead.clear();
});

afterAll(() => server?.close());

const startOf = (provider: string, query: Record<string, string> = {}) =>
  `${server.baseUrl}/v1/auth/${provider}/start?${new URLSearchParams(query)}`;

async function post(path: string, body: object): Promise<Response> {
  return fetch(`${server.baseUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

const codeOf = async (response: Response) => problem.parse(await response.json()).code;

/** Through sign-in and consent at the provider, to the address that it sends the browser back to. */
async function callbackFromGoogle(jar: CookieJar, login: string, query: Record<string, string> = {}): Promise<URL> {
  const start = startOf("google", query);
  let at = locationOf(await jar.fetch(start), start);
  for (let steps = 0; steps < 12; steps += 1) {
    if (at.origin === server.baseUrl) return at;
    const response = await jar.fetch(at);
    if (response.status !== 200) {
      at = locationOf(response, at);
      continue;
    }
    // One of the two forms that the provider shows.
    const prompt = (await response.text()).includes('name="login"') ? "login" : "consent";
    const form = new URLSearchParams({ prompt, ...(prompt === "login" && { login, password: "any" }) });
    at = locationOf(await jar.fetch(at, { method: "POST", body: form }), at);
  }
  throw new Error(`the provider does not send the browser back, but to ${at}`);
}

async function callbackFromNaver(jar: CookieJar, query: Record<string, string> = {}): Promise<URL> {
  const start = startOf("naver", query);
  const there = locationOf(await jar.fetch(start), start);
  return locationOf(await jar.fetch(there), there);
}

function pageProof(): { verifier: string; challenge: string } {
  const verifier = randomUUID() + randomUUID();
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

const person = { birthDate: "2001-05-14", englishName: "Minji" };

describe("with an OpenID provider", () => {
  test("that is down, or says nonsense of itself, one is told to come back later", async () => {
    const discovery = "/.well-known/openid-configuration";
    const answers: Answer[] = [
      (_, response) => response.writeHead(500).end(),
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Under construction</h1>"),
      (_, response) =>
        sendJson(response, { issuer: "https://evil.example", authorization_endpoint: "https://evil.example" }),
      (request) => request.socket.destroy(),
    ];
    for (const answer of answers) {
      google.instead.set(discovery, answer);
      const response = await fetch(startOf("google"), { redirect: "manual" });
      expect(response.status).toBe(503);
      expect(await codeOf(response)).toBe("unavailable");
    }
  });

  test("a newcomer signs up, and is known from then on", async () => {
    const jar = new CookieJar();
    const first = await jar.fetch(await callbackFromGoogle(jar, "minji"));
    expect(first.status).toBe(202);
    expect(first.headers.get("cache-control")).toBe("no-store");
    const newcomer = newcomerAnswer.parse(await first.json());
    expect(newcomer).toMatchObject({ email: "minji@example.org", name: "minji" });
    expect(jar.of(server.baseUrl).size).toBe(0);

    const signedUp = await post("/v1/auth/signup", { signupToken: newcomer.signupToken, ...person });
    expect(signedUp.status).toBe(200);
    const { user } = tokenAnswer.parse(await signedUp.json());

    const again = await jar.fetch(await callbackFromGoogle(jar, "minji"));
    expect(again.status).toBe(200);
    const tokens = tokenAnswer.parse(await again.json());
    expect(tokens.user).toEqual(user);
    const rooms = await fetch(`${server.baseUrl}/v1/rooms`, {
      headers: { authorization: `Bearer ${tokens.accessToken}` },
    });
    expect(rooms.status).toBe(200);
    const refreshed = await post("/v1/auth/refresh", { refreshToken: tokens.refreshToken });
    expect(refreshed.status).toBe(200);
  });

  test("a page gets a code in the fragment, which it alone can exchange", async () => {
    const { verifier, challenge } = pageProof();
    const returnTo = "https://app.example/signed-in?lang=ko";
    const jar = new CookieJar();
    const callback = await callbackFromGoogle(jar, "emily", { returnTo, challenge });
    const response = await jar.fetch(callback);
    expect(response.status).toBe(302);
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    const page = locationOf(response, callback);
    const code = new URLSearchParams(page.hash.slice(1)).get("code");
    expect(page.href).toBe(`${returnTo}#code=${code}`);
    expect((await post("/v1/auth/exchange", { code, verifier })).status).toBe(202);
    expect((await post("/v1/auth/exchange", { code, verifier })).status).toBe(403);
  });

  test("the way back works once, and in the browser that left", async () => {
    const jar = new CookieJar();
    const callback = await callbackFromGoogle(jar, "daniel");
    expect((await new CookieJar().fetch(callback)).status).toBe(400);
    const cookies = [...jar.of(server.baseUrl)];
    expect((await jar.fetch(callback)).status).toBe(202);
    expect((await jar.fetch(callback)).status).toBe(400);
    for (const [name, value] of cookies) jar.of(server.baseUrl).set(name, value);
    expect((await jar.fetch(callback)).status).toBe(400);
  });

  test("a code that was used, or is another's, is worth nothing in another sign-in", async () => {
    const jar = new CookieJar();
    const used = await callbackFromGoogle(jar, "sofia");
    const code = used.searchParams.get("code") ?? "";
    expect((await jar.fetch(used)).status).toBe(202);
    const victim = new CookieJar();
    for (const stolen of [
      code,
      (await callbackFromGoogle(new CookieJar(), "mallory")).searchParams.get("code") ?? "",
    ]) {
      const callback = await callbackFromGoogle(victim, "sofia");
      callback.searchParams.set("code", stolen);
      const response = await victim.fetch(callback);
      expect(response.status).toBe(403);
      expect(await codeOf(response)).toBe("forbidden");
    }
  });

  test.each<[string, (callback: URL) => void]>([
    ["of another issuer", (callback) => callback.searchParams.set("iss", "https://evil.example")],
    ["without its issuer", (callback) => callback.searchParams.delete("iss")],
    ["with an error", (callback) => callback.searchParams.set("error", "access_denied")],
    ["with two codes", (callback) => callback.searchParams.append("code", "another")],
    ["without a code", (callback) => callback.searchParams.delete("code")],
  ])("an answer %s is refused", async (_, change) => {
    const jar = new CookieJar();
    const callback = await callbackFromGoogle(jar, "junho");
    change(callback);
    expect((await jar.fetch(callback)).status).toBe(403);
  });

  test("a page is told why nobody was signed in", async () => {
    const { challenge } = pageProof();
    const jar = new CookieJar();
    const callback = await callbackFromGoogle(jar, "junho", { returnTo: "/", challenge });
    callback.searchParams.set("error", "access_denied");
    expect(locationOf(await jar.fetch(callback), callback).href).toBe(`${server.baseUrl}/#error=forbidden`);
  });

  describe("an ID token", () => {
    const seconds = () => Math.floor(Date.now() / 1_000);

    /** What the callback answers when the provider hands out a token of these claims. */
    async function answerTo(change: (claims: JWTPayload) => JWTPayload, key?: SigningKey): Promise<Response> {
      const jar = new CookieJar();
      const start = startOf("google");
      const { searchParams } = locationOf(await jar.fetch(start), start);
      const good: JWTPayload = {
        iss: google.issuer,
        aud: GOOGLE_CLIENT.id,
        sub: randomUUID(),
        nonce: searchParams.get("nonce") ?? "",
        iat: seconds(),
        exp: seconds() + 600,
      };
      const idToken = await google.sign(change(good), key);
      google.instead.set("/token", (_, response) =>
        sendJson(response, { access_token: "a", token_type: "Bearer", id_token: idToken }),
      );
      const back = new URLSearchParams({ code: "c", state: searchParams.get("state") ?? "", iss: google.issuer });
      return jar.fetch(`${server.baseUrl}/v1/auth/google/callback?${back}`);
    }

    test("of the provider is believed, also without what it may leave out", async () => {
      const response = await answerTo((claims) => claims);
      expect(response.status).toBe(202);
      expect(newcomerAnswer.parse(await response.json())).toMatchObject({ email: null, name: null });
    });

    test.each<[string, (claims: JWTPayload) => JWTPayload]>([
      ["of another issuer", (claims) => ({ ...claims, iss: "https://evil.example" })],
      ["for another audience", (claims) => ({ ...claims, aud: "somebody-else" })],
      ["for us and others, by another party", (claims) => ({ ...claims, aud: [GOOGLE_CLIENT.id, "x"], azp: "x" })],
      ["with another nonce", (claims) => ({ ...claims, nonce: "another" })],
      ["without a nonce", ({ nonce: _, ...claims }) => claims],
      ["that has expired", (claims) => ({ ...claims, iat: seconds() - 900, exp: seconds() - 300 })],
      ["without a subject", ({ sub: _, ...claims }) => claims],
    ])("%s is refused", async (_, change) => {
      expect((await answerTo(change)).status).toBe(403);
    });

    test.each<[SigningKey]>([["foreign"], ["client secret"], ["none"]])(
      "signed with the key %j is refused",
      async (key) => {
        expect((await answerTo((claims) => claims, key)).status).toBe(403);
      },
    );

    test("whose address the provider does not vouch for is not believed to be theirs", async () => {
      const response = await answerTo((claims) => ({ ...claims, email: "minji@example.org", email_verified: false }));
      const { signupToken } = newcomerAnswer.parse(await response.json());
      expect((await post("/v1/auth/signup", { signupToken, ...person })).status).toBe(409);
    });
  });

  test.each<[string, number, Answer]>([
    ["says no", 403, (_, response) => sendJson(response, { error: "invalid_grant" }, 400)],
    ["says nonsense", 403, (_, response) => sendJson(response, { hello: "world" })],
    ["answers with a page", 403, (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>")],
    ["gives no ID token", 403, (_, response) => sendJson(response, { access_token: "a", token_type: "Bearer" })],
    ["answers with far too much", 403, (_, response) => sendJson(response, { access_token: "a".repeat(300_000) })],
    ["leads elsewhere", 403, (_, response) => response.writeHead(302, { location: "https://evil.example" }).end()],
    ["fails", 503, (_, response) => response.writeHead(502).end("Bad gateway")],
    ["hangs up", 503, (request) => request.socket.destroy()],
    ["takes too long", 503, () => {}],
  ])("a provider that %s is answered with %d", async (_, status, answer) => {
    const jar = new CookieJar();
    const callback = await callbackFromGoogle(jar, "junho");
    google.instead.set("/token", answer);
    const response = await jar.fetch(callback);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("with Naver", () => {
  test("a newcomer signs up with what Naver knows of them, and is known from then on", async () => {
    naver.profile = { id: "n-1", email: "seoyeon@naver.example", name: "김서연", birthyear: "1999", birthday: "03-21" };
    const jar = new CookieJar();
    const first = await jar.fetch(await callbackFromNaver(jar));
    expect(first.status).toBe(202);
    const newcomer = newcomerAnswer.parse(await first.json());
    expect(newcomer).toMatchObject({ email: "seoyeon@naver.example", name: "김서연", birthDate: "1999-03-21" });
    expect((await post("/v1/auth/signup", { signupToken: newcomer.signupToken, ...person })).status).toBe(200);
    expect((await jar.fetch(await callbackFromNaver(jar))).status).toBe(200);
  });

  test("who hands on nothing but an id is asked for the rest", async () => {
    naver.profile = { id: "n-2" };
    const jar = new CookieJar();
    const { signupToken, email, birthDate } = newcomerAnswer.parse(
      await (await jar.fetch(await callbackFromNaver(jar))).json(),
    );
    expect([email, birthDate]).toEqual([null, null]);
    expect((await post("/v1/auth/signup", { signupToken, ...person })).status).toBe(400);
    const signedUp = await post("/v1/auth/signup", { signupToken, ...person, email: "n2@example.org" });
    expect(signedUp.status).toBe(200);
  });

  test("nobody gets the account of an address that Naver does not vouch for", async () => {
    naver.profile = { id: "n-3", email: "minji@example.org" };
    const jar = new CookieJar();
    const { signupToken } = newcomerAnswer.parse(await (await jar.fetch(await callbackFromNaver(jar))).json());
    expect((await post("/v1/auth/signup", { signupToken, ...person })).status).toBe(409);
  });

  test.each<[string, number, string, Answer]>([
    [
      "a profile that failed",
      403,
      "/v1/nid/me",
      (_, response) => sendJson(response, { resultcode: "024", message: "failed" }),
    ],
    [
      "a profile without an id",
      403,
      "/v1/nid/me",
      (_, response) => sendJson(response, { resultcode: "00", response: {} }),
    ],
    ["a profile that is no JSON", 403, "/v1/nid/me", (_, response) => response.writeHead(200).end("null")],
    ["a refused profile", 403, "/v1/nid/me", (_, response) => response.writeHead(403).end()],
    ["a failing profile", 503, "/v1/nid/me", (_, response) => response.writeHead(500).end()],
    [
      "a refusal with status 200",
      403,
      "/oauth2.0/token",
      (_, response) => sendJson(response, { error: "invalid_request" }),
    ],
  ])("%s is answered with %d", async (_, status, path, answer) => {
    naver.profile = { id: "n-4" };
    const jar = new CookieJar();
    const callback = await callbackFromNaver(jar);
    naver.instead.set(path, answer);
    expect((await jar.fetch(callback)).status).toBe(status);
  });
});
