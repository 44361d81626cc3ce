/** Notifications through kills, a D1 that is away, and restores: the object keeps them, and D1 ends with the same. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MOST_KEPT } from "../../objects/user-presence/notification-store.ts";
import { clock } from "../support/clock.ts";
import { breakDatabase, type Fault } from "../support/faults.ts";
import {
  flushedNotifications,
  keptNotifications,
  notificationsOf,
  notify,
  someCause,
  unreadOf,
} from "../support/notifications.ts";
import { openMe, presenceStub, ring, rowsOf, sayIn, told } from "../support/presence.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";

async function makePerson(): Promise<number> {
  const [userId = 0] = await makePeople(1);
  return userId;
}

async function flush(userId: number) {
  const [report] = await presenceStub(userId).flush();
  return report;
}

/** Whatever is due, and in turn what that leads to. */
async function ringAll(userId: number): Promise<void> {
  for (let rings = 0; rings < 4; rings += 1) {
    clock.advance(60_000);
    await ring(userId);
  }
}

describe("the flush", () => {
  it("comes by itself, and D1 has what the object has", async () => {
    const userId = await makePerson();
    for (let n = 0; n < 3; n += 1) await notify(userId, { expiresAt: Date.now() + 10 ** 9 });
    await ringAll(userId);
    expect(await flushedNotifications(userId)).toEqual(await keptNotifications(userId));
    await notify(userId, { collapseKey: "x" });
    await notify(userId, { collapseKey: "x" });
    await presenceStub(userId).readNotifications([2]);
    await ringAll(userId);
    const flushed = await flushedNotifications(userId);
    expect(flushed).toEqual(await keptNotifications(userId));
    expect(flushed.map(({ id, rev }) => [id, rev])).toEqual([
      [1, 0],
      [2, 2],
      [3, 0],
      [4, 1],
    ]);
    // Nothing is left to do.
    expect(await rowsOf(presenceStub(userId), "SELECT name FROM _due WHERE name LIKE 'flush%'")).toEqual([]);
  });

  it("of a D1 that is away changes nothing here, and catches up", async () => {
    const userId = await makePerson();
    const socket = await openMe(userId);
    let fault: Fault = "before";
    const mend = await breakDatabase(presenceStub(userId), () => fault);
    await notify(userId);
    await notify(userId, { collapseKey: "x" });
    await ringAll(userId);
    await notify(userId, { collapseKey: "x" });
    await socket.request({ type: "notification.read", id: 1 });
    expect(socket.of("notification.created")).toHaveLength(3);
    expect(await unreadOf(userId)).toBe(1);
    expect(await flushedNotifications(userId)).toEqual([]);
    // Its answers get lost next.
    fault = "after";
    await ringAll(userId);
    fault = "none";
    await ringAll(userId);
    await mend();
    expect(await flushedNotifications(userId)).toEqual(await keptNotifications(userId));
    expect(await flushedNotifications(userId)).toHaveLength(2);
  });

  it("leaves out a row that D1 refuses, counts it, and tries it again", async () => {
    const userId = await makePerson();
    await env.DB.prepare(
      `CREATE TRIGGER refuse_second BEFORE INSERT ON notifications WHEN NEW.user_id = ${userId} AND NEW.id = 2
       BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: refused'); END`,
    ).run();
    for (let n = 0; n < 3; n += 1) await notify(userId);
    expect(await flush(userId)).toMatchObject({ complete: true, parked: 1 });
    expect((await flushedNotifications(userId)).map(({ id }) => id)).toEqual([1, 3]);
    const parked = env.DB.prepare("SELECT table_name, row_key FROM flush_parked WHERE object = ?");
    const parkedRows = async () => (await parked.bind(`user-presence:${userId}`).all()).results;
    expect(await parkedRows()).toEqual([{ table_name: "notifications", row_key: "2" }]);
    await env.DB.prepare("DROP TRIGGER refuse_second").run();
    expect(await flush(userId)).toMatchObject({ complete: true, parked: 0 });
    expect(await parkedRows()).toEqual([]);
    expect(await flushedNotifications(userId)).toEqual(await keptNotifications(userId));
  });

  it("fills a D1 that was restored", async () => {
    const userId = await makePerson();
    for (let n = 0; n < 3; n += 1) await notify(userId);
    await flush(userId);
    await env.DB.batch([
      env.DB.prepare("DELETE FROM notifications WHERE user_id = ? AND id > 1").bind(userId),
      env.DB.prepare("UPDATE flush_positions SET id = 1 WHERE object = ?").bind(`user-presence:${userId}`),
    ]);
    expect(await flush(userId)).toMatchObject({ complete: true });
    expect(await flushedNotifications(userId)).toEqual(await keptNotifications(userId));
  });

  it("changes no row that is later than what it brings", async () => {
    const userId = await makePerson();
    await notify(userId);
    await notify(userId);
    await presenceStub(userId).readNotifications([1]);
    await flush(userId);
    // As after a batch that was overtaken: D1 stands where it stood before it.
    await env.DB.batch([
      env.DB.prepare("UPDATE notifications SET rev = 9, title = 'later' WHERE user_id = ? AND id = 1").bind(userId),
      env.DB.prepare("UPDATE notifications SET title = 'earlier', epoch = epoch - 1 WHERE user_id = ? AND id = 2").bind(
        userId,
      ),
      env.DB.prepare("UPDATE flush_positions SET id = 0, rev = 0 WHERE object = ?").bind(`user-presence:${userId}`),
    ]);
    expect(await flush(userId)).toMatchObject({ complete: true });
    expect((await flushedNotifications(userId)).map(({ title }) => title)).toEqual(["later", "Notice"]);
  });

  it("is held where the object lost what D1 has, until its epoch is renewed", async () => {
    const userId = await makePerson();
    for (let n = 0; n < 3; n += 1) await notify(userId);
    await flush(userId);
    await runInDurableObject(presenceStub(userId), (_, { storage }) =>
      storage.sql.exec("DELETE FROM notifications WHERE id > 1"),
    );
    await evictDurableObject(presenceStub(userId));
    expect(await flush(userId)).toMatchObject({ complete: false, problem: "ahead" });
    expect(await notify(userId)).toBe(2);
    expect(await flush(userId)).toMatchObject({ complete: false, problem: "ahead" });
    expect((await flushedNotifications(userId)).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(await presenceStub(userId).renewEpoch()).toMatchObject({ ok: true });
    expect(await flush(userId)).toMatchObject({ complete: true });
    expect(await flushedNotifications(userId)).toEqual(await keptNotifications(userId));
  });

  it("is nothing where there never was a notification", async () => {
    const userId = await makePerson();
    expect(await presenceStub(userId).flush()).toEqual([]);
    expect(await presenceStub(userId).renewEpoch()).toMatchObject({ ok: false, error: "not_found" });
    await openMe(userId);
    expect(await presenceStub(userId).flush()).toEqual([]);
    expect(await presenceStub(userId).renewEpoch()).toMatchObject({ ok: false, error: "not_found" });
  });
});

describe("an object that is made anew", () => {
  it("has everything: numbers, revs, causes, what was read", async () => {
    const userId = await makePerson();
    const cause = someCause();
    await notify(userId, { cause });
    await notify(userId, { collapseKey: "x" });
    await presenceStub(userId).readNotifications([1]);
    const before = await keptNotifications(userId);
    await evictDurableObject(presenceStub(userId));
    expect(await keptNotifications(userId)).toEqual(before);
    expect(await notify(userId, { cause })).toBe(null);
    expect(await notify(userId, { collapseKey: "x" })).toBe(2);
    expect((await notificationsOf(userId)).map(({ id, rev }) => [id, rev])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    expect(await notify(userId)).toBe(3);
  });

  it("tells of no message twice, and still looks after who left a room open", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const [open, closed] = [await makeRoom([a, b], "DIRECT"), await makeRoom([a, b])];
    for (const room of [open, closed]) await sayIn(room, b);
    await Promise.all([open, closed].map(told));
    expect(await notificationsOf(a)).toHaveLength(2);
    await evictDurableObject(presenceStub(a));
    // Told once more of the same.
    for (const room of [open, closed]) {
      const update = await room.stub.inboxOf(a);
      if (update) await presenceStub(a).roomChanged(update);
    }
    expect((await notificationsOf(a)).map(({ rev }) => rev)).toEqual([0, 0]);
  });

  it("tells of what was unread while it was gone, when its time comes", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const room = await makeRoom([a, b], "DIRECT");
    const update = await room.stub.inboxOf(a);
    await sayIn(room, b);
    await told(room);
    const unread = await room.stub.inboxOf(a);
    const late = (await makePeople(1))[0] ?? 0;
    if (!update || !unread) throw new Error("no updates");
    // As of a room in which they hold a socket.
    await presenceStub(late).roomChanged({ ...unread, isHere: true });
    await evictDurableObject(presenceStub(late));
    clock.advance(11_000);
    await ringAll(late);
    expect(await notificationsOf(late)).toMatchObject([{ id: 1, rev: 0, type: "MESSAGE" }]);
  });
});

describe("more than five hundred", () => {
  it("are kept in D1 alone, count as read, and are listed all the same", async () => {
    const userId = await makePerson();
    const socket = await openMe(userId);
    const total = MOST_KEPT + 30;
    for (let n = 0; n < total; n += 1) await notify(userId, { collapseKey: `key ${n}` });
    await flush(userId);
    const kept = await keptNotifications(userId);
    expect(kept).toHaveLength(MOST_KEPT);
    expect(await unreadOf(userId)).toBe(MOST_KEPT);
    expect(await flushedNotifications(userId)).toHaveLength(total);
    expect((await flushedNotifications(userId)).filter(({ read_at }) => read_at === null)).toHaveLength(MOST_KEPT);
    expect(socket.of("notification.read").flatMap(({ ids }) => ids)).toHaveLength(30);
    // The next number and rev are as if all were here.
    await evictDurableObject(presenceStub(userId));
    expect(await notify(userId)).toBe(total + 1);
  });

  it("stay where D1 is away, until it has them", async () => {
    const userId = await makePerson();
    await presenceStub(userId).notificationSettings();
    const mend = await breakDatabase(presenceStub(userId), () => "before");
    for (let n = 0; n < MOST_KEPT + 5; n += 1) await notify(userId);
    await flush(userId);
    expect(await keptNotifications(userId)).toHaveLength(MOST_KEPT + 5);
    await mend();
    await flush(userId);
    expect(await keptNotifications(userId)).toHaveLength(MOST_KEPT);
    expect(await flushedNotifications(userId)).toHaveLength(MOST_KEPT + 5);
  });
});

describe("somebody whose account is gone", () => {
  it("is in no notification any more, and no number of theirs is given again", async () => {
    const [userId = 0, gone = 0, other = 0] = await makePeople(3);
    const socket = await openMe(userId);
    const request = (about: number, requestId: number) => {
      const data = { requestId, userId: about, name: `Person ${about}` };
      return presenceStub(userId).notify({ type: "MATCH_REQUEST", cause: `match-request:${requestId}`, data });
    };
    for (const [index, about] of [other, gone, gone].entries()) await request(about, index);
    await presenceStub(userId).readNotifications([2]);
    await presenceStub(userId).forget(gone);
    await presenceStub(userId).forget(gone);
    expect((await notificationsOf(userId)).map(({ id }) => id)).toEqual([1]);
    await socket.until(() => socket.of("notification.read").length === 2, "both");
    expect(socket.of("notification.read").at(-1)).toMatchObject({ ids: [3], unread: 1 });
    await evictDurableObject(presenceStub(userId));
    expect(await notify(userId)).toBe(4);
    expect(await presenceStub(userId).readNotifications([4])).toBe(1);
    expect((await notificationsOf(userId))[0]).toMatchObject({ id: 4, rev: 2 });
    expect(await flush(userId)).toMatchObject({ complete: true });
    expect(await flushedNotifications(userId)).toEqual(await keptNotifications(userId));
  });

  it("comes back into D1 with no row that was still on its way", async () => {
    const [userId = 0, gone = 0] = await makePeople(2);
    const data = { requestId: 1, userId: gone, name: "Somebody" };
    await presenceStub(userId).notify({ type: "MATCH_REQUEST", cause: "match-request:1", data });
    await notify(userId);
    await env.DB.prepare("UPDATE users SET erased_at = 1 WHERE id = ?").bind(gone).run();
    await flush(userId);
    await expect.poll(async () => (await keptNotifications(userId)).map(({ id }) => id)).toEqual([2]);
    expect((await flushedNotifications(userId)).map(({ id }) => id)).toEqual([2]);
  });

  it("is in none that has their words, whoever it names", async () => {
    const [userId = 0, gone = 0] = await makePeople(2);
    await notify(userId, { aboutUserId: gone });
    await notify(userId, { aboutUserId: null });
    await presenceStub(userId).forget(gone);
    expect((await notificationsOf(userId)).map(({ id }) => id)).toEqual([2]);
  });
});

describe("an account that is erased", () => {
  it("keeps nothing, and is told nothing any more", async () => {
    const userId = await makePerson();
    const cause = someCause();
    await notify(userId, { cause });
    expect(await presenceStub(userId).erase()).toBe(true);
    expect(await notificationsOf(userId)).toEqual([]);
    expect(await notify(userId)).toBe(null);
    for (const table of ["notifications", "notification_causes", "notification_history", "notification_settings"]) {
      expect(await rowsOf(presenceStub(userId), `SELECT * FROM ${table}`)).toEqual([]);
    }
  });

  it("gets no row in D1 that was still on its way", async () => {
    const userId = await makePerson();
    await notify(userId);
    await env.DB.prepare("UPDATE users SET erased_at = 1 WHERE id = ?").bind(userId).run();
    await flush(userId);
    expect(await flushedNotifications(userId)).toEqual([]);
  });
});
