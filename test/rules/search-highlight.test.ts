import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "../../schema/search/fold.ts";
import { type Highlight, highlight } from "../../schema/search/highlight.ts";
import { parseQuery } from "../../schema/search/query.ts";
import { createSearchIndex } from "../support/search-index.ts";
import { withStorage } from "../support/storage.ts";

function highlights(text: string, typed: string): readonly Highlight[] {
  const query = parseQuery(typed);
  return query.kind === "nothing" ? [] : highlight(text, query.words);
}

/** The text with what is marked in brackets. */
function marked(text: string, typed: string): string {
  return highlights(text, typed).reduceRight(
    (all, [start, end]) => `${all.slice(0, start)}[${all.slice(start, end)}]${all.slice(end)}`,
    text,
  );
}

test.each([
  ["a word within another", "풋사과를 사과", "사과", "풋[사과]를 [사과]"],
  ["one syllable", "학교 대학", "학", "[학]교 대[학]"],
  ["a run of the same", "ㅋㅋㅋㅋ", "ㅋㅋ", "[ㅋㅋㅋㅋ]"],
  ["words that overlap", "학교에서", "학교 교에", "[학교에]서"],
  ["words side by side", "사과파이", "사과 파이", "[사과파이]"],
  ["the beginning of a word", "Today is the day, days", "day", "Today is the [day], [day]s"],
  ["a whole word", "day days", '"day"', "[day] days"],
  ["a phrase over punctuation", "a good, good day", '"good day"', "a good, [good day]"],
  ["a phrase that goes on", "2024년도 2024 월", "2024년", "[2024년]도 2024 월"],
  ["nothing for what is excluded", "사과 파이", "사과 -파이", "[사과] 파이"],
  ["nothing between two words", "사과 파이", "과파", "사과 파이"],
  ["accents", "Un café au lait", "cafe", "Un [café] au lait"],
  ["decomposed accents", "Un cafe\u0301 au", "café", "Un [cafe\u0301] au"],
  [
    "decomposed Korean",
    `${"학교에".normalize("NFD")} 가`,
    "학교",
    `[${"학교".normalize("NFD")}]${"에".normalize("NFD")} 가`,
  ],
  ["composed Korean typed decomposed", "학교에", "학교".normalize("NFD"), "[학교]에"],
  ["half-width katakana", "ｶﾞｷﾞﾄﾞ", "ギド", "ｶﾞ[ｷﾞﾄﾞ]"],
  ["full-width letters", "ＡＢＣ！", "ab", "[ＡＢ]Ｃ！"],
  ["ß as ss, whole or not at all", "Straße Strasse", "stras", "[Straß]e [Stras]se"],
  ["İ as i", "İİstanbul İl", "iis", "[İİs]tanbul İl"],
  ["a soft hyphen within a word", "co\u00adop", "coop", "[co\u00adop]"],
  ["Han beyond the first plane", "𠮷野家", "野家", "𠮷[野家]"],
  ["one of them alone", "𠮷野家", "𠮷", "[𠮷]野家"],
  ["an emoji with its skin tone", "좋아👍🏽!", "👍", "좋아[👍🏽]!"],
  ["an emoji with its variation selector", "a ❤️ b", "❤", "a [❤️] b"],
  ["a family as one", "👨‍👩‍👧👨", "👨‍👩‍👧", "[👨‍👩‍👧]👨"],
  ["a mention with its mark", "hi @Kim_min", "@kim", "hi [@Kim]_min"],
  ["Hindi by its beginning", "हिन्दी", "हिन्", "[हिन्]दी"],
  ["an empty text", "", "a", ""],
  ["lone surrogates around", "\ud800a\udc00", "a", "\ud800[a]\udc00"],
])("%s", (_, text, typed, expected) => {
  expect(marked(text, typed)).toBe(expected);
});

test("any-term searches mark what they found", () => {
  const query = parseQuery("공부하다");
  if (query.kind === "nothing") throw new Error("a word is something");
  expect(highlight("공부했어요", query.words)).toEqual([]);
  expect(highlight("공부했어요", query.anyWords)).toEqual([[0, 2]]);
});

describe("of any text and query", () => {
  const unit = fc.constantFrom(
    "사",
    "과",
    "각",
    "a",
    "e\u0301",
    "É",
    "ß",
    "İ",
    " ",
    ",",
    "-",
    '"',
    "👍",
    "👍🏽",
    "ｶ",
    "ﾞ",
    "\u00ad",
    "1",
    "@",
    "𠮷",
    "ก",
    "ี",
    "ᄒ",
    "ᅡ",
  );
  const text = fc.string({ unit, maxLength: 30 });
  const typed = fc.string({ unit, maxLength: 5 });

  test("highlights are in order, apart, not empty and within the text", () => {
    fc.assert(
      fc.property(text, typed, (content, search) => {
        let last = -1;
        for (const [start, end] of highlights(content, search)) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(content.length);
      }),
    );
  });

  test("a text without exclusions has highlights just when the index finds it by one of the words", async () => {
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      let id = 0;
      fc.assert(
        fc.property(text, fc.string({ unit, minLength: 1, maxLength: 3 }), (content, search) => {
          index.add({ content });
          id += 1;
          const query = parseQuery(search);
          if (query.kind === "nothing" || query.words.length !== 1) return;
          expect(highlight(content, query.words).length > 0).toBe(index.match(query.match).includes(id));
        }),
        { numRuns: 1_000 },
      );
    });
  });

  test("a Korean word is marked wherever the folded text holds it", () => {
    const korean = fc.string({ unit: fc.constantFrom("사", "과", "각", "ㅋ"), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(korean, { maxLength: 8 }), korean, (runs, search) => {
        const content = runs.join(" ");
        const inside = new Set<number>();
        for (let at = fold(content).indexOf(search); at >= 0; at = content.indexOf(search, at + 1)) {
          for (let unitAt = at; unitAt < at + search.length; unitAt++) inside.add(unitAt);
        }
        const covered = highlights(content, search).flatMap(([start, end]) =>
          Array.from({ length: end - start }, (_, offset) => start + offset),
        );
        expect(new Set(covered)).toEqual(inside);
      }),
    );
  });
});
