/** Which messages a page of history is made of. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstAtOrAfter, pageRange } from "../../objects/chat-room/page-range.ts";
import type { PageRequest } from "../../schema/rpc.ts";

/** One message a minute: the first at minute 1. */
const minutely = (id: number) => id;
const range = (newest: number, request: PageRequest) => pageRange(newest, request, minutely);

describe("a page around a message, of a room of 100", () => {
  test.each<[name: string, request: PageRequest, first: number, last: number, around: number]>([
    ["has it in the middle", { around: { id: 50 }, limit: 5 }, 48, 52, 50],
    ["has one older message more where the halves cannot be equal", { around: { id: 50 }, limit: 4 }, 48, 51, 50],
    ["of one message is that message", { around: { id: 50 }, limit: 1 }, 50, 50, 50],
    ["is full at the beginning", { around: { id: 2 }, limit: 11 }, 1, 11, 2],
    ["is full at the end", { around: { id: 99 }, limit: 11 }, 90, 100, 99],
    ["is the newest page for a number that is not there yet", { around: { id: 4_000 }, limit: 10 }, 91, 100, 100],
    ["is found by time", { around: { time: 50 }, limit: 5 }, 48, 52, 50],
    ["begins with the next message after a time between two", { around: { time: 49.5 }, limit: 5 }, 48, 52, 50],
    ["is the oldest page for a time before the first", { around: { time: -5 }, limit: 10 }, 1, 10, 1],
    ["is the newest page for a time after the last", { around: { time: 4_000 }, limit: 10 }, 91, 100, 100],
  ])("%s", (_, request, first, last, around) => {
    expect(range(100, request)).toEqual({ first, last, newest: 100, around });
  });

  test("is the whole room where that is smaller", () => {
    expect(range(3, { around: { id: 2 }, limit: 50 })).toEqual({ first: 1, last: 3, newest: 3, around: 2 });
  });

  test("is empty in an empty room, and nothing is found", () => {
    expect(range(0, { around: { id: 1 }, limit: 50 })).toEqual({ first: 1, last: 0, newest: 0, around: null });
    expect(range(0, { around: { time: 0 }, limit: 50 })).toEqual({ first: 1, last: 0, newest: 0, around: null });
  });
});

describe("another page, of a room of 100", () => {
  test.each<[name: string, request: PageRequest, first: number, last: number]>([
    ["the newest", { limit: 10 }, 91, 100],
    ["before a number", { before: 50, limit: 10 }, 40, 49],
    ["before the first", { before: 1, limit: 10 }, 1, 0],
    ["before a number that is not there yet", { before: 4_000, limit: 10 }, 91, 100],
    ["after a number", { after: 50, limit: 10 }, 51, 60],
    ["after the last", { after: 100, limit: 10 }, 101, 100],
    ["after a number that is not there yet", { after: 4_000, limit: 10 }, 101, 100],
  ])("%s", (_, request, first, last) => {
    expect(range(100, request)).toEqual({ first, last, newest: 100 });
  });
});

describe("the first message at or after a time", () => {
  test("is the one that looking at all of them finds", () => {
    const sortedTimes = fc.array(fc.integer({ min: 0, max: 20 })).map((times) => times.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(sortedTimes, fc.integer({ min: -1, max: 21 }), (times, time) => {
        const found = firstAtOrAfter(times.length, (id) => times[id - 1] ?? Number.NaN, time);
        const index = times.findIndex((one) => one >= time);
        expect(found).toBe(index === -1 ? times.length + 1 : index + 1);
      }),
    );
  });

  test("is some message, found with few looks, whatever the times are", () => {
    const anyTimes = fc.array(fc.oneof(fc.integer(), fc.constant(Number.NaN)), { maxLength: 200 });
    fc.assert(
      fc.property(anyTimes, fc.integer(), (times, time) => {
        let looks = 0;
        const timeOf = (id: number) => {
          looks += 1;
          return times[id - 1] ?? 0;
        };
        const found = firstAtOrAfter(times.length, timeOf, time);
        expect(found).toBeGreaterThanOrEqual(1);
        expect(found).toBeLessThanOrEqual(times.length + 1);
        expect(looks).toBeLessThanOrEqual(8);
      }),
    );
  });

  test("takes 32 looks in the largest room", () => {
    let looks = 0;
    const timeOf = (id: number) => {
      looks += 1;
      return id;
    };
    expect(firstAtOrAfter(2 ** 32 - 1, timeOf, 3_000_000_000)).toBe(3_000_000_000);
    expect(looks).toBeLessThanOrEqual(32);
  });
});
