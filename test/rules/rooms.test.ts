import { describe, expect, test } from "vitest";
import { directKey } from "../../schema/direct-key.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { canonicalBody, historyPage, planRoom, unknownParticipants } from "../../src/rooms/rules.ts";

describe("planning a room", () => {
  test.each([
    ["nobody else", []],
    ["two others", [2, 3]],
    ["oneself", [1]],
    ["oneself and another", [1, 2]],
  ])("a DIRECT room with %s is refused", (_, participantIds) => {
    expect(planRoom(1, { roomType: "DIRECT", participantIds })).toMatchObject({
      ok: false,
      error: { path: "participantIds" },
    });
  });

  test("both of a pair ask for the same DIRECT room", () => {
    const keys = [
      planRoom(12, { roomType: "DIRECT", participantIds: [3] }),
      planRoom(3, { roomType: "DIRECT", participantIds: [12] }),
    ];
    expect(keys.map((plan) => plan.ok && directKey(plan.value.participantIds))).toEqual(["3:12", "3:12"]);
  });

  test("the creator of a GROUP takes part whether listed or not, everybody once", () => {
    const plan = planRoom(5, { roomType: "GROUP", participantIds: [9, 5, 9, 10] });
    expect(plan).toMatchObject({ ok: true, value: { participantIds: [5, 9, 10], name: null, description: null } });
  });

  test("a GROUP has a thousand people, its creator counted", () => {
    const others = Array.from({ length: 1_000 }, (_, index) => index + 2);
    expect(planRoom(1, { roomType: "GROUP", participantIds: others }).ok).toBe(false);
    expect(planRoom(1, { roomType: "GROUP", participantIds: others.slice(1) }).ok).toBe(true);
  });

  test("a body is the same one whatever the order of the people in it, and another one with another name", () => {
    const body = (participantIds: number[], name?: string | null) => {
      const plan = planRoom(1, { roomType: "GROUP", participantIds, name });
      return plan.ok && canonicalBody(plan.value);
    };
    expect(body([3, 2])).toBe(body([2, 3, 3], null));
    expect(body([2, 3])).not.toBe(body([2, 3], "Book club"));
    expect(body([2, 3])).not.toBe(body([2]));
  });

  test("unknown people are named by their place in what was sent", () => {
    expect(unknownParticipants([4, 8, 4], [4]).map(({ path }) => path)).toEqual([
      "participantIds.0",
      "participantIds.2",
    ]);
  });
});

describe("a page of history", () => {
  const message = (id: number, rev = 0): Message => ({
    id,
    roomId: 1,
    senderId: 1,
    messageType: "TEXT",
    content: `${id} at ${rev}`,
    fileUrl: null,
    fileMetadata: null,
    replyToId: null,
    clientId: null,
    isEdited: rev > 0,
    editedAt: null,
    isDeleted: false,
    createdAt: "2026-11-22T09:30:00.000Z",
    reactions: [],
    corrections: [],
    rev,
  });
  const overlay = {
    first: 3,
    last: 5,
    newest: 9,
    unflushed: [message(5), message(4, 7)],
    epoch: 1,
    bookmark: null,
  };
  const ids = (stored: Message[], request = {}) =>
    historyPage(stored, overlay, { limit: 3, ...request }).items.map(({ id, rev }) => `${id}@${rev}`);

  test("is what D1 has under what the object has not flushed, newest first", () => {
    expect(ids([message(3), message(4)])).toEqual(["5@0", "4@7", "3@0"]);
  });

  test("is oldest first with `after`", () => {
    expect(ids([message(3), message(4)], { after: 2 })).toEqual(["3@0", "4@7", "5@0"]);
  });

  test("prefers D1 where a flush after the object's answer made it the newer one", () => {
    expect(ids([message(3), message(4, 9)])).toEqual(["5@0", "4@9", "3@0"]);
  });

  test("shows nothing outside the range that the object named", () => {
    expect(ids([message(2), message(3), message(6)])).toEqual(["5@0", "4@7", "3@0"]);
  });

  test.each([
    ["newest first", {}, { first: 3, last: 5 }, 3, 5],
    ["newest first, up to the newest", {}, { first: 3, last: 9 }, 3, null],
    ["newest first, from the first", {}, { first: 1, last: 5 }, null, 5],
    ["oldest first", { after: 2 }, { first: 3, last: 5 }, 5, 3],
    ["oldest first, up to the newest", { after: 2 }, { first: 3, last: 9 }, null, 3],
    ["oldest first, from the first", { after: 0 }, { first: 1, last: 5 }, 5, null],
    ["of an empty room", {}, { first: 1, last: 0, newest: 0 }, null, null],
  ])("goes on in the direction of reading and against it: %s", (_, request, range, nextCursor, previousCursor) => {
    expect(historyPage([], { ...overlay, ...range }, { limit: 3, ...request })).toMatchObject({
      nextCursor,
      previousCursor,
    });
  });

  test("names the message that was found, where one was looked for", () => {
    const request = { limit: 3, around: { id: 4 } };
    expect(historyPage([], { ...overlay, around: 4 }, request).around).toBe(4);
    expect(historyPage([], overlay, { limit: 3 })).not.toHaveProperty("around");
  });
});
