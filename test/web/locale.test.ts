import { describe, expect, test } from "vitest";
import { en as accountEn } from "../../src/web/locale/account/en.ts";
import { ko as accountKo } from "../../src/web/locale/account/ko.ts";
import { en as callEn } from "../../src/web/locale/call/en.ts";
import { ko as callKo } from "../../src/web/locale/call/ko.ts";
import { en } from "../../src/web/locale/en.ts";
import { formatsOf, languageOf } from "../../src/web/locale/formats.ts";
import { ko } from "../../src/web/locale/ko.ts";
import { en as notificationEn } from "../../src/web/locale/notifications/en.ts";
import { ko as notificationKo } from "../../src/web/locale/notifications/ko.ts";
import { en as profileEn } from "../../src/web/locale/profile/en.ts";
import { ko as profileKo } from "../../src/web/locale/profile/ko.ts";
import { en as sessionEn } from "../../src/web/locale/sessions/en.ts";
import { ko as sessionKo } from "../../src/web/locale/sessions/ko.ts";

/** Every label with its path; those that take something are called with what cannot be taken for a word. */
function labels(words: object, path = ""): [path: string, label: string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") return [[here, value]];
    if (typeof value === "function") return [[here, String(value("7", "7", "7"))]];
    return typeof value === "object" && value !== null ? labels(value, here) : [];
  });
}

const english = new Map(
  labels({
    ...{ ...en, inAccount: accountEn, inProfile: profileEn, inNotifications: notificationEn, inSessions: sessionEn },
    inCall: callEn,
  }),
);
const korean = new Map(
  labels({
    ...{ ...ko, inAccount: accountKo, inProfile: profileKo, inNotifications: notificationKo, inSessions: sessionKo },
    inCall: callKo,
  }),
);

describe("the words of the page", () => {
  test("are all there in both languages", () => {
    expect([...korean.keys()]).toEqual([...english.keys()]);
    expect([...english, ...korean].filter(([, label]) => label.trim() === "")).toEqual([]);
    expect(english.size).toBeGreaterThan(100);
  });

  test("are Korean where they should be, with no English left over", () => {
    const KEY_NAMES = /Enter|skinTone/g;
    const NAMES = /StudyMate|Google|NDJSON|https|JPEG|PNG|WebP/g;
    const leftovers = [...korean].filter(([, label]) =>
      /[A-Za-z]{2,}/.test(label.replace(KEY_NAMES, "").replace(NAMES, "")),
    );
    expect(leftovers).toEqual([]);
    // A label made only of what is put in needs no Hangul.
    const NEUTRAL = ["messageFrom", "reactedBy"];
    const silent = [...korean].filter(([path, label]) => !/\p{Script=Hangul}/u.test(label) && !NEUTRAL.includes(path));
    expect(silent).toEqual([]);
  });

  test("hold no Korean in English", () => {
    expect([...english].filter(([, label]) => /\p{Script=Hangul}/u.test(label))).toEqual([]);
  });

  test("put no particle behind a name that would depend on its last letter", () => {
    expect([...korean].filter(([, label]) => /7(?:은|는|이|가|을|를|과|와|으로|로)(?:\s|$)/.test(label))).toEqual([]);
  });
});

describe("times and names", () => {
  const now = new Date(2026, 4, 20, 15, 0);
  const at = (...[month, day, hour, year = 2026]: [number, number, number, number?]) =>
    new Date(year, month - 1, day, hour).toISOString();

  test("are Korean in Korean", () => {
    const { dayOf, whenOf, timeOf, listNames } = formatsOf("ko");
    expect(timeOf(at(5, 20, 9))).toBe("오전 9:00");
    expect([dayOf(at(5, 20, 1), now), dayOf(at(5, 19, 23), now)]).toEqual(["오늘", "어제"]);
    expect(dayOf(at(5, 1, 12), now)).toBe("5월 1일 금요일");
    expect(dayOf(at(5, 1, 12, 2025), now)).toContain("2025년");
    expect([whenOf(at(5, 20, 9), now), whenOf(at(5, 19, 9), now), whenOf(at(5, 1, 9), now)]).toEqual([
      "오전 9:00",
      "어제",
      "5월 1일",
    ]);
    expect(listNames(["김민지", "이준호"])).toBe("김민지 및 이준호");
  });

  test("are English in English", () => {
    const { dayOf, whenOf, listNames } = formatsOf("en");
    expect([dayOf(at(5, 20, 1), now), dayOf(at(5, 19, 23), now)]).toEqual(["Today", "Yesterday"]);
    expect(dayOf(at(5, 1, 12), now)).toBe("Friday, May 1");
    expect(whenOf(at(5, 1, 12, 2025), now)).toBe("5/1/25");
    expect(listNames(["Minji", "Emily", "Junho"])).toBe("Minji, Emily, & Junho");
  });

  test("name a day that is still to come by its date: clocks differ", () => {
    expect(formatsOf("en").dayOf(at(5, 21, 1), now)).toBe("Thursday, May 21");
  });

  test.each([
    ["안녕", "ko"],
    ["Hi 민지", "ko"],
    ["Hello", "en"],
    ["👍", "en"],
  ])("%s is spoken as %s", (words, language) => {
    expect(languageOf(words)).toBe(language);
  });
});
