/** What a room keeps of blocks: what it is told, for as long as that holds. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { ChatRoom } from "../../objects/chat-room/chat-room.ts";
import { makePeople, makeRoom, type RoomStub, roomStub } from "../support/rooms.ts";
import { type AnyFrame, connect } from "../support/sockets.ts";

function rowsOf(stub: RoomStub): Promise<unknown[]> {
  return runInDurableObject(stub as unknown as DurableObjectStub<ChatRoom>, (_, { storage }) =>
    storage.sql.exec("SELECT user_id AS userId, other_id AS otherId FROM blocks").toArray(),
  );
}

const send = { type: "message.send", clientId: "c1", content: "hello" };

it("keeps a block through an eviction, and forgets it when it is taken back", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b], "DIRECT");
  await stub.block({ userId: a, otherId: b }, true);
  await evictDurableObject(stub);
  const socket = await connect(stub, { userId: b });
  expect(await socket.request(send)).toMatchObject({ type: "error", code: "forbidden" });
  await stub.block({ userId: a, otherId: b }, false);
  await evictDurableObject(stub);
  expect(await socket.request(send)).toMatchObject({ type: "ack", id: 1 });
});

it("is told twice of the same without a difference, and costs no rev", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const watcher = await connect(stub, { userId: a });
  await connect(stub, { userId: b });
  await watcher.waitFor("participant.online");
  for (let time = 0; time < 2; time += 1) await stub.block({ userId: a, otherId: b }, true);
  expect(await rowsOf(stub)).toEqual([{ userId: a, otherId: b }]);
  expect(await watcher.sync({ messageId: 0, rev: 0 })).toMatchObject({ messageId: 0, rev: 0 });
  expect(watcher.of("participant.offline")).toHaveLength(1);
});

it("keeps nothing of people who were never in it, whoever tells of them", async () => {
  const [a = 0, b = 0, stranger = 0, newcomer = 0] = await makePeople(4);
  const { stub, newRoom } = await makeRoom([a, b]);
  await stub.block({ userId: a, otherId: stranger }, true);
  await stub.block({ userId: stranger, otherId: a }, true);
  const added = { userId: newcomer, name: "New", imageUrl: null, role: "MEMBER" as const };
  const told = [
    { userId: newcomer, otherId: stranger },
    { userId: b, otherId: newcomer },
  ];
  await stub.addParticipants(a, [added], told);
  expect(await rowsOf(stub)).toEqual([{ userId: b, otherId: newcomer }]);
  const another = roomStub(newRoom.id + 500_000_000);
  const blocks = [
    { userId: a, otherId: b },
    { userId: a, otherId: stranger },
  ];
  await another.create({ ...newRoom, id: newRoom.id + 500_000_000, blocks });
  expect(await rowsOf(another)).toEqual([{ userId: a, otherId: b }]);
});

it("that was not made yet asks to be told again", async () => {
  expect(await roomStub(987_650_001).block({ userId: 1, otherId: 2 }, true)).toEqual({ ok: false, error: "not_found" });
});

it("that is older than blocks learns of them when it wakes", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b], "DIRECT");
  await runInDurableObject(stub as unknown as DurableObjectStub<ChatRoom>, (_, { storage }) => {
    for (const table of ["blocks", "told_inboxes", "untold_inboxes"]) storage.sql.exec(`DROP TABLE ${table}`);
    storage.sql.exec("DELETE FROM _migrations WHERE id >= 2");
  });
  await evictDurableObject(stub);
  await stub.block({ userId: b, otherId: a }, true);
  const socket = await connect(stub, { userId: a });
  expect(await socket.request(send)).toMatchObject({ code: "forbidden" });
});

it("tells who made it, on every device, and nobody else; the welcome says it too", async () => {
  const [a = 0, b = 0, c = 0] = await makePeople(3);
  const { stub } = await makeRoom([a, b, c]);
  const [one, other, blocked] = await Promise.all([a, a, b].map((userId) => connect(stub, { userId })));
  await stub.block({ userId: a, otherId: b }, true);
  for (const mine of [one, other]) expect(await mine?.waitFor("blocks.changed")).toMatchObject({ userIds: [b] });
  const isTold =
    (...userIds: number[]) =>
    (frame: AnyFrame) =>
      frame.type === "blocks.changed" && String(frame.userIds) === String(userIds);
  // A block the other way changes nothing between the two, and is the other one's to know.
  await stub.block({ userId: b, otherId: a }, true);
  expect(await blocked?.waitFor("blocks.changed")).toMatchObject({ userIds: [a] });
  await stub.block({ userId: a, otherId: c }, true);
  await one?.waitFor(isTold(b, c));
  await evictDurableObject(stub);
  const again = await connect(stub, { userId: a });
  expect(again.of("welcome")).toMatchObject([{ you: { userId: a, blockedUserIds: [b, c] } }]);
  await stub.block({ userId: a, otherId: b }, false);
  await again.waitFor(isTold(c));
  expect(blocked?.of("blocks.changed")).toHaveLength(1);
});
