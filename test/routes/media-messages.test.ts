/** Pictures, voices and files as messages: from the upload to the other's socket, to history, and to what is left of them. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimedUrl } from "../../objects/chat-room/media-claims.ts";
import type { MediaAnswer } from "../../schema/api/media.ts";
import { historyAnswer, roomList } from "../../schema/api/rooms.ts";
import { call, enter, groupOf, type SignedIn, signInMany } from "../support/http.ts";
import { fetchMedia, uploaded } from "../support/media.ts";
import { ascii, JPEG, joined, PNG } from "../support/pictures.ts";
import { roomStub } from "../support/rooms.ts";
import type { AnyFrame, TestSocket } from "../support/sockets.ts";

const OGG = joined(ascii("OggS"), new Uint8Array(24), ascii("OpusHead"), new Uint8Array(40));

let minji: SignedIn;
let daniel: SignedIn;
let roomId: number;
let hers: TestSocket;
let his: TestSocket;
let picture: MediaAnswer;

beforeAll(async () => {
  [minji, daniel] = await signInMany("Minji", "Daniel");
});

beforeEach(async () => {
  ({ id: roomId } = await groupOf([minji, daniel]));
  [hers, his] = await Promise.all([enter(roomId, minji), enter(roomId, daniel)]);
  picture = await uploaded(minji, PNG, { roomId, fileName: "바다.png" });
  return () => {
    for (const socket of [hers, his]) socket.close();
  };
});

function send(fields: object, socket = hers): Promise<AnyFrame> {
  return socket.request({ type: "message.send", clientId: crypto.randomUUID(), messageType: "IMAGE", ...fields });
}

async function history() {
  const response = await call("GET", `/v1/rooms/${roomId}/messages`, { token: daniel.token });
  return historyAnswer.parse(await response.json()).items;
}

const fileUrlOf = ({ key }: MediaAnswer) => `/v1/media/${key}`;
const isKept = async ({ key }: MediaAnswer) =>
  (await env.DB.prepare("SELECT 1 FROM media_files WHERE key = ? AND freed_at IS NULL").bind(key).first()) !== null;

describe("a picture", () => {
  test("reaches everybody with what was found in it, whatever its sender says of it", async () => {
    const claims = { contentType: "text/html", width: 1, tags: ["x"] };
    const ack = await send({ fileUrl: picture.url, fileMetadata: claims, content: "바다에서" });
    expect(ack).toMatchObject({ type: "ack", id: 1, duplicate: false });
    const { message } = await his.waitFor("message.created");
    expect(message).toMatchObject({
      messageType: "IMAGE",
      content: "바다에서",
      fileUrl: fileUrlOf(picture),
      fileMetadata: { contentType: "image/png", sizeBytes: PNG.length, width: 6, height: 4, fileName: "바다.png" },
    });
    expect((await fetchMedia(daniel, picture.key)).status).toBe(200);
    expect(await history()).toEqual([message]);
    await roomStub(roomId).flush();
    expect(await history()).toEqual([message]);
  });

  test("needs no words, and the list of rooms shows it without", async () => {
    expect(await send({ fileUrl: picture.url, content: null })).toMatchObject({ type: "ack" });
    await roomStub(roomId).flush();
    const rooms = roomList.parse(await (await call("GET", "/v1/rooms", { token: daniel.token })).json());
    const listed = rooms.items.find(({ id }) => id === roomId);
    expect(listed?.lastMessage).toMatchObject({ messageType: "IMAGE", content: null });
  });

  test("sent again is the same one, however its address is written; another file is a conflict", async () => {
    const clientId = "c1";
    const first = await send({ clientId, fileUrl: picture.url });
    for (const fileUrl of [picture.url, fileUrlOf(picture)]) {
      expect(await send({ clientId, fileUrl, fileMetadata: { width: 3 } })).toMatchObject({
        id: first.id,
        createdAt: first.createdAt,
        duplicate: true,
      });
    }
    const another = await uploaded(minji, JPEG, { roomId });
    expect(await send({ clientId, fileUrl: another.url })).toMatchObject({ code: "conflict" });
    expect(await send({ clientId, messageType: "FILE", fileUrl: picture.url })).toMatchObject({ code: "conflict" });
    expect(await send({ clientId, messageType: "TEXT", content: "x" })).toMatchObject({ code: "conflict" });
  });

  test("keeps its file when its words are changed", async () => {
    await send({ fileUrl: picture.url });
    expect(await hers.request({ type: "message.edit", id: 1, content: "산에서" })).toMatchObject({ type: "ack" });
    const { message } = await his.waitFor("message.edited");
    expect(message).toMatchObject({ content: "산에서", fileUrl: fileUrlOf(picture), fileMetadata: { width: 6 } });
  });

  test("is found by its words", async () => {
    await send({ fileUrl: picture.url, content: "바닷가의 등대" });
    await roomStub(roomId).flush();
    const found = await call("GET", `/v1/search/messages?q=${encodeURIComponent("등대")}&roomId=${roomId}`, {
      token: daniel.token,
    });
    expect(await found.json()).toMatchObject({ items: [{ message: { fileUrl: fileUrlOf(picture) } }] });
  });
});

test("a voice is a VOICE, anything else may be a FILE", async () => {
  const voice = await uploaded(minji, OGG, { purpose: "voice", roomId });
  expect(await send({ messageType: "VOICE", fileUrl: voice.url })).toMatchObject({ type: "ack" });
  expect(await send({ messageType: "FILE", fileUrl: picture.url })).toMatchObject({ type: "ack" });
  const text = await uploaded(minji, "숙제", { roomId });
  expect(await send({ messageType: "FILE", fileUrl: text.url })).toMatchObject({ type: "ack" });
  expect((await history()).map(({ messageType }) => messageType)).toEqual(["FILE", "FILE", "VOICE"]);
});

test("a voice says how long it is, as its sender said at its upload and not as a message claims", async () => {
  const voice = await uploaded(minji, OGG, { purpose: "voice", roomId, durationMs: 4_250 });
  expect(voice.durationMs).toBe(4_250);
  await send({ messageType: "VOICE", fileUrl: voice.url, fileMetadata: { durationMs: 1 } });
  const { message } = await his.waitFor("message.created");
  const fileMetadata = { contentType: "audio/ogg", sizeBytes: OGG.length, durationMs: 4_250 };
  expect(message).toMatchObject({ messageType: "VOICE", fileMetadata });
  await roomStub(roomId).flush();
  expect(await history()).toEqual([message]);
});

test("a voice whose length nobody told says none", async () => {
  const voice = await uploaded(minji, OGG, { purpose: "voice", roomId });
  expect(voice).not.toHaveProperty("durationMs");
  await send({ messageType: "VOICE", fileUrl: voice.url, fileMetadata: { durationMs: 1 } });
  const { message } = await his.waitFor("message.created");
  expect(message).toMatchObject({ fileMetadata: { contentType: "audio/ogg", sizeBytes: OGG.length } });
  expect(message).not.toMatchObject({ fileMetadata: { durationMs: expect.anything() } });
});

describe("is refused", () => {
  const claim = (change: object = {}) => {
    const [purpose, ownerId] = ["message" as const, minji.user.id];
    const found = { contentType: "image/png", sizeBytes: 1, width: 1, height: 1, durationMs: null, fileName: null };
    const file = { key: picture.key, ownerId, purpose, ...found };
    return { file, roomId, until: Date.now() + 1_000, ...change };
  };
  const secrets = { AUTH_SECRET: env.AUTH_SECRET };
  const cases: readonly [name: string, code: string, fields: () => object][] = [
    ["a picture without a file", "not_found", () => ({ fileUrl: null, content: "x" })],
    ["a foreign address", "not_found", () => ({ fileUrl: "https://evil.example/x.png" })],
    ["an address that nobody signed", "not_found", () => ({ fileUrl: fileUrlOf(picture) })],
    ["a changed key", "not_found", () => ({ fileUrl: picture.url.replace("message/", "message/1") })],
    ["a changed claim", "not_found", () => ({ fileUrl: picture.url.replace("claim=", "claim=A") })],
    ["a claim with more behind it", "not_found", () => ({ fileUrl: `${picture.url}&x=1` })],
    ["a signature that is cut off", "not_found", () => ({ fileUrl: picture.url.slice(0, -1) })],
    [
      "another's signature",
      "not_found",
      () => ({ fileUrl: claimedUrl(claim(), { AUTH_SECRET: "another secret, of 32 bytes or so" }) }),
    ],
    ["a file for another room", "not_found", () => ({ fileUrl: claimedUrl(claim({ roomId: 1 }), secrets) })],
    ["a file of days ago", "gone", () => ({ fileUrl: claimedUrl(claim({ until: Date.now() - 1 }), secrets) })],
    ["a picture as VOICE", "invalid_frame", () => ({ messageType: "VOICE", fileUrl: picture.url })],
    ["a text with a file", "invalid_frame", () => ({ messageType: "TEXT", content: "x", fileUrl: picture.url })],
    ["a picture in reply to nothing", "not_found", () => ({ fileUrl: picture.url, replyToId: 9 })],
  ];

  test.each(cases)("%s: %s", async (_, code, fields) => {
    expect(await send(fields())).toMatchObject({ type: "error", code });
    expect(await history()).toEqual([]);
  });

  test("somebody else's upload: not_found", async () => {
    expect(await send({ fileUrl: picture.url }, his)).toMatchObject({ code: "not_found" });
  });
});

describe("a deleted picture", () => {
  test("is gone for everybody with the flush that brings its deletion", async () => {
    await send({ fileUrl: picture.url });
    await roomStub(roomId).flush();
    expect(await hers.request({ type: "message.delete", id: 1 })).toMatchObject({ type: "ack" });
    await roomStub(roomId).flush();
    expect(await isKept(picture)).toBe(false);
    expect((await fetchMedia(daniel, picture.key)).status).toBe(404);
    expect(await history()).toMatchObject([{ isDeleted: true, fileUrl: null, fileMetadata: null }]);
  });

  test("is gone also where it was deleted before the database had heard of it", async () => {
    await send({ fileUrl: picture.url });
    expect(await hers.request({ type: "message.delete", id: 1 })).toMatchObject({ type: "ack" });
    await roomStub(roomId).flush();
    expect(await isKept(picture)).toBe(false);
    expect((await fetchMedia(daniel, picture.key)).status).toBe(404);
    expect(await history()).toMatchObject([{ isDeleted: true, fileUrl: null, fileMetadata: null }]);
  });

  test("is there again where it is sent again", async () => {
    await send({ fileUrl: picture.url });
    await roomStub(roomId).flush();
    await hers.request({ type: "message.delete", id: 1 });
    await roomStub(roomId).flush();
    expect(await send({ fileUrl: picture.url })).toMatchObject({ type: "ack", id: 2 });
    await roomStub(roomId).flush();
    expect(await isKept(picture)).toBe(true);
    expect((await fetchMedia(daniel, picture.key)).status).toBe(200);
  });

  test("stays where another message shows it", async () => {
    await send({ fileUrl: picture.url });
    await send({ fileUrl: picture.url });
    await roomStub(roomId).flush();
    for (const [id, kept] of [
      [1, true],
      [2, false],
    ] as const) {
      await hers.request({ type: "message.delete", id });
      await roomStub(roomId).flush();
      expect(await isKept(picture)).toBe(kept);
    }
  });

  test("is gone out of the archive as well", async () => {
    await send({ fileUrl: picture.url });
    await roomStub(roomId).flush();
    const columns = "room_id, id, sender_id, message_type, content, file_url, file_metadata, created_at, epoch, rev";
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO chat_messages_archive (${columns}) SELECT ${columns} FROM chat_messages WHERE room_id = ?`,
      ).bind(roomId),
      env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ?").bind(roomId),
    ]);
    expect(await isKept(picture)).toBe(true);
    await hers.request({ type: "message.delete", id: 1 });
    await roomStub(roomId).flush();
    expect(await isKept(picture)).toBe(false);
  });

  test("whose row a reaction or an edit writes again stays", async () => {
    await send({ fileUrl: picture.url });
    await roomStub(roomId).flush();
    await his.request({ type: "reaction.add", id: 1, emoji: "🌊" });
    await hers.request({ type: "message.edit", id: 1, content: "바다" });
    await roomStub(roomId).flush();
    expect(await isKept(picture)).toBe(true);
  });
});
