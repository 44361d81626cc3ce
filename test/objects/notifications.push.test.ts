/** Which notifications go to the queue, what of them, and that each gets there through faults. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, type NotificationSettings } from "../../schema/notifications.ts";
import { pushMessage } from "../../schema/push.ts";
import { clock } from "../support/clock.ts";
import { replaceBinding } from "../support/faults.ts";
import { allPushed, choose, notificationsOf, notify, recordPushes, someCause } from "../support/notifications.ts";
import { openMe, presenceStub, ring, rowsOf, sayIn, told } from "../support/presence.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";

async function makePerson(): Promise<number> {
  const [userId = 0] = await makePeople(1);
  return userId;
}

const waiting = (userId: number) => rowsOf(presenceStub(userId), "SELECT id FROM notifications WHERE is_to_push = 1");

describe("a push", () => {
  it("is of the notification, for all devices but those that hear of it here", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    await openMe(userId, { deviceId: "laptop" });
    await openMe(userId, { deviceId: "laptop" });
    await openMe(userId, { deviceId: "tablet" });
    await notify(userId, { priority: "URGENT", expiresAt: Date.now() + 90_000 });
    await allPushed(userId);
    expect(queue.sent).toEqual([
      {
        userId,
        exceptDeviceIds: ["laptop", "tablet"],
        urgency: "high",
        ttlSeconds: expect.any(Number),
        payload: { id: 1, type: "SYSTEM", title: "Notice", message: "Notice.", data: { count: 1 } },
      },
    ]);
    expect(queue.sent[0]?.ttlSeconds).toBeLessThanOrEqual(90);
    expect(pushMessage.safeParse(queue.sent[0]).success).toBe(true);
  });

  it("says of a message who wrote it, and what it says only where that is allowed", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const [direct, group] = [await makeRoom([a, b], "DIRECT"), await makeRoom([a, b])];
    const queue = await recordPushes(a);
    const say = async (room: typeof direct, text: string) => {
      await sayIn(room, b, text);
      await told(room);
      await allPushed(a);
    };
    await say(direct, "비밀 하나");
    await choose(a, { showsMessageText: true, language: "ko" });
    await say(direct, "비밀 둘");
    await say(group, "비밀 셋");
    expect(queue.sent.map(({ payload }) => [payload.title, payload.message])).toEqual([
      [`Person ${b}`, `New message from Person ${b}`],
      [`Person ${b}님`, "비밀 둘"],
      ["A room", `Person ${b}: 비밀 셋`],
    ]);
    expect(queue.sent[0]?.payload.data).toEqual({ roomId: direct.id, messageId: 1, senderId: b, count: 1 });
  });

  const settings = (change: Partial<NotificationSettings>): NotificationSettings => ({
    ...DEFAULT_SETTINGS,
    ...change,
  });
  const noPush = { types: { ...DEFAULT_SETTINGS.types, SYSTEM: { inApp: true, push: false } } };
  // The clock of the tests is the real one: all the day but a minute that it is not.
  const now = new Date().toISOString().slice(11, 16);
  const later = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 16);
  it.each([
    ["a type that is not to be pushed", settings(noPush)],
    ["quiet hours", settings({ quietHours: { from: now, to: later }, timeZone: "UTC" })],
  ])("is not made in %s, the notification is", async (_, chosen) => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    await choose(userId, chosen);
    await notify(userId);
    await notify(userId, { type: "SAFETY", data: { reportId: 1, outcome: "RESOLVED" } });
    await allPushed(userId);
    expect(await notificationsOf(userId)).toHaveLength(2);
    expect(queue.sent.map(({ payload }) => payload.type)).toEqual(["SAFETY"]);
  });

  it("is not made while one is busy, unless that is chosen", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    const socket = await openMe(userId);
    await socket.request({ type: "status.set", status: "busy" });
    await notify(userId);
    await notify(userId, { priority: "URGENT" });
    await choose(userId, { quietWhileBusy: false });
    await notify(userId);
    await allPushed(userId);
    expect(queue.sent.map(({ payload }) => payload.id)).toEqual([2, 3]);
  });

  it("is of the zone in one's profile, unless one is chosen", async () => {
    const userId = await makePerson();
    await env.DB.prepare("UPDATE users SET time_zone = 'Asia/Seoul' WHERE id = ?").bind(userId).run();
    const queue = await recordPushes(userId);
    const inSeoul = (aheadMs: number) => new Date(Date.now() + 9 * 3_600_000 + aheadMs).toISOString().slice(11, 16);
    await choose(userId, { quietHours: { from: inSeoul(-3_600_000), to: inSeoul(3_600_000) } });
    await notify(userId);
    await choose(userId, { quietHours: { from: inSeoul(-3_600_000), to: inSeoul(3_600_000) }, timeZone: "UTC" });
    await notify(userId);
    await allPushed(userId);
    expect(queue.sent.map(({ payload }) => payload.id)).toEqual([2]);
  });
});

describe("a queue that fails", () => {
  it("gets it later, and once it answered never again", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    queue.fault = "before";
    await notify(userId);
    await expect.poll(() => rowsOf(presenceStub(userId), "SELECT 1 FROM _due WHERE name = 'push'")).toHaveLength(1);
    expect(await waiting(userId)).toHaveLength(1);
    queue.fault = "none";
    clock.advance(60_000);
    await ring(userId);
    await ring(userId);
    expect(await waiting(userId)).toEqual([]);
    expect(queue.sent).toHaveLength(1);
  });

  it("may get it twice where its answer was lost, under the same number", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    queue.fault = "after";
    await notify(userId);
    await expect.poll(() => queue.sent.length).toBe(1);
    queue.fault = "none";
    clock.advance(60_000);
    await ring(userId);
    expect(queue.sent.map(({ payload }) => payload.id)).toEqual([1, 1]);
  });

  it("gets it with the flush after a kill before it answered", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    queue.fault = "never";
    await notify(userId);
    await runInDurableObject(presenceStub(userId), (_, state) => state.abort("killed")).catch(() => {});
    const after = await recordPushes(userId);
    expect(await waiting(userId)).toHaveLength(1);
    clock.advance(60_000);
    await ring(userId);
    await allPushed(userId);
    expect(after.sent.map(({ payload }) => payload.id)).toEqual([1]);
  });

  it("gets nothing that was read, has expired, or was taken the place of meanwhile", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    queue.fault = "before";
    await notify(userId);
    await notify(userId, { expiresAt: Date.now() + 30_000 });
    await notify(userId, { collapseKey: "x" });
    await notify(userId, { collapseKey: "x" });
    await presenceStub(userId).readNotifications([1]);
    queue.fault = "none";
    clock.advance(60_000);
    await ring(userId);
    await allPushed(userId);
    expect(queue.sent.map(({ payload }) => [payload.id, payload.data.count])).toEqual([[3, 2]]);
  });

  it("does not lose one that came while another was on its way", async () => {
    const userId = await makePerson();
    const queue = await recordPushes(userId);
    await Promise.all(Array.from({ length: 5 }, () => notify(userId, { cause: someCause() })));
    await notify(userId, { collapseKey: "x" });
    await notify(userId, { collapseKey: "x" });
    await allPushed(userId);
    expect(new Set(queue.sent.map(({ payload }) => payload.id))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(queue.sent.at(-1)?.payload.data.count).toBe(2);
  });

  it("is no need: without one, nothing is pushed and everything else is as ever", async () => {
    const userId = await makePerson();
    await presenceStub(userId).notificationSettings();
    await replaceBinding(presenceStub(userId), "PUSH", undefined);
    expect(await notify(userId)).toBe(1);
    expect(await waiting(userId)).toEqual([]);
    await runInDurableObject(presenceStub(userId), (_, { storage }) => storage.getAlarm()).then((at) =>
      expect(at).not.toBeNull(),
    );
  });
});
