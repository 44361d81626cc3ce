/** Calls the deployed app as a client over HTTP would, and signs people in. */
import { env, exports } from "cloudflare:workers";
import { type SessionUser, tokenAnswer } from "../../schema/api/auth.ts";
import { problem } from "../../schema/api/problem.ts";
import { type RoomAnswer, roomAnswer } from "../../schema/api/rooms.ts";
import type { Encoding } from "../../schema/protocol/version.ts";
import { mustBeDocumented } from "./documents.ts";
import { type AnyFrame, TestSocket } from "./sockets.ts";

export const ORIGIN = "https://studymate.example";

export interface Call {
  readonly token?: string;
  /** Sent as JSON; a string or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function requestFor(method: string, path: string, { token, body, headers }: Call = {}): Request {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  return new Request(`${ORIGIN}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
  });
}

/** No test meets an answer that the API's document does not tell of. */
export async function call(method: string, path: string, details?: Call): Promise<Response> {
  const request = requestFor(method, path, details);
  const response = await exports.default.fetch(request);
  await mustBeDocumented(method, request.url, response);
  return response;
}

export interface SignedIn {
  readonly token: string;
  readonly refreshToken: string;
  readonly user: SessionUser;
}

/** A new person with an address of their own, unless one is given. */
export async function signIn(englishName = "Someone", email = `${crypto.randomUUID()}@example.org`): Promise<SignedIn> {
  const response = await call("POST", "/v1/auth/dev-login", { body: { email, englishName } });
  const { accessToken, refreshToken, user } = tokenAnswer.parse(await response.json());
  return { token: accessToken, refreshToken, user };
}

export async function signInMany<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [Index in keyof Names]: SignedIn }> {
  const people: readonly SignedIn[] = await Promise.all(names.map((name) => signIn(name)));
  return people as { [Index in keyof Names]: SignedIn }; // safe: one person per name
}

/** A GROUP of these, made by the first. */
export async function groupOf([creator, ...others]: readonly SignedIn[], name = "A group"): Promise<RoomAnswer> {
  const body = { roomType: "GROUP", name, participantIds: others.map(({ user }) => user.id) };
  const response = await call("POST", "/v1/rooms", { body, ...(creator && { token: creator.token }) });
  if (response.status !== 201) throw new Error(`no room: ${response.status} ${await response.text()}`);
  return roomAnswer.parse(await response.json());
}

/** Asks for a room's socket as a client would. */
export function knock(roomId: number | string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return call("GET", `/v1/rooms/${roomId}/socket`, { headers: { upgrade: "websocket", ...headers } });
}

/** A live socket of a room, after its `welcome`. */
export async function enter(roomId: number, { token }: SignedIn): Promise<TestSocket & { welcome: AnyFrame }> {
  const response = await knock(roomId, { authorization: `Bearer ${token}` });
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const socket = new TestSocket(response.webSocket, "json");
  return Object.assign(socket, { welcome: await socket.waitFor("welcome") });
}

/** A live socket of a person's own, after its `welcome`. */
export async function enterMe(
  { token }: SignedIn,
  encoding: Encoding = "json",
): Promise<TestSocket & { welcome: AnyFrame }> {
  const headers = {
    upgrade: "websocket",
    authorization: `Bearer ${token}`,
    "sec-websocket-protocol": `studymate.v1.${encoding}`,
  };
  const response = await call("GET", "/v1/me/socket", { headers });
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const socket = new TestSocket(response.webSocket, encoding, "me");
  return Object.assign(socket, { welcome: await socket.waitFor("welcome") });
}

/** Sends texts one after the other. */
export async function say(socket: TestSocket, ...texts: readonly string[]): Promise<void> {
  for (const content of texts) {
    const ack = await socket.request({ type: "message.send", clientId: crypto.randomUUID(), content });
    if (ack.type !== "ack") throw new Error(`not sent: ${JSON.stringify(ack)}`);
  }
}

/** As if they had asked as often as anybody may in this minute. */
export function exhaustRequests({ user }: SignedIn): Promise<void> {
  return exhaust(env.REQUESTS, `user:${user.id}`);
}

/** The same of what costs more than a page, by its key. */
export function exhaustAdmissions(key: string): Promise<void> {
  return exhaust(env.ADMISSIONS, key);
}

async function exhaust(limiter: RateLimit, key: string): Promise<void> {
  const ask = () => limiter.limit({ key });
  while ((await Promise.all(Array.from({ length: 100 }, ask))).every(({ success }) => success));
}

export function createRoom(caller: SignedIn, body: object, key?: string): Promise<Response> {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return call("POST", "/v1/rooms", { token: caller.token, body, headers });
}

/** The fields that a problem names. */
export async function pathsOf(response: Response): Promise<string[] | undefined> {
  return problem.parse(await response.json()).errors?.map(({ path }) => path);
}

export function idsOf(...people: readonly SignedIn[]): number[] {
  return people.map(({ user }) => user.id);
}
