import { describe, expect, test } from "vitest";
import type { MeSnapshot, Notification, PresenceStatus } from "../../src/client/me/index.ts";
import { byDay, hasBanner, isCurrent, isOfRoom, linkOf } from "../../src/web/notifications/place.ts";
import { shownStatus } from "../../src/web/presence/presence.ts";

function told(change: Partial<Notification> = {}): Notification {
  return {
    ...{ id: 1, rev: 0, type: "MESSAGE", title: "Emily", message: "New message", data: { roomId: 7, messageId: 42 } },
    ...{ isRead: false, readAt: null, priority: "HIGH", expiresAt: null, createdAt: "2026-11-28T09:00:00.000Z" },
    ...change,
  };
}

describe("A notification leads", () => {
  test.each<[string, Partial<Notification>, string | undefined]>([
    ["to the message of its room", {}, "#7/42"],
    ["to its room, where the message is not known", { data: { roomId: 7 } }, "#7"],
    ["nowhere without a room", { data: {} }, undefined],
    ["nowhere with a room that is none", { data: { roomId: "7/../evil" } }, undefined],
    ["nowhere with a room below one", { data: { roomId: -1, messageId: 3 } }, undefined],
    ["nowhere from a report", { type: "SAFETY", data: { reportId: 3, outcome: "RESOLVED" } }, undefined],
    ["to its learning session", { type: "SESSION_INVITE", data: { sessionId: 12, title: null } }, "#sessions/12"],
    [
      "to the session that begins soon",
      { type: "SESSION_REMINDER", data: { sessionId: 3, minutes: 10 } },
      "#sessions/3",
    ],
    ["nowhere with a session that is none", { type: "SESSION_STARTED", data: { sessionId: "3/call" } }, undefined],
    [
      "to the address that operators give",
      { type: "SYSTEM", data: { url: "https://a.example/" } },
      "https://a.example/",
    ],
    ["to a part of the page", { type: "SYSTEM", data: { url: "#profile" } }, "#profile"],
    ["to no script", { type: "SYSTEM", data: { url: "javascript:alert(1)" } }, undefined],
    ["nowhere without an address", { type: "SYSTEM", data: { url: null } }, undefined],
  ])("%s", (_, change, link) => {
    expect(linkOf(told(change))).toBe(link);
  });

  test("to the room that is open, or to another", () => {
    expect([isOfRoom(told(), 7), isOfRoom(told(), 8), isOfRoom(told(), undefined)]).toEqual([true, false, false]);
    expect(isOfRoom(told({ type: "SYSTEM" }), 7)).toBe(false);
  });
});

test("a session that begins soon is told of above everything, one of tomorrow is not", () => {
  const reminder = (minutes: number) => told({ type: "SESSION_REMINDER", data: { sessionId: 3, minutes } });
  expect([hasBanner(reminder(10)), hasBanner(reminder(1_440)), hasBanner(told())]).toEqual([true, false, false]);
});

test("what has expired is not shown any more", () => {
  const expiresAt = "2026-11-28T09:00:00.000Z";
  const at = Date.parse(expiresAt);
  expect(isCurrent(told(), at)).toBe(true);
  expect(isCurrent(told({ expiresAt }), at - 1)).toBe(true);
  expect(isCurrent(told({ expiresAt }), at)).toBe(false);
});

test("days follow one another as their notifications do", () => {
  const all = ["2026-11-28T23:00", "2026-11-28T01:00", "2026-11-27T12:00"].map((createdAt, at) =>
    told({ id: at + 1, createdAt }),
  );
  const days = byDay(all, (iso) => iso.slice(0, 10));
  expect(days.map(({ name, notifications }) => [name, notifications.map(({ id }) => id)])).toEqual([
    ["2026-11-28", [1, 2]],
    ["2026-11-27", [3]],
  ]);
});

describe("What is shown of somebody", () => {
  const me = (state: MeSnapshot["connection"]["state"], status?: PresenceStatus): MeSnapshot => ({
    connection: { state, reason: null, retryAt: null },
    ...{ status: "online", inbox: [], unreadNotifications: 0, notifications: [], hasOlderNotifications: undefined },
    presence: new Map(status && [[2, { userId: 2, status, lastSeen: null }]]),
  });
  test.each<[string, MeSnapshot, boolean, PresenceStatus | undefined]>([
    ["is what they chose", me("live", "busy"), false, "busy"],
    ["is what they chose, also where they have the room open", me("live", "away"), true, "away"],
    ["is that they are gone", me("live", "offline"), false, "offline"],
    ["is that they are there, where the room alone knows", me("live", "offline"), true, "online"],
    ["is nothing of who is no partner", me("live"), false, undefined],
    ["is what the room knows of who is no partner", me("live"), true, "online"],
    ["is nothing without a connection, whatever was known", me("offline", "busy"), false, undefined],
  ])("%s", (_, snapshot, isInRoom, status) => {
    expect(shownStatus(snapshot, 2, isInRoom)).toBe(status);
  });

  test("is nothing where there is nobody", () => {
    expect(shownStatus(me("live", "busy"), undefined)).toBeUndefined();
  });
});
