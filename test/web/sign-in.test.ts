import { describe, expect, test } from "vitest";
import { StudyMateError } from "../../src/client/index.ts";
import { hasProblems, problemAt, refusedFields } from "../../src/web/fields/problems.ts";
import { nameIn, OwnPerson } from "../../src/web/session/own-person.ts";
import { challengeOf, newVerifier } from "../../src/web/sign-in/kept-attempt.ts";
import { providerReturnOf } from "../../src/web/sign-in/provider-return.ts";
import { latinName, signUpProblems } from "../../src/web/sign-in/sign-up-rules.ts";

describe("what comes back from a provider", () => {
  test.each([
    ["#code=abc-_1", { code: "abc-_1" }],
    ["#code=a%2Bb", { code: "a+b" }],
    ["#error=forbidden", { error: "forbidden" }],
    ["#error=unavailable&x=1", { error: "unavailable" }],
    ["", undefined],
    ["#12/345", undefined],
    ["#profile", undefined],
    ["#x&code=abc", undefined],
  ])("%s", (hash, returned) => {
    expect(providerReturnOf(hash)).toEqual(returned);
  });
});

test("the challenge is the verifier's SHA-256 as the server wants it", async () => {
  // The example of RFC 7636, appendix B.
  expect(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
  expect(newVerifier()).toMatch(/^[\w.~-]{43,128}$/);
  expect(newVerifier()).not.toBe(newVerifier());
});

describe("a sign-up", () => {
  const now = new Date("2026-05-20T12:00:00Z");
  const good = { birthDate: "1999-03-14", englishName: "Minji Kim", email: undefined };

  test("needs a name and a date of birth, and an address where the provider gave none", () => {
    expect(signUpProblems(good, now)).toEqual({});
    expect(signUpProblems({ birthDate: "", englishName: "  ", email: " " }, now)).toEqual({
      birthDate: "needed",
      englishName: "needed",
      email: "needed",
    });
    expect(signUpProblems({ ...good, email: "minji@example.org" }, now)).toEqual({});
    expect(signUpProblems({ ...good, email: "minji" }, now)).toEqual({ email: "badEmail" });
    expect(signUpProblems({ ...good, englishName: "가".repeat(101) }, now)).toEqual({ englishName: "tooLong" });
    expect(signUpProblems({ ...good, englishName: "😀".repeat(100) }, now)).toEqual({});
  });

  test.each([
    ["2013-05-20", undefined],
    ["2013-05-21", "tooYoung"],
    ["2026-05-20", "tooYoung"],
    ["2026-05-21", "badDate"],
    ["1900-01-01", "badDate"],
    ["1900-01-02", undefined],
    ["yesterday", "badDate"],
  ])("of somebody born on %s: %s", (birthDate, problem) => {
    expect(signUpProblems({ ...good, birthDate }, now).birthDate).toBe(problem);
  });

  test("proposes the provider's name where others can read it", () => {
    expect([latinName("Minji"), latinName("민지 Kim"), latinName("김민지"), latinName(null)]).toEqual([
      "Minji",
      "민지 Kim",
      "",
      "",
    ]);
  });
});

test("what the server refuses is found at its field, also inside of a list", () => {
  const fields = ["birthDate", "languages.1.languageCode", "residence.city"].map((path) => ({ path, message: "no" }));
  const problems = refusedFields(new StudyMateError("invalid_frame", "no", { fields }));
  expect(problemAt(problems, "birthDate")).toBe("tooYoung");
  expect(problemAt(problems, "languages.1")).toBe("notTaken");
  expect(problemAt(problems, "languages.0")).toBeUndefined();
  expect(problemAt(problems, "residence")).toBe("notTaken");
  expect(problemAt(problems, "residence.country")).toBeUndefined();
  expect(problemAt(problems, "toString")).toBeUndefined();
  expect(hasProblems(problems)).toBe(true);
  expect(hasProblems(refusedFields(new Error("network")))).toBe(false);
});

test("oneself is shown by the name of the page's language, and by what was changed since", () => {
  const you = new OwnPerson({ englishName: "Minji", koreanName: null, profileImageUrl: null });
  let calls = 0;
  const stop = you.subscribe(() => {
    calls += 1;
  });
  expect(nameIn("ko", you.getSnapshot())).toBe("Minji");
  you.change({ koreanName: "김민지" });
  expect(nameIn("ko", you.getSnapshot())).toBe("김민지");
  expect(nameIn("en", you.getSnapshot())).toBe("Minji");
  stop();
  you.change({ profileImageUrl: "/v1/media/avatar/1/a" });
  expect(calls).toBe(1);
});
