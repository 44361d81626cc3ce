import { describe, expect, test } from "vitest";
import type { RoomListItem } from "../../src/client/index.ts";
import { partnersOf } from "../../src/web/sessions/partners.ts";
import { sessionFormats } from "../../src/web/sessions/session-formats.ts";

const MINUTE_MS = 60_000;
const at = (iso: string) => Date.parse(iso);
/** Spaces of a format are of several kinds. */
const plain = (words: string) => words.replaceAll(/[\u2009\u202f]/g, " ");

describe("Times of sessions", () => {
  const en = sessionFormats("en");
  const ko = sessionFormats("ko");

  test("name days and weeks of the calendar, wherever the clock is", () => {
    expect([en.weekdayOf("2026-11-28"), en.numberOf("2026-11-28"), en.longDayOf("2026-11-28")]).toEqual([
      ...["Sat", "28", "Saturday, November 28"],
    ]);
    expect([ko.weekdayOf("2026-11-01"), ko.numberOf("2026-11-01"), ko.longDayOf("2026-11-01")]).toEqual([
      ...["일", "1", "11월 1일 일요일"],
    ]);
    expect(plain(en.weekOf("2026-12-27", "2027-01-02"))).toBe("December 27, 2026 – January 2, 2027");
    expect([en.hourOf(0), en.hourOf(13), ko.hourOf(13)].map(plain)).toEqual(["12 AM", "1 PM", "오후 1시"]);
  });

  test.each([
    [0, "this minute"],
    [20, "in 20 minutes"],
    [59, "in 59 minutes"],
    [90, "in 2 hours"],
    [24 * 60, "tomorrow"],
    [3 * 24 * 60, "in 3 days"],
    [-5, "5 minutes ago"],
    // From ten in the morning to two in the night after the next.
    [40 * 60, "in 2 days"],
  ])("in %i minutes are %s", (minutes, words) => {
    const now = at("2026-11-28T10:00:00Z");
    expect(en.relativeTo(now + minutes * MINUTE_MS, now)).toBe(words);
  });

  test("are told by other clocks", () => {
    const moment = at("2026-11-28T10:00:00Z");
    expect(plain(en.momentIn(moment, "Asia/Seoul"))).toBe("Sat, Nov 28, 7:00 PM");
    expect(en.zoneName("America/New_York", moment)).toBe("America/New York (GMT-5)");
    expect(en.zoneName("America/New_York", at("2026-07-01T10:00:00Z"))).toBe("America/New York (GMT-4)");
  });
});

test("Partners are those one writes with one to one, each once, the latest first", () => {
  const room = (roomType: RoomListItem["roomType"], ...names: string[]) => {
    const participants = names.map((name) => ({ userId: name.length, name, imageUrl: null }));
    return { roomType, participants } as unknown as RoomListItem; // nothing else of it is looked at
  };
  const rooms = [room("DIRECT", "Emily"), room("GROUP", "Junho Lee", "Sofia"), room("DIRECT", "Dan"), room("DIRECT")];
  expect(partnersOf([...rooms, room("DIRECT", "Emily")]).map(({ name }) => name)).toEqual(["Emily", "Dan"]);
});
