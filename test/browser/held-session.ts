/** A session that took place, over the SDK alone: two of the demo's people in a call, who talked, and one who recorded it. */
import type { SessionAnswer } from "../../schema/api/sessions.ts";
import { createClient, devLogin, type StudyMateClient } from "../../src/client/index.ts";
import { connectSession, type LiveSession } from "../../src/client/session/index.ts";
import { DEMO_PEOPLE, type DemoKey } from "../../src/local/people.ts";
import { until } from "../../src/local/until.ts";
import { sharedServer } from "./support.ts";

interface SignedIn {
  readonly id: number;
  readonly client: StudyMateClient;
}

const HALF_HOUR_MS = 1_800_000;
const LIMIT = { limitMs: 10_000 };

export async function demoClient(key: DemoKey): Promise<SignedIn> {
  const person = DEMO_PEOPLE.find((one) => one.key === key);
  if (person === undefined) throw new Error(`There is no ${key} in the demo.`);
  const { email, englishName, birthDate } = person;
  const baseUrl = sharedServer();
  const { accessToken, user } = await devLogin({ baseUrl }, { email, englishName, birthDate });
  return { id: user.id, client: createClient({ baseUrl, token: () => accessToken }) };
}

interface PlannedPair {
  readonly host: SignedIn;
  readonly guest: SignedIn;
  readonly title: string;
}

/** A session that begins so soon, to which the guest has said yes. */
export async function planIn(waitMs: number, pair: PlannedPair): Promise<number> {
  const id = await inviteIn(waitMs, pair);
  await pair.guest.client.request({ method: "POST", path: `/v1/sessions/${id}/confirm` });
  return id;
}

/** One to which the guest has said nothing yet. */
export async function inviteIn(waitMs: number, { host, guest, title }: PlannedPair): Promise<number> {
  const start = Date.now() + waitMs;
  const { id } = await host.client.request<SessionAnswer>({
    method: "POST",
    path: "/v1/sessions",
    body: {
      ...{ sessionType: "VIDEO_1V1", title, inviteeIds: [guest.id], primaryLanguage: "en", secondaryLanguage: "ko" },
      scheduledStartTime: new Date(start).toISOString(),
      scheduledEndTime: new Date(start + HALF_HOUR_MS).toISOString(),
    },
  });
  return id;
}

/** Both are in the call, and have talked for a moment. */
export async function enterCall(id: number, people: readonly [SignedIn, SignedIn]): Promise<readonly LiveSession[]> {
  const calls = people.map(({ client }) => connectSession(client, id));
  await Promise.all(calls.map((call) => call.join({ audio: true, video: true, screen: false })));
  for (const call of calls) call.setSpeaking(true);
  return calls;
}

/** The first one's client records, and sends this file. */
export async function record(calls: readonly LiveSession[], file: Blob): Promise<void> {
  const [recorder] = calls;
  if (recorder === undefined) throw new Error("Nobody is in the call.");
  await Promise.all(calls.map((call) => call.setRecordingConsent(true)));
  await recorder.startRecording();
  await recorder.stopRecording();
  const path = `/v1/sessions/${recorder.id}/recordings`;
  const { client } = recorder;
  const { id } = await client.request<{ id: number }>({ method: "POST", path, body: { contentType: "video/webm" } });
  await client.request({ method: "PUT", path: `${path}/${id}/parts/1`, body: file });
  await client.request({ method: "POST", path: `${path}/${id}/complete`, body: { duration: 2, quality: "360p" } });
}

/** The host ends it, and both are gone. */
export async function endCall(calls: readonly LiveSession[]): Promise<void> {
  await calls[0]?.end();
  const isOver = () => calls.every((call) => call.getSnapshot().end !== null);
  if (!(await until(isOver, LIMIT))) throw new Error("The session does not end.");
  for (const call of calls) call.close();
}
