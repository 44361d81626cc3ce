import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { connect } from "../support/sockets.ts";

it("tells a first read marker at once and coalesces those that follow", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const writer = await connect(stub, { userId: a });
  const reader = await connect(stub, { userId: b });
  for (let n = 1; n <= 20; n += 1) {
    await writer.request({ type: "message.send", clientId: `c${n}`, content: `m${n}` });
    reader.send({ type: "read", id: n });
  }
  await writer.waitFor("receipt");
  await reader.request({ type: "history", limit: 1 });
  await runDurableObjectAlarm(stub);
  await writer.waitFor((frame) => frame.type === "receipt" && frame.messageId === 20);
  const receipts = writer.of("receipt");
  expect(receipts.length).toBeLessThanOrEqual(3);
  expect(receipts.map(({ rev }) => rev)).toEqual(receipts.map((_, index) => index + 1));
});

it("moves a marker forward only", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const writer = await connect(stub, { userId: a });
  const reader = await connect(stub, { userId: b });
  for (const n of [1, 2, 3]) await writer.request({ type: "message.send", clientId: `c${n}`, content: "x" });
  reader.send({ type: "read", id: 3 });
  await writer.waitFor("receipt");
  reader.send({ type: "read", id: 1 });
  await reader.request({ type: "history", limit: 1 });
  await runDurableObjectAlarm(stub);
  const { welcome } = await connect(stub, { userId: b });
  expect(welcome.you.lastReadMessageId).toBe(3);
  expect(welcome.rev).toBe(1);
});

it("tells typing with its end, repeats it rarely, and ends it with the message", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const writer = await connect(stub, { userId: a });
  const reader = await connect(stub, { userId: b });
  for (let n = 0; n < 10; n += 1) writer.send({ type: "typing", active: true });
  const typing = await reader.waitFor("typing");
  const leftMs = Date.parse(typing.until) - Date.now();
  expect(leftMs).toBeGreaterThan(8_000);
  expect(leftMs).toBeLessThanOrEqual(10_000);
  writer.send({ type: "typing", active: false });
  await reader.waitFor((frame) => frame.type === "typing" && frame.until === null);
  expect(reader.of("typing")).toHaveLength(2);
  writer.send({ type: "typing", active: true });
  await reader.until(() => reader.of("typing").length === 3, "typing again");
  writer.close();
  await reader.until(() => reader.of("typing").at(-1)?.until === null, "the end of typing with its socket");
});

it("keeps quiet about reading and presence above a hundred participants, and flushes the markers all the same", async () => {
  const userIds = await makePeople(101);
  const room = await makeRoom(userIds);
  const [a = 0, b = 0] = userIds;
  const writer = await connect(room.stub, { userId: a });
  const reader = await connect(room.stub, { userId: b });
  await writer.request({ type: "message.send", clientId: "c1", content: "hello, everyone" });
  reader.send({ type: "read", id: 1 });
  await reader.request({ type: "history", limit: 1 });
  expect(await room.stub.flush()).toMatchObject([{ complete: true }, { complete: true }]);
  expect(writer.of("receipt")).toEqual([]);
  expect(writer.of("participant.online")).toEqual([]);
  const { welcome } = await connect(room.stub, { userId: b });
  expect(welcome).toMatchObject({ rev: 0, you: { lastReadMessageId: 1 } });
  const marker = await env.DB.prepare(
    "SELECT last_read_message_id AS id FROM chat_participants WHERE room_id = ? AND user_id = ?",
  )
    .bind(room.id, b)
    .first("id");
  expect(marker).toBe(1);
  expect(await room.stub.flush()).toMatchObject([{ rowsSent: 0 }, { rowsSent: 0 }]);
  const dirty = await runInDurableObject(room.stub, (_, { storage }) =>
    storage.sql.exec("SELECT count(*) AS n FROM participants WHERE is_dirty = 1").one(),
  );
  expect(dirty).toEqual({ n: 0 });
});
