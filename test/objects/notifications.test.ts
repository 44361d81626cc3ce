/** What a person is told of: made once, collapsed, read on all devices, kept through everything. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../schema/notifications.ts";
import { clock } from "../support/clock.ts";
import { choose, notificationsOf, notify, someCause, unreadOf } from "../support/notifications.ts";
import { introduce, openMe, presenceStub, ring, rowsOf, sayIn, send, told } from "../support/presence.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

async function makePerson(): Promise<number> {
  const [userId = 0] = await makePeople(1);
  return userId;
}

const created = (socket: TestSocket) => socket.of("notification.created");

describe("being told of something", () => {
  it("is numbered from 1, and heard by every device", async () => {
    const userId = await makePerson();
    const [phone, laptop] = [await openMe(userId), await openMe(userId, { deviceId: "laptop", encoding: "msgpack" })];
    expect(phone.welcome.unreadNotifications).toBe(0);
    expect([await notify(userId), await notify(userId)]).toEqual([1, 2]);
    for (const socket of [phone, laptop]) {
      await socket.until(() => created(socket).length === 2, "both");
      expect(created(socket)).toMatchObject([
        { notification: { id: 1, rev: 0, type: "SYSTEM", title: "Notice", isRead: false }, unread: 1 },
        { notification: { id: 2 }, unread: 2 },
      ]);
    }
    expect((await openMe(userId, { deviceId: "tablet" })).welcome.unreadNotifications).toBe(2);
  });

  it("happens once for each cause, also when it was read long ago", async () => {
    const userId = await makePerson();
    const cause = someCause();
    expect(await notify(userId, { cause })).toBe(1);
    expect(await notify(userId, { cause })).toBe(null);
    await presenceStub(userId).readNotifications("all");
    clock.advance(3 * 365 * 24 * 3_600_000);
    expect(await notify(userId, { cause })).toBe(null);
    expect(await notificationsOf(userId)).toHaveLength(1);
  });

  it("happens once where two say it at the same time", async () => {
    const userId = await makePerson();
    const cause = someCause();
    const answers = await Promise.all(Array.from({ length: 8 }, () => notify(userId, { cause })));
    expect(answers.filter((id) => id !== null)).toEqual([1]);
  });

  it("is not shown, counted or made once it has expired", async () => {
    const userId = await makePerson();
    await notify(userId, { expiresAt: Date.now() + 60_000 });
    await notify(userId);
    expect(await unreadOf(userId)).toBe(2);
    clock.advance(60_000);
    expect(await unreadOf(userId)).toBe(1);
    expect((await notificationsOf(userId)).map(({ id }) => id)).toEqual([2]);
    expect(await notify(userId, { expiresAt: Date.now() })).toBe(null);
  });

  it("takes the place of an unread one of the same key: its number, a count, a later time", async () => {
    const userId = await makePerson();
    const socket = await openMe(userId);
    await notify(userId, { collapseKey: "request:7" });
    await notify(userId, { collapseKey: "another" });
    clock.advance(1_000);
    expect(await notify(userId, { collapseKey: "request:7" })).toBe(1);
    await socket.until(() => created(socket).length === 3, "all three");
    const [first, , third] = created(socket).map(({ notification }) => notification);
    expect(third).toMatchObject({ id: 1, rev: 1, data: { count: 2 } });
    expect(Date.parse(third.createdAt)).toBeGreaterThan(Date.parse(first.createdAt));
    expect((await notificationsOf(userId)).map(({ id }) => id)).toEqual([1, 2]);
    expect(await unreadOf(userId)).toBe(2);
    // One that was read stays as it is.
    await presenceStub(userId).readNotifications([1]);
    expect(await notify(userId, { collapseKey: "request:7" })).toBe(3);
  });

  it("is in the language chosen, else in that of one's first native language", async () => {
    const [korean, american, both] = [await makePerson(), await makePerson(), await makePerson()];
    const insert = (userId: number, code: string, isPrimary: boolean) =>
      env.DB.prepare(
        "INSERT INTO user_languages (user_id, language_code, language_type, is_primary) VALUES (?, ?, 'NATIVE', ?)",
      ).bind(userId, code, Number(isPrimary));
    await env.DB.batch([
      ...[insert(korean, "ko", false), insert(american, "en", true)],
      ...[insert(both, "en", false), insert(both, "ko", true)],
    ]);
    const title = async (userId: number) => {
      await notify(userId);
      return (await notificationsOf(userId))[0]?.title;
    };
    expect([await title(korean), await title(american), await title(both)]).toEqual(["공지", "Notice", "공지"]);
    await choose(korean, { language: "en" });
    expect(await title(korean)).toBe("Notice");
    await env.DB.prepare("UPDATE user_languages SET language_code = 'ko' WHERE user_id = ?").bind(american).run();
    expect(await title(american)).toBe("Notice");
    await presenceStub(american).profileChanged();
    expect(await title(american)).toBe("공지");
  });

  it("asks D1 again after a day for what it says of the person", async () => {
    const userId = await makePerson();
    await notify(userId);
    await env.DB.prepare(
      "INSERT INTO user_languages (user_id, language_code, language_type) VALUES (?, 'ko', 'NATIVE')",
    )
      .bind(userId)
      .run();
    clock.advance(25 * 3_600_000);
    // Not waited for: the next one has it.
    await notify(userId);
    await expect
      .poll(async () => {
        await notify(userId);
        return (await notificationsOf(userId))[0]?.title;
      })
      .toBe("공지");
  });

  it("does not happen for a type that is turned off, nor later for what happened meanwhile", async () => {
    const userId = await makePerson();
    const off = { ...DEFAULT_SETTINGS.types, SYSTEM: { inApp: false, push: true } };
    await choose(userId, { types: off });
    const cause = someCause();
    expect(await notify(userId, { cause })).toBe(null);
    await choose(userId, {});
    expect(await notify(userId, { cause })).toBe(null);
    expect(await notify(userId)).toBe(1);
  });
});

describe("reading", () => {
  it("is heard by all devices, each of them ends with the same", async () => {
    const userId = await makePerson();
    const [phone, laptop] = [await openMe(userId), await openMe(userId, { deviceId: "laptop" })];
    for (let n = 0; n < 4; n += 1) await notify(userId);
    expect(await phone.request({ type: "notification.read", id: 2 })).toMatchObject({ type: "ack" });
    await laptop.until(() => laptop.of("notification.read").length === 1, "one read");
    expect(await laptop.request({ type: "notification.read", all: true })).toMatchObject({ type: "ack" });
    await phone.until(() => phone.of("notification.read").length === 2, "all read");
    for (const socket of [phone, laptop]) {
      expect(socket.of("notification.read")).toEqual([
        { type: "notification.read", ids: [2], unread: 3 },
        { type: "notification.read", all: true, unread: 0 },
      ]);
    }
    const all = await notificationsOf(userId);
    expect(all.map(({ id, rev, isRead }) => [id, rev, isRead])).toEqual([
      ...[
        [4, 4, true],
        [3, 3, true],
      ],
      ...[
        [2, 1, true],
        [1, 2, true],
      ],
    ]);
  });

  it("again is no news, and of what does not exist is refused", async () => {
    const userId = await makePerson();
    const socket = await openMe(userId);
    await notify(userId);
    await socket.request({ type: "notification.read", id: 1 });
    expect(await socket.request({ type: "notification.read", id: 1 })).toMatchObject({ type: "ack" });
    expect(await socket.request({ type: "notification.read", all: true })).toMatchObject({ type: "ack" });
    expect(await socket.request({ type: "notification.read", id: 2 })).toMatchObject({ code: "not_found" });
    expect(await socket.request({ type: "notification.read" })).toMatchObject({ code: "invalid_frame" });
    expect(await socket.request({ type: "notification.read", id: 1, all: true })).toMatchObject({
      code: "invalid_frame",
    });
    expect(socket.of("notification.read")).toHaveLength(1);
  });
});

describe("messages", () => {
  async function pair() {
    const [a = 0, b = 0] = await makePeople(2);
    return { a, b, room: await makeRoom([a, b], "DIRECT") };
  }

  it("ten in one room are one notification, which counts them", async () => {
    const { a, b, room } = await pair();
    const hers = await openMe(a);
    const his = await connect(room.stub, { userId: b });
    for (let n = 1; n <= 10; n += 1) {
      await send(his, `message ${n}`);
      if (n % 3 === 0) await told(room);
    }
    await told(room);
    const [only, ...others] = await notificationsOf(a);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      ...{ type: "MESSAGE", title: `Person ${b}`, message: "10 new messages", isRead: false },
      data: { roomId: room.id, messageId: 10, senderId: b, count: 10 },
    });
    await hers.until(() => created(hers).some(({ notification }) => notification.data.messageId === 10), "the last");
    expect(new Set(created(hers).map(({ notification }) => notification.id))).toEqual(new Set([1]));
    expect(await notificationsOf(b)).toEqual([]);
  });

  it("never holds what they say", async () => {
    const { a, b, room } = await pair();
    await sayIn(room, b, "비밀이에요");
    await told(room);
    expect(JSON.stringify(await notificationsOf(a))).not.toContain("비밀");
  });

  it("is read with the room, on all devices, and is another one after that", async () => {
    const { a, b, room } = await pair();
    await sayIn(room, b);
    await told(room);
    const hers = await openMe(a);
    expect(hers.welcome.unreadNotifications).toBe(1);
    const inRoom = await connect(room.stub, { userId: a });
    inRoom.send({ type: "read", id: 1 });
    await inRoom.waitFor("receipt");
    await told(room);
    expect(await hers.waitFor("notification.read")).toMatchObject({ ids: [1], unread: 0 });
    inRoom.close();
    await expect
      .poll(() =>
        room.stub
          .describe(b)
          .then((answer) => answer.ok && answer.value.participants.find(({ userId }) => userId === a)?.online),
      )
      .toBe(false);
    await sayIn(room, b);
    await told(room);
    expect((await notificationsOf(a)).map(({ id, isRead }) => [id, isRead])).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  it("is read where the last unread message was deleted", async () => {
    const { a, b, room } = await pair();
    const his = await connect(room.stub, { userId: b });
    await send(his);
    await told(room);
    expect(await unreadOf(a)).toBe(1);
    await his.request({ type: "message.delete", id: 1 });
    await told(room);
    expect(await unreadOf(a)).toBe(0);
  });

  it("does not disturb who has the room open and reads within ten seconds", async () => {
    const { a, b, room } = await pair();
    const inRoom = await connect(room.stub, { userId: a });
    await sayIn(room, b);
    await told(room);
    inRoom.send({ type: "read", id: 1 });
    await inRoom.waitFor((frame) => frame.type === "receipt" && frame.userId === a);
    await told(room);
    clock.advance(11_000);
    await ring(a);
    expect(await notificationsOf(a)).toEqual([]);
  });

  it("reaches who left the room open ten seconds later, once, however often the alarm rings", async () => {
    const { a, b, room } = await pair();
    await connect(room.stub, { userId: a });
    await sayIn(room, b);
    await told(room);
    await ring(a);
    expect(await notificationsOf(a)).toEqual([]);
    clock.advance(5_000);
    await sayIn(room, b);
    await told(room);
    clock.advance(5_001);
    await ring(a);
    await ring(a);
    expect(await notificationsOf(a)).toMatchObject([{ id: 1, rev: 0, data: { messageId: 2, count: 2 } }]);
  });

  it("of who is blocked is none, and the one there was is read", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    const room = await makeRoom([a, b, c]);
    await sayIn(room, b);
    await told(room);
    expect(await unreadOf(a)).toBe(1);
    await room.stub.block({ userId: a, otherId: b }, true);
    await told(room);
    expect(await unreadOf(a)).toBe(0);
    await sayIn(room, b);
    await told(room);
    expect(await unreadOf(a)).toBe(0);
    await sayIn(room, c);
    await told(room);
    expect((await notificationsOf(a))[0]).toMatchObject({ title: "A room", data: { senderId: c }, isRead: false });
  });

  it("is none while they are turned off, also not for those from then once they are turned on", async () => {
    const { a, b, room } = await pair();
    await choose(a, { types: { ...DEFAULT_SETTINGS.types, MESSAGE: { inApp: false, push: false } } });
    await sayIn(room, b);
    await told(room);
    await choose(a, {});
    await room.stub.block({ userId: b, otherId: a }, false);
    await told(room);
    expect(await notificationsOf(a)).toEqual([]);
    await sayIn(room, b);
    await told(room);
    expect(await notificationsOf(a)).toMatchObject([{ data: { messageId: 2, count: 2 } }]);
  });

  it("is none for rooms in which all was said before their object was there, and for what comes after", async () => {
    const { a, b, room } = await pair();
    await sayIn(room, b);
    await told(room);
    await runInDurableObject(presenceStub(a), async (instance, { storage }) => {
      await storage.deleteAll();
      // Its cache, private to the class, as a new instance would have it.
      (instance as unknown as { home: undefined }).home = undefined;
    });
    const hers = await openMe(a);
    await expect.poll(async () => rowsOf(presenceStub(a), "SELECT unread FROM inbox")).toEqual([{ unread: 1 }]);
    expect(await notificationsOf(a)).toEqual([]);
    await sayIn(room, b);
    await told(room);
    await hers.waitFor("notification.created");
    expect(await notificationsOf(a)).toMatchObject([{ data: { messageId: 2, count: 2 } }]);
  });

  it("is one for each room", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    const rooms = [await introduce(b, a), await introduce(c, a)];
    for (const room of rooms) await told(room);
    const before = (await notificationsOf(a)).length;
    expect(before).toBe(2);
    expect(new Set((await notificationsOf(a)).map(({ data }) => data.roomId))).toEqual(
      new Set(rooms.map(({ id }) => id)),
    );
  });
});
