import { describe, expect, test } from "vitest";
import { weekly } from "../../src/sessions/recurrence-rules.ts";

const HOUR = 60 * 60_000;

/** The starts of a weekly session of an hour, in UTC. */
function startsOf(first: string, count: number, timeZone: string): string[] {
  const start = Date.parse(first);
  const occurrences = weekly({ start, end: start + HOUR }, { count, timeZone });
  expect(occurrences.map((one) => one.end - one.start)).toEqual(Array.from({ length: count }, () => HOUR));
  return occurrences.map((one) => new Date(one.start).toISOString().slice(0, 16));
}

/** What the clocks of a place show. */
const clock = (utc: string, timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit" }).format(
    new Date(`${utc}:00Z`),
  );

describe("a weekly session keeps its weekday and time of day", () => {
  test.each<[name: string, first: string, timeZone: string, starts: readonly string[]]>([
    [
      "in Berlin, when summer begins",
      "2027-03-22T19:00:00+01:00",
      "Europe/Berlin",
      ["2027-03-22T18:00", "2027-03-29T17:00", "2027-04-05T17:00"],
    ],
    [
      "in Berlin, when summer ends",
      "2026-10-19T19:00:00+02:00",
      "Europe/Berlin",
      ["2026-10-19T17:00", "2026-10-26T18:00", "2026-11-02T18:00"],
    ],
    [
      "in New York, when summer begins",
      "2027-03-09T20:30:00-05:00",
      "America/New_York",
      ["2027-03-10T01:30", "2027-03-17T00:30", "2027-03-24T00:30"],
    ],
    [
      "in New York, when summer ends",
      "2026-10-27T20:30:00-04:00",
      "America/New_York",
      ["2026-10-28T00:30", "2026-11-04T01:30", "2026-11-11T01:30"],
    ],
    [
      "in Seoul, where there is no summer time",
      "2027-03-22T09:00:00+09:00",
      "Asia/Seoul",
      ["2027-03-22T00:00", "2027-03-29T00:00", "2027-04-05T00:00"],
    ],
  ])("%s", (_, first, timeZone, starts) => {
    expect(startsOf(first, starts.length, timeZone)).toEqual(starts);
    const [shown] = starts.map((one) => clock(one, timeZone));
    expect(starts.map((one) => clock(one, timeZone))).toEqual(starts.map(() => shown));
  });

  test("all the year, through both changes", () => {
    const starts = startsOf("2026-09-07T19:00:00+02:00", 26, "Europe/Berlin");
    expect(new Set(starts.map((one) => clock(one, "Europe/Berlin")))).toEqual(new Set(["Mon 19:00"]));
    expect(new Set(starts.map((one) => one.slice(11)))).toEqual(new Set(["17:00", "18:00"]));
  });
});

describe("where clocks skip its time of day", () => {
  test("it begins so much later that day, and is back the week after", () => {
    const starts = startsOf("2027-03-21T02:30:00+01:00", 3, "Europe/Berlin");
    expect(starts).toEqual(["2027-03-21T01:30", "2027-03-28T01:30", "2027-04-04T00:30"]);
    expect(starts.map((one) => clock(one, "Europe/Berlin"))).toEqual(["Sun 02:30", "Sun 03:30", "Sun 02:30"]);
  });
});

describe("where clocks show its time of day twice", () => {
  test("it is the first of the two", () => {
    expect(startsOf("2026-10-18T02:30:00+02:00", 3, "Europe/Berlin")).toEqual([
      "2026-10-18T00:30",
      "2026-10-25T00:30",
      "2026-11-01T01:30",
    ]);
  });

  test("the first session is at the one that was named", () => {
    const second = "2026-10-25T02:30:00+01:00";
    expect(startsOf(second, 2, "Europe/Berlin")).toEqual(["2026-10-25T01:30", "2026-11-01T01:30"]);
  });
});
