/**
 * What a person types, as an FTS5 expression over the index (`index-row.ts`):
 *
 * - All words are required, in any order. A word stands for each word that begins with it, and a Korean, Japanese or
 *   Chinese one for each text that holds it. Digits are words; what punctuation splits (3.14, a@b.kr) is a phrase.
 * - `"exact phrase"`: the words in this order, whole. One that is not closed yet may go on.
 * - `-word`, `-"a phrase"`: not these.
 *
 * Nothing of what is typed is an operator of FTS5: only tokens get into the expression, quoted, and tokens are letters.
 * The text is cut to a length and a number of words, of one character too, and says so. Never throws.
 */
import { fold } from "./fold.ts";
import { roomTerm, senderTerm, TEXT_COLUMNS } from "./index-row.ts";
import { type Piece, piecesOf, tokensOfPiece } from "./tokens.ts";

/** `beginnings`: words of one character, which stand for all that begin with it. They are what costs: the index gathers each. */
export const QUERY_LIMITS = { characters: 256, words: 16, beginnings: 3, anyTerms: 32 } as const;

export interface Phrase {
  /** Of the index, one after the other. */
  readonly tokens: readonly string[];
  /** The last token stands for all that begin with it. */
  readonly isPrefix: boolean;
}

export interface SearchFilters {
  readonly senderId?: number;
  readonly roomId?: number;
}

export interface WordsQuery {
  readonly kind: "words";
  /** For `MATCH`: texts with all words and none of the excluded. */
  readonly match: string;
  readonly words: readonly Phrase[];
  /** For `MATCH` where nothing is found: texts with any part of any word. Null where that would find no more. */
  readonly anyMatch: string | null;
  readonly anyWords: readonly Phrase[];
  /** What neither of them may hold. */
  readonly unwanted: readonly Phrase[];
  /** There was more than the limits take; what is left over was not looked for. */
  readonly isCut: boolean;
}

export type SearchQuery = WordsQuery | { readonly kind: "nothing" };

interface TypedWord {
  readonly pieces: readonly Piece[];
  readonly phrase: Phrase;
  readonly isQuoted: boolean;
  readonly isExcluded: boolean;
}

/** Quotes as keyboards make them. A minus excludes right before a word or a quote, and after nothing but space. */
const TYPED = /(?<minus>(?<!\S)-(?!-))?(?:["＂“”„](?<quoted>[^"＂“”„]*)(?<closing>["＂“”„]?)|(?<word>[^\s"＂“”„]+))/gu;

export function parseQuery(typed: string, filters: SearchFilters = {}): SearchQuery {
  const text = typed.slice(0, QUERY_LIMITS.characters);
  const all = typedWords(text);
  // A part of an excluded phrase would exclude more than was asked for.
  if (text.length < typed.length && all.at(-1)?.isExcluded) all.pop();
  const found = all.filter((word) => word.phrase.tokens.length > 0);
  const required = distinct(found.filter((word) => !word.isExcluded));
  const excluded = distinct(found.filter((word) => word.isExcluded));
  if (required.length === 0) return { kind: "nothing" };

  const lookedFor = withFewBeginnings(required).slice(0, QUERY_LIMITS.words);
  const words = lookedFor.map((word) => word.phrase);
  const unwanted = withFewBeginnings(excluded)
    .slice(0, QUERY_LIMITS.words)
    .map((word) => word.phrase);
  const parts = distinct(lookedFor.flatMap(partsOf).map((phrase) => ({ phrase })));
  const anyWords = withFewBeginnings(parts)
    .slice(0, QUERY_LIMITS.anyTerms)
    .map(({ phrase }) => phrase);
  const match = matchOf(words, "AND", unwanted, filters);
  const anyMatch = matchOf(anyWords, "OR", unwanted, filters);
  return {
    kind: "words",
    match,
    words,
    anyMatch: anyMatch === match ? null : anyMatch,
    anyWords,
    unwanted,
    isCut: text.length < typed.length || required.length > words.length || excluded.length > unwanted.length,
  };
}

function typedWords(text: string): TypedWord[] {
  return Array.from(text.matchAll(TYPED), ({ groups: { minus, quoted, closing, word } = {} }) => {
    const pieces = piecesOf(fold(word ?? quoted ?? ""));
    const isQuoted = word === undefined && closing !== "";
    return { pieces, isQuoted, isExcluded: minus !== undefined, phrase: phraseOf(pieces, isQuoted) };
  });
}

function phraseOf(pieces: readonly Piece[], isQuoted: boolean): Phrase {
  const last = pieces.at(-1);
  if (last === undefined) return { tokens: [], isPrefix: false };
  const before = pieces.slice(0, -1).flatMap(tokensOfPiece);
  const end = endOfPhrase(last, isQuoted);
  return { tokens: [...before.map((token) => token.text), ...end.tokens], isPrefix: end.isPrefix };
}

/** A run may go on in the text: its pairs are looked for, or what begins with its only character. */
function endOfPhrase(piece: Piece, isWhole: boolean): Phrase {
  const tokens = tokensOfPiece(piece).map((token) => token.text);
  if (piece.kind !== "run") return { tokens, isPrefix: !isWhole };
  return tokens.length === 1 ? { tokens, isPrefix: true } : { tokens: tokens.slice(0, -1), isPrefix: false };
}

/** Each pair and each word alone, and Korean as it was before the consonant that is being typed. */
function partsOf({ pieces, isQuoted }: TypedWord): Phrase[] {
  const parts = pieces.flatMap((piece, index) => {
    if (piece.kind === "mark") return [];
    const { tokens, isPrefix } = endOfPhrase(piece, isQuoted || index < pieces.length - 1);
    return tokens.map((token) => ({ tokens: [token], isPrefix }));
  });
  const last = pieces.at(-1);
  if (isQuoted || last?.kind !== "run") return parts;
  return [...parts, ...withoutTypedConsonant(last.text).map((text) => endOfPhrase({ ...last, text }, false))];
}

/** What is left of a double consonant once its second half has gone to the next syllable, by their numbers in Unicode. */
const FIRST_HALVES: ReadonlyMap<number, number> = new Map([
  [3, 1],
  [5, 4],
  [6, 4],
  ...[9, 10, 11, 12, 13, 14, 15].map((double): [number, number] => [double, 8]),
  [18, 17],
]);

/**
 * A consonant at the end of Korean that is being typed belongs to the next syllable as often as not: 학교 is typed as
 * 학ㄱ and then 학교, 사과 as 삭 and then 사과, and 달기 as 닭 and then 달기.
 */
function withoutTypedConsonant(run: string): string[] {
  if (/[가-힣][ㄱ-ㅎ]$/u.test(run)) return [run.slice(0, -1)];
  const last = run.charCodeAt(run.length - 1);
  if (last < 0xac00 || last > 0xd7a3) return [];
  const finalConsonant = (last - 0xac00) % 28;
  if (finalConsonant === 0) return [];
  const open = last - finalConsonant;
  const half = FIRST_HALVES.get(finalConsonant);
  return [open, ...(half === undefined ? [] : [open + half])].map(
    (code) => run.slice(0, -1) + String.fromCharCode(code),
  );
}

/** The first of those that are one character, and all others. */
function withFewBeginnings<Item extends { readonly phrase: Phrase }>(items: readonly Item[]): Item[] {
  let left: number = QUERY_LIMITS.beginnings;
  return items.filter(({ phrase: { tokens, isPrefix } }) => {
    const isBeginning = isPrefix && tokens.length === 1 && Array.from(tokens[0] ?? "").length === 1;
    if (isBeginning) left -= 1;
    return !isBeginning || left >= 0;
  });
}

function distinct<Item extends { readonly phrase: Phrase }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [expression(item.phrase), item])).values()];
}

function matchOf(
  words: readonly Phrase[],
  operator: "AND" | "OR",
  excluded: readonly Phrase[],
  { senderId, roomId }: SearchFilters,
): string {
  const parts = [inTexts(words, operator)];
  if (senderId !== undefined) parts.push(`terms : "${senderTerm(senderId)}"`);
  if (roomId !== undefined) parts.push(`terms : "${roomTerm(roomId)}"`);
  const wanted = parts.join(" AND ");
  return excluded.length === 0 ? wanted : `(${wanted}) NOT ${inTexts(excluded, "OR")}`;
}

function inTexts(phrases: readonly Phrase[], operator: "AND" | "OR"): string {
  return `{${TEXT_COLUMNS.join(" ")}} : (${phrases.map(expression).join(` ${operator} `)})`;
}

function expression({ tokens, isPrefix }: Phrase): string {
  return `"${tokens.join(" ")}"${isPrefix ? " *" : ""}`;
}
