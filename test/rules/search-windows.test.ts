/** How a search goes through the messages of many rooms, and what its cursor says. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorNumbers, cursorOf, type Place, placeOf } from "../../src/search/cursor-rules.ts";
import {
  byKey,
  edgesOf,
  endsAbove,
  groupRooms,
  HITS_PER_STATEMENT,
  hitsPerRoom,
  type Key,
  LARGEST_ID,
  lowerEnd,
  type Span,
  timedRange,
} from "../../src/search/rules.ts";

const OPEN: Span = { from: null, to: null, lower: null, upper: null };
const key = (at: number, roomId: number, id: number): Key => ({ at, roomId, id });

describe("a room's part of a span", () => {
  test("is all of it where the span is open", () => {
    expect(timedRange(7, OPEN)).toEqual({ roomId: 7, first: 0, last: LARGEST_ID, since: null, until: null });
  });

  const moment = fc.integer({ min: 0, max: 6 });
  const aKey = fc.record({ at: moment, roomId: fc.integer({ min: 1, max: 3 }), id: fc.integer({ min: 1, max: 6 }) });
  const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

  test("holds the messages that the span holds, and no others", () => {
    const span = fc.record({ from: maybe(moment), to: maybe(moment), lower: maybe(aKey), upper: maybe(aKey) });
    // In a room, a later number is never an earlier time.
    const times = fc.array(moment, { maxLength: 8 }).map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(span, times, fc.integer({ min: 1, max: 3 }), (any, room, roomId) => {
        // A key of this room has the time of its message, or of the last one before it.
        const placed = (end: Key | null) =>
          end?.roomId === roomId ? { ...end, at: room[Math.min(end.id, room.length) - 1] ?? end.at } : end;
        const asked = { ...any, lower: placed(any.lower), upper: placed(any.upper) };
        const { first, last, since, until } = timedRange(roomId, asked);
        const messages = room.map((at, index) => key(at, roomId, index + 1));
        const inRange = messages.filter(
          ({ at, id }) =>
            id >= first && id <= last && (since === null || at >= since) && (until === null || at < until),
        );
        const inSpan = messages.filter(
          (message) =>
            (asked.from === null || message.at >= asked.from) &&
            (asked.to === null || message.at < asked.to) &&
            (asked.lower === null || byKey(message, asked.lower) >= 0) &&
            (asked.upper === null || byKey(message, asked.upper) < 0),
        );
        expect(inRange).toEqual(inSpan);
      }),
    );
  });

  test("never leaves what a rowid can hold, whatever a cursor says", () => {
    const far = { ...OPEN, lower: key(0, 1, 2 ** 50), upper: key(0, 1, 0) };
    expect(timedRange(1, far)).toMatchObject({ first: LARGEST_ID, last: 0 });
  });
});

describe("groups of rooms", () => {
  const room = (roomId: number, newest: number, lastAt = 1_000 - roomId) => ({
    roomId,
    first: 0,
    last: newest,
    newest,
    lastAt,
  });
  const idsOf = (groups: readonly (readonly { roomId: number }[])[]) =>
    groups.map((group) => group.map(({ roomId }) => roomId));

  test("hold together as many messages as are stepped over at once", () => {
    const half = HITS_PER_STATEMENT / 2;
    const { groups, rest } = groupRooms([room(1, half), room(2, half), room(3, 1), room(4, half)], 9);
    expect(idsOf(groups)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(rest).toEqual([]);
  });

  test("are of one room where that has more", () => {
    const large = HITS_PER_STATEMENT + 1;
    expect(idsOf(groupRooms([room(1, 5), room(2, large), room(3, 5), room(4, 5)], 9).groups)).toEqual([
      [1],
      [2],
      [3, 4],
    ]);
  });

  test("begin with the rooms of the newest messages, and leave out the last ones", () => {
    const all = HITS_PER_STATEMENT;
    const { groups, rest } = groupRooms([room(1, all, 10), room(2, all, 30), room(3, all, 20), room(4, all, 5)], 2);
    expect(idsOf(groups)).toEqual([[2], [3]]);
    expect(rest.map(({ roomId }) => roomId)).toEqual([1, 4]);
  });
});

describe("the lower end of a window", () => {
  test("is where a room may have more hits than were asked for, and above a room that was left out", () => {
    const hits = [
      { roomId: 1, ids: [9, 8, 7] },
      { roomId: 2, ids: [5, 4] },
    ];
    const leftOut = [
      { roomId: 3, first: 0, last: 12, newest: 20, lastAt: 77 },
      { roomId: 4, first: 0, last: 9, newest: 9, lastAt: null },
    ];
    expect(edgesOf(hits, 3)).toEqual([{ roomId: 1, id: 7 }]);
    expect(endsAbove(leftOut)).toEqual([key(77, 3, 13)]);
  });

  test("is the highest of the ends; there is none where everything was looked at", () => {
    expect(lowerEnd([])).toBeNull();
    expect(lowerEnd([key(3, 1, 1), key(5, 1, 2), key(4, 2, 9)])).toEqual(key(5, 1, 2));
  });

  test.each([
    [1, 200],
    [3, 200],
    [20, 30],
    [1_000, 10],
  ])("in %i rooms, %i hits of each are looked at", (rooms, hits) => {
    expect(hitsPerRoom(rooms)).toBe(hits);
  });
});

describe("a cursor", () => {
  const upper = key(1_795_394_042_026, 7001, 42);
  const after = { score: 0.123_456_789_012_345_6, key: key(1_795_394_042_000, 12, 7) };

  test.each<[string, Place]>([
    ["below a window", { mode: "all", upper, within: null }],
    ["within the last window", { mode: "any", upper, within: { lower: null, after } }],
    ["within a window", { mode: "all", upper, within: { lower: key(1, 2, 3), after } }],
  ])("comes back as it was: %s", (_, place) => {
    expect(placeOf(cursorNumbers.parse(JSON.parse(JSON.stringify(cursorOf(place)))))).toEqual(place);
  });

  test("is not needed for the first page", () => {
    expect(cursorOf({ mode: "all", upper: null, within: null })).toBeNull();
  });
});
