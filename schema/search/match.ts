/** Whether and how often tokens match what was looked for: what the index does, for a text at hand. */
import { fold } from "./fold.ts";
import type { Phrase } from "./query.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** The tokens of a text as the index has them. */
export function textTokens(text: string): Token[] {
  return tokensOf(fold(text));
}

/** Whether the phrase starts at token `at`. */
export function matchesAt(tokens: readonly Token[], at: number, { tokens: wanted, isPrefix }: Phrase): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    const text = tokens[at + index]?.text;
    const sought = wanted[index];
    if (text === undefined || sought === undefined) return false;
    const mayGoOn = isPrefix && index === wanted.length - 1;
    if (mayGoOn ? !text.startsWith(sought) : text !== sought) return false;
  }
  return true;
}

export function countMatches(tokens: readonly Token[], phrase: Phrase): number {
  let count = 0;
  for (let at = 0; at + phrase.tokens.length <= tokens.length; at += 1) {
    if (matchesAt(tokens, at, phrase)) count += 1;
  }
  return count;
}
