/** Learning sessions of the tests, planned over HTTP as a client would. */
import { env } from "cloudflare:workers";
import type { z } from "zod";
import { createSessionAnswer, type SessionAnswer, sessionAnswer, sessionList } from "../../schema/api/sessions.ts";
import { call, idsOf, type SignedIn } from "./http.ts";

export type CreatedSession = z.infer<typeof createSessionAnswer>;

const HOUR = 60 * 60_000;

export interface Wish {
  readonly inHours?: number;
  readonly minutes?: number;
  readonly key?: string;
  readonly body?: object;
}

/** Times, so many hours from now. */
export function timesIn(hours: number, minutes = 60): { scheduledStartTime: string; scheduledEndTime: string } {
  const start = Math.floor(Date.now() / 60_000) * 60_000 + hours * HOUR;
  return {
    scheduledStartTime: new Date(start).toISOString(),
    scheduledEndTime: new Date(start + minutes * 60_000).toISOString(),
  };
}

export function askForSession(
  host: SignedIn,
  guests: readonly SignedIn[],
  { inHours = 24, minutes = 60, key, body = {} }: Wish = {},
): Promise<Response> {
  const wish = {
    sessionType: "VIDEO_1V1",
    title: "여행 이야기",
    ...timesIn(inHours, minutes),
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    inviteeIds: idsOf(...guests),
    ...body,
  };
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return call("POST", "/v1/sessions", { token: host.token, body: wish, headers });
}

export async function planned(host: SignedIn, guests: readonly SignedIn[], wish?: Wish): Promise<CreatedSession> {
  const response = await askForSession(host, guests, wish);
  if (response.status !== 201) throw new Error(`not planned: ${response.status} ${await response.text()}`);
  return createSessionAnswer.parse(await response.json());
}

/** `POST /v1/sessions/{id}/{what}`. */
export function tell(person: SignedIn, sessionId: number, what: string, body?: object): Promise<Response> {
  const details = { token: person.token, ...(body && { body }) };
  return call("POST", `/v1/sessions/${sessionId}/${what}`, details);
}

export async function told(person: SignedIn, sessionId: number, what: string, body?: object): Promise<SessionAnswer> {
  const response = await tell(person, sessionId, what, body);
  if (response.status !== 200) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  return sessionAnswer.parse(await response.json());
}

export async function seenBy({ token }: SignedIn, sessionId: number): Promise<SessionAnswer> {
  return sessionAnswer.parse(await (await call("GET", `/v1/sessions/${sessionId}`, { token })).json());
}

export async function listedFor({ token }: SignedIn, query = ""): Promise<z.infer<typeof sessionList>> {
  return sessionList.parse(await (await call("GET", `/v1/sessions${query}`, { token })).json());
}

/** How each of these stands in it. */
export function invitationsIn({ participants }: SessionAnswer, ...people: readonly SignedIn[]): (string | undefined)[] {
  return people.map(({ user }) => participants.find(({ userId }) => userId === user.id)?.invitation);
}

/** The sessions that somebody is taken by. */
export async function bookedBy({ user }: SignedIn): Promise<number[]> {
  const { results } = await env.DB.prepare(
    "SELECT session_id AS id FROM session_bookings WHERE user_id = ? ORDER BY session_id",
  )
    .bind(user.id)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}
