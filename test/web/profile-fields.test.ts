import { describe, expect, test } from "vitest";
import { matchingPreferences } from "../../schema/api/matching.ts";
import {
  introStep,
  languagesStep,
  namesStep,
  type OnboardingAnswer,
  residenceStep,
} from "../../schema/api/onboarding.ts";
import type { MeAnswer, PersonLanguage } from "../../schema/api/people.ts";
import {
  countryChoices,
  interestName,
  languageChoices,
  languageName,
  matching,
  timeZoneChoices,
} from "../../src/web/fields/choices.ts";
import {
  interestProblems,
  introProblems,
  languageProblems,
  nameProblems,
  residenceProblems,
  under,
  wishProblems,
} from "../../src/web/fields/hints.ts";
import { added, ofType, withLevel, withMain, without } from "../../src/web/fields/language-list.ts";
import {
  introToSend,
  namesToSend,
  residenceToSend,
  valuesOfMe,
  valuesOfSteps,
  wishesToSend,
} from "../../src/web/fields/profile-values.ts";

const me: MeAnswer = {
  ...{ id: 7, email: "minji@example.org", isEmailVerified: true, englishName: "Minji", koreanName: null },
  ...{ birthDate: "1999-03-14", gender: null, profileImageUrl: null, intro: null, residence: null, timeZone: null },
  ...{ role: "USER", languages: [], interests: [], onboardingCompleted: false, createdAt: "2026-05-20T12:00:00.000Z" },
};
const nobodyYet: OnboardingAnswer = {
  ...{ currentStep: 1, isCompleted: false, completedAt: null },
  steps: { 1: null, 2: null, 3: null, 4: null, 5: null, 6: null },
};
const around = { language: "ko", timeZone: "Asia/Seoul", country: "KR" } as const;
const preferences = matchingPreferences.parse({});

describe("what a form begins with", () => {
  test("is a guess where nothing is known, and what is known otherwise", () => {
    const guessed = valuesOfSteps(nobodyYet, me, around);
    expect(guessed.residence).toMatchObject({ country: "KR", timeZone: "Asia/Seoul", city: "" });
    expect(guessed.languages).toEqual([
      { languageCode: "ko", languageType: "NATIVE", proficiencyLevel: null, isPrimary: true },
    ]);
    const residence = { city: "Toronto", country: "CA", latitude: null, longitude: null };
    const saved = { ...nobodyYet, steps: { ...nobodyYet.steps, 2: { residence, timeZone: "America/Toronto" } } };
    expect(valuesOfSteps(saved, me, around).residence).toMatchObject({
      country: "CA",
      city: "Toronto",
      timeZone: "America/Toronto",
    });
  });

  test("goes back to the server as its schemas want it", () => {
    const { names, residence, intro, languages, wishes } = valuesOfSteps(nobodyYet, me, around);
    expect(namesStep.parse(namesToSend({ ...names, koreanName: " " })).koreanName).toBe(null);
    expect(residenceStep.parse(residenceToSend(residence))).toEqual(residenceToSend(residence));
    expect(introStep.parse(introToSend(intro))).toEqual({ intro: null });
    expect(languagesStep.parse({ languages })).toEqual({ languages });
    expect(matchingPreferences.parse(wishesToSend(wishes))).toEqual(preferences);
    const typed = { ...wishes, ageMin: "20", ageMax: "30", distanceKm: "100", countries: ["KR"] };
    expect(valuesOfMe(me, wishesToSend(typed)).wishes).toEqual(typed);
  });
});

describe("what is wrong is known before it is sent", () => {
  const { names, residence, wishes } = valuesOfSteps(nobodyYet, me, around);

  test("of names, residence and introduction", () => {
    expect(nameProblems(names)).toEqual({});
    expect(nameProblems({ ...names, englishName: " ", koreanName: "가".repeat(101) })).toEqual({
      englishName: "needed",
      koreanName: "tooLong",
    });
    expect(residenceProblems(residence)).toEqual({});
    expect(residenceProblems({ ...residence, country: "", timeZone: "" })).toEqual({
      "residence.country": "needed",
      timeZone: "needed",
    });
    expect(introProblems("a".repeat(2_000))).toEqual({});
    expect(introProblems("a".repeat(2_001))).toEqual({ intro: "tooLong" });
    expect(interestProblems(Array.from({ length: 21 }, (_, tag) => String(tag)))).toEqual({ interests: "tooMany" });
  });

  test.each([
    [{}, {}],
    [{ ageMin: "12" }, { preferredAgeMin: "badAge" }],
    [{ ageMax: "20.5" }, { preferredAgeMax: "badAge" }],
    [{ ageMin: "30", ageMax: "20" }, { preferredAgeMax: "badAges" }],
    [{ ageMin: "20", ageMax: "20" }, {}],
    [{ distanceKm: "0" }, { maxDistanceKm: "badDistance" }],
    [{ distanceKm: "20101" }, { maxDistanceKm: "badDistance" }],
    [{ distanceKm: "far" }, { maxDistanceKm: "badDistance" }],
  ])("of whom one would like to meet: %o", (change, problems) => {
    expect(wishProblems({ ...wishes, ...change })).toEqual(problems);
    const isTaken = matchingPreferences.safeParse(wishesToSend({ ...wishes, ...change })).success;
    expect(isTaken).toBe(Object.keys(problems).length === 0);
  });

  test("under the path of what it is part of", () => {
    expect(under("preferences", { preferredAgeMax: "badAges" })).toEqual({ "preferences.preferredAgeMax": "badAges" });
  });
});

describe("languages", () => {
  const native = added([], "NATIVE", "ko");

  test("need one that is native and one that is learnt, which is not the same", () => {
    expect(languageProblems([])).toEqual({ "languages.NATIVE": "noNative", "languages.LEARNING": "noLearning" });
    expect(languageProblems(native)).toEqual({ "languages.LEARNING": "noLearning" });
    expect(languageProblems(added(native, "LEARNING", "ko"))).toEqual({ "languages.LEARNING": "isNative" });
    expect(languageProblems(added(native, "LEARNING", "en"))).toEqual({});
  });

  const codesOf = (languages: readonly PersonLanguage[], type: PersonLanguage["languageType"]) =>
    ofType(languages, type).map(({ languageCode, isPrimary }) => (isPrimary ? `${languageCode}!` : languageCode));

  test("have one main language of each type, whatever is added and taken out", () => {
    let all = added(added(added(native, "LEARNING", "en"), "LEARNING", "fr"), "LEARNING", "en");
    expect([codesOf(all, "NATIVE"), codesOf(all, "LEARNING")]).toEqual([["ko!"], ["en!", "fr"]]);
    const french = all.find(({ languageCode }) => languageCode === "fr") ?? expect.fail();
    all = withMain(withLevel(all, french, "B1"), all.at(-1) ?? expect.fail());
    const [main] = ofType(all, "LEARNING");
    all = withMain(all, all.find(({ languageCode }) => languageCode === "fr") ?? expect.fail());
    expect(codesOf(all, "LEARNING")).toEqual(["fr!", "en"]);
    expect(ofType(all, "LEARNING")[0]?.proficiencyLevel).toBe("B1");
    expect(main).toBeDefined();
    all = without(all, ofType(all, "LEARNING")[0] ?? expect.fail());
    expect(codesOf(all, "LEARNING")).toEqual(["en!"]);
    expect(languagesStep.safeParse({ languages: all }).success).toBe(true);
  });
});

describe("long lists", () => {
  test("are in the page's language, in its order", () => {
    expect(languageName("ko", "ko")).toBe("한국어");
    expect(languageName("zh-Hant", "en")).toBe("Traditional Chinese");
    expect(languageName("not a code", "en")).toBe("not a code");
    expect([interestName("hiking", "ko"), interestName("hiking", "en"), interestName("필름", "en")]).toEqual([
      "등산",
      "hiking",
      "필름",
    ]);
    for (const language of ["en", "ko"] as const) {
      const names = countryChoices(language).map(({ name }) => name);
      expect(names).toHaveLength(249);
      expect(names).toEqual(names.toSorted((one, other) => one.localeCompare(other, language)));
    }
  });

  test.each([
    ["kor", ["North Korea", "South Korea"]],
    ["KR", ["South Korea"]],
    ["  south k", ["South Korea"]],
    ["zzz", []],
  ])("are found by typing %s", (typed, found) => {
    const names = matching(countryChoices("en"), typed).map(({ name }) => name);
    expect(names.slice(0, Math.max(1, found.length))).toEqual(found);
  });

  test("are found in Korean however the syllables are written", () => {
    expect(matching(languageChoices("ko"), "한국".normalize("NFD")).map(({ code }) => code)).toEqual(["ko"]);
    expect(matching(languageChoices("ko"), "")).toHaveLength(languageChoices("ko").length);
  });

  test("of time zones say how far off they are, and keep one that the browser does not list", () => {
    const zones = timeZoneChoices("en", "Asia/Calcutta", new Date("2026-01-01T00:00:00Z"));
    expect(zones.find(({ code }) => code === "Asia/Seoul")?.name).toBe("Asia/Seoul (GMT+9)");
    expect(zones.filter(({ code }) => code === "Asia/Calcutta")).toHaveLength(1);
  });
});
