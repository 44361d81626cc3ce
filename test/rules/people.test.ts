/** What people say of themselves, and what a block closes: the rules alone. */
import { describe, expect, test } from "vitest";
import { isClosedByBlock } from "../../objects/chat-room/rules.ts";
import { COUNTRY_CODES } from "../../schema/people/countries.ts";
import { CURATED_INTERESTS, normalizeInterest } from "../../schema/people/interests.ts";
import { canonicalLanguage, isLanguage, LANGUAGE_CODES } from "../../schema/people/languages.ts";
import { timeZoneName } from "../../schema/people/time-zones.ts";
import { ageOn, languageProblems } from "../../src/people/rules.ts";

describe("an age", () => {
  test.each([
    ["2000-06-15", "2026-06-14", 25],
    ["2000-06-15", "2026-06-15", 26],
    ["2000-12-31", "2026-01-01", 25],
    ["2004-02-29", "2026-02-28", 21],
    ["2004-02-29", "2026-03-01", 22],
    ["2004-02-29", "2028-02-29", 24],
  ])("of who was born on %s is on %s %i", (birthDate, today, age) => {
    expect(ageOn(birthDate, new Date(`${today}T12:00:00Z`))).toBe(age);
  });
});

describe("an interest", () => {
  test.each([
    ["Travel", "travel"],
    [" 여행 ", "travel"],
    ["여행".normalize("NFD"), "travel"],
    ["K-POP", "k-pop"],
    ["Café\u00a0 crème", "café crème"],
    ["İzmir", "i̇zmir"],
    ["\u202ek-\u200bpop\ufeff", "k-pop"],
    ["می\u200cخواهم 👩\u200d🍳", "می\u200cخواهم 👩\u200d🍳"],
    ["", ""],
  ])("%j is kept as %j", (text, tag) => {
    expect(normalizeInterest(text)).toBe(tag.normalize("NFC"));
  });

  test("has one spelling, which stays as it is", () => {
    for (const tag of [...Object.keys(CURATED_INTERESTS), "i̇zmir", "한강 산책"]) {
      expect(normalizeInterest(normalizeInterest(tag))).toBe(normalizeInterest(tag));
    }
    const tags = Object.keys(CURATED_INTERESTS);
    expect(tags.map(normalizeInterest)).toEqual(tags);
    expect(new Set(Object.values(CURATED_INTERESTS)).size).toBe(tags.length);
  });
});

describe("a language", () => {
  test("is a code that the platform takes for one, in its usual spelling, of at most ten characters", () => {
    expect(Intl.getCanonicalLocales([...LANGUAGE_CODES])).toEqual([...LANGUAGE_CODES]);
    expect(new Set(LANGUAGE_CODES).size).toBe(LANGUAGE_CODES.length);
    expect(LANGUAGE_CODES.filter((code) => code.length > 10)).toEqual([]);
  });

  test.each([
    ["KO", "ko", true],
    ["ZH-HANT", "zh-Hant", true],
    ["tlh", "tlh", false],
    ["", "", false],
    ["constructor", "constructor", false],
  ])("%j is %j", (code, canonical, isKnown) => {
    expect([canonicalLanguage(code), isLanguage(canonicalLanguage(code))]).toEqual([canonical, isKnown]);
  });

  test("is given and taken: at least one of each, whatever else is wrong", () => {
    expect(languageProblems([]).map(({ message }) => message)).toEqual([
      "at least one is NATIVE",
      "at least one is LEARNING",
    ]);
  });
});

describe("a country", () => {
  test("is one of 249, each of two letters", () => {
    expect(COUNTRY_CODES.size).toBe(249);
    expect([...COUNTRY_CODES].filter((code) => !/^[A-Z]{2}$/.test(code))).toEqual([]);
  });
});

describe("a time zone", () => {
  test.each([
    ["Asia/Seoul", "Asia/Seoul"],
    ["ASIA/SEOUL", "Asia/Seoul"],
    ["America/Argentina/Ushuaia", "America/Argentina/Ushuaia"],
    ["UTC", "UTC"],
    ["Asia/Kolkata", "Asia/Kolkata"],
    ["ROK", "ROK"],
    ["etc/gmt+9", "Etc/GMT+9"],
    ["Etc/GMT+25", null],
    ["JST", null],
    ["pst", null],
    ["SystemV/EST5", null],
    ["Factory", null],
    ["+09:00", null],
    ["Seoul", null],
    ["", null],
    ["Asia/Seoul\n", null],
    ["../etc/passwd", null],
    ["a".repeat(65), null],
  ])("%j is %j", (name, expected) => {
    expect(timeZoneName(name)).toBe(expected);
  });
});

describe("a block between the two of a room", () => {
  const direct = { roomType: "DIRECT", isActive: true } as const;
  const group = { roomType: "GROUP", isActive: true } as const;
  const closed = ["message.send", "message.edit", "message.correct", "reaction.add"] as const;
  const open = ["message.delete", "reaction.remove", "read", "typing", "sync", "history"] as const;

  test.each(closed)("closes a DIRECT room for %s, and no GROUP", (type) => {
    expect(isClosedByBlock(direct, true, type)).toBe(true);
    expect(isClosedByBlock(direct, false, type)).toBe(false);
    expect(isClosedByBlock(group, true, type)).toBe(false);
  });

  test.each(open)("closes nothing for %s", (type) => {
    expect(isClosedByBlock(direct, true, type)).toBe(false);
  });
});
