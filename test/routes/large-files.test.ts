/** Large files: leave to send them straight to R2, and what is made of them once they came. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { mediaAnswer, type PresignAnswer, presignAnswer } from "../../schema/api/media.ts";
import { app } from "../../src/app.ts";
import { enter, groupOf, requestFor, type SignedIn, signInMany } from "../support/http.ts";
import { fetchMedia } from "../support/media.ts";
import { ascii, PNG } from "../support/pictures.ts";

const STORAGE = {
  R2_ENDPOINT: "https://account.r2.example/studymate-media",
  R2_ACCESS_KEY_ID: "key",
  R2_SECRET_ACCESS_KEY: "secret",
};
const PDF = ascii("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n");

let minji: SignedIn;
let daniel: SignedIn;
let roomId: number;

beforeAll(async () => {
  [minji, daniel] = await signInMany("Minji", "Daniel");
  ({ id: roomId } = await groupOf([minji, daniel]));
});

async function post(path: string, body: unknown, { caller = minji, settings = STORAGE as object } = {}) {
  const request = requestFor("POST", `/v1/media/${path}`, { token: caller.token, ...(body !== undefined && { body }) });
  return app.fetch(request, { ...env, ...settings });
}

const asked = (change: object = {}) => ({
  roomId,
  contentType: "application/pdf",
  sizeBytes: PDF.length,
  fileName: "숙제.pdf",
  ...change,
});
async function leave(change: object = {}): Promise<PresignAnswer> {
  return presignAnswer.parse(await (await post("uploads", asked(change))).json());
}
const arrive = (key: string, bytes: Uint8Array) => env.MEDIA.put(`incoming/${key}`, bytes);

test("leave is for one key, one size and one type, and for a quarter of an hour", async () => {
  const { key, uploadUrl, headers, expiresAt } = await leave();
  const url = new URL(uploadUrl);
  expect(url.pathname).toBe(`/studymate-media/incoming/${key}`);
  expect(url.searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;content-type;host");
  expect(url.searchParams.get("X-Amz-Expires")).toBe("900");
  expect(headers).toEqual({ "content-type": "application/pdf", "content-length": String(PDF.length) });
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(800_000);
  expect(uploadUrl).not.toContain(STORAGE.R2_SECRET_ACCESS_KEY);
  expect((await fetchMedia(minji, key)).status).toBe(404);
});

test("what came as it was announced is served, and can be sent", async () => {
  const { key } = await leave();
  await arrive(key, PDF);
  const response = await post(`${key}/complete`, undefined);
  const file = mediaAnswer.parse(await response.json());
  expect(file).toMatchObject({ key, size: PDF.length, contentType: "application/pdf", fileName: "숙제.pdf" });
  expect(await (await fetchMedia(daniel, key)).text()).toContain("%PDF");
  const socket = await enter(roomId, minji);
  const message = { type: "message.send", clientId: key, messageType: "FILE", fileUrl: file.url };
  expect(await socket.request(message)).toMatchObject({ type: "ack" });
  socket.close();
  // Asked again, it is the same; what is sent to the old address changes nothing.
  await arrive(key, ascii("<script>alert(1)</script>"));
  expect(mediaAnswer.parse(await (await post(`${key}/complete`, undefined)).json())).toEqual(file);
  expect(await (await fetchMedia(daniel, key)).text()).toContain("%PDF");
});

test("completed twice at once, it is the same for both", async () => {
  const { key } = await leave();
  await arrive(key, PDF);
  const both = await Promise.all([post(`${key}/complete`, undefined), post(`${key}/complete`, undefined)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(await (await fetchMedia(daniel, key)).text()).toContain("%PDF");
});

test("cut off before its row says so, it can be completed again", async () => {
  const { key } = await leave();
  await arrive(key, PDF);
  await env.DB.exec(
    "CREATE TRIGGER cut_off BEFORE UPDATE OF status ON media_files BEGIN SELECT RAISE(ABORT, 'cut off'); END",
  );
  expect((await post(`${key}/complete`, undefined)).status).toBe(500);
  await env.DB.exec("DROP TRIGGER cut_off");
  // Meanwhile another file of that size and type: what is under the key stays.
  await arrive(key, ascii("%PDF-1.6\n1 0 obj\n<<>>\nendobj\n"));
  expect((await post(`${key}/complete`, undefined)).status).toBe(200);
  expect(await (await fetchMedia(daniel, key)).text()).toContain("%PDF-1.7");
  expect(await env.MEDIA.head(`incoming/${key}`)).toBeNull();
});

test("of somebody whose account was closed meanwhile nothing is left", async () => {
  const { key } = await leave();
  await arrive(key, PDF);
  // Its row is not there any more to be marked.
  await env.DB.exec("CREATE TRIGGER closed BEFORE UPDATE OF status ON media_files BEGIN SELECT RAISE(IGNORE); END");
  expect((await post(`${key}/complete`, undefined)).status).toBe(404);
  await env.DB.exec("DROP TRIGGER closed");
  expect([await env.MEDIA.head(key), await env.MEDIA.head(`incoming/${key}`)]).toEqual([null, null]);
});

describe("what came is refused", () => {
  test.each([
    ["that is longer", PDF.length - 1, PDF, 415],
    ["that is shorter", PDF.length + 1, PDF, 415],
    ["of another type", PNG.length, PNG, 415],
    ["that is empty", 1, new Uint8Array(), 415],
    ["that is HTML", 25, ascii("<script>alert(1)</script>"), 415],
  ])("%s", async (_, sizeBytes, bytes, status) => {
    const { key } = await leave({ sizeBytes });
    await arrive(key, bytes);
    expect((await post(`${key}/complete`, undefined)).status).toBe(status);
    expect(await env.MEDIA.head(`incoming/${key}`)).toBeNull();
    expect((await fetchMedia(minji, key)).status).toBe(404);
  });

  test("that did not come yet: 409", async () => {
    const { key } = await leave();
    expect((await post(`${key}/complete`, undefined)).status).toBe(409);
  });

  test("of somebody else, or of nobody: 404", async () => {
    const { key } = await leave();
    await arrive(key, PDF);
    expect((await post(`${key}/complete`, undefined, { caller: daniel })).status).toBe(404);
    expect((await post(`${key}x/complete`, undefined)).status).toBe(404);
    expect((await post(`${key}/complete`, undefined)).status).toBe(200);
    expect((await post(`${key}/complete`, undefined, { caller: daniel })).status).toBe(404);
  });
});

test.each([
  ["a picture, which has to be looked through", 415, { contentType: "image/png" }],
  ["HTML", 415, { contentType: "text/html" }],
  ["more than is taken", 413, { sizeBytes: 1e9 }],
  ["nothing", 400, { sizeBytes: 0 }],
  ["a part of a byte", 400, { sizeBytes: 1.5 }],
  ["a room that is not there", 404, { roomId: 999_999_999 }],
  ["no room", 400, { roomId: null }],
])("leave for %s is refused: %i", async (_, status, change) => {
  expect((await post("uploads", asked(change))).status).toBe(status);
});

test("leave for a foreign room, a long body, a service without such a storage: 403, 413, 404", async () => {
  const [stranger] = await signInMany("Stranger");
  expect((await post("uploads", asked(), { caller: stranger })).status).toBe(403);
  expect((await post("uploads", { ...asked(), more: "x".repeat(70_000) })).status).toBe(413);
  expect((await post("uploads", asked(), { settings: {} })).status).toBe(404);
});
