import { describe, expect, test } from "vitest";
import { isFirstOfDay, judgeRefresh, mayJoin, newPerson, type TokenStanding } from "../../src/auth/rules.ts";

describe("who may join", () => {
  test.each([
    ["2013-11-22", "2026-11-22", true],
    ["2013-11-23", "2026-11-22", false],
    ["2013-11-21", "2026-11-22", true],
    ["1900-01-01", "2026-11-22", false],
    ["1900-01-02", "2026-11-22", true],
    ["2015-02-28", "2028-02-29", true],
    ["2015-03-01", "2028-02-29", false],
    ["2012-02-29", "2025-02-28", false],
    ["2012-02-29", "2025-03-01", true],
    ["2999-01-01", "2026-11-22", false],
  ])("born %s, on %s: %s", (birthDate, today, expected) => {
    expect(mayJoin(birthDate, new Date(`${today}T12:00:00Z`))).toBe(expected);
  });
});

describe("a first sign-in", () => {
  test("takes the local part of the address for a name that was not given", () => {
    expect(newPerson({ email: "Min.Ji@Example.org" })).toEqual({
      email: "min.ji@example.org",
      englishName: "min.ji",
      birthDate: "2000-01-01",
    });
  });

  test("keeps what was given", () => {
    const given = { email: "a@example.org", englishName: "Minji", birthDate: "1999-09-09" };
    expect(newPerson(given)).toEqual(given);
  });
});

describe("a refresh token", () => {
  const NOW = 1_000_000;
  const successor = { hash: "next", isUsed: false };
  const used: TokenStanding = { isLive: true, usedAt: NOW, successor };

  test.each<[name: string, change: Partial<TokenStanding>, kind: string]>([
    ["used just now is answered", {}, "answer"],
    ["used thirty seconds ago is answered again", { usedAt: NOW - 30_000 }, "answer"],
    ["used longer ago was copied", { usedAt: NOW - 30_001 }, "reused"],
    ["whose successor was used was copied", { successor: { ...successor, isUsed: true } }, "reused"],
    ["that is over is refused, whatever else", { isLive: false, usedAt: 0 }, "refused"],
    ["that could not be used is refused", { usedAt: null }, "refused"],
    ["whose successor cannot be told accuses nobody", { successor: null }, "unknown_successor"],
    ["whose successor cannot be told was copied all the same, later", { successor: null, usedAt: 0 }, "reused"],
  ])("%s", (_, change, kind) => {
    expect(judgeRefresh({ ...used, ...change }, NOW).kind).toBe(kind);
  });
});

test.each([
  ["2026-11-23T00:00:00Z", "2026-11-22T23:59:59Z", true],
  ["2026-11-23T23:59:59Z", "2026-11-23T00:00:00Z", false],
  ["2026-11-23T12:00:00Z", "2025-11-23T12:00:00Z", true],
])("at %s a device seen at %s: first of the day %s", (now, before, expected) => {
  expect(isFirstOfDay(Date.parse(now), Date.parse(before))).toBe(expected);
});
