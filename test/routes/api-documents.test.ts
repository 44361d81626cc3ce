/** The OpenAPI document against the app: every route, every example, every refusal of it, for real. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { openApiDocument } from "../../src/api-documents/http/openapi.ts";
import type { Operation } from "../../src/api-documents/http/operation.ts";
import { OPERATIONS } from "../../src/api-documents/http/operations.ts";
import type { JsonSchema } from "../../src/api-documents/json-schema.ts";
import { app } from "../../src/app.ts";
import { acceptedBy } from "../../src/http/input.ts";
import { breaches, shapeDifferences } from "../support/documents.ts";
import { loseStorage } from "../support/faults.ts";
import { call, requestFor, type SignedIn } from "../support/http.ts";
import { roomStub } from "../support/rooms.ts";
import { makeOperator, makeSampleWorld, type SampleWorld } from "../support/sample-world.ts";

/** What this test reads of the document, as it stands there. */
interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { schema: JsonSchema; example?: unknown; examples?: object }>>;
}
interface Described {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    required: boolean;
    example?: unknown;
    schema?: { examples?: readonly unknown[] };
  }[];
  readonly requestBody?: { content: { "application/json": { examples: Record<string, { value: unknown }> } } };
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Listed {
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Described;
  readonly source: Operation;
}

// What would come over the network: plain JSON.
const document = JSON.parse(JSON.stringify(openApiDocument()));
const sources: Readonly<Record<string, Operation>> = OPERATIONS;

const listed: Listed[] = Object.entries<Record<string, Described>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([name, operation]) => {
    const method = name.toUpperCase();
    const address = `${method} ${path}`;
    const source = sources[address];
    if (!source) throw new Error(`${address} comes from nowhere`);
    return { address, method, path, operation, source };
  }),
);

interface Change {
  readonly caller?: SignedIn | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly query?: string;
  readonly settings?: object;
}

/** What of a query cannot be left out, as the document has it. */
function requiredQuery({ parameters = [] }: Described): string {
  const required = parameters.filter((parameter) => parameter.in === "query" && parameter.required);
  return required.length === 0
    ? ""
    : `?${new URLSearchParams(required.map(({ name, schema }) => [name, String(schema?.examples?.[0])]))}`;
}

/** Sends what the document gives as an example, changed where `change` says so. */
function send(world: SampleWorld, { method, path, operation }: Listed, change: Change = {}): Promise<Response> {
  const { caller = world.minji, query = requiredQuery(operation), settings = {}, parameters = {} } = change;
  const examples = Object.fromEntries((operation.parameters ?? []).map(({ name, example }) => [name, example]));
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(parameters[name] ?? world.fill(examples[name])),
  );
  const [first] = Object.values(operation.requestBody?.content["application/json"].examples ?? {});
  const body = "body" in change ? change.body : world.fill(first?.value);
  const headers = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === "header")
    .map(({ name, example }) => [name, String(example)]);
  const request = requestFor(method, address + query, {
    ...(caller && operation.security.length > 0 && { token: caller.token }),
    ...(body !== undefined && { body }),
    headers: {
      ...Object.fromEntries(headers),
      ...(operation.responses[101] && { upgrade: "websocket" }),
      ...change.headers,
    },
  });
  return Promise.resolve(app.fetch(request, { ...env, ...settings }));
}

/** Everything in which an answer is not what the document says. */
async function undocumented({ operation }: Listed, response: Response): Promise<string[]> {
  const answer = operation.responses[response.status];
  if (!answer) return [`status ${response.status} is not documented: ${await response.text()}`];
  const missing = Object.keys(answer.headers ?? {}).filter((name) => !response.headers.has(name));
  const found = missing.map((name) => `the header ${name} is missing`);
  const contentType = response.headers.get("content-type") ?? "";
  const [[mediaType, content] = ["", undefined]] = Object.entries(answer.content ?? {});
  if (!content) return response.body === null ? found : [...found, "a body is not documented"];
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

/** What an operation needs to be there beside the sample world. */
async function prepare({ source, address }: Listed): Promise<SampleWorld> {
  const world = await makeSampleWorld();
  if (source.caller === "operator") await makeOperator(world);
  if (address === "GET /v1/admin/flush/parked") {
    await env.DB.prepare(
      `INSERT INTO flush_parked (object, table_name, row_key, epoch, rev, reason, parked_at)
        VALUES (?, 'chat_messages', '2', 1, 0, 'FOREIGN KEY constraint failed', 1795394042026)`,
    )
      .bind(`chat-room:${world.roomId}`)
      .run();
  }
  return world;
}

describe("examples", () => {
  const cases = listed.flatMap((one): [name: string, one: Listed, example: string | null][] => {
    const names = Object.keys(one.source.examples ?? {});
    return names.length > 0
      ? names.map((name) => [`${one.address} (${name})`, one, name])
      : [[`${one.address}`, one, null]];
  });

  test.each(cases)("%s is answered as documented", async (_, one, name) => {
    const world = await prepare(one);
    const example = name === null ? undefined : one.operation.requestBody?.content["application/json"].examples[name];
    const response = await send(world, one, example && { body: world.fill(example.value) });
    const [only] = Object.keys(one.source.answers);
    expect(response.status).toBe(name === null ? Number(only) : one.source.examples?.[name]?.status);
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
      const first = await made.json<{ id: number }>();
      expect(await again.clone().json<{ id: number }>()).toMatchObject({ id: first.id });
      expect(await undocumented(one, again)).toEqual([]);
    },
  );
});

type Provoke = (world: SampleWorld, one: Listed) => Promise<Response>;

const failing = (error: Error) => ({
  CHAT_ROOM: { getByName: () => new Proxy({}, { get: () => () => Promise.reject(error) }) },
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
  upgrade_required: (world, one) => send(world, one, { headers: { upgrade: "" } }),
  unavailable: (world, one) => {
    const { CHAT_ROOM, DB } = failing(Object.assign(new Error("moving"), { retryable: true }));
    return send(world, one, { settings: one.source.caller === "operator" ? { DB } : { CHAT_ROOM } });
  },
  internal: (world, one) => {
    const broken = failing(new Error("broken"));
    // That the caller is an operator must still be found out.
    const prepare = (sql: string) => (/"users"/.test(sql) ? env.DB.prepare(sql) : expect.fail("broken"));
    const DB = { prepare };
    return send(world, one, { settings: one.source.caller === "operator" ? { ...broken, DB } : broken });
  },
  rate_limited: async (world, one) => {
    const attempts = Array.from({ length: 130 }, () => send(world, one, { parameters: { id: NOWHERE } }));
    const answers = await Promise.all(attempts);
    return answers.find(({ status }) => status === 429) ?? expect.fail("nobody was limited");
  },
};

/** Where one operation needs something else. */
const PROVOKED_APART: Readonly<Record<string, Provoke>> = {
  "POST /v1/auth/dev-login unauthorized": async (world, one) => {
    const email = world.daniel.user.email;
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(world.daniel.user.id).run();
    return send(world, one, { body: { email } });
  },
  "POST /v1/auth/dev-login not_found": (world, one) => send(world, one, { settings: { DEV_LOGIN: "false" } }),
  "POST /v1/auth/refresh unauthorized": (world, one) => send(world, one, { body: { refreshToken: "not one" } }),
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
  "PATCH /v1/rooms/{id}/participants/{userId} conflict": (world, one) =>
    send(world, one, { parameters: { userId: world.minji.user.id }, body: { role: "MEMBER" } }),
  "POST /v1/admin/jobs/{name} not_found": (world, one) => send(world, one, { parameters: { name: "nothing" } }),
  "POST /v1/admin/jobs/{name} conflict": async (world, one) => {
    const lease = env.DB.prepare("INSERT OR REPLACE INTO jobs (name, lease_token, lease_until) VALUES (?, 'mine', ?)");
    await lease.bind("archive-messages", Date.now() + 60_000).run();
    return send(world, one);
  },
  "GET /v1/search/messages unavailable": (world, one) => send(world, one, { settings: { SEARCH: undefined } }),
  "GET /v1/search/messages internal": (world, one) =>
    send(world, one, { settings: { ADMISSIONS: { limit: () => Promise.reject(new Error("broken")) } } }),
  "GET /v1/admin/flush not_found": (world, one) => send(world, one, { settings: { SEARCH: undefined } }),
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
