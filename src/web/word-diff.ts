/** What changed between two wordings, in whole words: a particle struck out without its noun teaches nobody anything. */
import { diffArrays } from "diff";

export interface WordChange {
  readonly kind: "same" | "removed" | "added";
  readonly words: string;
}

const segmenters = {
  ko: new Intl.Segmenter("ko", { granularity: "word" }),
  en: new Intl.Segmenter("en", { granularity: "word" }),
};

/** Spaces and punctuation count as words: where Korean puts its spaces is often the very thing that is corrected. */
export function wordDiff(before: string, after: string, language: "ko" | "en"): readonly WordChange[] {
  const wordsOf = (text: string) => Array.from(segmenters[language].segment(text), ({ segment }) => segment);
  return diffArrays(wordsOf(before), wordsOf(after)).map(({ value, added, removed }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    words: value.join(""),
  }));
}
