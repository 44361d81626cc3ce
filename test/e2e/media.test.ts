/** Files through the bundle that is deployed: found by their content, large ones handed on as they come, whole after a kill. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mediaAnswer } from "../../schema/api/media.ts";
import { jpegWithExif, PNG } from "../support/pictures.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { openSocket, socketUrl } from "./support/raw-socket.ts";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "./support/server.ts";

const LARGE_BYTES = 24 * 1_024 * 1_024;

let server: ServerProcess;
let ara: Person;
let bomi: Person;
let roomId: number;

beforeAll(async () => {
  server = await startServer({ stateFolder: newStateFolder(), port: await freePort() });
  ara = await signIn(server.baseUrl, "Ara");
  bomi = await signIn(server.baseUrl, "Bomi");
  roomId = await makeRoom([ara, bomi]);
});

afterAll(cleanUp);

async function upload(
  body: Buffer<ArrayBuffer> | Uint8Array<ArrayBuffer> | ReadableStream,
  query = `purpose=message&roomId=${roomId}`,
) {
  const response = await fetch(`${server.baseUrl}/v1/media?${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${ara.token}` },
    body,
    // What Node asks for where a body is a stream.
    ...(body instanceof ReadableStream && { duplex: "half" }),
  });
  return { status: response.status, body: await response.json() };
}

async function download(key: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${server.baseUrl}/v1/media/${key}`, {
    headers: { authorization: `Bearer ${bomi.token}`, ...headers },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A PDF to whoever looks at its beginning. */
function largeFile(bytes: number): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(bytes - 9)]);
}

it("a photo loses its place, and is sent, fetched in parts, and there after a kill", async () => {
  const photo = jpegWithExif(6);
  const { status, body } = await upload(photo);
  expect(status).toBe(201);
  const { key, url, size, width } = mediaAnswer.parse(body);
  expect([width, size < photo.length]).toEqual([4, true]);
  const { socket } = await openSocket(socketUrl(server.baseUrl, roomId), { token: ara.token });
  const message = { type: "message.send", clientId: "c1", messageType: "IMAGE", fileUrl: url };
  expect(await socket.request(message)).toMatchObject({ type: "ack", duplicate: false });
  const whole = await download(key);
  expect(whole.bytes.length).toBe(size);
  expect(whole.bytes.includes("126.9780")).toBe(false);
  const part = await download(key, { range: "bytes=2-9" });
  expect(part.response.status).toBe(206);
  expect(part.bytes).toEqual(whole.bytes.subarray(2, 10));
  const etag = whole.response.headers.get("etag") ?? "";
  expect((await download(key, { "if-none-match": etag })).response.status).toBe(304);

  await server.killAll();
  const port = Number(new URL(server.baseUrl).port);
  server = await startServer({ stateFolder: server.stateFolder, port });
  expect((await download(key)).bytes).toEqual(whole.bytes);
  const again = await openSocket(socketUrl(server.baseUrl, roomId), { token: ara.token });
  expect(await again.socket.request(message)).toMatchObject({ type: "ack", duplicate: true });
  again.socket.close();
});

it("a large file is the same file afterwards, with and without its length", async () => {
  const file = largeFile(LARGE_BYTES);
  const stream = new Blob([file]).stream();
  for (const sent of [file, stream]) {
    const { status, body } = await upload(sent);
    expect(status).toBe(201);
    const { key, size } = mediaAnswer.parse(body);
    expect(size).toBe(file.length);
    expect(hashOf((await download(key)).bytes)).toBe(hashOf(file));
    const { bytes } = await download(key, { range: "bytes=-1000" });
    expect(hashOf(bytes)).toBe(hashOf(file.subarray(-1000)));
  }
});

it("a file that is too large is refused, and the server goes on", async () => {
  const file = largeFile(26 * 1_024 * 1_024);
  for (const sent of [file, new Blob([file]).stream()]) {
    const refused = await upload(sent).catch(() => null);
    // A server that has read enough may close before everything is sent.
    if (refused) expect(refused).toMatchObject({ status: 413, body: { code: "too_large" } });
  }
  expect((await upload(PNG)).status).toBe(201);
});
