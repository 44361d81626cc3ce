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
  const changes = diffArrays(wordsOf(before), wordsOf(after)).map(({ value, added, removed }): WordChange => {
    return { kind: added ? "added" : removed ? "removed" : "same", words: value.join("") };
  });
  return inPhrases(changes);
}

/** Words that were changed side by side are one change: the space between them is nothing to keep. */
function inPhrases(changes: readonly WordChange[]): readonly WordChange[] {
  const phrases: WordChange[] = [];
  for (let at = 0; at < changes.length; ) {
    let end = at;
    while (isChange(changes[end]) || (end > at && isSpace(changes[end]) && isChange(changes[end + 1]))) end += 1;
    const run = changes.slice(at, Math.max(end, at + 1));
    const removed = sideOf(run, "removed");
    const added = sideOf(run, "added");
    const isReplaced = run.some(({ kind }) => kind === "removed") && run.some(({ kind }) => kind === "added");
    if (isReplaced) phrases.push(...replaced(removed, added));
    else phrases.push(...run);
    at += run.length;
  }
  return phrases;
}

/** A space that ends both is not part of the change. */
function replaced(removed: string, added: string): readonly WordChange[] {
  const isSpaced = removed.endsWith(" ") && added.endsWith(" ");
  const end = isSpaced ? -1 : undefined;
  const change: WordChange[] = [
    { kind: "removed", words: removed.slice(0, end) },
    { kind: "added", words: added.slice(0, end) },
  ];
  return isSpaced ? [...change, { kind: "same", words: " " }] : change;
}

function isChange(change: WordChange | undefined): boolean {
  return change !== undefined && change.kind !== "same";
}

function isSpace(change: WordChange | undefined): boolean {
  return change?.kind === "same" && change.words.trim() === "";
}

/** One wording of a run: what was there before, or what is there now. */
function sideOf(run: readonly WordChange[], kind: "removed" | "added"): string {
  return run
    .filter((change) => change.kind === kind || change.kind === "same")
    .map(({ words }) => words)
    .join("");
}
