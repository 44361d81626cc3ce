/** One's own connection: what it knows, what it sends, how it comes back; and the list of rooms that follows it. */
import { describe, expect, it, vi } from "vitest";
import { HEARTBEAT_INTERVAL_MS } from "../../src/client/heartbeat.ts";
import { StudyMateError } from "../../src/client/index.ts";
import { pass, until } from "./support/devices.ts";
import { entry, listed, notice, scriptedMe } from "./support/scripted-me.ts";

/** The test ends before the answer. */
const unanswered = () => {};
const seen = "2026-11-10T00:00:00.000Z";

describe("One's own connection", () => {
  it("is opened at once, and live with the welcome", async () => {
    const { me, wire, begin } = scriptedMe();
    expect(me.getSnapshot()).toMatchObject({ connection: { state: "connecting" }, status: null, inbox: [] });
    await begin({
      ...{ status: "busy", inbox: [entry(7)], unreadNotifications: 4 },
      partners: [{ userId: 2, status: "away", lastSeen: null }],
    });
    expect(wire.last.url).toBe("wss://studymate.example/v1/me/socket");
    expect(me.getSnapshot()).toMatchObject({
      connection: { state: "live", reason: null, retryAt: null },
      status: "busy",
      inbox: [{ roomId: 7, unread: 2 }],
      unreadNotifications: 4,
    });
    expect(me.getSnapshot().presence.get(2)?.status).toBe("away");
  });

  it("is the same snapshot until something changes, and tells once for frames that come as one", async () => {
    const { me, wire, begin } = scriptedMe();
    await begin();
    const before = me.getSnapshot();
    expect(me.getSnapshot()).toBe(before);
    const told = vi.fn();
    const end = me.subscribe(told);
    const frames = [2, 3].map((userId) => ({ type: "presence", userId, status: "online", lastSeen: null }));
    wire.last.serve({ type: "batch", frames });
    expect(told).toHaveBeenCalledTimes(1);
    expect([...me.getSnapshot().presence.keys()]).toEqual([2, 3]);
    expect(before.presence.size).toBe(0);
    end();
    wire.last.serve({ type: "presence", userId: 2, status: "offline", lastSeen: seen });
    expect(told).toHaveBeenCalledTimes(1);
    expect(me.getSnapshot().presence.get(2)).toEqual({ userId: 2, status: "offline", lastSeen: seen });
  });

  it("comes back by itself, begins anew with the welcome, and knows of nobody in between", async () => {
    const { me, wire, begin, welcome } = scriptedMe();
    await begin({ inbox: [entry(7), entry(8)], partners: [{ userId: 2, status: "online", lastSeen: null }] });
    wire.last.drop();
    expect(me.getSnapshot()).toMatchObject({ connection: { state: "offline", reason: "network" }, inbox: [{}, {}] });
    expect(me.getSnapshot().presence.size).toBe(0);
    await until(() => wire.sockets.length === 2);
    welcome({ inbox: [entry(8, { unread: 0 })], partners: [{ userId: 3, status: "busy", lastSeen: null }] });
    expect(me.getSnapshot().inbox).toMatchObject([{ roomId: 8, unread: 0 }]);
    expect([...me.getSnapshot().presence.keys()]).toEqual([3]);
  });

  it("says that it is there well within the five minutes of the server, also where timers run once a minute", async () => {
    const { wire, begin } = scriptedMe();
    await begin();
    wire.last.onPing = () => wire.last.serveText("pong");
    await pass(5 * HEARTBEAT_INTERVAL_MS + 100);
    expect(wire.last.pings).toBeGreaterThanOrEqual(5);
    expect(HEARTBEAT_INTERVAL_MS).toBeLessThanOrEqual(60_000);
  });

  it.each([
    [403, "forbidden"],
    [404, "not_found"],
  ])("is denied where the server answers %i, until it is tried again", async (status, reason) => {
    const headers = { "content-type": "application/problem+json" };
    const problem = () => new Response(JSON.stringify({ code: reason, title: reason }), { status, headers });
    const { me, wire, begin } = scriptedMe({ fetch: async () => problem() });
    await pass(0);
    wire.last.drop();
    await until(() => me.getSnapshot().connection.state === "denied");
    expect(me.getSnapshot().connection.reason).toBe(reason);
    await expect(me.setStatus("busy")).rejects.toMatchObject({ code: reason });
    me.reconnect();
    await begin();
    expect(me.getSnapshot().connection.state).toBe("live");
  });

  it("never opens with the token of somebody else", async () => {
    const other = `x.${btoa(JSON.stringify({ sub: "2" }))}.x`;
    const { me, wire } = scriptedMe({ token: () => other });
    await pass(100);
    expect(me.getSnapshot().connection).toMatchObject({ state: "denied", reason: "wrong_user" });
    expect(wire.sockets).toEqual([]);
  });

  it("ends with close, and rejects what waits", async () => {
    const { me, begin, wire } = scriptedMe();
    await begin();
    const waiting = me.setStatus("away");
    me.close();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    expect(wire.last.isClosed).toBe(true);
    me.reconnect();
    await pass(60_000);
    expect(wire.sockets).toHaveLength(1);
  });
});

describe("The status", () => {
  it("is what was chosen once the server says so", async () => {
    const { me, wire, begin, sent } = scriptedMe();
    await begin();
    const chosen = me.setStatus("busy");
    await pass(0);
    expect(sent("status.set")).toMatchObject([{ status: "busy" }]);
    expect(me.getSnapshot().status).toBe("online");
    wire.last.serve({ type: "ack", ref: sent("status.set")[0]?.ref ?? 0 });
    await chosen;
    expect(me.getSnapshot().status).toBe("busy");
  });

  it("follows one's other devices", async () => {
    const { me, wire, begin } = scriptedMe();
    await begin();
    wire.last.serve({ type: "presence", userId: 1, status: "away", lastSeen: null });
    expect(me.getSnapshot().status).toBe("away");
  });

  it("that is chosen without a connection waits for one", async () => {
    const { me, wire, begin, welcome, sent } = scriptedMe();
    await begin();
    wire.last.drop();
    me.setStatus("away").catch(unanswered);
    await until(() => wire.sockets.length === 2);
    welcome();
    await pass(0);
    expect(sent("status.set")).toMatchObject([{ status: "away" }]);
  });

  it("that was chosen last is sent last, also where an earlier one has to be tried again", async () => {
    const { me, wire, begin, sent } = scriptedMe();
    await begin();
    me.setStatus("away").catch(unanswered);
    me.setStatus("busy").catch(unanswered);
    await pass(0);
    const refusal = { code: "unavailable", message: "", retryable: true, retryAfterMs: 100 } as const;
    wire.last.serve({ type: "error", ref: sent("status.set")[0]?.ref, ...refusal });
    await pass(200);
    wire.last.serve({ type: "ack", ref: sent("status.set")[1]?.ref });
    await pass(0);
    expect(sent("status.set").map(({ status }) => status)).toEqual(["away", "away", "busy"]);
  });
});

describe("Somebody who is watched", () => {
  it("is asked for, and there with the answer", async () => {
    const { me, wire, begin, sent } = scriptedMe();
    await begin();
    const asked = me.watch([5, 6]);
    await pass(0);
    expect(sent("watch")).toMatchObject([{ userIds: [5, 6] }]);
    wire.last.serve({ type: "ack", ref: sent("watch")[0]?.ref });
    await asked;
    wire.last.serve({ type: "presence", userId: 5, status: "busy", lastSeen: null });
    expect(me.getSnapshot().presence.get(5)?.status).toBe("busy");
  });
});

describe("The inbox", () => {
  it("has each room once, the latest first, and none that one left", async () => {
    const { me, wire, begin } = scriptedMe();
    await begin({ inbox: [entry(9), entry(8), entry(7)] });
    const later = { ...entry(7).lastMessage, createdAt: "2026-11-11T00:00:00.000Z" };
    wire.last.serve({ type: "inbox.updated", entry: { ...entry(7, { unread: 3 }), lastMessage: later as never } });
    expect(me.getSnapshot().inbox.map(({ roomId, unread }) => [roomId, unread])).toEqual([
      [7, 3],
      [9, 2],
      [8, 2],
    ]);
    wire.last.serve({ type: "inbox.removed", roomId: 9 });
    expect(me.getSnapshot().inbox.map(({ roomId }) => roomId)).toEqual([7, 8]);
  });
});

describe("Notifications", () => {
  it("are told of as they come, put in the place of their number, and counted by the server", async () => {
    const { me, wire, begin } = scriptedMe();
    await begin();
    const told = vi.fn();
    const end = me.onNotification(told);
    wire.last.serve({ type: "notification.created", notification: notice(1), unread: 1 });
    wire.last.serve({ type: "notification.created", notification: notice(2), unread: 2 });
    const later = "2026-11-10T00:01:00.000Z";
    wire.last.serve({ type: "notification.created", notification: notice(1, { rev: 1, createdAt: later }), unread: 2 });
    expect(me.getSnapshot().notifications.map(({ id, rev }) => [id, rev])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    expect(me.getSnapshot().unreadNotifications).toBe(2);
    expect(told.mock.calls.map(([{ id }]) => id)).toEqual([1, 2, 1]);
    end();
    wire.last.serve({ type: "notification.created", notification: notice(3), unread: 3 });
    expect(told).toHaveBeenCalledTimes(3);
  });

  it("of a session that begins soon come as reminders beside them", async () => {
    const { me, wire, begin } = scriptedMe();
    await begin();
    const reminded = vi.fn();
    const end = me.onSessionReminder(reminded);
    const reminder = { sessionId: 7, title: "커피", startsAt: "2026-11-10T00:10:00.000Z", minutes: 10 };
    wire.last.serve({ type: "session.reminder", ...reminder });
    expect(reminded.mock.calls).toEqual([[reminder]]);
    expect(me.getSnapshot().notifications).toEqual([]);
    end();
    wire.last.serve({ type: "session.reminder", ...reminder });
    expect(reminded).toHaveBeenCalledTimes(1);
  });

  it("are read on all devices, one or all", async () => {
    const { me, wire, begin, sent } = scriptedMe();
    await begin();
    for (const id of [1, 2, 3]) wire.last.serve({ type: "notification.created", notification: notice(id), unread: id });
    me.markNotificationsRead(2).catch(unanswered);
    me.markNotificationsRead("all").catch(unanswered);
    expect(sent("notification.read")).toMatchObject([{ id: 2 }, { all: true }]);
    const read = () => me.getSnapshot().notifications.filter(({ isRead }) => isRead);
    wire.last.serve({ type: "notification.read", ids: [2], unread: 2 });
    expect(read().map(({ id }) => id)).toEqual([2]);
    expect(read()[0]?.readAt).not.toBeNull();
    wire.last.serve({ type: "notification.read", all: true, unread: 0 });
    expect(read()).toHaveLength(3);
    expect(me.getSnapshot().unreadNotifications).toBe(0);
  });

  it("are loaded page by page, and one that came meanwhile stays as it came", async () => {
    const all = Array.from({ length: 59 }, (_, at) => notice(59 - at));
    const { me, wire, begin, asked } = scriptedMe({ notifications: () => all });
    await begin();
    const fresh = notice(59, { rev: 3, title: "later" });
    wire.last.serve({ type: "notification.created", notification: fresh, unread: 59 });
    await Promise.all([me.loadNotifications(), me.loadNotifications()]);
    expect(me.getSnapshot()).toMatchObject({ hasOlderNotifications: true, unreadNotifications: 59 });
    expect(me.getSnapshot().notifications).toHaveLength(50);
    expect(me.getSnapshot().notifications[0]).toMatchObject({ id: 59, title: "later" });
    await me.loadNotifications();
    await me.loadNotifications();
    expect(me.getSnapshot().notifications.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(me.getSnapshot().hasOlderNotifications).toBe(false);
    expect(asked).toEqual(["/v1/notifications?limit=50", "/v1/notifications?limit=50&cursor=50"]);
  });

  it("have no hole after a lost connection: the latest page begins anew", async () => {
    let all = [notice(1)];
    const { me, wire, begin, welcome } = scriptedMe({ notifications: () => all });
    await begin();
    await me.loadNotifications();
    wire.last.drop();
    all = Array.from({ length: 59 }, (_, at) => notice(59 - at));
    await until(() => wire.sockets.length === 2);
    welcome({ unreadNotifications: 59 });
    expect(me.getSnapshot()).toMatchObject({ hasOlderNotifications: undefined, notifications: [{ id: 1 }] });
    await me.loadNotifications();
    expect(me.getSnapshot().notifications.map(({ id }) => id)).toEqual(all.slice(0, 50).map(({ id }) => id));
  });

  it("that cannot be loaded say why, and can be tried for again", async () => {
    let isAway = true;
    const { me, begin } = scriptedMe({
      fetch: async () => {
        if (isAway) throw new TypeError("away");
        return Response.json({ items: [notice(1)], nextCursor: null, unread: 1 });
      },
    });
    await begin();
    await expect(me.loadNotifications()).rejects.toBeInstanceOf(StudyMateError);
    isAway = false;
    await me.loadNotifications();
    expect(me.getSnapshot().notifications).toHaveLength(1);
  });
});

describe("The list of rooms", () => {
  it("follows the inbox at once, without being asked for every few seconds", async () => {
    const rooms = [listed(8), listed(7)];
    const { client, wire, begin, asked } = scriptedMe({ rooms: () => rooms });
    client.roomList.subscribe(() => {});
    await begin({ inbox: [entry(8, { unread: 1 }), entry(7, { unread: 0 })] });
    const shown = () => client.roomList.getSnapshot().rooms?.map(({ id, unread }) => [id, unread]);
    expect(shown()).toEqual([
      [8, 1],
      [7, 0],
    ]);
    const createdAt = "2026-11-11T00:00:00.000Z";
    const lastMessage = { senderId: 2, messageType: "TEXT", isDeleted: false, preview: "새 글", createdAt } as const;
    wire.last.serve({ type: "inbox.updated", entry: { ...entry(7, { lastMessageId: 4, unread: 1 }), lastMessage } });
    expect(shown()).toEqual([
      [7, 1],
      [8, 1],
    ]);
    expect(client.roomList.getSnapshot().rooms?.[0]).toMatchObject({
      ...{ name: "room 7", lastMessageAt: createdAt },
      lastMessage: { id: 4, content: "새 글", senderId: 2 },
    });
    wire.last.onPing = () => wire.last.serveText("pong");
    await pass(6_000);
    const before = asked.length;
    await pass(50_000);
    expect(asked.length).toBe(before);
    await pass(12_000);
    expect(asked.length).toBe(before + 1);
    // The answer was on its way for longer than the news.
    expect(shown()?.[0]).toEqual([7, 1]);
  });

  it("has a room that is new as soon as it is told of, and not one that one left", async () => {
    let rooms = [listed(7)];
    const { client, wire, begin } = scriptedMe({ rooms: () => rooms });
    await client.roomList.reload();
    await begin({ inbox: [entry(7)] });
    const shown = () => client.roomList.getSnapshot().rooms?.map(({ id }) => id);
    rooms = [listed(7), listed(9)];
    wire.last.serve({ type: "inbox.updated", entry: entry(9) });
    await until(() => shown()?.includes(9) === true);
    wire.last.serve({ type: "inbox.removed", roomId: 7 });
    expect(shown()).toEqual([9]);
  });

  it("asks for itself again while the connection is away, and keeps what it was told until then", async () => {
    const { client, wire, begin, asked } = scriptedMe({ rooms: () => [listed(7)] });
    client.roomList.subscribe(() => {});
    await begin({ inbox: [entry(7, { unread: 5 })] });
    const before = asked.length;
    wire.last.drop();
    expect(client.roomList.getSnapshot().rooms).toMatchObject([{ unread: 5 }]);
    await pass(11_000);
    expect(asked.filter((path) => path.startsWith("/v1/rooms")).length).toBeGreaterThanOrEqual(before + 2);
    expect(client.roomList.getSnapshot().rooms).toMatchObject([{ unread: 0 }]);
  });
});
