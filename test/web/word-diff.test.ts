import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { wordDiff } from "../../src/web/conversation/word-diff.ts";

/** -removed- and +added+ between what stayed. */
function marked(before: string, after: string, language: "ko" | "en"): string {
  const marks = { same: "", removed: "-", added: "+" };
  return wordDiff(before, after, language)
    .map(({ kind, words }) => marks[kind] + words + marks[kind])
    .join("");
}

describe("A correction's words", () => {
  it.each([
    ["ko", "어제 학교를 갔어요.", "어제 학교에 갔어요.", "어제 -학교를-+학교에+ 갔어요."],
    ["ko", "저는 갈 수 있어요", "저는 갈 수 없어요", "저는 갈 수 -있어요-+없어요+"],
    ["en", "I am go to school", "I go to school", "I -am -go to school"],
    ["en", "He like apples", "He likes apples.", "He -like-+likes+ apples+.+"],
    ["en", "same", "same", "same"],
    ["en", "So cute expression.", "What a cute expression.", "-So-+What a+ cute expression."],
    ["ko", "나는 학교를 갔어요", "저는 학교에 다녔어요", "-나는 학교를 갔어요-+저는 학교에 다녔어요+"],
  ] as const)("%s: %s → %s", (language, before, after, expected) => {
    expect(marked(before, after, language)).toBe(expected);
  });

  it("show a corrected space", () => {
    const changes = wordDiff("할수있어요", "할 수 있어요", "ko");
    expect(changes.some(({ kind }) => kind === "added")).toBe(true);
    const after = changes.filter(({ kind }) => kind !== "removed").map(({ words }) => words);
    expect(after.join("")).toBe("할 수 있어요");
  });
});

test("both wordings are in it, whole", () => {
  const word = fc.constantFrom("나는", "학교에", "갔어요", "go", "to", " ", "  ", ".", "👍");
  const wording = fc.array(word, { maxLength: 12 }).map((words) => words.join(""));
  fc.assert(
    fc.property(wording, wording, (before, after) => {
      const changes = wordDiff(before, after, "ko");
      const without = (kind: string) =>
        changes
          .filter((change) => change.kind !== kind)
          .map(({ words }) => words)
          .join("");
      expect(without("added")).toBe(before);
      expect(without("removed")).toBe(after);
    }),
  );
});
