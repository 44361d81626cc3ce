/** What changed between two wordings, in whole words: half a Korean word struck out teaches nobody anything. */
import { diffWordsWithSpace } from "diff";

export interface WordChange {
  readonly kind: "same" | "removed" | "added";
  readonly words: string;
}

const segmenters = {
  ko: new Intl.Segmenter("ko", { granularity: "word" }),
  en: new Intl.Segmenter("en", { granularity: "word" }),
};

export function wordDiff(before: string, after: string, language: "ko" | "en"): readonly WordChange[] {
  return diffWordsWithSpace(before, after, { intlSegmenter: segmenters[language] }).map(
    ({ value, added, removed }) => ({
      kind: added ? "added" : removed ? "removed" : "same",
      words: value,
    }),
  );
}
