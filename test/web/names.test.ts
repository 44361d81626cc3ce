import { describe, expect, test } from "vitest";
import type { RoomAnswer, RoomListItem } from "../../src/client/index.ts";
import { formatsOf } from "../../src/web/locale/formats.ts";
import { matchingRooms } from "../../src/web/rooms/matching-rooms.ts";
import { knownNames } from "../../src/web/search/known-names.ts";

const formats = formatsOf("en");
const AT = "2026-05-01T00:00:00.000Z";

function listed(id: number, name: string | null, people: readonly [id: number, name: string][]): RoomListItem {
  return {
    id,
    roomType: name === null ? "DIRECT" : "GROUP",
    name,
    description: null,
    createdByUserId: null,
    isActive: true,
    createdAt: AT,
    rev: 0,
    lastMessageAt: null,
    lastMessage: null,
    lastReadMessageId: 0,
    unread: 0,
    participants: people.map(([userId, called]) => ({ userId, name: called, imageUrl: null })),
  };
}

function asked(id: number, name: string | null, people: readonly [id: number, name: string][]): RoomAnswer {
  const {
    lastMessageAt: _at,
    lastMessage: _last,
    unread: _unread,
    lastReadMessageId: _read,
    ...room
  } = listed(id, name, []);
  const participants = people.map(([userId, called]) => ({
    userId,
    name: called,
    imageUrl: null,
    role: "MEMBER" as const,
    joinedAt: AT,
    lastReadMessageId: 0,
    isActive: true,
    online: false,
    rev: 0,
  }));
  return { ...room, participants };
}

const rooms = [
  listed(1, null, [[2, "Emily"]]),
  listed(2, "언어 카페", [
    [2, "Emily"],
    [3, "Daniel"],
  ]),
  listed(3, "Daniel's books", [[4, "Sofia"]]),
];

describe("rooms that match what was typed", () => {
  const ids = (typed: string) => matchingRooms(rooms, typed, formats).map(({ id }) => id);

  test("are those called so, then those with somebody in them who is", () => {
    expect(ids("daniel")).toEqual([3, 2]);
    expect(ids(" EMI ")).toEqual([1, 2]);
    expect(ids("카페".normalize("NFD"))).toEqual([2]);
  });

  test("are none while nothing is typed", () => {
    expect(ids("  ")).toEqual([]);
  });
});

describe("names for what was found", () => {
  const names = knownNames({
    rooms,
    asked: new Map([
      [
        2,
        asked(2, "언어 카페", [
          [1, "Me"],
          [5, "Junho"],
        ]),
      ],
      [
        9,
        asked(9, null, [
          [1, "Me"],
          [6, "Seoyeon"],
        ]),
      ],
    ]),
    yourId: 1,
    formats,
  });

  test("come from the list of rooms, and from rooms that were asked for", () => {
    expect([1, 2, 9, 10].map(names.roomName)).toEqual(["Emily", "언어 카페", "Seoyeon", undefined]);
    expect([names.personName(2, 3), names.personName(2, 5), names.personName(1, 5)]).toEqual([
      "Daniel",
      "Junho",
      undefined,
    ]);
  });

  test("are each person's once, by name, yours left out", () => {
    const called = (roomId?: number) => names.people(roomId).map(({ name }) => name);
    expect(called()).toEqual(["Daniel", "Emily", "Junho", "Seoyeon", "Sofia"]);
    expect(called(2)).toEqual(["Daniel", "Emily", "Junho"]);
    expect(called(10)).toEqual([]);
  });
});
