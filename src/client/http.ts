/** Typed calls to the HTTP API. Thin: a call is a request, an answer is its body, a refusal a `StudyMateError`. */
import type { DevLoginRequest, TokenAnswer } from "../../schema/api/auth.ts";
import type { Problem } from "../../schema/api/problem.ts";
import type { CreateRoomRequest, HistoryAnswer, RoomAnswer, RoomListItem } from "../../schema/api/rooms.ts";
import type { BlockedPerson, CreateReportRequest, ReportReceipt } from "../../schema/api/safety.ts";
import type { SearchAnswer } from "../../schema/api/search.ts";
import type { Participant, Room } from "../../schema/protocol/room/entities.ts";
import type { ParticipantRole } from "../../schema/values.ts";
import { StudyMateError } from "./errors.ts";
import type { TokenProvider } from "./tokens.ts";

export interface HttpOptions {
  /** Where the server is, e.g. `https://studymate.example`. */
  readonly baseUrl: string;
  readonly fetch?: typeof globalThis.fetch;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** To be given back as `cursor`; null at the end. */
  readonly nextCursor: string | null;
}

export interface Call {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON; a `Blob` as it is. */
  readonly body?: object;
  readonly idempotencyKey?: string | undefined;
  /** In place of the usual deadline. */
  readonly signal?: AbortSignal | undefined;
  /** In place of the client's own: one that tells of its progress, for example. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** What to look for; see `searchMessages`. */
export interface MessageQuery {
  /** Words, all of them required; `"exact phrase"`, `-without`. */
  readonly q: string;
  readonly roomId?: number | undefined;
  readonly senderId?: number | undefined;
  /** Not before this: ISO 8601 with an offset. */
  readonly from?: string | undefined;
  /** Before this. */
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before, of the same query. */
  readonly cursor?: string | undefined;
}

const REQUEST_DEADLINE_MS = 15_000;

/** Signs a person in by e-mail alone. Only servers that run with `DEV_LOGIN=true` have it. */
export function devLogin(options: HttpOptions, body: DevLoginRequest): Promise<TokenAnswer> {
  return request(options, { method: "POST", path: "/v1/auth/dev-login", body });
}

/**
 * Exchanges a refresh token for new tokens. Keep the new refresh token and forget the old one; where no answer came
 * (`network`, `unavailable`), the old one may be sent again.
 */
export function refreshTokens(options: HttpOptions, refreshToken: string): Promise<TokenAnswer> {
  return request(options, { method: "POST", path: "/v1/auth/refresh", body: { refreshToken } });
}

/** Ends the device that the token is of. */
export function logOut(options: HttpOptions, token: string): Promise<void> {
  return request(options, { method: "POST", path: "/v1/auth/logout" }, token);
}

/** The calls of somebody who is signed in. A refused token is asked for again, once. */
export class HttpApi {
  readonly #options: HttpOptions;
  readonly #token: TokenProvider;

  constructor(options: HttpOptions, token: TokenProvider) {
    this.#options = options;
    this.#token = token;
  }

  /** Your rooms, the one with the latest message first. `limit` ≤ 100, 50 if absent. */
  rooms(page: { cursor?: string | undefined; limit?: number } = {}): Promise<Page<RoomListItem>> {
    return this.request({ path: "/v1/rooms", query: page });
  }

  /** A second DIRECT room of a pair answers with the first. The same `idempotencyKey` again is the same request. */
  createRoom(room: CreateRoomRequest, options: { idempotencyKey?: string } = {}): Promise<RoomAnswer> {
    return this.request({ method: "POST", path: "/v1/rooms", body: room, ...options });
  }

  getRoom(roomId: number): Promise<RoomAnswer> {
    return this.request({ path: `/v1/rooms/${roomId}` });
  }

  /** ADMIN of a GROUP. Null removes a name or description; an absent one stays. */
  updateRoom(roomId: number, change: { name?: string | null; description?: string | null }): Promise<Room> {
    return this.request({ method: "PATCH", path: `/v1/rooms/${roomId}`, body: change });
  }

  /** ADMIN of a GROUP. */
  addParticipants(roomId: number, participantIds: readonly number[]): Promise<{ items: readonly Participant[] }> {
    return this.request({ method: "POST", path: `/v1/rooms/${roomId}/participants`, body: { participantIds } });
  }

  /** ADMIN of a GROUP. */
  updateParticipant(roomId: number, userId: number, role: ParticipantRole): Promise<Participant> {
    return this.request({ method: "PATCH", path: `/v1/rooms/${roomId}/participants/${userId}`, body: { role } });
  }

  /** Yourself, or as ADMIN of a GROUP anybody. */
  removeParticipant(roomId: number, userId: number): Promise<void> {
    return this.request({ method: "DELETE", path: `/v1/rooms/${roomId}/participants/${userId}` });
  }

  /**
   * Messages before, after or around a number, or around a date; newest first, oldest first with `after`. `limit` ≤ 100,
   * 50 if absent.
   */
  history(
    roomId: number,
    page: { before?: number; after?: number; around?: number | string; limit?: number } = {},
  ): Promise<HistoryAnswer> {
    return this.request({ path: `/v1/rooms/${roomId}/messages`, query: page });
  }

  /** Whom you blocked, in all. Of a room's people they are in its snapshot: `you.blockedUserIds`. */
  blocks(page: { cursor?: string | undefined; limit?: number } = {}): Promise<Page<BlockedPerson>> {
    return this.request({ path: "/v1/me/blocks", query: page });
  }

  /**
   * From now on neither of you hears of the other: in your DIRECT room nobody can send, and what this person says in a
   * GROUP is not among `messages`. They are not told.
   */
  block(userId: number): Promise<void> {
    return this.request({ method: "PUT", path: `/v1/me/blocks/${userId}` });
  }

  unblock(userId: number): Promise<void> {
    return this.request({ method: "DELETE", path: `/v1/me/blocks/${userId}` });
  }

  /** Tells the operators of somebody. Of `messageIds` they get a copy that stays, whatever is edited or deleted later. */
  report(report: CreateReportRequest): Promise<ReportReceipt> {
    return this.request({ method: "POST", path: "/v1/reports", body: report });
  }

  /** Messages of your rooms that hold what is looked for, the best first. `signal` is in place of the usual deadline. */
  searchMessages(query: MessageQuery, { signal }: { signal?: AbortSignal } = {}): Promise<SearchAnswer> {
    return this.request({ path: "/v1/search/messages", query: { ...query }, signal });
  }

  /** Any other route of the server, as you: what has no method here. The answer is the body; `undefined` for 204. */
  async request<Answer>(call: Call): Promise<Answer> {
    return bodyOf(await this.respond(call));
  }

  /** As `request`, with the answer as it came: where it is not JSON. */
  async respond(call: Call): Promise<Response> {
    try {
      return await respond(this.#options, call, await this.#token("request"));
    } catch (error) {
      if (!(error instanceof StudyMateError) || error.status !== 401) throw error;
      return await respond(this.#options, call, await this.#token("refused"));
    }
  }
}

/** Why an upgrade was refused, by asking for what it is of with the same token; null: nothing speaks against it. */
export async function whyRefused(options: HttpOptions, path: string, token: string) {
  try {
    await respond(options, { path }, token);
    return null;
  } catch (error) {
    const { code } = error as StudyMateError; // it throws nothing else
    return code === "unauthorized" || code === "forbidden" || code === "not_found" ? code : null;
  }
}

async function request<Answer>(options: HttpOptions, call: Call, token?: string): Promise<Answer> {
  return bodyOf(await respond(options, call, token));
}

async function respond(options: HttpOptions, call: Call, token?: string): Promise<Response> {
  const url = new URL(call.path, options.baseUrl);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const { body } = call;
  const isJson = body && !(body instanceof Blob);
  if (isJson) headers["content-type"] = "application/json";
  if (call.idempotencyKey !== undefined) headers["idempotency-key"] = call.idempotencyKey;
  const send = call.fetch ?? options.fetch ?? globalThis.fetch;
  let response: Response;
  try {
    response = await send(url.href, {
      method: call.method ?? "GET",
      headers,
      signal: call.signal ?? AbortSignal.timeout(REQUEST_DEADLINE_MS),
      body: isJson ? JSON.stringify(body) : (body ?? null),
    });
  } catch {
    throw new StudyMateError("network", "The server could not be reached.");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** What ends early, or is not JSON, did not come from our server as it was sent. */
async function bodyOf<Body>(response: Response): Promise<Body> {
  try {
    // The server's bodies are made from the same schemas; the SDK carries no validator.
    return (response.status === 204 ? undefined : await response.json()) as Body;
  } catch {
    throw new StudyMateError("network", "The answer could not be read.", { status: response.status });
  }
}

async function refusal(response: Response): Promise<StudyMateError> {
  const { status, headers } = response;
  const details = {
    status,
    retryable: status >= 500 || status === 429,
    // Nothing where there is none, or a date.
    retryAfterMs: Number(headers.get("retry-after")) * 1_000 || undefined,
  };
  if (!headers.get("content-type")?.includes("application/problem+json")) {
    return new StudyMateError(status >= 500 ? "unavailable" : "internal", `The server answered ${status}.`, details);
  }
  const { code, title, requestId, errors } = await bodyOf<Problem>(response); // named so by its content type
  return new StudyMateError(code, title, { ...details, requestId, fields: errors });
}
