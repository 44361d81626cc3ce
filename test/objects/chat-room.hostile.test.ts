import { Packr } from "msgpackr";
import { expect, it } from "vitest";
import { encodeFrame } from "../../schema/protocol/codec.ts";
import { ADMISSION_HEADERS, encodeIdentity } from "../../schema/socket-admission.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { type AnyFrame, connect, type SocketOptions, type TestSocket } from "../support/sockets.ts";
import { forgeToken } from "../support/tokens.ts";

async function pair(options: Partial<SocketOptions> = {}): Promise<{
  hostile: TestSocket;
  other: TestSocket;
  userIds: number[];
  room: Awaited<ReturnType<typeof makeRoom>>;
}> {
  const userIds = await makePeople(2);
  const room = await makeRoom(userIds);
  const hostile = await connect(room.stub, { userId: userIds[0] ?? 0, ...options });
  const other = await connect(room.stub, { userId: userIds[1] ?? 0 });
  return { hostile, other, userIds, room };
}

const BAD_COMMANDS: readonly [string, object, string][] = [
  ["an unknown type", { type: "message.explode" }, "unknown_type"],
  ["no type", { hello: 1 }, "invalid_frame"],
  ["blank content", { type: "message.send", clientId: "c", content: " \n " }, "invalid_frame"],
  ["no content", { type: "message.send", clientId: "c" }, "invalid_frame"],
  ["4,001 characters", { type: "message.send", clientId: "c", content: "가".repeat(4_001) }, "invalid_frame"],
  ["no clientId", { type: "message.send", content: "x" }, "invalid_frame"],
  ["a clientId of 65 characters", { type: "message.send", clientId: "c".repeat(65), content: "x" }, "invalid_frame"],
  ["SYSTEM", { type: "message.send", clientId: "c", messageType: "SYSTEM", content: "x" }, "invalid_frame"],
  ["U+0000", { type: "message.send", clientId: "c", content: "a\0b" }, "invalid_frame"],
  ["an id of 2^60", { type: "message.edit", id: 2 ** 60, content: "x" }, "invalid_frame"],
  ["an id of 1e308", { type: "message.delete", id: 1e308 }, "invalid_frame"],
  ["a negative id", { type: "message.delete", id: -1 }, "invalid_frame"],
  ["a fraction", { type: "message.delete", id: 1.5 }, "invalid_frame"],
  ["an id as text", { type: "message.delete", id: "1" }, "invalid_frame"],
  ["a message that is not there", { type: "message.edit", id: 77, content: "x" }, "not_found"],
  ["a reply to what is not there", { type: "message.send", clientId: "c", content: "x", replyToId: 77 }, "not_found"],
  ["reading past the end", { type: "read", id: 77 }, "not_found"],
  ["an endless page", { type: "history", limit: 1e9 }, "invalid_frame"],
];

it.each(BAD_COMMANDS)("refuses %s with its code, and the socket goes on", async (_, frame, code) => {
  const { hostile } = await pair();
  expect(await hostile.request(frame)).toMatchObject({ type: "error", code });
  expect(await hostile.request({ type: "message.send", clientId: "ok", content: "fine" })).toMatchObject({ id: 1 });
});

it("ignores fields it does not know", async () => {
  const { hostile } = await pair();
  const answer = await hostile.request({
    type: "message.send",
    clientId: "c",
    content: "x",
    senderId: 1,
    id: 99,
    isAdmin: true,
  });
  expect(answer).toMatchObject({ type: "ack", id: 1 });
  expect((await hostile.waitFor("message.created")).message.senderId).not.toBe(1);
});

const withTypes = new Packr({ useRecords: false, moreTypes: true, structuredClone: true });
const withRecords = new Packr({ useRecords: true });
const lone = Uint8Array.of(
  0x82,
  0xa4,
  ...new TextEncoder().encode("type"),
  0xa1,
  0x78,
  0xa1,
  0x63,
  0xa3,
  0xed,
  0xa0,
  0x80,
);
const RAW: readonly [string, Uint8Array][] = [
  ["a Date", withTypes.pack({ type: "read", id: new Date() })],
  ["a Set", withTypes.pack({ type: "read", id: new Set([1]) })],
  ["a typed array", withTypes.pack({ type: "read", id: new Float32Array(4) })],
  ["binary", withTypes.pack({ type: "read", id: new Uint8Array(4) })],
  ["a record", withRecords.pack({ type: "read", id: 1 })],
  ["a bigint", withTypes.pack({ type: "read", id: 2n ** 60n })],
  ["NaN", withTypes.pack({ type: "read", id: Number.NaN })],
  ["a truncated map", encodeFrame("msgpack", { type: "read", id: 1 }).slice(0, 6) as Uint8Array],
  ["a length that lies", Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
  ["depth", new Uint8Array(60_000).fill(0x91)],
  ["invalid UTF-8", Uint8Array.of(0x81, 0xa2, 0xff, 0xfe, 0x01)],
  ["a lone surrogate", lone],
  ["nothing", new Uint8Array(0)],
  ["__proto__", encodeFrame("msgpack", JSON.parse('{"type":"read","id":1,"__proto__":{"polluted":1}}')) as Uint8Array],
];

it.each(RAW)("refuses msgpack with %s, and nothing is polluted", async (_, bytes) => {
  const { hostile } = await pair({ encoding: "msgpack" });
  hostile.sendRaw(bytes);
  expect(await hostile.waitFor("error")).toMatchObject({ code: "invalid_frame" });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(hostile.closed).toBeUndefined();
});

it.each([
  ["text to a msgpack socket", "msgpack", '{"type":"read","id":1}'],
  ["binary to a JSON socket", "json", new TextEncoder().encode('{"type":"read","id":1}')],
  ["broken JSON", "json", '{"type":'],
  ["deep JSON", "json", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
  ["a lone surrogate in JSON", "json", '{"type":"message.send","clientId":"c","content":"\\ud800"}'],
  ["a prototype in JSON", "json", '{"type":"read","id":1,"__proto__":{"polluted":1}}'],
] as const)("refuses %s", async (_, encoding, data) => {
  const { hostile } = await pair({ encoding });
  hostile.sendRaw(data);
  expect(await hostile.waitFor("error")).toMatchObject({ code: "invalid_frame" });
});

it("closes with 4413 on a frame over 64 KiB, before it is decoded", async () => {
  const { hostile, other } = await pair();
  hostile.sendRaw(`{"type":"message.send","clientId":"c","content":"${"x".repeat(65_000)}"}   ${" ".repeat(1_000)}`);
  expect((await hostile.waitForClose()).code).toBe(4413);
  expect(hostile.of("error")).toMatchObject([{ code: "too_large" }]);
  expect(other.closed).toBeUndefined();
});

it("closes with 4400 after twenty invalid frames", async () => {
  const { hostile } = await pair();
  for (let n = 0; n < 20; n += 1) hostile.sendRaw("{");
  expect((await hostile.waitForClose()).code).toBe(4400);
});

it("takes bursts of 40 messages and tells how long to wait beyond", async () => {
  const { hostile, other } = await pair();
  for (let n = 1; n <= 60; n += 1) hostile.send({ type: "message.send", ref: n, clientId: `c${n}`, content: "x" });
  const limited = await hostile.waitFor((frame) => frame.code === "rate_limited");
  expect(limited).toMatchObject({ retryable: true });
  expect(limited.retryAfterMs).toBeGreaterThan(0);
  await hostile.until(() => hostile.of("ack").length + hostile.of("error").length === 60, "60 answers");
  expect(hostile.of("ack").length).toBeGreaterThanOrEqual(40);
  expect(hostile.of("ack").length).toBeLessThan(50);
  expect(await other.request({ type: "message.send", clientId: "mine", content: "unaffected" })).toMatchObject({
    type: "ack",
  });
});

it("closes a flood of 10,000 frames with 4429 while the others go on unaffected", async () => {
  const { hostile, other } = await pair();
  for (let n = 0; n < 10_000; n += 1) hostile.send({ type: "typing", active: n % 2 === 0 });
  const started = Date.now();
  expect(await other.request({ type: "message.send", clientId: "mine", content: "still here" })).toMatchObject({
    id: 1,
  });
  expect(Date.now() - started).toBeLessThan(4_000);
  expect((await hostile.waitForClose()).code).toBe(4429);
  expect(other.of("typing").length).toBeLessThan(400);
});

it("delivers nothing to a socket whose token has expired, and closes it at the next event", async () => {
  const { room, userIds, other } = await pair();
  const expiresAt = Date.now() + 300;
  const expired = await connect(room.stub, { userId: userIds[0] ?? 0, expiresAt });
  await expect.poll(() => Date.now() > expiresAt, { timeout: 2_000 }).toBe(true);
  await other.request({ type: "message.send", clientId: "c", content: "secret" });
  expect((await expired.waitForClose()).code).toBe(4401);
  expect(expired.of("message.created")).toEqual([]);
});

it("extends a socket by auth.refresh, for the same user only", async () => {
  const { room, userIds } = await pair();
  const [userId = 0, otherId = 0] = userIds;
  const socket = await connect(room.stub, { userId, expiresAt: Date.now() + 60_000 });
  expect(await socket.request({ type: "auth.refresh", token: "garbage" })).toMatchObject({ code: "unauthorized" });
  const foreign = await forgeToken({ userId: otherId });
  expect(await socket.request({ type: "auth.refresh", token: foreign })).toMatchObject({ code: "forbidden" });
  const expired = await forgeToken({ userId, lifetimeSeconds: -1 });
  expect(await socket.request({ type: "auth.refresh", token: expired })).toMatchObject({ code: "unauthorized" });
  expect(await socket.request({ type: "auth.refresh", token: await forgeToken({ userId }) })).toMatchObject({
    type: "ack",
  });
});

it("does not believe partyserver's own headers and parameters", async () => {
  const { room, userIds, other } = await pair();
  const [userId = 0, otherId = 0] = userIds;
  const response = await room.stub.fetch(
    new Request(`https://object/socket?_pk=user:${otherId}`, {
      headers: {
        Upgrade: "websocket",
        "x-partykit-props": '{"role":"ADMIN"}',
        "x-partykit-room": "1",
        [ADMISSION_HEADERS.identity]: encodeIdentity({ userId, deviceId: "d", expiresAt: Date.now() + 60_000 }),
      },
    }),
  );
  expect(response.status).toBe(101);
  response.webSocket?.accept();
  expect(await room.stub.endSockets(otherId)).toBe(1);
  expect((await other.waitForClose()).code).toBe(4401);
});

it("finds a reader that never answers its probes, and closes it while the others go on", async () => {
  const { hostile, other, room, userIds } = await pair();
  hostile.echoesProbes = false;
  const writer = await connect(room.stub, { userId: userIds[1] ?? 0 });
  const content = "가".repeat(4_000);
  const ids: AnyFrame[] = [];
  // Twelve kilobytes each time it is sent: history pages of it soon make four megabytes.
  for (let n = 1; n <= 30; n += 1) ids.push(await writer.request({ type: "message.send", clientId: `c${n}`, content }));
  for (let n = 0; n < 20 && !hostile.closed; n += 1) {
    hostile.send({ type: "history", limit: 30, ref: n });
    await other.request({ type: "history", limit: 1 });
  }
  expect((await hostile.waitForClose()).code).toBe(1001);
  expect(hostile.of("probe").length).toBeGreaterThanOrEqual(3);
  expect(other.closed).toBeUndefined();
});

it("answers the heartbeat in both encodings without a frame of its own", async () => {
  const { hostile } = await pair({ encoding: "msgpack" });
  hostile.sendRaw("ping");
  await hostile.waitFor("pong");
});
