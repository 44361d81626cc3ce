import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuery, QUERY_LIMITS, type SearchFilters } from "../../schema/search/query.ts";
import { createSearchIndex } from "../support/search-index.ts";
import { withStorage } from "../support/storage.ts";

/** The required words: `*` after a token that others may begin with. */
function words(typed: string): string[] {
  const query = parseQuery(typed);
  return query.kind === "nothing"
    ? []
    : query.words.map(({ tokens, isPrefix }) => tokens.join(" ") + (isPrefix ? "*" : ""));
}

describe("words", () => {
  test.each([
    ["a Korean word: its pairs, one after the other", "학교에", ["학교 교에"]],
    ["one syllable: what begins with it", "학", ["학*"]],
    ["a Latin word: what begins with it", "Day", ["day*"]],
    ["several", "사과 day 2024", ["사과", "day*", "2024*"]],
    ["Latin and Korean in one", "K팝2024", ["k 팝 2024*"]],
    ["Korean that goes on", "BTS노래", ["bts 노래"]],
    ["one syllable that goes on", "2024년", ["2024 년*"]],
    ["what punctuation splits", "1,234.5 kim@ex.com", ["1 234 5*", "kim ex com*"]],
    ["an emoji", "😀", ["\ue01f\ue800*"]],
    ["a phrase", '"사과 파이"', ["사과 과 파이"]],
    ["a phrase of whole words", '"Good Day"', ["good day"]],
    ["a phrase in the quotes of a telephone", "“Good Day”", ["good day"]],
    ["a phrase that is being typed", '"good da', ["good da*"]],
    ["a phrase within a word", 'so"good day"!', ["so*", "good day"]],
    ["empty phrases", '"" "!" a', ["a*"]],
    ["a minus alone, two, and one within a word", "- a --b c-d", ["a*", "b*", "c d*"]],
    [
      "operators of FTS5",
      "NEAR(a AND b, 5) OR NOT col:c* ^d + {e}",
      ["near a*", "and*", "b*", "5*", "or*", "not*", "col c*", "d*"],
    ],
  ])("%s", (_, typed, expected) => {
    expect(words(typed)).toEqual(expected);
  });

  test.each([
    ["nothing", ""],
    ["space", " \t\n\u3000"],
    ["punctuation", '?! -- "…" *'],
    ["only what is excluded", "-a -“b c”"],
    ["what is no text", "\0 \ud800 \udc00 \uffff"],
    ["private use", "\ue000\ue26d"],
    ["marks of writing direction", "\u200f\u202e"],
  ])("%s is nothing", (_, typed) => {
    expect(parseQuery(typed)).toEqual({ kind: "nothing" });
  });
});

describe("limits", () => {
  test("what is longer is cut, and says so", () => {
    const query = parseQuery("가".repeat(10_000));
    expect(query).toMatchObject({ kind: "words", isCut: true });
    if (query.kind === "words") expect(query.words[0]?.tokens).toHaveLength(QUERY_LIMITS.characters - 1);
  });

  test("so are more words than are looked for", () => {
    const typed = Array.from({ length: QUERY_LIMITS.words + 1 }, (_, index) => `w${index}`);
    const query = parseQuery(typed.join(" "));
    expect(query).toMatchObject({ kind: "words", isCut: true });
    expect(words(typed.join(" "))).toHaveLength(QUERY_LIMITS.words);
    expect(parseQuery(typed.slice(1).join(" "))).toMatchObject({ isCut: false });
  });

  test("a word typed twice counts once", () => {
    expect(parseQuery("Day day ".repeat(20))).toMatchObject({ match: '{body corrections} : ("day" *)', isCut: false });
  });

  test("half a phrase excludes nothing", () => {
    const query = parseQuery(`apple -"${"pie ".repeat(100)}"`);
    expect(query).toMatchObject({ kind: "words", isCut: true, match: '{body corrections} : ("apple" *)' });
  });

  test("the expression stays short, whatever is typed", () => {
    const anything = fc.string({
      unit: fc.constantFrom("가", "각", "a", " ", '"', "-", "😀", "ß", "ΐ", "ﾡ"),
      size: "max",
      maxLength: 3_000,
    });
    fc.assert(
      fc.property(anything, (typed) => {
        const query = parseQuery(typed);
        if (query.kind === "nothing") return;
        expect(query.match.length + (query.anyMatch?.length ?? 0)).toBeLessThan(10_000);
        expect(query.anyWords.length).toBeLessThanOrEqual(QUERY_LIMITS.anyTerms);
      }),
    );
  });
});

describe("in the index", () => {
  const messages = [
    { content: "사과 파이를 먹었어요", senderId: 7, roomId: 3 },
    { content: "풋사과파이", senderId: 8, roomId: 3 },
    { content: "u7 r3 body corrections terms", senderId: 9, roomId: 4 },
    { content: "I go to school", corrections: ["I went to school", "every day"], senderId: 7, roomId: 4 },
    { content: "오늘 학교에서 공부했어요 👍🏽", senderId: 8, roomId: 4 },
    { content: "👨🏽‍💻 today, 👍 and @kim_min", senderId: 9, roomId: 5 },
    { content: "kim@example.com, 1,234.5 and 2024-01-05", senderId: 9, roomId: 5 },
    { content: "CAFÉ Straße İstanbul ｶﾞｷﾞ", senderId: 9, roomId: 5 },
    { content: "😀\u0000😂 NOT AND near", senderId: 9, roomId: 5 },
  ] as const;

  const searches: [what: string, typed: string, found: number[], filters?: SearchFilters][] = [
    ["a pair within one word", "과파", [2]],
    ["a word within another", "사과", [1, 2]],
    ["the last syllable of a word", "요", [1, 5]],
    ["a phrase as it stands", '"사과 파"', [1]],
    ["words in any order", "파이 사과", [1, 2]],
    ["all words", "사과 먹었", [1]],
    ["all but", "사과 -먹었", [2]],
    ["all but a phrase", '사과 -"사과 파이"', [2]],
    ["the beginning of a word", "sch", [4]],
    ["not its middle", "chool", []],
    ["a whole word in quotes", '"scho"', []],
    ["a correction", "went", [4]],
    ["a message and its correction", "go went", [4]],
    ["no phrase over two corrections", '"school every"', []],
    ["a term is no word", "u9", []],
    ["a word that looks like a term is one", "u7 r3", [3]],
    ["names of columns are words", "body:terms", []],
    ["by sender", "사과", [1], { senderId: 7 }],
    ["by room", "and", [6, 7, 9], { roomId: 5 }],
    ["by both", "kim", [6, 7], { senderId: 9, roomId: 5 }],
    ["by another room", "kim", [], { roomId: 4 }],
    ["filters hold with what is excluded", "and -today", [7, 9], { roomId: 5 }],
    ["the plain emoji finds the variants", "👍", [5, 6]],
    ["a skin tone finds itself", "👍🏽", [5]],
    ["a profession without skin tone", "👨‍💻", [6]],
    ["an emoji in quotes is that one", '"👍"', [6]],
    ["a mention", "@kim", [6]],
    ["a name, mentioned or not", "kim", [6, 7]],
    ["an address", "kim@example", [7]],
    ["a number as it was written", "1,234.5", [7]],
    ["a part of a date", "2024-01", [7]],
    ["without accents, case and width", "cafe STRASSE istanbul ガギ", [8]],
    ["operators are words", "NOT AND near", [9]],
    ["an emoji next to U+0000", "😂", [9]],
  ];

  test.each(searches)("%s", async (_, typed, found, filters = {}) => {
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      for (const message of messages) index.add(message);
      expect(index.find(typed, filters)).toEqual(found);
    });
  });

  test.each([
    ["a part of a word", "공부하다", [5]],
    ["any of the words", "school 파인애플", [4]],
    ["Korean in the middle of a syllable", "학ㄱ", [5]],
    ["Korean whose consonant belongs to the next syllable", "학굣", [5]],
    ["but never what is excluded", "사과즙 -먹었", [2]],
  ])("where all words find nothing, any term finds %s", async (_, typed, found) => {
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      for (const message of messages) index.add(message);
      expect(index.find(typed)).toEqual([]);
      expect(index.findAny(typed)).toEqual(found);
    });
  });

  test.each([
    ["달기", "닭"],
    ["갑시다", "값"],
    ["안자요", "앉"],
    ["읽어요", "읽"],
  ])("%s is found while it is typed, by %s", async (content, typed) => {
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      index.add({ content });
      expect([...index.find(typed), ...index.findAny(typed)]).toContain(1);
    });
  });

  test("of words of one character, the first few are looked for: each stands for thousands", () => {
    const many = "a b c d e 가 나";
    expect(parseQuery(many)).toMatchObject({ words: ["a", "b", "c"].map((text) => ({ tokens: [text] })), isCut: true });
    expect(parseQuery(`${many} word`)).toMatchObject({ isCut: true, words: { length: 4 } });
    expect(parseQuery("a b c")).toMatchObject({ isCut: false });
    expect(parseQuery(`word ${many.replaceAll(/(?=\S)/gu, "-")}`)).toMatchObject({
      unwanted: { length: 3 },
      isCut: true,
    });
  });

  test("there is no any-term search where it would find no more", () => {
    for (const typed of ["사과", "학교", "나", "day", "😀"])
      expect(parseQuery(typed), typed).toMatchObject({ anyMatch: null });
  });

  test("SQLite takes every expression", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom(
        "사과",
        "각",
        "day",
        "NEAR(",
        "col:",
        "*",
        "^",
        "-",
        '"',
        '-"',
        "AND",
        "OR NOT",
        ")",
        "}",
        "{",
        "+",
        "'",
        ";",
        "\0",
        "\ud800",
        "👨‍👩‍👧‍👦",
        "u7",
        ":",
        ",",
      ),
    );
    const typed = fc
      .array(piece, { maxLength: 40 })
      .chain((pieces) => fc.constantFrom(" ", "").map((by) => pieces.join(by)));
    const filters = fc.constantFrom<SearchFilters>({}, { senderId: 7 }, { roomId: 3, senderId: 7 });
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      for (const message of messages) index.add(message);
      let asked = 0;
      fc.assert(
        fc.property(typed, filters, (text, by) => {
          const query = parseQuery(text, by);
          if (query.kind === "nothing") return;
          asked += 1;
          expect(query.match.isWellFormed()).toBe(true);
          index.match(query.match);
          if (query.anyMatch !== null) index.match(query.anyMatch);
        }),
        { numRuns: 1_000 },
      );
      expect(asked).toBeGreaterThan(500);
      for (const long of [
        "가".repeat(10_000),
        "a ".repeat(5_000),
        "-a ".repeat(5_000),
        '"'.repeat(10_000),
        "👍".repeat(5_000),
        `x -"${"나 ".repeat(9_000)}`,
      ]) {
        expect(() => [index.find(long), index.findAny(long)]).not.toThrow();
      }
    });
  });

  test("a message is found by itself", async () => {
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      let id = 0;
      fc.assert(
        fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), (content) => {
          index.add({ content });
          id += 1;
          const quoted = parseQuery(`"${content.replaceAll(/["＂“”„]/gu, " ")}"`);
          if (quoted.kind === "words") expect(index.match(quoted.match)).toContain(id);
        }),
      );
    });
  });
});
