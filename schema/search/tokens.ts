/**
 * What a text is made of for the search index, which `fts5(…, tokenize='unicode61 remove_diacritics 2')` keeps:
 *
 * - A **run** of a script whose words are searched from any place in them (Korean with its particles, and the scripts
 *   without spaces) becomes its overlapping pairs of characters and then its last character: 학교에 → 학교 교에 에. So a
 *   phrase of pairs is a substring of one run and of nothing else, and `가*` finds each character.
 * - A **word** of any other script, digits included, is one token. Everything else separates: 1,234.5 is 1 234 5.
 * - An **emoji** is one token: its characters without joiners and variation selectors, skin tones last. Hence it starts
 *   with its plainer form, and a prefix finds the variants.
 * - A **mark** is the @ or # before a name.
 *
 * What unicode61 would drop is written in private-use characters. Those of a text are dropped first, so no text
 * can forge them. Input is folded text (`fold.ts`).
 */

export type PieceKind = "run" | "word" | "emoji" | "mark";

export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
  /** Where it stands in the folded text, in UTF-16 units. */
  readonly start: number;
}

export interface Token {
  readonly kind: PieceKind;
  /** As it stands in the index. */
  readonly text: string;
  /** Where its characters stand in the folded text. */
  readonly start: number;
  readonly end: number;
}

const LETTERS = "[\\p{L}\\p{N}\\p{Mn}\\p{Mc}]";
const RUN_SCRIPTS = ["Han", "Hangul", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr"];
const RUN = `[[${RUN_SCRIPTS.map((script) => `\\p{scx=${script}}`).join("")}]&&${LETTERS}]`;
const WORD = `[${LETTERS}--${RUN}]`;

// ⓜ is what lower case makes of the emoji Ⓜ. Tags spell the flags of regions.
const PICTURE = "[\\p{ExtPict}\\u24dc]\\p{EMod}?[\\u{e0020}-\\u{e007f}]*";
const EMOJI = `[0-9#*]\\u20e3|\\p{RI}\\p{RI}?|${PICTURE}(?:\\u200d${PICTURE})*|\\p{EMod}`;

/** Not after a letter: the @ of an address is no mention. A Korean, Japanese or Chinese word may stand before one. */
const MARK = `(?<![a-z0-9._\\-])[@#](?=${LETTERS})`;

const PIECES = new RegExp(`(?<emoji>${EMOJI})|(?<run>${RUN}+)|(?<word>(?:${WORD}(?!\\u20e3))+)|(?<mark>${MARK})`, "gv");

/** Letters for JavaScript that are none for SQLite stand at the end: vowels of New Tai Lue and two Vedic signs. */
const NOT_KEPT = /[^\p{L}\p{N}]|[\u19b0-\u19c9\u1cf2\u1cf3]/gu;
/** Most texts are made of these alone, and small classes are looked through faster. Each unit is one that SQLite keeps. */
const PLAIN_TEXT = /^[\n\x20-"$-?A-~、。ぁ-ゖァ-ヺー一-鿿ㄱ-ㆎ가-힣]*$/;
const PLAIN_PIECES = /[a-z0-9]+|[ぁ-ゖァ-ヺー一-鿿ㄱ-ㆎ가-힣]+/g;
const PLAIN_RUN = /^[ぁ-ゖァ-ヺー一-鿿ㄱ-ㆎ가-힣]+$/;
const PLAIN_WORD = /^[a-z0-9]+$/;
const LAST_ASCII = 0x7f;
const JOINERS = /\u200d/gu;
const SKIN_TONES = /\p{EMod}/gu;

export function piecesOf(folded: string): Piece[] {
  if (PLAIN_TEXT.test(folded)) return plainPieces(folded);
  const pieces: Piece[] = [];
  for (const match of folded.matchAll(PIECES)) {
    const { emoji, run, word } = match.groups ?? {};
    const kind = run !== undefined ? "run" : word !== undefined ? "word" : emoji !== undefined ? "emoji" : "mark";
    pieces.push({ kind, text: match[0], start: match.index });
  }
  return pieces;
}

function plainPieces(folded: string): Piece[] {
  return Array.from(folded.matchAll(PLAIN_PIECES), ({ 0: text, index: start }) => {
    return { kind: text.charCodeAt(0) > LAST_ASCII ? "run" : "word", text, start };
  });
}

/** One piece as it stands in the index. A run: its pairs, and its last character. */
export function tokensOfPiece({ kind, text, start }: Piece): Token[] {
  if (kind !== "run") {
    if (PLAIN_WORD.test(text)) return [{ kind, text, start, end: start + text.length }];
    const spelled = kind === "emoji" ? plainerFirst(text) : text;
    return [{ kind, text: encode(spelled), start, end: start + text.length }];
  }
  if (PLAIN_RUN.test(text)) return plainPairs(text, start);
  const characters = Array.from(text);
  let at = start;
  return characters.map((character, index) => {
    const next = characters[index + 1] ?? "";
    const token = { kind, text: encode(character + next), start: at, end: at + character.length + next.length };
    at += character.length;
    return token;
  });
}

function plainPairs(run: string, start: number): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < run.length; at++) {
    const text = run.slice(at, at + 2);
    tokens.push({ kind: "run", text, start: start + at, end: start + at + text.length });
  }
  return tokens;
}

export function tokensOf(folded: string): Token[] {
  return piecesOf(folded).flatMap(tokensOfPiece);
}

/** How many UTF-16 units of `folded` the first `length` units of their token stand for. */
export function encodedPrefixLength(folded: string, length: number): number {
  let taken = 0;
  let encoded = 0;
  for (const character of folded) {
    if (encoded >= length) break;
    taken += character.length;
    encoded += encode(character).length;
  }
  return taken;
}

/** 👨🏽‍💻 → 👨💻🏽: what has no skin tone is the beginning of what has one. */
function plainerFirst(emoji: string): string {
  if (emoji.length <= 2) return emoji;
  const tones = emoji.match(SKIN_TONES) ?? [];
  // A skin tone alone stays what it is.
  return emoji.replace(JOINERS, "").replace(SKIN_TONES, "") + tones.join("");
}

/** Two private-use characters for each that SQLite would drop: always two, so that beginnings stay beginnings. */
function encode(text: string): string {
  return text.replace(NOT_KEPT, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return String.fromCharCode(0xe000 + (code >> 12), 0xe200 + (code & 0xfff));
  });
}
