import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { ChatRoom } from "../../objects/chat-room/chat-room.ts";
import { makePeople, makeRoom, roomStub } from "../support/rooms.ts";
import { type AnyFrame, connect, upgrade } from "../support/sockets.ts";
import { forgeToken } from "../support/tokens.ts";

function newcomer(userId: number): { userId: number; name: string; imageUrl: null; role: "MEMBER" } {
  return { userId, name: `Person ${userId}`, imageUrl: null, role: "MEMBER" };
}

it("answers 404 for a room that was never made, and leaves nothing in its storage", async () => {
  const stub = roomStub(987_654_321);
  const response = await upgrade(stub, { userId: 1 });
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await stub.describe(1)).toEqual({ ok: false, error: "not_found" });
  expect(await stub.page(1, { limit: 10 })).toEqual({ ok: false, error: "not_found" });
  expect(await stub.flush()).toEqual([]);
  await runInDurableObject(stub, async (_, { storage }) => {
    expect(
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").toArray(),
    ).toEqual([]);
    expect((await storage.list()).size).toBe(0);
  });
});

it("answers 403 to somebody who does not take part", async () => {
  const [a = 0, b = 0, stranger = 0] = await makePeople(3);
  const { stub } = await makeRoom([a, b], "DIRECT");
  expect((await upgrade(stub, { userId: stranger })).status).toBe(403);
  expect(await stub.describe(stranger)).toEqual({ ok: false, error: "forbidden" });
});

it("is made once: a second create changes nothing", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub, newRoom } = await makeRoom([a, b], "DIRECT");
  const before = await stub.describe(a);
  await stub.create({ ...newRoom, name: "another" });
  expect(await stub.describe(a)).toEqual(before);
});

it("welcomes with the whole room and the position from which events follow", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub, id } = await makeRoom([a, b]);
  const first = await connect(stub, { userId: a });
  await first.request({ type: "message.send", clientId: "c1", content: "hello" });
  await first.request({ type: "message.edit", id: 1, content: "hello!" });
  const { welcome } = await connect(stub, { userId: b });
  expect(welcome).toMatchObject({
    protocol: 1,
    room: { id, roomType: "GROUP", createdByUserId: a, isActive: true },
    you: { userId: b, role: "MEMBER", lastReadMessageId: 0, blockedUserIds: [] },
    messageId: 1,
    rev: 1,
  });
  expect(
    welcome.participants.map(({ userId, role, online }: { [key: string]: unknown }) => [userId, role, online]),
  ).toEqual([
    [a, "ADMIN", true],
    [b, "MEMBER", true],
  ]);
});

it("tells who came online and who went, once per person whatever the number of sockets", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const watcher = await connect(stub, { userId: a });
  const phone = await connect(stub, { userId: b, deviceId: "phone" });
  const laptop = await connect(stub, { userId: b, deviceId: "laptop" });
  await watcher.waitFor((frame) => frame.type === "participant.online" && frame.userId === b);
  phone.close();
  await laptop.request({ type: "message.send", clientId: "c1", content: "still here" });
  expect(watcher.of("participant.offline")).toEqual([]);
  laptop.close();
  await watcher.waitFor((frame) => frame.type === "participant.offline" && frame.userId === b);
  expect(watcher.of("participant.online").filter(({ userId }) => userId === b)).toHaveLength(1);
});

it("adds, promotes and removes people, and tells the room each time", async () => {
  const [admin = 0, mina = 0, late = 0] = await makePeople(3);
  const { stub } = await makeRoom([admin, mina]);
  const watcher = await connect(stub, { userId: mina });
  expect(await stub.addParticipants(mina, [newcomer(late)])).toEqual({ ok: false, error: "forbidden" });
  expect(await stub.addParticipants(admin, [newcomer(late)])).toMatchObject({
    ok: true,
    value: [{ userId: late, rev: 1 }],
  });
  expect(await stub.addParticipants(admin, [newcomer(late)])).toMatchObject({
    ok: true,
    value: [{ userId: late, rev: 1 }],
  });
  expect(await stub.updateParticipant(admin, late, "ADMIN")).toMatchObject({
    ok: true,
    value: { role: "ADMIN", rev: 2 },
  });
  expect(await stub.removeParticipant(late, mina)).toMatchObject({ ok: true, value: { isActive: false, rev: 3 } });
  expect(watcher.of("participant.joined")).toMatchObject([{ rev: 1, participant: { userId: late } }]);
  expect(watcher.of("participant.updated")).toMatchObject([{ rev: 2, participant: { role: "ADMIN" } }]);
  expect(watcher.of("participant.left")).toMatchObject([{ rev: 3, participant: { userId: mina } }]);
  expect((await watcher.waitForClose()).code).toBe(4403);
  expect((await upgrade(stub, { userId: mina })).status).toBe(403);
  expect(await stub.page(mina, { limit: 10 })).toEqual({ ok: false, error: "forbidden" });
});

it("keeps an ADMIN: the last cannot step down, and when they leave the eldest follows", async () => {
  const [admin = 0, mina = 0, tom = 0] = await makePeople(3);
  const { stub } = await makeRoom([admin, mina, tom]);
  expect(await stub.updateParticipant(admin, admin, "MEMBER")).toEqual({ ok: false, error: "conflict" });
  expect(await stub.removeParticipant(admin, admin)).toMatchObject({ ok: true });
  const view = await stub.describe(mina);
  expect(view.ok && view.value.participants.find(({ userId }) => userId === mina)?.role).toBe("ADMIN");
  await stub.removeParticipant(tom, tom);
  await stub.removeParticipant(mina, mina);
  expect(await stub.removeParticipant(mina, mina)).toMatchObject({ ok: true, value: { isActive: false } });
});

it("leaves a DIRECT room as it is: nobody joins, nobody leaves", async () => {
  const [a = 0, b = 0, c = 0] = await makePeople(3);
  const { stub } = await makeRoom([a, b], "DIRECT");
  for (const answer of [
    await stub.addParticipants(a, [newcomer(c)]),
    await stub.removeParticipant(a, b),
    await stub.removeParticipant(a, a),
    await stub.updateRoom(a, { name: "ours" }),
  ])
    expect(answer).toEqual({ ok: false, error: "forbidden" });
});

it("renames itself for an ADMIN and tells everyone", async () => {
  const [admin = 0, mina = 0] = await makePeople(2);
  const { stub } = await makeRoom([admin, mina]);
  const watcher = await connect(stub, { userId: mina });
  expect(await stub.updateRoom(mina, { name: "x" })).toEqual({ ok: false, error: "forbidden" });
  expect(await stub.updateRoom(admin, { name: "수요일 모임" })).toMatchObject({
    ok: true,
    value: { name: "수요일 모임", rev: 1 },
  });
  expect(await watcher.waitFor("room.updated")).toMatchObject({
    rev: 1,
    room: { name: "수요일 모임", description: null },
  });
});

it("hands a changed name on to those who see it", async () => {
  const [admin = 0, mina = 0] = await makePeople(2);
  const { stub } = await makeRoom([admin, mina]);
  const watcher = await connect(stub, { userId: admin });
  await stub.updateProfile(mina, { name: "김민아", imageUrl: "https://example.com/a.png" });
  await stub.updateProfile(999_999, { name: "nobody", imageUrl: null });
  expect(await watcher.waitFor("participant.updated")).toMatchObject({ rev: 1, participant: { name: "김민아" } });
});

it("ends a user's sockets, all or those of one device", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const phone = await connect(stub, { userId: b, deviceId: "phone" });
  const laptop = await connect(stub, { userId: b, deviceId: "laptop" });
  expect(await stub.endSockets(b, "phone")).toBe(1);
  expect((await phone.waitForClose()).code).toBe(4401);
  expect(laptop.closed).toBeUndefined();
  expect(await stub.endSockets(b)).toBe(1);
  expect((await laptop.waitForClose()).code).toBe(4401);
});

it("closes the oldest of a user's sockets beyond twenty", async () => {
  const [a = 0] = await makePeople(1);
  const { stub } = await makeRoom([a]);
  const sockets = [];
  for (let n = 0; n < 21; n += 1) sockets.push(await connect(stub, { userId: a }));
  expect((await sockets[0]?.waitForClose())?.code).toBe(4409);
  expect(sockets.slice(1).every(({ closed }) => closed === undefined)).toBe(true);
});

it("shows and numbers nothing of a group that was rolled back", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  await runInDurableObject(stub, (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    let fails = true;
    Object.defineProperty(storage.sql, "exec", {
      configurable: true,
      value: (query: string, ...bindings: SqlStorageValue[]) => {
        // The last statement of the first group, after all of its jobs.
        if (fails && query.startsWith("INSERT INTO _due")) {
          fails = false;
          throw new Error("disk I/O error");
        }
        return exec(query, ...bindings);
      },
    });
  });
  const renamed = { name: "Renamed", imageUrl: null };
  await expect(runInDurableObject(stub, (room: ChatRoom) => room.updateProfile(b, renamed))).rejects.toThrow("disk");

  const watcher = await connect(stub, { userId: a });
  const before = await watcher.waitFor("welcome");
  expect(before).toMatchObject({ rev: 0, messageId: 0 });
  const shown = (frame: AnyFrame) => frame.participants.find(({ userId }: { userId: number }) => userId === b);
  expect(shown(before)).toMatchObject({ rev: 0, online: false });
  expect(shown(before).name).not.toBe("Renamed");

  await stub.updateProfile(b, renamed);
  expect(await watcher.waitFor("participant.updated")).toMatchObject({ rev: 1, participant: { name: "Renamed" } });
  const other = await connect(stub, { userId: b });
  expect(shown(await other.waitFor("welcome"))).toMatchObject({ name: "Renamed", rev: 1, online: true });
});

it("keeps somebody online whose one socket took a new token and whose other one went", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  const { stub } = await makeRoom([a, b]);
  const watcher = await connect(stub, { userId: a });
  const phone = await connect(stub, { userId: b, deviceId: "phone" });
  const laptop = await connect(stub, { userId: b, deviceId: "laptop" });
  const token = await forgeToken({ userId: b });
  expect(await phone.request({ type: "auth.refresh", token })).toMatchObject({ type: "ack" });
  laptop.close();
  await phone.request({ type: "message.send", clientId: "c1", content: "still here" });
  expect(watcher.of("participant.offline")).toEqual([]);
  // The refreshed socket belongs to the new token's device now, and to nobody's old one.
  expect([await stub.endSockets(b, "phone"), await stub.endSockets(b, "a-device")]).toEqual([0, 1]);
  await watcher.waitFor((frame) => frame.type === "participant.offline" && frame.userId === b);
});
