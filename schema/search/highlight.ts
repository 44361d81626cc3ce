/**
 * Where a text matches the words of a query: the index keeps no texts, so it is worked out from the text itself, with
 * the index's own tokens. What comes back are offsets, never markup.
 */
import { foldWithOffsets } from "./fold.ts";
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
function matchEnd(folded: string, tokens: readonly Token[], at: number, { tokens: wanted, isPrefix }: Phrase) {
  let end: number | null = null;
  for (const [index, text] of wanted.entries()) {
    const token = tokens[at + index];
    if (token === undefined) return null;
    const mayGoOn = isPrefix && index === wanted.length - 1;
    if (mayGoOn ? !token.text.startsWith(text) : token.text !== text) return null;
    end =
      mayGoOn && token.kind !== "emoji"
        ? token.start + encodedPrefixLength(folded.slice(token.start, token.end), text.length)
        : token.end;
  }
  return end;
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
