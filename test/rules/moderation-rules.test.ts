import { describe, expect, test } from "vitest";
import { decideAdd, decideModerate, decideRemove, decideRole, type Standing } from "../../objects/chat-room/rules.ts";

const GROUP = { roomType: "GROUP", isActive: true } as const;
const DIRECT = { roomType: "DIRECT", isActive: true } as const;
const CLOSED = { roomType: "GROUP", isActive: false } as const;

const refused = (error: string) => ({ ok: false, error });
const decided = (value: unknown) => ({ ok: true, value });

function person(userId: number, fields: Partial<Standing> = {}): Standing {
  return { userId, role: "MEMBER", isActive: true, joinedAt: userId, lastReadMessageId: 0, ...fields };
}
const admin = (userId: number, fields: Partial<Standing> = {}): Standing =>
  person(userId, { role: "ADMIN", ...fields });
const left = { isActive: false } as const;

describe("moderating", () => {
  test.each([
    ["an ADMIN may", GROUP, admin(1), decided(true)],
    ["a MEMBER may not", GROUP, person(1), refused("forbidden")],
    ["an ADMIN who left may not", GROUP, admin(1, left), refused("forbidden")],
    ["a stranger may not", GROUP, undefined, refused("forbidden")],
    ["nobody may in a DIRECT room", DIRECT, admin(1), refused("forbidden")],
    ["nobody may in a closed room", CLOSED, admin(1), refused("gone")],
  ])("%s", (_, room, caller, expected) => {
    expect(decideModerate(room, caller)).toEqual(expected);
  });
});

describe("adding", () => {
  const crowd = (count: number): Standing[] => Array.from({ length: count }, (_, index) => person(index + 1));

  test.each([
    ["up to a thousand", crowd(998), [2_001, 2_002], decided(true)],
    ["the thousand and first", crowd(999), [2_001, 2_002], refused("too_large")],
    ["somebody twice counts once", crowd(999), [2_001, 2_001], decided(true)],
    ["who is there already counts once", crowd(1_000), [1, 2], decided(true)],
    ["who left takes no place until they are back", [...crowd(999), person(5_000, left)], [5_000], decided(true)],
    [
      "who left takes a place when they are back",
      [...crowd(1_000), person(5_000, left)],
      [5_000],
      refused("too_large"),
    ],
  ])("%s", (_, participants, added, expected) => {
    expect(decideAdd(participants, added)).toEqual(expected);
  });
});

describe("changing a role", () => {
  const room = [admin(1), person(2), person(3, left)];

  test.each([
    ["to ADMIN", room, 2, "ADMIN", decided("ADMIN")],
    ["to what it is", room, 2, "MEMBER", decided(null)],
    ["of the last ADMIN", room, 1, "MEMBER", refused("conflict")],
    ["of one ADMIN of two", [...room, admin(4)], 1, "MEMBER", decided("MEMBER")],
    ["of the last ADMIN who is there", [...room, admin(4, left)], 1, "MEMBER", refused("conflict")],
    ["of who left", room, 3, "ADMIN", refused("not_found")],
    ["of a stranger", room, 9, "ADMIN", refused("not_found")],
  ] as const)("%s", (_, participants, userId, role, expected) => {
    const target = participants.find((one) => one.userId === userId);
    expect(decideRole(participants, target, role)).toEqual(expected);
  });
});

describe("removing", () => {
  const goes = (successorId: number | null = null, closesRoom = false) => decided({ successorId, closesRoom });
  const room = [admin(1), person(2), person(3), person(4, left)];

  test.each([
    ["oneself", room, 2, 2, goes()],
    ["somebody else as ADMIN", room, 1, 2, goes()],
    ["somebody else as MEMBER", room, 2, 3, refused("forbidden")],
    ["somebody else after leaving", room, 4, 2, refused("forbidden")],
    ["somebody else as a stranger", room, 9, 2, refused("forbidden")],
    ["oneself as a stranger", room, 9, 9, refused("forbidden")],
    ["a stranger", room, 1, 9, refused("not_found")],
    ["who left already", room, 1, 4, decided(null)],
    ["oneself after leaving", room, 4, 4, decided(null)],
    ["oneself as the last ADMIN makes the eldest one ADMIN", room, 1, 1, goes(2)],
    [
      "the eldest is who joined first, not who has the smallest id",
      [admin(1), person(2, { joinedAt: 9 }), person(3, { joinedAt: 5 })],
      1,
      1,
      goes(3),
    ],
    [
      "of two who joined at once, the smaller id",
      [admin(1), person(3, { joinedAt: 5 }), person(2, { joinedAt: 5 })],
      1,
      1,
      goes(2),
    ],
    ["oneself where another ADMIN stays", [...room, admin(5)], 1, 1, goes()],
    ["an ADMIN by another", [...room, admin(5)], 5, 1, goes()],
    ["oneself as the last one closes the room", [admin(1), person(4, left)], 1, 1, goes(null, true)],
  ])("%s", (_, participants, callerId, userId, expected) => {
    expect(decideRemove(GROUP, participants, { callerId, userId })).toEqual(expected);
  });

  test.each([
    ["anybody from a DIRECT room", DIRECT, 1, 1, refused("forbidden")],
    ["somebody else from a closed room", CLOSED, 1, 2, refused("gone")],
    ["oneself from a closed room", CLOSED, 2, 2, goes()],
  ] as const)("%s", (_, standing, callerId, userId, expected) => {
    expect(decideRemove(standing, room, { callerId, userId })).toEqual(expected);
  });

  test("leaves the list as it was", () => {
    const frozen = Object.freeze([...room]);
    expect(decideRemove(GROUP, frozen, { callerId: 1, userId: 1 }).ok).toBe(true);
  });
});
