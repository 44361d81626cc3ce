/**
 * Where a text matches the words of a query: the index keeps no texts, so it is worked out from the text itself, with
 * the index's own tokens. What comes back are offsets, never markup.
 */
import { foldWithOffsets } from "./fold.ts";
import { matchesAt } from "./match.ts";
import type { Phrase } from "./query.ts";
import { encodedPrefixLength, type Token, tokensOf } from "./tokens.ts";

/** From and up to, in UTF-16 units of the text. */
export type Highlight = readonly [start: number, end: number];

/** In order, apart from each other, never empty. A character is marked whole, with its accents, or not at all. */
export function highlight(text: string, words: readonly Phrase[]): Highlight[] {
  const folded = foldWithOffsets(text);
  const tokens = tokensOf(folded.text);
  const matches: Highlight[] = [];
  for (const word of words) {
    for (let at = 0; at + word.tokens.length <= tokens.length; at++) {
      const end = matchEnd(folded.text, tokens, at, word);
      const start = tokens[at]?.start;
      if (end === null || start === undefined) continue;
      matches.push([folded.starts[start] ?? 0, folded.ends[end - 1] ?? 0]);
    }
  }
  return merged(matches);
}

/** Where the phrase that starts at token `at` ends in the folded text; null where it does not match. */
function matchEnd(folded: string, tokens: readonly Token[], at: number, phrase: Phrase): number | null {
  if (!matchesAt(tokens, at, phrase)) return null;
  const last = tokens[at + phrase.tokens.length - 1];
  const sought = phrase.tokens.at(-1);
  if (last === undefined || sought === undefined) return null;
  if (!phrase.isPrefix || last.kind === "emoji") return last.end;
  return last.start + encodedPrefixLength(folded.slice(last.start, last.end), sought.length);
}

function merged(matches: Highlight[]): Highlight[] {
  matches.sort(([a], [b]) => a - b);
  const apart: Highlight[] = [];
  for (const [start, end] of matches) {
    const last = apart.at(-1);
    if (last !== undefined && start <= last[1]) apart[apart.length - 1] = [last[0], Math.max(last[1], end)];
    else apart.push([start, end]);
  }
  return apart;
}
