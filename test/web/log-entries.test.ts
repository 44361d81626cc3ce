import { describe, expect, test } from "vitest";
import type { Message, Participant } from "../../src/client/index.ts";
import { logEntries } from "../../src/web/conversation/log-entries.ts";
import { formatsOf } from "../../src/web/locale/formats.ts";
import { messageOf as message, NOON } from "./messages.ts";

const formats = formatsOf("en");

function reader(userId: number, name: string, lastReadMessageId: number, isActive = true): Participant {
  const joinedAt = NOON.toISOString();
  return { userId, name, imageUrl: null, role: "MEMBER", joinedAt, lastReadMessageId, isActive, online: true, rev: 0 };
}

function entriesOf(messages: readonly Message[], participants: readonly Participant[] = [], firstUnreadId?: number) {
  const you = { userId: 1, role: "MEMBER" as const, lastReadMessageId: 0, blockedUserIds: [] };
  return logEntries({ messages, participants, you, formats, firstUnreadId });
}

describe("messages of one person", () => {
  test("belong together within five minutes", () => {
    const entries = entriesOf([message(1, 2, 0), message(2, 2, 4), message(3, 2, 10), message(4, 1, 11)]);
    expect(entries.map(({ continues }) => continues)).toEqual([false, true, false, false]);
    expect(entries.map(({ isLast }) => isLast)).toEqual([false, true, true, true]);
  });

  test("do not belong together over midnight, around a reply, or around what the room itself says", () => {
    const overMidnight = entriesOf([message(1, 2, 12 * 60 - 1), message(2, 2, 12 * 60 + 1)]);
    expect(overMidnight[1]).toMatchObject({ continues: false, day: expect.any(String) });
    expect(entriesOf([message(1, 2, 0), message(2, 2, 1, { replyToId: 1 })])[1]?.continues).toBe(false);
    expect(entriesOf([message(1, 2, 0), message(2, 2, 1, { messageType: "SYSTEM" })])[0]?.isLast).toBe(true);
    expect(entriesOf([message(1, 2, 0, { messageType: "SYSTEM" }), message(2, 2, 1)])[1]?.continues).toBe(false);
  });

  test("are parted by the mark for what is new", () => {
    const entries = entriesOf([message(1, 2, 0), message(2, 2, 1)], [], 2);
    expect(entries.map(({ isFirstUnread }) => isFirstUnread)).toEqual([false, true]);
    expect(entries[0]?.isLast).toBe(true);
    expect(entries[1]?.continues).toBe(false);
  });
});

test("a day is named once", () => {
  const entries = entriesOf([message(1, 2, 0), message(2, 1, 60), message(3, 2, 24 * 60)]);
  expect(entries.map(({ day }) => day !== undefined)).toEqual([true, false, true]);
});

test("receipts stand at the last message that was read; your own, the author's and those who left do not", () => {
  const people = [
    reader(1, "Me", 2),
    reader(2, "Author", 2),
    reader(3, "Sofia", 2),
    reader(4, "Gone", 2, false),
    reader(5, "Junho", 1),
  ];
  const entries = entriesOf([message(1, 1, 0), message(2, 2, 1)], people);
  expect(entries.map(({ readBy, readers }) => [readBy, readers])).toEqual([
    ["Junho", 1],
    ["Sofia", 1],
  ]);
});
