import { describe, expect, test } from "vitest";
import {
  hasFilters,
  inOrder,
  isDay,
  isUnfinished,
  LAST_DAY,
  queryOf,
  startOf,
} from "../../src/web/search/search-filters.ts";

const localDay = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString();

describe("what the server is asked", () => {
  test("is nothing while nothing is typed, whatever the filters are", () => {
    expect(queryOf("", {})).toBeUndefined();
    expect(queryOf(" \n\t", { roomId: 3, fromDay: "2026-05-01" })).toBeUndefined();
  });

  test("is what was typed, and each filter that is set", () => {
    expect(queryOf("  학교 ", {})).toEqual({ q: "학교" });
    expect(queryOf("학교", { roomId: 3, senderId: undefined })).toEqual({ q: "학교", roomId: 3 });
    expect(queryOf("학교", { roomId: 3, senderId: 7 })).toEqual({ q: "학교", roomId: 3, senderId: 7 });
  });

  test("has the days of this device, the last one whole", () => {
    expect(queryOf("a", { fromDay: "2026-05-01" })).toEqual({ q: "a", from: localDay(2026, 5, 1) });
    expect(queryOf("a", { toDay: "2026-12-31" })).toEqual({ q: "a", to: localDay(2027, 1, 1) });
    const day = queryOf("a", { fromDay: "2026-02-28", toDay: "2026-02-28" });
    expect(day).toEqual({ q: "a", from: localDay(2026, 2, 28), to: localDay(2026, 3, 1) });
  });

  test("has the earlier day first, and no day that is none", () => {
    expect(inOrder({ fromDay: "2026-05-03", toDay: "2026-05-01" })).toEqual({
      fromDay: "2026-05-01",
      toDay: "2026-05-03",
    });
    expect(inOrder({ fromDay: "12026-05-03", toDay: "2026-05-01" }).fromDay).toBeUndefined();
  });

  test("has no day of antiquity, and none whose end is in a year of five digits anywhere", () => {
    expect(queryOf("a", { fromDay: "0202-05-01", toDay: "9999-12-31" })).toEqual({ q: "a" });
    expect(queryOf("a", { toDay: LAST_DAY })?.to).toMatch(/^999[89]-/);
    const days = ["1899-12-31", "1900-01-01", "2026-05-01", "9998-12-31", "9999-01-01", "12026-05-01", ""];
    expect(days.filter(isDay)).toEqual(["1900-01-01", "2026-05-01", "9998-12-31"]);
  });

  test("is cut to one unit more than the server looks at: it then says so", () => {
    expect(queryOf("가".repeat(10_000), {})?.q).toHaveLength(257);
  });
});

test("a day begins at midnight here, also across the end of a month", () => {
  expect(startOf("2026-01-31", 0)).toEqual(new Date(2026, 0, 31));
  expect(startOf("2026-01-31", 1)).toEqual(new Date(2026, 1, 1));
});

test("a letter that is to become a syllable is unfinished", () => {
  expect(["학ㄱ", "ㅎ", "학교", "ㅋㅋ school", ""].map(isUnfinished)).toEqual([true, true, false, false, false]);
});

test("a filter that was taken away is none", () => {
  expect(hasFilters({ roomId: undefined })).toBe(false);
  expect(hasFilters({ roomId: 1 })).toBe(true);
});
