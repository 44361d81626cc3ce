import { describe, expect, test } from "vitest";
import { mayJoin, newPerson } from "../../src/auth/rules.ts";

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
