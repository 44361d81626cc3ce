import { describe, expect, test } from "vitest";
import { isSkipped, momentOf, nextFullHour, startOf, wallClockOf } from "../../src/web/sessions/clock.ts";
import { placed } from "../../src/web/sessions/day-layout.ts";
import { firstDayOfWeek, momentsOf, weekOf } from "../../src/web/sessions/week.ts";

const SEOUL = "Asia/Seoul";
const BERLIN = "Europe/Berlin";
const NEW_YORK = "America/New_York";
const HOUR_MS = 3_600_000;
const at = (iso: string) => Date.parse(iso);

describe("The clock of a zone", () => {
  test.each([
    [SEOUL, "2026-11-28T15:30:00Z", { day: "2026-11-29", time: "00:30", minutes: 30 }],
    [BERLIN, "2026-11-28T15:30:00Z", { day: "2026-11-28", time: "16:30", minutes: 990 }],
    [NEW_YORK, "2026-07-01T03:59:59Z", { day: "2026-06-30", time: "23:59", minutes: 1_439 }],
  ])("of %s at %s", (zone, moment, clock) => {
    expect(wallClockOf(at(moment), zone)).toEqual(clock);
  });

  test.each([
    ["of an ordinary time is that time", SEOUL, "2026-11-29", "00:30", "2026-11-28T15:30:00Z"],
    ["of a time that comes twice is the first", BERLIN, "2026-10-25", "02:30", "2026-10-25T00:30:00Z"],
    ["of a time that never comes is as much later", BERLIN, "2026-03-29", "02:30", "2026-03-29T01:30:00Z"],
  ])("the moment %s", (_, zone, day, time, moment) => {
    expect(momentOf(day, time, zone)).toBe(at(moment));
  });

  test("skips an hour in spring, and says so", () => {
    expect(isSkipped("2026-03-29", "02:30", BERLIN)).toBe(true);
    expect(isSkipped("2026-03-29", "03:00", BERLIN)).toBe(false);
    expect(isSkipped("2026-10-25", "02:30", BERLIN)).toBe(false);
    expect(wallClockOf(momentOf("2026-03-29", "02:30", BERLIN), BERLIN).time).toBe("03:30");
  });

  test("of a day without midnight begins later", () => {
    expect(wallClockOf(startOf("2026-03-29", "Asia/Beirut"), "Asia/Beirut")).toMatchObject({ time: "01:00" });
  });

  test.each([
    ["2026-11-28T15:10:00Z", "01:00"],
    ["2026-11-28T15:30:00Z", "01:00"],
    ["2026-11-28T15:31:00Z", "02:00"],
    ["2026-11-28T14:20:00Z", "00:00"],
  ])("the next full hour after %s is %s in Seoul", (now, time) => {
    expect(nextFullHour(at(now), SEOUL)).toMatchObject({ day: "2026-11-29", time });
  });
});

describe("A week", () => {
  test("begins with the day that calendars there begin with", () => {
    expect(weekOf("2026-11-28", 1)).toEqual([
      ...["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"],
    ]);
    expect(weekOf("2026-11-28", 7)[0]).toBe("2026-11-22");
    expect(weekOf("2026-11-22", 7)[0]).toBe("2026-11-22");
    expect(weekOf("2026-11-29", 1)[6]).toBe("2026-11-29");
    expect(weekOf("2027-01-01", 1)[0]).toBe("2026-12-28");
  });

  test.each([
    ["an ordinary one", SEOUL, "2026-11-28", 168],
    ["the one in which clocks are put forward", BERLIN, "2026-03-29", 167],
    ["the one in which clocks are put back", BERLIN, "2026-10-25", 169],
  ])("lasts from midnight to midnight: %s", (_, zone, day, hours) => {
    const { from, to } = momentsOf(weekOf(day, 1), zone);
    expect((to - from) / HOUR_MS).toBe(hours);
    expect([wallClockOf(from, zone).time, wallClockOf(to, zone).time]).toEqual(["00:00", "00:00"]);
  });

  test("begins on Sunday in Korea and the United States, on Monday in Germany", () => {
    expect([firstDayOfWeek("ko-KR"), firstDayOfWeek("en-US"), firstDayOfWeek("de")]).toEqual([7, 7, 1]);
  });
});

describe("In a day's column", () => {
  const session = (name: string, startsAt: string, endsAt: string) => ({
    ...{ name, startsAt: at(startsAt), endsAt: at(endsAt) },
  });
  const boxes = (items: readonly ReturnType<typeof session>[], day: string, zone = "UTC") =>
    placed(items, day, zone).map(({ item, top, height, column, columns }) => [
      item.name,
      ...[top, height, column, columns],
    ]);

  test("sessions that do not overlap have the whole width", () => {
    const items = [
      session("second", "2026-11-28T10:00Z", "2026-11-28T11:00Z"),
      session("first", "2026-11-28T09:00Z", "2026-11-28T10:00Z"),
    ];
    expect(boxes(items, "2026-11-28")).toEqual([
      ["first", 540, 60, 0, 1],
      ["second", 600, 60, 0, 1],
    ]);
  });

  test("sessions that overlap share it, and a column is used again", () => {
    const items = [
      session("long", "2026-11-28T09:00Z", "2026-11-28T12:00Z"),
      session("early", "2026-11-28T09:30Z", "2026-11-28T10:30Z"),
      session("late", "2026-11-28T10:30Z", "2026-11-28T11:30Z"),
      session("alone", "2026-11-28T13:00Z", "2026-11-28T14:00Z"),
    ];
    expect(boxes(items, "2026-11-28")).toEqual([
      ["long", 540, 180, 0, 2],
      ["early", 570, 60, 1, 2],
      ["late", 630, 60, 1, 2],
      ["alone", 780, 60, 0, 1],
    ]);
  });

  test("a short one is high enough to be read, also at the end of the day, and counts as that high", () => {
    const items = [
      session("short", "2026-11-28T09:00Z", "2026-11-28T09:10Z"),
      session("next", "2026-11-28T09:15Z", "2026-11-28T10:00Z"),
      session("last", "2026-11-28T23:50Z", "2026-11-29T00:00Z"),
    ];
    expect(boxes(items, "2026-11-28")).toEqual([
      ["short", 540, 30, 0, 2],
      ["next", 555, 45, 1, 2],
      ["last", 1_410, 30, 0, 1],
    ]);
    expect(boxes(items, "2026-11-29")).toEqual([]);
  });

  test("one over midnight stands in both days", () => {
    const items = [session("night", "2026-11-28T14:30Z", "2026-11-28T16:00Z")];
    expect(boxes(items, "2026-11-28", SEOUL)).toEqual([["night", 1_410, 30, 0, 1]]);
    expect(boxes(items, "2026-11-29", SEOUL)).toEqual([["night", 0, 60, 0, 1]]);
    expect(boxes(items, "2026-11-28", "UTC")).toEqual([["night", 870, 90, 0, 1]]);
  });

  test("clocks that are put forward and back are followed", () => {
    const spring = [session("spring", "2026-03-29T00:30Z", "2026-03-29T01:30Z")];
    expect(boxes(spring, "2026-03-29", BERLIN)).toEqual([["spring", 90, 120, 0, 1]]);
    const autumn = [session("autumn", "2026-10-25T00:30Z", "2026-10-25T01:15Z")];
    expect(boxes(autumn, "2026-10-25", BERLIN)).toEqual([["autumn", 150, 45, 0, 1]]);
  });
});
