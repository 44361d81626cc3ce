/** Calls the deployed app as a client over HTTP would, and signs people in. */
import { exports } from "cloudflare:workers";
import { type SessionUser, tokenAnswer } from "../../schema/api/auth.ts";

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

export function call(method: string, path: string, details?: Call): Promise<Response> {
  return exports.default.fetch(requestFor(method, path, details));
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

export async function signInMany(...names: readonly string[]): Promise<SignedIn[]> {
  return Promise.all(names.map((name) => signIn(name)));
}
