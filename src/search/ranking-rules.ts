/**
 * How well a message matches: BM25 with the figures of the collection held fixed. So a score depends on the message and
 * the search alone, pages stay in order whatever else is written meanwhile, and nothing tells of other people's rooms.
 * What does not match by its own text is no hit, whatever the index says. Pure.
 */
import type { SearchHit } from "../../schema/api/search.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { highlight } from "../../schema/search/highlight.ts";
import { countMatches, textTokens } from "../../schema/search/match.ts";
import type { Phrase, WordsQuery } from "../../schema/search/query.ts";
import type { Token } from "../../schema/search/tokens.ts";
import { byKey, type Key } from "./rules.ts";

export type MatchMode = "all" | "any";

export interface Texts {
  readonly content: string | null;
  readonly corrected: readonly string[];
}

const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
/** Tokens of a message, about as they are in chats; it only has to stay what it is. */
const USUAL_LENGTH = 30;

/** Null for what is no match. In `any` mode more of the words come before more of one. */
export function scoreOf({ content, corrected }: Texts, query: WordsQuery, mode: MatchMode): number | null {
  const texts = [...(content === null ? [] : [content]), ...corrected].map(textTokens);
  if (query.unwanted.some((phrase) => countIn(texts, phrase) > 0)) return null;
  const words = wordsOf(query, mode);
  const counts = words.map((word) => countIn(texts, word)).filter((count) => count > 0);
  if (counts.length === 0 || (mode === "all" && counts.length < words.length)) return null;
  const length = texts.reduce((sum, tokens) => sum + tokens.length, 0);
  const damping = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / USUAL_LENGTH);
  const weight = counts.reduce((sum, count) => sum + count / (count + damping), 0) / words.length;
  return mode === "all" ? weight : counts.length + weight;
}

function countIn(texts: readonly (readonly Token[])[], phrase: Phrase): number {
  return texts.reduce((sum, tokens) => sum + countMatches(tokens, phrase), 0);
}

const wordsOf = ({ words, anyWords }: WordsQuery, mode: MatchMode): readonly Phrase[] =>
  mode === "all" ? words : anyWords;

/** Whether anything that is looked for stands for all words that begin with it. */
export function hasBeginnings(query: WordsQuery, mode: MatchMode): boolean {
  return [...wordsOf(query, mode), ...query.unwanted].some(({ isPrefix }) => isPrefix);
}

export interface Rank {
  readonly score: number;
  readonly key: Key;
}

/** The best first, of equally good ones the newest. */
export function byRank(a: Rank, b: Rank): number {
  return b.score - a.score || byKey(b.key, a.key);
}

export function searchHit(message: Message, query: WordsQuery, mode: MatchMode): SearchHit {
  const mark = (text: string) =>
    highlight(text, wordsOf(query, mode)).map(([start, end]): [number, number] => [start, end]);
  return {
    message,
    highlights: message.content === null ? [] : mark(message.content),
    corrections: message.corrections.flatMap(({ corrected }, index) => {
      const highlights = mark(corrected);
      return highlights.length === 0 ? [] : [{ index, highlights }];
    }),
  };
}
