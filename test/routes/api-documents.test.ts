/** The OpenAPI document against the app: every route, every example, every refusal of it, for real. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { STEP_EXAMPLES } from "../../src/api-documents/http/onboarding-operations.ts";
import { SAMPLE } from "../../src/api-documents/sample.ts";
import { app } from "../../src/app.ts";
import { keepAttempt } from "../../src/auth/attempts.ts";
import { issueSignupToken } from "../../src/auth/signup-tokens.ts";
import { acceptedBy } from "../../src/http/input.ts";
import { callOf, endCall, enterSession } from "../support/calls.ts";
import { clock } from "../support/clock.ts";
import {
  announced,
  type Change,
  document,
  type Listed,
  listed,
  newcomer,
  prepare,
  saveSteps,
  send,
} from "../support/documented.ts";
import { breaches, shapeDifferences } from "../support/documents.ts";
import { loseSession, loseStorage } from "../support/faults.ts";
import { call, exhaustAdmissions, exhaustRequests } from "../support/http.ts";
import { PNG, pngOfSize } from "../support/pictures.ts";
import { planned } from "../support/planned.ts";
import { roomStub } from "../support/rooms.ts";
import type { SampleWorld } from "../support/sample-world.ts";

/** Everything in which an answer is not what the document says. */
async function undocumented({ operation }: Listed, response: Response): Promise<string[]> {
  const answer = operation.responses[response.status];
  if (!answer) return [`status ${response.status} is not documented: ${await response.text()}`];
  const missing = Object.keys(answer.headers ?? {}).filter((name) => !response.headers.has(name));
  const found = missing.map((name) => `the header ${name} is missing`);
  const contentType = response.headers.get("content-type") ?? "";
  const [[mediaType, content] = ["", undefined]] = Object.entries(answer.content ?? {});
  if (!content) return response.body === null ? found : [...found, "a body is not documented"];
  if (mediaType === "*/*") return (await response.arrayBuffer()).byteLength > 0 ? found : [...found, "it is empty"];
  if (contentType !== mediaType) found.push(`${contentType} in place of ${mediaType}`);
  const body = await response.json();
  const differences = "example" in content ? shapeDifferences(content.example, body) : [];
  return [...found, ...breaches(document, content.schema, body), ...differences];
}

describe("the comparison itself", () => {
  const schema = { $ref: "#/components/schemas/SignedInUser" };
  const user = { id: 1, email: "a@b.org", englishName: "A", koreanName: null, profileImageUrl: null };

  test("notices what a schema does not allow: a field too many, one too few, one of another kind", () => {
    expect(breaches(document, schema, user)).toEqual([]);
    expect(breaches(document, schema, { ...user, age: 20 })).not.toEqual([]);
    expect(breaches(document, schema, { id: 1, englishName: "A", koreanName: null })).not.toEqual([]);
    expect(breaches(document, schema, { ...user, id: "1" })).not.toEqual([]);
  });

  test("notices where an answer has another shape than its example", () => {
    expect(shapeDifferences({ items: [user] }, { items: [{ ...user, koreanName: "민지" }] })).toEqual([]);
    expect(shapeDifferences({ items: [user] }, { items: [] })).toHaveLength(1);
    expect(shapeDifferences({ items: [user] }, { items: [{ ...user, id: "1", more: 1 }] })).toHaveLength(2);
  });
});

describe("the document and the app", () => {
  const inDocuments = (path: string) => path.replace(/:(\w+)/g, "{$1}");
  const routes = app.routes.filter(({ method }) => method !== "ALL");

  test("every route has an operation, and every operation a route", () => {
    const addresses = new Set(routes.map(({ method, path }) => `${method} ${inDocuments(path)}`));
    expect(addresses.size).toBeGreaterThan(15);
    expect([...addresses].sort()).toEqual(listed.map(({ address }) => address).sort());
  });

  test("each operation names the schemas that its route checks bodies and queries with", () => {
    for (const { address, source } of listed) {
      const checked = routes
        .filter(({ method, path }) => `${method} ${inDocuments(path)}` === address)
        .flatMap(({ handler }) => acceptedBy(handler) ?? []);
      expect(new Set(checked), address).toEqual(new Set([source.body, source.query].filter(Boolean)));
    }
  });

  test("each operation tells of the parameters in its path, and has a name of its own", () => {
    for (const { address, path, source } of listed) {
      expect(Object.keys(source.path ?? {}), address).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
    expect(new Set(listed.map(({ operation }) => operation.operationId)).size).toBe(listed.length);
  });
});

describe("examples", () => {
  // What comes back from a provider needs one: test/e2e/sign-in.test.ts has it.
  const answerable = listed.filter(({ address }) => address !== "GET /v1/auth/{provider}/callback");
  const cases = answerable.flatMap((one): [name: string, one: Listed, example: string | null][] => {
    const names = Object.keys(one.source.examples ?? {});
    return names.length > 0
      ? names.map((name) => [`${one.address} (${name})`, one, name])
      : [[`${one.address}`, one, null]];
  });

  test.each(cases)("%s is answered as documented", async (_, one, name) => {
    const world = await prepare(one);
    const example = name === null ? undefined : one.operation.requestBody?.content["application/json"]?.examples[name];
    const response = await send(world, one, example && { body: world.fill(example.value) });
    const [only] = Object.keys(one.source.answers);
    const first = 201 in one.source.answers ? 201 : Number(only);
    expect(response.status).toBe(name === null ? first : one.source.examples?.[name]?.status);
    expect(await undocumented(one, response)).toEqual([]);
    response.webSocket?.accept();
    response.webSocket?.close();
  });

  test.each(cases.filter(([, { source }]) => source.takesIdempotencyKey))(
    "%s sent again with its key is answered with what was made",
    async (_, one) => {
      const world = await prepare(one);
      const made = await send(world, one);
      const again = await send(world, one);
      expect([made.status, again.status]).toEqual([201, 200]);
      const named = ({ id, key }: { readonly id?: number; readonly key?: string }) => id ?? key;
      const first = named(await made.json());
      expect(first).toBeDefined();
      expect(named(await again.clone().json())).toBe(first);
      expect(await undocumented(one, again)).toEqual([]);
    },
  );
});

type Provoke = (world: SampleWorld, one: Listed) => Promise<Response>;

const failing = (error: Error) => ({
  CHAT_ROOM: { getByName: () => new Proxy({}, { get: () => () => Promise.reject(error) }) },
  USER_PRESENCE: { getByName: () => new Proxy({}, { get: () => () => Promise.reject(error) }) },
  LEARNING_SESSION: { getByName: () => new Proxy({}, { get: () => () => Promise.reject(error) }) },
  DB: new Proxy(
    {},
    {
      get: () => () => {
        throw error;
      },
    },
  ),
});

const NOWHERE = 999_999_999;

/** How each code is brought about, wherever it is documented. */
const PROVOKED: Readonly<Record<string, Provoke>> = {
  unauthorized: (world, one) => send(world, one, { caller: null }),
  unsupported_media_type: (world, one) => send(world, one, { headers: { "content-type": "text/plain" } }),
  too_large: (world, one) => send(world, one, { body: JSON.stringify({ name: "x".repeat(70_000) }) }),
  invalid_frame: (world, one) =>
    one.source.query ? send(world, one, { query: "?limit=0" }) : send(world, one, { body: ["nonsense"] }),
  forbidden: (world, one) => send(world, one, { caller: world.sofia }),
  not_found: (world, one) => send(world, one, { parameters: { id: NOWHERE } }),
  /** Of a session: it was called off. */
  gone: async (world, one) => {
    const id = world.fill(SAMPLE.session);
    for (const { token } of [world.minji, world.daniel]) await call("POST", `/v1/sessions/${id}/cancel`, { token });
    return send(world, one);
  },
  range_not_satisfiable: (world, one) => send(world, one, { headers: { range: "bytes=1-0" } }),
  upgrade_required: (world, one) => send(world, one, { headers: { upgrade: "" } }),
  unavailable: (world, one) => {
    const { DB, ...objects } = failing(Object.assign(new Error("moving"), { retryable: true }));
    return send(world, one, { settings: one.source.caller === "operator" ? { DB } : objects });
  },
  internal: (world, one) => {
    const broken = failing(new Error("broken"));
    // That the caller is an operator must still be found out.
    const prepare = (sql: string) => (/"users"/.test(sql) ? env.DB.prepare(sql) : expect.fail("broken"));
    const DB = { prepare };
    return send(world, one, { settings: one.source.caller === "operator" ? { ...broken, DB } : broken });
  },
  rate_limited: async (world, one) => {
    if (one.source.refusals.rate_limited === undefined) {
      await exhaustRequests(world.minji);
      return send(world, one);
    }
    const attempts = Array.from({ length: 130 }, () => send(world, one, { parameters: { id: NOWHERE } }));
    const answers = await Promise.all(attempts);
    return answers.find(({ status }) => status === 429) ?? expect.fail("nobody was limited");
  },
};

/** From one address, which the platform would say. */
const provokeAddressLimit: Provoke = async (world, one) => {
  const headers = { "cf-connecting-ip": `203.0.113.${listed.indexOf(one) % 250}` };
  const attempts = Array.from({ length: 130 }, () =>
    send(world, one, { headers, ...(one.source.body && { body: {} }), query: "" }),
  );
  const answers = await Promise.all(attempts);
  return answers.find(({ status }) => status === 429) ?? expect.fail("nobody was limited");
};

/** Back from the provider, in the browser that left. */
async function comeBack(world: SampleWorld, one: Listed, change: Change & { answer: string }): Promise<Response> {
  const state = crypto.randomUUID();
  const attempt = { provider: "NAVER", state, codeVerifier: SAMPLE.verifier, nonce: null, back: null } as const;
  await keepAttempt(env.DB, attempt, Date.now());
  const headers = { cookie: `__Host-sign-in=${state}` };
  return send(world, one, { ...change, headers, query: `?state=${state}&${change.answer}` });
}

/** Where one operation needs something else. */
const PROVOKED_APART: Readonly<Record<string, Provoke>> = {
  "POST /v1/auth/dev-login unauthorized": async (world, one) => {
    const email = world.daniel.user.email;
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(world.daniel.user.id).run();
    return send(world, one, { body: { email } });
  },
  "POST /v1/auth/dev-login not_found": (world, one) => send(world, one, { settings: { DEV_LOGIN: "false" } }),
  "POST /v1/auth/refresh unavailable": async (world, one) => {
    await send(world, one, { settings: { AUTH_SECRET: "another secret, 32 bytes long or more" } });
    return send(world, one);
  },
  "GET /v1/auth/{provider}/start invalid_frame": (world, one) =>
    send(world, one, { query: "?returnTo=//evil.example" }),
  "GET /v1/auth/{provider}/start not_found": (world, one) => send(world, one, { parameters: { provider: "kakao" } }),
  "GET /v1/auth/{provider}/start rate_limited": provokeAddressLimit,
  "GET /v1/auth/{provider}/start unavailable": (world, one) =>
    send(world, one, {
      parameters: { provider: "google" },
      settings: { GOOGLE_CLIENT_ID: "ours", GOOGLE_ISSUER: "http://127.0.0.1:9" },
    }),
  "GET /v1/auth/{provider}/callback forbidden": (world, one) => comeBack(world, one, { answer: "error=access_denied" }),
  "GET /v1/auth/{provider}/callback not_found": (world, one) => send(world, one, { parameters: { provider: "kakao" } }),
  "GET /v1/auth/{provider}/callback rate_limited": provokeAddressLimit,
  "GET /v1/auth/{provider}/callback unavailable": (world, one) =>
    comeBack(world, one, { answer: "code=c", settings: { NAVER_TOKEN_URL: "http://127.0.0.1:9/token" } }),
  "GET /v1/auth/{provider}/callback internal": (world, one) =>
    comeBack(world, one, { answer: "code=c", settings: failing(new Error("broken")) }),
  "POST /v1/auth/exchange forbidden": (world, one) =>
    send(world, one, { body: { code: "not one", verifier: SAMPLE.verifier } }),
  "POST /v1/auth/exchange rate_limited": provokeAddressLimit,
  "POST /v1/auth/signup forbidden": (world, one) =>
    send(world, one, { body: { signupToken: "not one", birthDate: "2001-05-14", englishName: "Minji" } }),
  "POST /v1/auth/signup conflict": async (world, one) => {
    const signupToken = await issueSignupToken(newcomer(world.daniel.user.email), env.AUTH_SECRET, Date.now());
    return send(world, one, { body: { signupToken, birthDate: "2001-05-14", englishName: "Minji" } });
  },
  "POST /v1/auth/signup rate_limited": provokeAddressLimit,
  "POST /v1/auth/refresh unauthorized": (world, one) => send(world, one, { body: { refreshToken: "not one" } }),
  "GET /v1/push-key not_found": (world, one) => send(world, one, { settings: { VAPID_PRIVATE_KEY: "" } }),
  "GET /v1/push-key internal": (world, one) => send(world, one, { settings: { VAPID_SUBJECT: Symbol("broken") } }),
  "POST /v1/push-subscriptions not_found": (world, one) => send(world, one, { settings: { VAPID_PRIVATE_KEY: "" } }),
  "POST /v1/rooms conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { body: { roomType: "GROUP", name: "Another", participantIds: [] } });
  },
  "POST /v1/rooms forbidden": async (world, one) => {
    const { id } = await (await send(world, one)).json<{ id: number }>();
    await call("DELETE", `/v1/rooms/${id}/participants/${world.minji.user.id}`, { token: world.minji.token });
    return send(world, one);
  },
  "POST /v1/rooms not_found": async (world, one) => {
    const { id } = await (await send(world, one)).json<{ id: number }>();
    await roomStub(id).flush();
    await loseStorage(id);
    return send(world, one);
  },
  "POST /v1/sessions forbidden": async (world, one) => {
    await call("PUT", `/v1/me/blocks/${world.minji.user.id}`, { token: world.daniel.token });
    return send(world, one);
  },
  "POST /v1/sessions conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { headers: { "Idempotency-Key": "another" } });
  },
  // Each of these would cost a session, or a file.
  ...Object.fromEntries(
    [
      ["POST /v1/sessions", "sessions"],
      ["POST /v1/sessions/{id}/invite", "sessions"],
      ["POST /v1/sessions/{id}/recordings", "media"],
    ].map(([address, what]): [string, Provoke] => [
      `${address} rate_limited`,
      async (world, one) => {
        await exhaustAdmissions(`${what}:${world.minji.user.id}`);
        return send(world, one);
      },
    ]),
  ),
  "POST /v1/sessions not_found": async (world, one) => {
    const { id } = await (await send(world, one)).json<{ id: number }>();
    await call("PATCH", `/v1/sessions/${id}`, { token: world.minji.token, body: { title: "changed" } });
    await loseSession(id);
    return send(world, one);
  },
  "PATCH /v1/sessions/{id} conflict": async (world, one) => {
    await planned(world.minji, [], { inHours: 48 });
    return send(world, one);
  },
  "POST /v1/sessions/{id}/confirm conflict": async (world, one) => {
    await planned(world.minji, []);
    return send(world, one);
  },
  "POST /v1/sessions/{id}/decline conflict": (world, one) => send(world, one, { caller: world.daniel }),
  "POST /v1/sessions/{id}/invite forbidden": (world, one) => send(world, one, { caller: world.daniel }),
  "POST /v1/sessions/{id}/cancel conflict": async (world, one) =>
    send(world, one, { parameters: { id: (await callOf(world.minji, world.daniel)).id } }),
  "POST /v1/sessions/{id}/cancel gone": async (world, one) => {
    const held = await callOf(world.minji, world.daniel);
    await endCall(held);
    return send(world, one, { parameters: { id: held.id } });
  },
  "POST /v1/sessions/{id}/rating conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { body: { rating: 1 } });
  },
  "GET /v1/calendars/{file} not_found": (world, one) => send(world, one, { parameters: { file: SAMPLE.calendarFile } }),
  "GET /v1/ice-servers internal": (world, one) => send(world, one, { settings: { STUN_URLS: Symbol("broken") } }),
  "POST /v1/sessions/{id}/recordings conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { body: { contentType: "video/mp4" } });
  },
  "POST /v1/sessions/{id}/recordings gone": async (world, one) => {
    // Coming anew, she leaves the call, and what she records ends.
    await enterSession(world.fill(SAMPLE.session), world.minji);
    clock.advance(6 * 60_000);
    return send(world, one);
  },
  // Who was there, and did not record: to all others there is nothing.
  ...Object.fromEntries(
    ["PUT /v1/sessions/{id}/recordings/{number}/parts/{part}", "GET /v1/sessions/{id}/recordings/{number}/upload"]
      .concat("POST /v1/sessions/{id}/recordings/{number}/complete")
      .map((address): [string, Provoke] => [
        `${address} forbidden`,
        (world, one) => send(world, one, { caller: world.daniel }),
      ]),
  ),
  "PUT /v1/sessions/{id}/recordings/{number}/parts/{part} invalid_frame": (world, one) =>
    send(world, one, { body: "" }),
  "PUT /v1/sessions/{id}/recordings/{number}/parts/{part} too_large": (world, one) =>
    send(world, one, { parameters: { part: 601 } }),
  "PUT /v1/sessions/{id}/recordings/{number}/parts/{part} unsupported_media_type": (world, one) =>
    send(world, one, { body: PNG }),
  "POST /v1/sessions/{id}/recordings/{number}/complete conflict": async (world, one) => {
    const begun = await call("POST", `/v1/sessions/${world.fill(SAMPLE.session)}/recordings`, {
      ...{ token: world.minji.token, body: { contentType: "video/webm" } },
    });
    return send(world, one, { parameters: { number: (await begun.json<{ id: number }>()).id } });
  },
  "PATCH /v1/rooms/{id}/participants/{userId} conflict": (world, one) =>
    send(world, one, { parameters: { userId: world.minji.user.id }, body: { role: "MEMBER" } }),
  "POST /v1/admin/jobs/{name} not_found": (world, one) => send(world, one, { parameters: { name: "nothing" } }),
  "POST /v1/admin/jobs/{name} conflict": async (world, one) => {
    const lease = env.DB.prepare("INSERT OR REPLACE INTO jobs (name, lease_token, lease_until) VALUES (?, 'mine', ?)");
    await lease.bind("archive-messages", Date.now() + 60_000).run();
    return send(world, one);
  },
  "PUT /v1/me/blocks/{userId} not_found": (world, one) => send(world, one, { parameters: { userId: NOWHERE } }),
  "PUT /v1/me/blocks/{userId} conflict": async (world, one) => {
    await env.DB.batch([
      env.DB.prepare(
        `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
         INSERT INTO users (email, english_name, birth_date)
         SELECT 'blocked-' || ?1 || '-' || n || '@example.org', 'Somebody', '1995-05-05' FROM numbers`,
      ).bind(world.minji.user.id),
      env.DB.prepare(
        "INSERT INTO user_blocks (user_id, blocked_user_id) SELECT ?1, id FROM users WHERE email LIKE 'blocked-' || ?1 || '-%'",
      ).bind(world.minji.user.id),
    ]);
    return send(world, one);
  },
  "DELETE /v1/me/blocks/{userId} not_found": (world, one) => send(world, one, { parameters: { userId: "nobody" } }),
  "POST /v1/reports not_found": (world, one) =>
    send(world, one, { body: { reportedUserId: world.daniel.user.id, reason: "SPAM", roomId: NOWHERE } }),
  "POST /v1/reports conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { body: { reportedUserId: world.daniel.user.id, reason: "OTHER" } });
  },
  "POST /v1/admin/reports/{id}/resolve conflict": async (world, one) => {
    await send(world, one);
    return send(world, one);
  },
  "POST /v1/admin/users/{id}/ban conflict": (world, one) =>
    send(world, one, { parameters: { id: world.minji.user.id } }),
  "POST /v1/media conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { body: pngOfSize(7, 4) });
  },
  "POST /v1/media/uploads conflict": async (world, one) => {
    await send(world, one);
    return send(world, one, { body: { roomId: world.roomId, contentType: "video/mp4", sizeBytes: 2 } });
  },
  "POST /v1/media/uploads not_found": (world, one) =>
    send(world, one, { body: { roomId: NOWHERE, contentType: "video/mp4", sizeBytes: 1 } }),
  "POST /v1/media/{purpose}/{ownerId}/{name}/complete not_found": (world, one) =>
    send(world, one, { parameters: { name: SAMPLE.mediaName } }),
  "POST /v1/media/{purpose}/{ownerId}/{name}/complete conflict": async (world, one) =>
    send(world, one, { parameters: { name: (await announced(world, null)).split("/").at(-1) ?? "" } }),
  "POST /v1/media/{purpose}/{ownerId}/{name}/complete unsupported_media_type": async (world, one) =>
    send(world, one, { parameters: { name: (await announced(world, PNG)).split("/").at(-1) ?? "" } }),
  "POST /v1/media too_large": (world, one) => send(world, one, { body: pngOfSize(60_000, 60_000) }),
  "POST /v1/media unsupported_media_type": (world, one) => send(world, one, { body: "<svg></svg>" }),
  "POST /v1/media forbidden": (world, one) =>
    send(world, one, { caller: world.sofia, query: `?purpose=message&roomId=${world.roomId}` }),
  "POST /v1/media not_found": (world, one) => send(world, one, { query: `?purpose=message&roomId=${NOWHERE}` }),
  "POST /v1/media unavailable": (world, one) => {
    const { CHAT_ROOM } = failing(Object.assign(new Error("moving"), { retryable: true }));
    return send(world, one, { query: `?purpose=message&roomId=${world.roomId}`, settings: { CHAT_ROOM } });
  },
  "GET /v1/media/{purpose}/{ownerId}/{name} not_found": (world, one) =>
    send(world, one, { parameters: { name: SAMPLE.mediaName } }),
  ...Object.fromEntries(
    Object.keys(STEP_EXAMPLES).map((step): [string, Provoke] => [
      `PUT /v1/onboarding/steps/${step} conflict`,
      async (world, one) => {
        await saveSteps(world, 6);
        await call("POST", "/v1/onboarding/complete", { token: world.minji.token });
        return send(world, one);
      },
    ]),
  ),
  "POST /v1/onboarding/complete conflict": (world, one) => send(world, one, { caller: world.daniel }),
  "GET /v1/auth/providers internal": (world, one) =>
    send(world, one, { settings: { GOOGLE_CLIENT_ID: "ours", GOOGLE_ISSUER: "no address" } }),
  "GET /v1/search/messages unavailable": (world, one) => send(world, one, { settings: { SEARCH: undefined } }),
  "GET /v1/search/messages internal": (world, one) =>
    send(world, one, { settings: { ADMISSIONS: { limit: () => Promise.reject(new Error("broken")) } } }),
  "GET /v1/admin/flush not_found": (world, one) => send(world, one, { settings: { SEARCH: undefined } }),
  "GET /v1/me/socket forbidden": (world, one) => send(world, one, { headers: { origin: "https://evil.example" } }),
  "GET /readyz unavailable": (world, one) =>
    send(world, one, { settings: { MEDIA: { head: () => Promise.reject(new Error("down")) } } }),
};

describe("refusals", () => {
  const cases = listed.flatMap((one) =>
    Object.values(one.operation.responses)
      .flatMap(({ content }) => Object.keys(content?.["application/problem+json"]?.examples ?? {}))
      .map((code): [name: string, code: string, one: Listed] => [`${one.address} ${code}`, code, one]),
  );

  test("there are some of every operation but of /healthz", () => {
    const refusing = new Set(cases.map(([, , { address }]) => address));
    expect(listed.map(({ address }) => address).filter((address) => !refusing.has(address))).toEqual(["GET /healthz"]);
  });

  test.each(cases)("%s is met as documented", async (name, code, one) => {
    const provoke = PROVOKED_APART[name] ?? PROVOKED[code] ?? expect.fail(`nothing provokes ${name}`);
    const response = await provoke(await prepare(one), one);
    expect(await response.clone().json()).toMatchObject({ code, status: response.status });
    expect(await undocumented(one, response)).toEqual([]);
  });
});
