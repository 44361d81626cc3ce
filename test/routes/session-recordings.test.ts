/** Recordings over HTTP: sent in parts by who recorded, fetched by who was in the call, gone when their time is up. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { sessionObject } from "../../schema/addresses.ts";
import {
  createRecordingAnswer,
  recordingList,
  recordingUpload,
  type SessionRecording,
  sessionRecording,
} from "../../schema/api/sessions.ts";
import { expireRecordings } from "../../src/jobs/expire-recordings.ts";
import { RECORDING } from "../../src/sessions/recording-rules.ts";
import { callOf, callWithout, recordedBy } from "../support/calls.ts";
import { clock } from "../support/clock.ts";
import { call, type SignedIn, signInMany } from "../support/http.ts";
import { ascii, joined, PNG } from "../support/pictures.ts";

const DAY = 24 * 60 * 60_000;
const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x84], ascii("webm"), new Uint8Array(60));
const FULL = (() => {
  const bytes = new Uint8Array(RECORDING.partBytes).fill(7);
  bytes.set(WEBM);
  return bytes;
})();

let minji: SignedIn;
let daniel: SignedIn;
let stranger: SignedIn;
/** A call that Minji records, with Daniel. Sofia said yes and did not come. */
let sofia: SignedIn;
let id: number;

beforeAll(async () => {
  [minji, daniel, sofia, stranger] = await signInMany("Minji", "Daniel", "Sofia", "Stranger");
  ({ id } = await recordedBy(await callWithout([sofia], minji, daniel)));
});

const at = (rest: string) => `/v1/sessions/${id}/recordings${rest}`;

function begin({ token }: SignedIn, contentType = "video/webm;codecs=vp8,opus", key?: string): Promise<Response> {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return call("POST", at(""), { token, body: { contentType }, headers });
}

async function begun(person = minji): Promise<z.infer<typeof createRecordingAnswer>> {
  const response = await begin(person);
  if (response.status !== 201) throw new Error(`not begun: ${response.status} ${await response.text()}`);
  return createRecordingAnswer.parse(await response.json());
}

function sendPart({ token }: SignedIn, number: number, part: number, body: Uint8Array | string): Promise<Response> {
  const headers = { "content-type": "application/octet-stream" };
  return call("PUT", at(`/${number}/parts/${part}`), { token, body, headers });
}

const complete = ({ token }: SignedIn, number: number, body: object = { duration: 60, quality: "720p" }) =>
  call("POST", at(`/${number}/complete`), { token, body });
const fetchContent = ({ token }: SignedIn, number: number, headers: Readonly<Record<string, string>> = {}) =>
  call("GET", at(`/${number}/content`), { token, headers });
const remove = ({ token }: SignedIn, number: number) => call("DELETE", at(`/${number}`), { token });
const uploadOf = ({ token }: SignedIn, number: number) => call("GET", at(`/${number}/upload`), { token });

async function recorded(bytes: Uint8Array = WEBM): Promise<SessionRecording> {
  const { id: number } = await begun();
  expect((await sendPart(minji, number, 1, bytes)).status).toBe(200);
  const response = await complete(minji, number);
  expect(response.status).toBe(200);
  return sessionRecording.parse(await response.json());
}

async function numbersFor({ token }: SignedIn): Promise<number[]> {
  const { items } = recordingList.parse(await (await call("GET", at(""), { token })).json());
  return items.map((one) => one.id);
}

async function keyOf(number: number): Promise<string> {
  await sessionObject(env, id).flush();
  const key = await env.DB.prepare(
    "SELECT media_key AS key FROM session_recordings WHERE session_id = ? AND number = ?",
  )
    .bind(id, number)
    .first<string>("key");
  if (key === null) throw new Error("no such recording in D1");
  return key;
}

async function expire(): Promise<number> {
  await sessionObject(env, id).flush();
  const outcome = await expireRecordings.step(env, expireRecordings.first(Date.now()), Date.now());
  expect(outcome.counts.failed).toBe(0);
  return outcome.counts.recordings ?? 0;
}

describe("an upload", () => {
  test("of several parts, in any order, is one file with its length, its end and who may see it", async () => {
    const upload = await begun();
    expect(upload).toMatchObject({
      sessionId: id,
      fileUrl: null,
      isAvailable: false,
      format: "WEBM",
      partSize: RECORDING.partBytes,
      maxParts: RECORDING.maxParts,
      recordedByUserId: minji.user.id,
    });
    expect((await sendPart(minji, upload.id, 2, "the end")).status).toBe(200);
    expect((await sendPart(minji, upload.id, 1, FULL)).status).toBe(200);
    const sent = recordingUpload.parse(await (await uploadOf(minji, upload.id)).json());
    expect(sent.parts.map(({ number, size }) => [number, size])).toEqual([
      [1, RECORDING.partBytes],
      [2, 7],
    ]);
    const before = Date.now();
    const whole = sessionRecording.parse(await (await complete(minji, upload.id)).json());
    expect(whole).toMatchObject({
      id: upload.id,
      fileUrl: at(`/${upload.id}/content`),
      fileSize: RECORDING.partBytes + 7,
      duration: 60,
      quality: "720p",
      isAvailable: true,
    });
    expect(Date.parse(whole.expiresAt ?? "")).toBeGreaterThanOrEqual(before + 30 * DAY);
    for (const person of [minji, daniel]) expect(await numbersFor(person)).toContain(upload.id);
  });

  test("can be ended again, and is the same", async () => {
    const { id: number } = await begun();
    await sendPart(minji, number, 1, WEBM);
    const first = await (await complete(minji, number)).json();
    const again = await complete(minji, number);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual(first);
  });

  test("is not whole with a part missing, or one before the last that is not full: it is named", async () => {
    const { id: number } = await begun();
    const pathOf = async () => {
      const response = await complete(minji, number);
      expect(response.status).toBe(409);
      return (await response.json<{ errors: { path: string }[] }>()).errors.map(({ path }) => path);
    };
    expect(await pathOf()).toEqual(["parts"]);
    await sendPart(minji, number, 2, "the end");
    expect(await pathOf()).toEqual(["parts.1"]);
    await sendPart(minji, number, 1, WEBM);
    expect(await pathOf()).toEqual(["parts.1"]);
    await sendPart(minji, number, 1, FULL);
    expect((await complete(minji, number)).status).toBe(200);
  });

  test("begun again with the same key is the one of before", async () => {
    const key = crypto.randomUUID();
    const [first, again] = [await begin(minji, "video/webm", key), await begin(minji, "video/webm", key)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(await again.json()).toEqual(await first.json());
    expect((await begin(minji, "video/mp4", key)).status).toBe(409);
  });

  test.each(["text/html", "image/svg+xml", "video/x-msvideo", ""])("of %j is not taken", async (contentType) => {
    expect((await begin(minji, contentType)).status).toBe(415);
  });

  test("takes no part that is empty, too large, beyond the last, or begins as something else", async () => {
    const { id: number } = await begun();
    const big = new Uint8Array(RECORDING.partBytes + 1);
    expect((await sendPart(minji, number, 1, "")).status).toBe(400);
    expect((await sendPart(minji, number, 2, big)).status).toBe(413);
    expect((await sendPart(minji, number, RECORDING.maxParts + 1, "x")).status).toBe(413);
    for (const bytes of [PNG, "<html></html>", ascii("OggS")]) {
      expect((await sendPart(minji, number, 1, bytes)).status).toBe(415);
    }
    expect(recordingUpload.parse(await (await uploadOf(minji, number)).json()).parts).toEqual([]);
  });

  test("is its recorder's alone while it is sent", async () => {
    const { id: number } = await begun();
    const statuses = async (person: SignedIn) => [
      (await sendPart(person, number, 1, WEBM)).status,
      (await uploadOf(person, number)).status,
      (await complete(person, number)).status,
      (await remove(person, number)).status,
    ];
    for (const person of [daniel, sofia, stranger]) {
      for (const status of await statuses(person)) expect([403, 404]).toContain(status);
    }
    expect(await numbersFor(daniel)).not.toContain(number);
    expect((await fetchContent(minji, number)).status).toBe(404);
  });

  test("is not begun by who records nothing", async () => {
    for (const person of [daniel, sofia, stranger]) expect((await begin(person)).status).toBe(403);
    const [tom, jane] = await signInMany("Tom", "Jane");
    const { id: other } = await callOf(tom, jane);
    const body = { contentType: "video/webm" };
    expect((await call("POST", `/v1/sessions/${other}/recordings`, { token: tom.token, body })).status).toBe(403);
    expect((await env.MEDIA.list({ prefix: `recording/${tom.user.id}/` })).objects).toEqual([]);
  });
});

describe("a recording", () => {
  test("is fetched by who was in the call, and by nobody else", async () => {
    const { id: number } = await recorded();
    for (const person of [minji, daniel]) {
      const response = await fetchContent(person, number);
      expect(response.status).toBe(200);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(WEBM);
    }
    // Confirmed, and not there.
    for (const person of [sofia, stranger]) {
      expect((await fetchContent(person, number)).status).toBe(403);
      expect((await call("GET", at(""), { token: person.token })).status).toBe(403);
      expect((await remove(person, number)).status).toBe(403);
    }
    expect((await call("GET", at(`/${number}/content`))).status).toBe(401);
  });

  test("comes with what keeps it from acting, and its own name", async () => {
    const { id: number } = await recorded();
    const { headers } = await fetchContent(daniel, number);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "video/webm",
      "content-length": String(WEBM.length),
      "content-disposition": expect.stringContaining(`attachment; filename="session-${id}-${number}.webm"`),
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-cache",
    });
    const etag = headers.get("etag") ?? "";
    expect((await fetchContent(daniel, number, { "if-none-match": etag })).status).toBe(304);
  });

  test("is fetched in ranges", async () => {
    const { id: number } = await recorded();
    const response = await fetchContent(daniel, number, { range: "bytes=4-7" });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes 4-7/${WEBM.length}`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(WEBM.slice(4, 8));
    expect((await fetchContent(daniel, number, { range: "bytes=1000-" })).status).toBe(416);
  });

  test("is deleted by anybody who was in the call, with its file", async () => {
    const { id: number } = await recorded();
    const key = await keyOf(number);
    expect(await env.MEDIA.head(key)).not.toBeNull();
    expect((await remove(daniel, number)).status).toBe(204);
    expect(await env.MEDIA.head(key)).toBeNull();
    expect((await fetchContent(minji, number)).status).toBe(404);
    expect(await numbersFor(minji)).not.toContain(number);
    expect((await remove(minji, number)).status).toBe(404);
  });
});

describe("the job that expires", () => {
  test("deletes a recording when its time is up, and not before", async () => {
    const { id: number } = await recorded();
    const key = await keyOf(number);
    clock.advance(30 * DAY - 60_000);
    await expire();
    expect(await env.MEDIA.head(key)).not.toBeNull();
    clock.advance(120_000);
    expect(await expire()).toBeGreaterThanOrEqual(1);
    expect(await env.MEDIA.head(key)).toBeNull();
    clock.set(0);
    expect((await fetchContent(minji, number)).status).toBe(404);
    clock.advance(31 * DAY);
    expect(await expire()).toBe(0);
  });

  test("gives up an upload that was not whole after a day", async () => {
    const { id: number } = await begun();
    await sendPart(minji, number, 1, WEBM);
    clock.advance(DAY + 60_000);
    expect(await expire()).toBeGreaterThanOrEqual(1);
    clock.set(0);
    expect([403, 404, 409, 410]).toContain((await sendPart(minji, number, 2, "more")).status);
    expect(await numbersFor(minji)).not.toContain(number);
  });
});
