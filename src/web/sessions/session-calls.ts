/** The routes of learning sessions, for the calendar, the form and the details. */
import type {
  CreateSessionRequest,
  SessionAnswer,
  SessionList,
  SessionRecording,
  UpdateSessionRequest,
} from "../../../schema/api/sessions.ts";
import type { StudyMateClient } from "../../client/index.ts";

/** Epoch milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to?: number;
}

const PAGE = 100;

/** One's sessions of this time, the earliest first; the first hundred. */
export async function loadSessions(
  client: StudyMateClient,
  { from, to }: TimeSpan,
  limit = PAGE,
): Promise<readonly SessionAnswer[]> {
  const query = { from: iso(from), to: to === undefined ? undefined : iso(to), limit };
  return (await client.request<SessionList>({ path: "/v1/sessions", query })).items;
}

export function loadSession(client: StudyMateClient, id: number): Promise<SessionAnswer> {
  return client.request({ path: `/v1/sessions/${id}` });
}

/** The same key again is the same request. */
export function createSession(
  client: StudyMateClient,
  body: CreateSessionRequest,
  idempotencyKey: string,
): Promise<SessionAnswer> {
  return client.request({ method: "POST", path: "/v1/sessions", body, idempotencyKey });
}

export function updateSession(
  client: StudyMateClient,
  id: number,
  change: UpdateSessionRequest,
): Promise<SessionAnswer> {
  return client.request({ method: "PATCH", path: `/v1/sessions/${id}`, body: change });
}

export function answerInvitation(
  client: StudyMateClient,
  id: number,
  answer: "confirm" | "decline",
): Promise<SessionAnswer> {
  return client.request({ method: "POST", path: `/v1/sessions/${id}/${answer}` });
}

export function inviteTo(client: StudyMateClient, id: number, inviteeIds: readonly number[]): Promise<SessionAnswer> {
  return client.request({ method: "POST", path: `/v1/sessions/${id}/invite`, body: { inviteeIds } });
}

export function cancelSession(
  client: StudyMateClient,
  id: number,
  scope: "THIS" | "FOLLOWING",
): Promise<SessionAnswer> {
  return client.request({ method: "POST", path: `/v1/sessions/${id}/cancel`, body: { scope } });
}

export function rateSession(
  client: StudyMateClient,
  id: number,
  own: { readonly rating: number; readonly feedback: string | null },
): Promise<SessionAnswer> {
  return client.request({ method: "POST", path: `/v1/sessions/${id}/rating`, body: own });
}

export async function loadCalendarFile(client: StudyMateClient, id: number): Promise<Blob> {
  return (await client.respond({ path: `/v1/sessions/${id}/calendar.ics` })).blob();
}

export async function loadRecordings(client: StudyMateClient, id: number): Promise<readonly SessionRecording[]> {
  const { items } = await client.request<{ items: readonly SessionRecording[] }>({
    path: `/v1/sessions/${id}/recordings`,
  });
  return items;
}

export function deleteRecording(client: StudyMateClient, { sessionId, id }: SessionRecording): Promise<void> {
  return client.request({ method: "DELETE", path: `/v1/sessions/${sessionId}/recordings/${id}` });
}

/** Another secret address: the one of before ends. */
export function makeFeed(client: StudyMateClient): Promise<{ readonly url: string }> {
  return client.request({ method: "POST", path: "/v1/me/calendar-feed" });
}

export function revokeFeed(client: StudyMateClient): Promise<void> {
  return client.request({ method: "DELETE", path: "/v1/me/calendar-feed" });
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
