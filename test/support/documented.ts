/**
 * Every operation of the OpenAPI document, and how it is called for real: with what its document gives as an example, in
 * a world in which there is what the example tells of.
 */
import { env } from "cloudflare:workers";
import { deviceList } from "../../schema/api/auth.ts";
import { presignAnswer } from "../../schema/api/media.ts";
import { MEDIA_OPERATIONS } from "../../src/api-documents/http/media-operations.ts";
import { STEP_EXAMPLES } from "../../src/api-documents/http/onboarding-operations.ts";
import { openApiDocument } from "../../src/api-documents/http/openapi.ts";
import type { Operation } from "../../src/api-documents/http/operation.ts";
import { OPERATIONS } from "../../src/api-documents/http/operations.ts";
import { SAFETY_OPERATIONS } from "../../src/api-documents/http/safety-operations.ts";
import type { JsonSchema } from "../../src/api-documents/json-schema.ts";
import { SAMPLE } from "../../src/api-documents/sample.ts";
import { app } from "../../src/app.ts";
import { keepIdentity } from "../../src/auth/attempts.ts";
import type { ProviderIdentity } from "../../src/auth/providers.ts";
import { challengeOf } from "../../src/auth/refresh-tokens.ts";
import { issueSignupToken } from "../../src/auth/signup-tokens.ts";
import { callOf, endCall, recordedCallOf } from "./calls.ts";
import { call, requestFor, type SignedIn } from "./http.ts";
import { uploaded } from "./media.ts";
import { ascii, joined, PNG } from "./pictures.ts";
import { planned } from "./planned.ts";
import { makeOperator, makeSampleWorld, type SampleWorld } from "./sample-world.ts";

/** What the tests read of the document, as it stands there. */
interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { schema: JsonSchema; example?: unknown; examples?: object }>>;
}
export interface Described {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    required: boolean;
    example?: unknown;
    schema?: { examples?: readonly unknown[] };
  }[];
  readonly requestBody?: { content: { "application/json"?: { examples: Record<string, { value: unknown }> } } };
  readonly responses: Readonly<Record<string, Answer>>;
}
export interface Listed {
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Described;
  readonly source: Operation;
}

// What would come over the network: plain JSON.
export const document = JSON.parse(JSON.stringify(openApiDocument()));
const sources: Readonly<Record<string, Operation>> = OPERATIONS;

export const listed: Listed[] = Object.entries<Record<string, Described>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([name, operation]) => {
    const method = name.toUpperCase();
    const address = `${method} ${path}`;
    const source = sources[address];
    if (!source) throw new Error(`${address} comes from nowhere`);
    return { address, method, path, operation, source };
  }),
);

export interface Change {
  readonly caller?: SignedIn | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly query?: string;
  readonly settings?: object;
}

/** What of a query cannot be left out, as the document has it. */
export function requiredQuery({ parameters = [] }: Described): string {
  const required = parameters.filter((parameter) => parameter.in === "query" && parameter.required);
  return required.length === 0
    ? ""
    : `?${new URLSearchParams(required.map(({ name, schema }) => [name, String(schema?.examples?.[0])]))}`;
}

/** Sends what the document gives as an example, changed where `change` says so. */
export function send(
  world: SampleWorld,
  { method, path, operation, source }: Listed,
  change: Change = {},
): Promise<Response> {
  const { caller = world.minji, query = requiredQuery(operation), settings = {}, parameters = {} } = change;
  const examples = Object.fromEntries((operation.parameters ?? []).map(({ name, example }) => [name, example]));
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(parameters[name] ?? world.fill(examples[name])),
  );
  const [first] = Object.values(operation.requestBody?.content["application/json"]?.examples ?? {});
  const body = "body" in change ? change.body : source.upload ? uploadTo(path) : world.fill(first?.value);
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
  return Promise.resolve(app.fetch(request, { ...env, ...STORAGE, ...settings }));
}

/** What begins as a film does. */
export const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x84], ascii("webm"), new Uint8Array(52));

function uploadTo(path: string): Uint8Array {
  return path.includes("/recordings/") ? WEBM : PNG;
}

/** The first steps of Minji's onboarding. */
export async function saveSteps({ minji: { token } }: SampleWorld, count: number): Promise<void> {
  for (const [step, body] of Object.entries(STEP_EXAMPLES).slice(0, count)) {
    await call("PUT", `/v1/onboarding/steps/${step}`, { token, body });
  }
}

export function newcomer(email = `${crypto.randomUUID()}@example.org`): ProviderIdentity {
  const subject = crypto.randomUUID();
  return { provider: "NAVER", subject, email, isEmailVerified: false, name: "Minji", birthDate: null };
}

/** R2's S3 interface: only signed for here, never asked. */
const STORAGE = {
  R2_ENDPOINT: "https://account.r2.example/studymate-media",
  R2_ACCESS_KEY_ID: "key",
  R2_SECRET_ACCESS_KEY: "secret",
};

/** A large film of Minji's that was announced, and sent where there is something to send. Returns its key. */
export async function announced({ minji, roomId }: SampleWorld, sent: Uint8Array | null): Promise<string> {
  const body = { roomId, contentType: "video/mp4", sizeBytes: sent?.length ?? 1, fileName: "lesson.mp4" };
  const request = requestFor("POST", "/v1/media/uploads", { token: minji.token, body });
  const { key } = presignAnswer.parse(await (await app.fetch(request, { ...env, ...STORAGE })).json());
  if (sent) await env.MEDIA.put(`incoming/${key}`, sent);
  return key;
}

/** What `{id}` of a session's operation is: Minji's, tomorrow, but where it has to have begun, or to be answered by her. */
async function sampleSession({ minji, daniel }: SampleWorld, address: string): Promise<number> {
  if (address.includes("/recordings")) return (await recordedCallOf(minji, daniel)).id;
  if (address.endsWith("/rating")) {
    const held = await callOf(minji, daniel);
    await endCall(held);
    return held.id;
  }
  const isAnswered = /confirm|decline/.test(address);
  const [host, guest] = isAnswered ? [daniel, minji] : [minji, daniel];
  const wish = { inHours: address.endsWith("/socket") ? 0.1 : 24, body: { description: "Bring a photo." } };
  return (await planned(host, [guest], wish)).id;
}

/** The recording that Minji sends, as far as an operation needs it to be there. */
async function sampleRecording({ minji: { token } }: SampleWorld, id: number, address: string): Promise<void> {
  if (address === "POST /v1/sessions/{id}/recordings") return;
  const path = `/v1/sessions/${id}/recordings`;
  await call("POST", path, { token, body: { contentType: "video/webm" } });
  await call("PUT", `${path}/1/parts/1`, { token, body: WEBM });
  if (!/parts|upload|complete/.test(address))
    await call("POST", `${path}/1/complete`, { token, body: { duration: 1 } });
}

/** What an operation needs to be there beside the sample world. */
export async function prepare({ source, address }: Listed): Promise<SampleWorld> {
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
  if (address.includes("/sessions/{id}")) {
    const id = await sampleSession(world, address);
    world.learn(SAMPLE.session, id);
    if (address.includes("/recordings")) await sampleRecording(world, id, address);
  }
  if (address === "GET /v1/sessions") await planned(world.minji, [world.daniel], { body: { description: "A photo." } });
  if (address === "GET /v1/calendars/{file}") {
    const made = await call("POST", "/v1/me/calendar-feed", { token: world.minji.token });
    world.learn(SAMPLE.calendarFile, (await made.json<{ url: string }>()).url.split("/").at(-1));
  }
  const [, step] = /^PUT \/v1\/onboarding\/steps\/(\d)$/.exec(address) ?? [];
  await saveSteps(world, address === "POST /v1/onboarding/complete" ? 6 : Number(step ?? 1) - 1);
  if (address.includes("/admin/reports")) {
    const { examples } = SAFETY_OPERATIONS["POST /v1/reports"];
    const body = world.fill(examples.spam.body);
    const made = await call("POST", "/v1/reports", { token: world.minji.token, body });
    world.learn(SAMPLE.report, (await made.json<{ id: number }>()).id);
  }
  if (address === "DELETE /v1/auth/devices/{id}") {
    const devices = await call("GET", "/v1/auth/devices", { token: world.minji.token });
    world.learn(SAMPLE.device, deviceList.parse(await devices.json()).items[0]?.id);
  }
  if (address === "POST /v1/auth/exchange") {
    const challenge = await challengeOf(SAMPLE.verifier);
    world.learn(SAMPLE.signInCode, await keepIdentity(env.DB, newcomer(), { challenge, now: Date.now() }));
  }
  if (address === "POST /v1/auth/signup") {
    world.learn(SAMPLE.signupToken, await issueSignupToken(newcomer(), env.AUTH_SECRET, Date.now()));
  }
  if (address.startsWith("GET /v1/media")) {
    const { key } = await uploaded(world.minji, PNG, { roomId: world.roomId });
    world.learn(SAMPLE.mediaName, key.split("/").at(-1));
  }
  if (address.startsWith("POST /v1/media") && address.endsWith("/complete")) {
    const head = joined([0, 0, 0, 0x18], ascii("ftypisom"), new Uint8Array(52));
    world.learn(SAMPLE.mediaName, (await announced(world, head)).split("/").at(-1));
  }
  if (address === "PUT /v1/me/avatar") {
    const { key } = await uploaded(world.minji, PNG, { purpose: "avatar" });
    world.learn(MEDIA_OPERATIONS[address].examples.picture.body.key, key);
  }
  return world;
}
