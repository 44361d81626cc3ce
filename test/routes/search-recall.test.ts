/** `GET /v1/search/messages` against plain search in the texts: recall and precision are both 1, so the sets are equal. */
import { expect, test } from "vitest";
import type { SearchAnswer } from "../../schema/api/search.ts";
import { fold } from "../../schema/search/fold.ts";
import { sentences } from "../support/declaration.ts";
import { type SignedIn, signIn } from "../support/http.ts";
import { fill, found, putRoom, saidBy, textsOf } from "../support/search.ts";

const LANGUAGES = ["korean", "japanese", "chinese", "english"] as const;
const TEXTS = LANGUAGES.flatMap((language) => sentences[language]);
const QUERIES_PER_LANGUAGE = 100;

/** Pieces of 1 to 4 characters, evenly taken from all that there are. */
function piecesOf(texts: readonly string[], run: RegExp): string[] {
  const pieces = new Set<string>();
  for (const [characters] of texts.join("\n").normalize("NFC").matchAll(run)) {
    const all = Array.from(characters);
    for (const start of all.keys()) {
      for (let length = 1; length <= 4 && start + length <= all.length; length += 1) {
        pieces.add(all.slice(start, start + length).join(""));
      }
    }
  }
  return sample([...pieces]);
}

function beginningsOf(texts: readonly string[]): string[] {
  const words = texts.flatMap(wordsOf);
  return sample([...new Set(words.flatMap((word) => [1, 2, 3, 4].map((length) => word.slice(0, length))))]);
}

const wordsOf = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const sample = (all: readonly string[]) =>
  all
    .filter((_, index) => index % Math.max(1, Math.floor(all.length / QUERIES_PER_LANGUAGE)) === 0)
    .slice(0, QUERIES_PER_LANGUAGE);

const holding = (piece: string) => TEXTS.filter((text) => fold(text).includes(fold(piece)));
const beginning = (start: string) => TEXTS.filter((text) => wordsOf(text).some((word) => word.startsWith(start)));

async function allFound(caller: SignedIn, q: string): Promise<string[]> {
  const texts: string[] = [];
  let cursor: string | null = null;
  do {
    const answer: SearchAnswer = await found(caller, { q, limit: 100, ...(cursor !== null && { cursor }) });
    if (answer.match === "all") texts.push(...textsOf(answer).map(String));
    cursor = answer.nextCursor;
  } while (cursor !== null);
  return texts.sort();
}

test("what people type is found in every text that holds it, and in no other", { timeout: 60_000 }, async () => {
  const caller = await signIn("Reader");
  for (const language of LANGUAGES) await fill(await putRoom(caller), saidBy(caller, sentences[language]));
  const asked = [
    ...piecesOf(sentences.korean, /[\p{scx=Hangul}&&\p{L}]+/gv).map((q) => ({ q, texts: holding(q) })),
    ...piecesOf(sentences.japanese, /[[\p{scx=Hira}\p{scx=Kana}\p{scx=Han}]--[\p{P}\p{S}]]+/gv).map((q) => ({
      q,
      texts: holding(q),
    })),
    ...piecesOf(sentences.chinese, /\p{sc=Han}+/gu).map((q) => ({ q, texts: holding(q) })),
    ...beginningsOf(sentences.english).map((q) => ({ q, texts: beginning(q) })),
  ];
  expect(asked.length).toBeGreaterThanOrEqual(350);
  const wrong: string[] = [];
  for (const { q, texts } of asked) {
    const answered = await allFound(caller, q);
    if (JSON.stringify(answered) !== JSON.stringify(texts.toSorted()))
      wrong.push(`${q}: ${answered.length} of ${texts.length}`);
  }
  expect(wrong).toEqual([]);
});
