import { describe, expect, test } from "vitest";
import { excerptOf } from "../../src/web/search/excerpt.ts";

type Range = readonly [number, number];

/** As one reads it, with what was found in brackets. */
function shown(text: string, ...found: Range[]): string {
  return excerptOf(text, found)
    .map((part) => (part.isFound ? `[${part.text}]` : part.text))
    .join("");
}

const long = (words: string, times: number) => Array.from({ length: times }, () => words).join(" ");

describe("an excerpt", () => {
  const cases: readonly [name: string, text: string, found: readonly Range[], expected: string][] = [
    ["is the whole of a short text", "학교에 가요", [[0, 2]], "[학교]에 가요"],
    [
      "marks everything that was found",
      "a b a",
      [
        [0, 1],
        [4, 5],
      ],
      "[a] b [a]",
    ],
    ["marks nothing where nothing was found", "only its correction has it", [], "only its correction has it"],
    ["is nothing of nothing", "", [], ""],
    ["is text, whatever is in it", "<b>x</b> &amp;", [[3, 4]], "<b>[x]</b> &amp;"],
    [
      "keeps to the text, where it became shorter",
      "abc",
      [
        [1, 9],
        [12, 14],
      ],
      "a[bc]",
    ],
    ["is not there where the text ends before it", "abc", [[5, 9]], "abc"],
  ];
  test.each(cases)("%s", (_name, text, found, expected) => {
    expect(shown(text, ...found)).toBe(expected);
  });

  test("begins a little before what was found, with a word", () => {
    const text = `${long("before", 20)} here ${long("after", 40)}`;
    const at = text.indexOf("here");
    const excerpt = shown(text, [at, at + 4]);
    expect(excerpt).toMatch(/^…before before before \[here\] after .*…$/);
    expect(excerpt.length).toBeLessThan(160);
  });

  test("begins within a text without spaces, where it must", () => {
    const text = `${"가".repeat(100)}학교${"나".repeat(300)}`;
    expect(shown(text, [100, 102])).toBe(`…${"가".repeat(28)}[학교]${"나".repeat(120)}…`);
  });

  test("cuts no character in two", () => {
    const family = "👩‍👩‍👧‍👦";
    const text = family.repeat(30);
    const found = family.length * 20;
    const parts = excerptOf(text, [[found, found + family.length]]);
    const whole = new RegExp(`^…?(?:${family})*…?$`, "u");
    for (const part of parts) expect(part.text).toMatch(whole);
    expect(parts.filter(({ isFound }) => isFound)).toEqual([{ text: family, isFound: true }]);
  });

  test("ends what was found where the excerpt ends", () => {
    const text = `x ${"y".repeat(400)}`;
    expect(shown(text, [2, 402])).toBe(`x [${"y".repeat(148)}]…`);
  });
});
