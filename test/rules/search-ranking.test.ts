/** How well a message matches: decided by its own text, and by nothing that changes with other messages. */
import { describe, expect, test } from "vitest";
import { countMatches, textTokens } from "../../schema/search/match.ts";
import { parseQuery, type WordsQuery } from "../../schema/search/query.ts";
import { messages } from "../../src/api-documents/sample.ts";
import { byRank, type MatchMode, scoreOf, searchHit } from "../../src/search/ranking-rules.ts";

function parsed(typed: string): WordsQuery {
  const query = parseQuery(typed);
  if (query.kind === "nothing") throw new Error(`nothing in ${typed}`);
  return query;
}

const score = (typed: string, content: string | null, corrected: readonly string[] = [], mode: MatchMode = "all") =>
  scoreOf({ content, corrected }, parsed(typed), mode);

describe("a message matches", () => {
  test.each([
    ["korean", "Korean is fun", [], true],
    ["kor", "Korean is fun", [], true],
    ["orean", "Korean is fun", [], false],
    ["교에", "학교에서", [], true],
    ["학에", "학교에서", [], false],
    ["gone", "I have went", ["I have gone"], true],
    ["have gone", "I have went", ["I went", "gone"], true],
    ["gone", null, ["gone"], true],
    ["gone", null, [], false],
    ['"b c"', "a b c", [], true],
    ['"b c"', "a b", ["c d"], false],
    ["a -c", "a b", [], true],
    ["a -c", "a b", ["c"], false],
    ["a b", "a", [], false],
  ] as const)("%s in %j with %j: %s", (typed, content, corrected, isMatch) => {
    expect(score(typed, content, corrected) !== null).toBe(isMatch);
  });

  test("by any of the words where some are enough, but never with an excluded one", () => {
    expect(score("korean zebra", "Korean", [], "any")).not.toBeNull();
    expect(score("korean zebra -fun", "Korean is fun", [], "any")).toBeNull();
    expect(score("korean zebra", "nothing", [], "any")).toBeNull();
  });
});

describe("a message is better", () => {
  const better = (typed: string, one: string, other: string, mode: MatchMode = "all") =>
    expect(score(typed, one, [], mode)).toBeGreaterThan(score(typed, other, [], mode) ?? Number.POSITIVE_INFINITY);

  test("the more often it holds the word", () => better("apple", "apple apple pie", "apple pear pie"));
  test("the shorter it is", () => better("사과", "사과 하나", "어제 시장에서 산 사과를 먹었다"));
  test("with more of the words, before more of one", () =>
    better("apple pear", "a pear, an apple and a lot of other things to eat", "apple apple apple", "any"));

  test("and of equally good ones the newer one comes first", () => {
    const at = (time: number, id: number) => ({ score: 1, key: { at: time, roomId: 1, id } });
    expect([at(1, 1), at(2, 2), { ...at(0, 3), score: 2 }].sort(byRank).map(({ key }) => key.id)).toEqual([3, 2, 1]);
  });
});

test("words are counted as the index finds them", () => {
  const count = (typed: string, text: string) => {
    const [word] = parsed(typed).words;
    return word ? countMatches(textTokens(text), word) : 0;
  };
  expect(count("가", "가나 다가 가")).toBe(3);
  expect(count("나다", "나다 가나다 나 다")).toBe(2);
  expect(count("a", "an apple, a pear")).toBe(3);
  expect(count('"a"', "an apple, a pear")).toBe(1);
  expect(count("👍", "👍🏽 👍 👎")).toBe(2);
});

test("a hit tells where the message and its corrections match", () => {
  const correction = { userId: 1, corrected: "I agree, agree!", note: null, createdAt: "2026-11-22T09:31:00.000Z" };
  const message = { ...messages.daniels, corrections: [{ ...correction, corrected: "Yes" }, correction] };
  expect(searchHit(message, parsed("agree"), "all")).toEqual({
    message,
    highlights: [[5, 10]],
    corrections: [
      {
        index: 1,
        highlights: [
          [2, 7],
          [9, 14],
        ],
      },
    ],
  });
});
