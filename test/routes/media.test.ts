/** Files over HTTP: what is taken, how it is kept, who gets it back, and in which pieces. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { problem } from "../../schema/api/problem.ts";
import { app } from "../../src/app.ts";
import { MEDIA_LIMITS } from "../../src/media/rules.ts";
import { call, groupOf, ORIGIN, type SignedIn, signInMany } from "../support/http.ts";
import { fetchMedia, type Sent, upload, uploaded } from "../support/media.ts";
import { ascii, GIF, JPEG, joined, jpegWithExif, PNG, pngOfSize, WEBP } from "../support/pictures.ts";

let minji: SignedIn;
let daniel: SignedIn;
let stranger: SignedIn;
let roomId: number;

beforeAll(async () => {
  [minji, daniel, stranger] = await signInMany("Minji", "Daniel", "Stranger");
  ({ id: roomId } = await groupOf([minji, daniel]));
});

const rowOf = (key: string) =>
  env.DB.prepare("SELECT status, room_id, content_type, size_bytes, file_name, details FROM media_files WHERE key = ?")
    .bind(key)
    .first();

async function everything() {
  const { results } = await env.DB.prepare("SELECT key FROM media_files ORDER BY key").all<{ key: string }>();
  const { objects } = await env.MEDIA.list();
  return { rows: results.map(({ key }) => key), objects: objects.map(({ key }) => key) };
}

const OGG = joined(ascii("OggS"), new Uint8Array(24), ascii("OpusHead"), new Uint8Array(40));
const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x84], ascii("webm"), new Uint8Array(60));
const M4A = joined([0, 0, 0, 0x18], ascii("ftypM4A "), new Uint8Array(40));
const MP4 = joined([0, 0, 0, 0x18], ascii("ftypisom"), new Uint8Array(40));
const WAV = joined(ascii("RIFF"), [36, 0, 0, 0], ascii("WAVEfmt "), new Uint8Array(28));
const MP3 = joined(
  ascii("ID3"),
  [4, 0, 0, 0, 0, 0, 0],
  [0xff, 0xfb, 0x90, 0x64],
  new Uint8Array(413),
  [0xff, 0xfb, 0x90, 0x64],
  new Uint8Array(413),
);
const PDF = ascii("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n");
const ZIP = joined([0x50, 0x4b, 0x05, 0x06], new Uint8Array(18));

describe("an upload", () => {
  const cases: readonly [name: string, purpose: string, Uint8Array | string, contentType: string, size?: object][] = [
    ["a JPEG", "message", JPEG, "image/jpeg", { width: 6, height: 4 }],
    ["a PNG", "message", PNG, "image/png", { width: 6, height: 4 }],
    ["a WebP", "message", WEBP, "image/webp", { width: 6, height: 4 }],
    ["a GIF", "message", GIF, "image/gif", { width: 1, height: 1 }],
    ["a PDF", "message", PDF, "application/pdf"],
    ["a ZIP", "message", ZIP, "application/zip"],
    ["a text", "message", "안녕하세요, 여러분!\n", "text/plain; charset=utf-8"],
    ["a program as text", "message", "alert(1)", "text/plain; charset=utf-8"],
    ["a film", "message", MP4, "video/mp4"],
    ["a voice in Ogg", "voice", OGG, "audio/ogg"],
    ["a voice in WebM", "voice", WEBM, "audio/webm"],
    ["a voice in M4A", "voice", M4A, "audio/mp4"],
    ["a voice in MP4", "voice", MP4, "audio/mp4"],
    ["a voice in WAV", "voice", WAV, "audio/wav"],
    ["a voice in MP3", "voice", MP3, "audio/mpeg"],
  ];

  test.each(cases)("of %s is known by its content, whatever it claims to be", async (_, purpose, body, type, size) => {
    const answer = await uploaded(minji, body, { purpose, roomId, contentType: "image/svg+xml" });
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    expect(answer).toMatchObject({ contentType: type, size: bytes.length, ...size });
    expect(answer.key).toMatch(new RegExp(`^${purpose}/${minji.user.id}/[\\w-]{22}$`));
    expect(await rowOf(answer.key)).toMatchObject({ status: "STORED", room_id: roomId, content_type: type });
    const served = await fetchMedia(daniel, answer.key);
    expect(served.status).toBe(200);
    expect(served.headers.get("content-type")).toBe(type);
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(bytes);
  });

  test("of an avatar is seen by everybody who is signed in", async () => {
    const { key, url } = await uploaded(minji, PNG, { purpose: "avatar" });
    expect(url).toBe(`/v1/media/${key}`);
    expect((await fetchMedia(stranger, key)).status).toBe(200);
    expect((await call("GET", url)).status).toBe(401);
  });

  test("of a photo is kept without the place where it was taken, and turned as it was", async () => {
    const photo = jpegWithExif(6);
    const { key, size } = await uploaded(minji, photo, { roomId });
    expect(size).toBeLessThan(photo.length);
    const kept = await (await env.MEDIA.get(key))?.text();
    expect(kept).not.toContain("126.9780");
    expect(kept).toContain("Exif");
    expect((await rowOf(key))?.size_bytes).toBe(size);
  });

  test("of a voice keeps how long its sender says it is, an hour at most", async () => {
    const { key } = await uploaded(minji, OGG, { purpose: "voice", roomId, durationMs: 3_600_000 });
    expect(await rowOf(key)).toMatchObject({ details: '{"durationMs":3600000}' });
  });

  test("with a length that is known is handed on as it comes", async () => {
    const text = "모두 안녕 ".repeat(20_000);
    const length = new TextEncoder().encode(text).length;
    const { key, size } = await uploaded(minji, text, { roomId, headers: { "content-length": String(length) } });
    expect(size).toBe(length);
    expect(await (await fetchMedia(daniel, key)).text()).toBe(text);
  });
});

describe("a file's name", () => {
  const longest = "한".repeat(100);
  test.each([
    ["여름 사진.png", "여름 사진.png", PNG],
    ["photo.JPG", "photo.png", PNG, "photo.JPG.png"],
    ["../../etc/passwd", "passwd.txt", "x"],
    ["C:\\Users\\민지\\숙제.pdf", "숙제.pdf", PDF],
    [`${longest}.pdf`, `${"한".repeat(83)}.pdf`, PDF],
    ["evil.html", "evil.html.txt", "hello <script>alert(1)</script>"],
    ['a"b\r\nset-cookie: x.txt', "abset-cookie x.txt", "x"],
    ["\u202egpj.exe", "gpj.exe.txt", "x"],
    [".htaccess", "htaccess.txt", "x"],
  ])("%j is kept as %j", async (sent, kept, body, otherwise = kept) => {
    const { key, fileName } = await uploaded(minji, body, { roomId, fileName: sent });
    expect(fileName).toBe(otherwise);
    const disposition = (await fetchMedia(daniel, key)).headers.get("content-disposition") ?? "";
    expect(disposition).toMatch(/^(?:inline|attachment); filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w%.!~-]+$/);
    expect(decodeURIComponent(disposition.split("''")[1] ?? "")).toBe(otherwise);
    expect(new TextEncoder().encode(fileName).length).toBeLessThanOrEqual(255);
  });

  test.each([["..."], ["///"], ["\u202e"]])("%j is none", async (sent) => {
    const { key, fileName } = await uploaded(minji, "x", { roomId, fileName: sent });
    expect(fileName).toBeUndefined();
    expect((await fetchMedia(daniel, key)).headers.get("content-disposition")).toBe("attachment");
  });
});

describe("an upload that is refused leaves nothing", () => {
  const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const oneTooMany = (purpose: keyof typeof MEDIA_LIMITS) => MEDIA_LIMITS[purpose].maxBytes + 1;
  const bigText = (bytes: number) => new Uint8Array(bytes).fill(0x61);
  const bigOf = (head: Uint8Array, bytes: number) => {
    const all = new Uint8Array(bytes);
    all.set(head);
    return all;
  };
  const cases: readonly [name: string, status: number, body: () => Uint8Array | string, sent?: Sent][] = [
    ["an SVG called .png", 415, () => SVG, { fileName: "a.png", contentType: "image/png" }],
    ["an SVG with a prologue", 415, () => `<?xml version="1.0"?>${SVG}`],
    ["HTML called .png", 415, () => "\ufeff \n<!doctype html><script>alert(1)</script>", { fileName: "a.png" }],
    ["a GIF that is a script", 400, () => "GIF89a/*\0\0\0\0*/=1;alert(1)//;"],
    ["a program", 415, () => joined(ascii("\x7fELF"), new Uint8Array(60))],
    ["a picture that is cut off", 400, () => JPEG.subarray(0, JPEG.length - 9)],
    ["a picture of 60,000 × 60,000", 413, () => pngOfSize(60_000, 60_000)],
    ["a picture of 60,000 × 1", 413, () => pngOfSize(60_000, 1)],
    ["an avatar of 50 megapixels", 413, () => pngOfSize(10_000, 5_000), { purpose: "avatar" }],
    ["nothing", 400, () => new Uint8Array()],
    ["an avatar that moves", 415, () => GIF, { purpose: "avatar" }],
    ["a document as avatar", 415, () => PDF, { purpose: "avatar" }],
    ["a picture as voice", 415, () => PNG, { purpose: "voice" }],
    ["a text as voice", 415, () => "hello", { purpose: "voice" }],
    ["a file of a byte too many", 413, () => bigText(oneTooMany("message"))],
    ["a file that says so", 413, () => "x", { headers: { "content-length": String(oneTooMany("message")) } }],
    ["a picture of a byte too many", 413, () => bigOf(JPEG, MEDIA_LIMITS.message.maxImageBytes + 1)],
    ["an avatar of a byte too many", 413, () => bigOf(JPEG, oneTooMany("avatar")), { purpose: "avatar" }],
    ["a voice of a byte too many", 413, () => bigOf(OGG, oneTooMany("voice")), { purpose: "voice" }],
    ["a length that is none", 400, () => "x", { headers: { "content-length": "-1" } }],
    ["less than its length says", 400, () => "x", { headers: { "content-length": "3" } }],
    ["more than its length says", 400, () => "xxxxx", { headers: { "content-length": "3" } }],
    ["no purpose", 400, () => PNG, { purpose: "" }],
    ["a purpose that is none", 400, () => PNG, { purpose: "recording" }],
    ["a name of 1,025 characters", 400, () => PNG, { fileName: "x".repeat(1_025) }],
    ["a voice of no length", 400, () => OGG, { purpose: "voice", durationMs: 0 }],
    ["a voice of more than an hour", 400, () => OGG, { purpose: "voice", durationMs: 3_600_001 }],
    ["a voice of less than nothing", 400, () => OGG, { purpose: "voice", durationMs: -5 }],
    ["a voice of half a millisecond", 400, () => OGG, { purpose: "voice", durationMs: "0.5" }],
    ["a voice of 1e3", 400, () => OGG, { purpose: "voice", durationMs: "1e3" }],
    ["a voice whose length is empty", 400, () => OGG, { purpose: "voice", durationMs: "" }],
    ["a picture that lasts", 400, () => PNG, { durationMs: 1_000 }],
    ["an avatar that lasts", 400, () => PNG, { purpose: "avatar", durationMs: 1_000 }],
    ["a room that is not there", 404, () => PNG, { roomId: 999_999_999 }],
    ["a room that is no number", 400, () => PNG, { roomId: "1e3" }],
  ];

  test.each(cases)("%s: %i", async (_, status, body, sent = {}) => {
    const before = await everything();
    const room = sent.purpose === "avatar" ? {} : { roomId };
    const response = await upload(minji, body(), { ...room, ...sent });
    expect(response.status).toBe(status);
    expect(problem.parse(await response.json()).status).toBe(status);
    expect(await everything()).toEqual(before);
  });

  test("a foreign room, no room, a room of an avatar, nobody: 403, 400, 400, 401", async () => {
    const before = await everything();
    expect((await upload(stranger, PNG, { roomId })).status).toBe(403);
    expect((await upload(minji, PNG, {})).status).toBe(400);
    expect((await upload(minji, PNG, { purpose: "avatar", roomId })).status).toBe(400);
    expect((await call("POST", `/v1/media?purpose=message&roomId=${roomId}`, { body: PNG })).status).toBe(401);
    expect(await everything()).toEqual(before);
  });

  test("somebody who was deactivated: 401", async () => {
    const [gone] = await signInMany("Gone");
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(gone.user.id).run();
    const before = await everything();
    expect((await upload(gone, PNG, { purpose: "avatar" })).status).toBe(401);
    expect(await everything()).toEqual(before);
  });

  test("R2 that is away: 500, and no row", async () => {
    const before = await everything();
    const MEDIA = { put: () => Promise.reject(new Error("away")), delete: async () => {} };
    const request = new Request(`${ORIGIN}/v1/media?purpose=avatar`, {
      method: "POST",
      headers: { authorization: `Bearer ${minji.token}` },
      body: PNG,
    });
    expect((await app.fetch(request, { ...env, MEDIA })).status).toBe(500);
    expect(await everything()).toEqual(before);
  });
});

test("what is harmless alone is served so that it stays harmless", async () => {
  const polyglot = joined(PNG, ascii("<html><script>alert(1)</script></html>"));
  const { key } = await uploaded(minji, polyglot, { roomId, fileName: "a.html" });
  const served = await fetchMedia(daniel, key);
  expect(Object.fromEntries(served.headers)).toMatchObject({
    "content-type": "image/png",
    "content-disposition": `inline; filename="a.html.png"; filename*=UTF-8''a.html.png`,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, no-cache",
  });
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(PNG);
});

describe("a file of a room", () => {
  test("is seen by its participants alone, and by nobody who left, at once", async () => {
    const [left] = await signInMany("Left");
    const { id } = await groupOf([minji, left]);
    const { key } = await uploaded(left, PNG, { roomId: id });
    const statusFor = async (person: SignedIn) => (await fetchMedia(person, key)).status;
    expect(await Promise.all([minji, left, stranger].map(statusFor))).toEqual([200, 200, 403]);
    await call("DELETE", `/v1/rooms/${id}/participants/${left.user.id}`, { token: minji.token });
    expect(await Promise.all([minji, left, stranger].map(statusFor))).toEqual([200, 403, 403]);
    const etag = (await fetchMedia(minji, key)).headers.get("etag") ?? "";
    expect((await fetchMedia(left, key, { "if-none-match": etag })).status).toBe(403);
  });

  test("is not there under another key", async () => {
    const { key } = await uploaded(minji, PNG, { roomId });
    const [purpose, owner, name = ""] = key.split("/");
    for (const other of [
      `voice/${owner}/${name}`,
      `${purpose}/${owner}0/${name}`,
      `${purpose}/${owner}/${name.slice(0, -1)}${name.endsWith("A") ? "B" : "A"}`,
      `${purpose}/${owner}/${name}x`,
      `${purpose}/${owner}/..%2f${name}`,
      `${purpose}/0${owner}/${name}`,
      `nothing/${owner}/${name}`,
      `__proto__/${owner}/${name}`,
    ]) {
      expect((await fetchMedia(daniel, other)).status, other).toBe(404);
    }
  });

  test("that is announced but not stored is not there, nor one whose bytes are lost", async () => {
    const { key } = await uploaded(minji, PNG, { roomId });
    await env.MEDIA.delete(key);
    expect((await fetchMedia(daniel, key)).status).toBe(404);
    await env.DB.prepare("UPDATE media_files SET status = 'PENDING' WHERE key = ?").bind(key).run();
    expect((await fetchMedia(daniel, key)).status).toBe(404);
  });
});

describe("a part of a file", () => {
  let key: string;
  let etag: string;
  const text = "0123456789";
  beforeAll(async () => {
    ({ key } = await uploaded(minji, text, { roomId }));
    etag = (await fetchMedia(minji, key)).headers.get("etag") ?? "";
  });

  test.each([
    ["bytes=0-3", "0123", "0-3"],
    ["bytes=4-4", "4", "4-4"],
    ["bytes=7-", "789", "7-9"],
    ["bytes=-2", "89", "8-9"],
    ["bytes=-999999999999999", text, "0-9"],
    ["bytes=5-999999999999999", "56789", "5-9"],
  ])("%s is %j", async (range, part, place) => {
    const response = await fetchMedia(daniel, key, { range });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${place}/10`);
    expect(response.headers.get("content-length")).toBe(String(part.length));
    expect(await response.text()).toBe(part);
  });

  test.each([
    ["bytes=10-"],
    ["bytes=-0"],
    ["bytes=5-4"],
    ["bytes=0-0,1-1"],
    [`bytes=${Array.from({ length: 1_000 }, () => "0-").join(",")}`],
    ["bytes=99999999999999999999999-"],
    ["bytes=a-b"],
    ["bytes=-"],
    ["bytes="],
  ])("%s is refused", async (range) => {
    const response = await fetchMedia(daniel, key, { range });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */10");
  });

  test.each([["lines=1-2"], ["nonsense"]])("in units that nobody knows (%s) is the whole", async (range) => {
    const response = await fetchMedia(daniel, key, { range });
    expect([response.status, await response.text()]).toEqual([200, text]);
  });

  test("is given only of what the client has the rest of", async () => {
    const range = "bytes=0-3";
    expect((await fetchMedia(daniel, key, { range, "if-range": etag })).status).toBe(206);
    for (const other of ['"another"', `W/${etag}`, "Mon, 23 Nov 2026 07:00:00 GMT"]) {
      expect((await fetchMedia(daniel, key, { range, "if-range": other })).status, other).toBe(200);
    }
  });

  test("is not sent to those who have the whole", async () => {
    for (const match of [etag, `"a", ${etag}`, `W/${etag}`, "*"]) {
      const response = await fetchMedia(daniel, key, { "if-none-match": match });
      expect([response.status, await response.text()], match).toEqual([304, ""]);
      expect(response.headers.get("etag")).toBe(etag);
    }
    expect((await fetchMedia(daniel, key, { "if-none-match": '"another"' })).status).toBe(200);
  });
});

test("pages of allowed origins may ask for parts, and read what they got", async () => {
  const request = new Request(`${ORIGIN}/v1/media/message/1/x`, {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization,range",
    },
  });
  const headers = (await app.fetch(request, env)).headers;
  expect(headers.get("access-control-allow-headers")).toContain("range");
});
