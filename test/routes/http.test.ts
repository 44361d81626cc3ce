/** What every route has in common: problem+json, request ids, body checks, tokens, CORS. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { problem } from "../../schema/api/problem.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";
import { app } from "../../src/app.ts";
import { call, exhaustRequests, knock, ORIGIN, requestFor, signIn, signInMany } from "../support/http.ts";
import { badTokens } from "../support/tokens.ts";

describe("problem+json", () => {
  test("an unknown route answers 404 as a problem with the request's id", async () => {
    const response = await call("GET", "/v1/nothing-here");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const body = problem.parse(await response.json());
    expect(body).toMatchObject({ status: 404, code: "not_found" });
    expect(response.headers.get("x-request-id")).toBe(body.requestId);
  });

  test("a client cannot choose the request id, which goes into logs", async () => {
    const response = await call("GET", "/healthz", { headers: { "x-request-id": "chosen" } });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("what is thrown answers 500 without a word of the reason", async () => {
    const broken = {
      ...env,
      DB: {
        prepare: () => {
          throw new Error("SELECT secret");
        },
      },
    };
    const { refreshToken } = await signIn();
    const response = await app.fetch(requestFor("POST", "/v1/auth/refresh", { body: { refreshToken } }), broken);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(problem.parse(JSON.parse(text)).code).toBe("internal");
    expect(text).not.toContain("secret");
  });

  test("a failed query is logged without its parameters", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const fails = () => Promise.reject(new Error("D1_ERROR: no answer"));
    const statement = { all: fails, raw: fails, run: fails, first: fails, bind: () => statement };
    const body = { email: "private.person@example.org" };
    const request = requestFor("POST", "/v1/auth/dev-login", { body });
    const response = await app.fetch(request, { ...env, DB: { prepare: () => statement } });
    const lines = logged.mock.calls.flat().join();
    logged.mockRestore();
    expect(response.status).toBe(500);
    expect(lines).toContain("D1_ERROR: no answer");
    expect(lines).not.toContain("private.person");
  });

  test("a fault that the platform calls passing answers 503 with Retry-After", async () => {
    const moving = {
      ...env,
      DB: {
        prepare: () => {
          throw Object.assign(new Error("moved"), { retryable: true });
        },
      },
    };
    const { refreshToken } = await signIn();
    const response = await app.fetch(requestFor("POST", "/v1/auth/refresh", { body: { refreshToken } }), moving);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
  });
});

describe("bodies", () => {
  const email = (value: string) => `{"email":"${value}"}`;
  const deep = `${'{"a":'.repeat(LIMITS.frameDepth + 1)}1${"}".repeat(LIMITS.frameDepth + 1)}`;

  test.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["a list", "[]"],
    ["a number", "1"],
    ["U+0000 in a string", '{"email":"a@example.org","englishName":"a\\u0000b"}'],
    ["a lone surrogate", '{"email":"a@example.org","englishName":"a\\ud800b"}'],
    ["a key that reaches a prototype", '{"email":"a@example.org","__proto__":{"role":"ADMIN"}}'],
    ["a constructor key", '{"email":"a@example.org","constructor":{"prototype":{}}}'],
    ["a depth bomb", deep],
    ["a key twice", '{"email":"a@example.org","email":"b@example.org"}'],
    ["a key twice, further in", '{"email":"a@example.org","x":[{"a:b":":","a":"\\"","a":2}]}'],
    ["bytes that are not UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
  ])("%s is refused with 400", async (_, body) => {
    const response = await call("POST", "/v1/auth/dev-login", { body });
    expect(response.status).toBe(400);
    expect(problem.parse(await response.json())).toMatchObject({ code: "invalid_frame", errors: [{ path: "" }] });
  });

  test("colons and quotes in texts are no keys", async () => {
    const englishName = 'a":"b\\":{"x":1,"x":2}';
    const body = { email: `${crypto.randomUUID()}@example.org`, englishName, "a:b": { "c\\": ":", '"': [":"] } };
    const response = await call("POST", "/v1/auth/dev-login", { body });
    expect(await response.json()).toMatchObject({ user: { englishName } });
  });

  test("of thousands of wrong fields the first are named", async () => {
    const { token } = await signIn();
    const body = { roomType: "GROUP", participantIds: Array.from({ length: 900 }, () => "x") };
    const { errors } = problem.parse(await (await call("POST", "/v1/rooms", { token, body })).json());
    expect(errors).toHaveLength(50);
  });

  test("each wrong field is named", async () => {
    const response = await call("POST", "/v1/auth/dev-login", { body: { email: "nobody", birthDate: "yesterday" } });
    expect(response.status).toBe(400);
    const { errors } = problem.parse(await response.json());
    expect(errors?.map(({ path }) => path)).toEqual(["email", "birthDate"]);
  });

  test("a field inside a list is named by its place", async () => {
    const { token } = await signIn();
    const body = { roomType: "GROUP", participantIds: [1, "2"] };
    const { errors } = problem.parse(await (await call("POST", "/v1/rooms", { token, body })).json());
    expect(errors?.map(({ path }) => path)).toEqual(["participantIds.1"]);
  });

  test("more than the limit is refused with 413, whether its length is announced or not", async () => {
    const large = email("x".repeat(LIMITS.frameBytes));
    expect((await call("POST", "/v1/auth/dev-login", { body: large })).status).toBe(413);
    const stream = new Blob([large]).stream();
    const response = await app.fetch(
      new Request(`${ORIGIN}/v1/auth/dev-login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: stream,
      }),
      env,
    );
    expect(response.status).toBe(413);
    expect(problem.parse(await response.json()).code).toBe("too_large");
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])(
    "%s is refused with 415",
    async (type) => {
      const body = email("a@example.org");
      const response = await call("POST", "/v1/auth/dev-login", { body, headers: { "content-type": type } });
      expect(response.status).toBe(415);
      expect(problem.parse(await response.json()).code).toBe("unsupported_media_type");
    },
  );
});

describe("tokens", () => {
  test("without one a route answers 401 and says what it wants", async () => {
    const response = await call("GET", "/v1/rooms");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(problem.parse(await response.json()).code).toBe("unauthorized");
  });

  test("one that is not ours answers 401, whatever is wrong with it", async () => {
    const { user } = await signIn();
    for (const [why, token] of await badTokens(user.id)) {
      expect((await call("GET", "/v1/rooms", { token })).status, why).toBe(401);
    }
  });

  test("one in the URL counts for nothing", async () => {
    const { token } = await signIn();
    expect((await call("GET", `/v1/rooms?access_token=${token}&token=${token}`)).status).toBe(401);
  });

  test("a refresh token is no access token", async () => {
    const { refreshToken } = await signIn();
    expect((await call("GET", "/v1/rooms", { token: refreshToken })).status).toBe(401);
  });
});

describe("600 requests in a minute", () => {
  const ask = (token: string, settings: object = {}, path = "/v1/rooms") =>
    app.fetch(requestFor("GET", path, { token }), { ...env, ...settings });

  test("are all that a person has, over all routes together; others are not affected", async () => {
    const [eager, patient] = await signInMany("Eager", "Patient");
    const paths = ["/v1/rooms", "/v1/me/blocks", "/v1/users/999999", "/v1/rooms/999999"];
    const answers = await Promise.all(
      Array.from({ length: 1_201 }, (_, index) => ask(eager.token, {}, paths[index % paths.length])),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(601);
    expect(refused[0]?.headers.get("retry-after")).toBe("60");
    expect(problem.parse(await refused[0]?.json())).toMatchObject({ code: "rate_limited", status: 429 });
    expect((await ask(patient.token)).status).toBe(200);
  });

  test("are counted once, also where several folders of an address ask who is calling", async () => {
    const { token } = await signIn();
    let counted = 0;
    const REQUESTS = { limit: async () => ({ success: ++counted > 0 }) };
    for (const path of ["/v1/me", "/v1/me/blocks", "/v1/me/export", "/v1/admin/jobs"]) {
      await (await ask(token, { REQUESTS }, path)).body?.cancel();
    }
    expect(counted).toBe(4);
  });

  test("count no sockets, and nothing without a valid token", async () => {
    const eager = await signIn();
    await exhaustRequests(eager);
    expect((await ask(eager.token)).status).toBe(429);
    expect((await knock(999_999, { authorization: `Bearer ${eager.token}` })).status).toBe(404);
    expect((await ask(`${eager.token}x`)).status).toBe(401);
  });

  test("are lifted where limits are off, which needs DEV_LOGIN as well", async () => {
    const eager = await signIn();
    await exhaustRequests(eager);
    expect((await ask(eager.token, { RATE_LIMITS: "off", DEV_LOGIN: "true" })).status).toBe(200);
    expect((await ask(eager.token, { RATE_LIMITS: "off", DEV_LOGIN: "false" })).status).toBe(429);
  });
});

describe("CORS", () => {
  const allowed = async (origin: string, method = "GET") => {
    const response = await call(method, "/v1/rooms", {
      headers: { origin, "access-control-request-method": "POST" },
    });
    return response.headers.get("access-control-allow-origin");
  };

  test.each([
    ["our own page", ORIGIN, ORIGIN],
    ["a page of the allow list", "https://app.example", "https://app.example"],
    ["a foreign page", "https://evil.example", null],
    ["a page that begins like ours", `${ORIGIN}.evil.example`, null],
    ["a page without an origin", "null", null],
  ])("%s: %s → %s", async (_, origin, expected) => {
    expect(await allowed(origin)).toBe(expected);
    expect(await allowed(origin, "OPTIONS")).toBe(expected);
  });

  test("our own page is known by the setting, where a proxy does not hand its origin on", async () => {
    const origin = "https://chat.example.org";
    const behindProxy = { ...env, PUBLIC_ORIGIN: origin };
    const request = requestFor("OPTIONS", "/v1/rooms", {
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect((await app.fetch(request, behindProxy)).headers.get("access-control-allow-origin")).toBe(origin);
    const knocking = requestFor("GET", "/v1/rooms/1/socket", { headers: { origin, upgrade: "websocket" } });
    // No token: the origin is past.
    expect((await app.fetch(knocking, behindProxy)).status).toBe(401);
  });

  test("errors carry it too, so that a page can read them", async () => {
    const response = await call("GET", "/v1/rooms", { headers: { origin: "https://app.example" } });
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example");
  });
});
