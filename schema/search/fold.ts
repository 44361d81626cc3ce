/**
 * One spelling for texts that a searcher takes for the same: composed (NFC), lower case, full-width and half-width forms
 * as ordinary ones, without diacritics and without characters that nobody sees. Marks that make another letter stay:
 * the voicing of kana, the vowels of Thai and of the scripts of India.
 *
 * No other compatibility form is touched: NFKC over a whole text would turn "ㅋㅏ" into "카". The index and the queries
 * fold alike, so a change here asks for a new index.
 */

/** Where folding is no more than lower case: nothing here composes, decomposes or carries a mark. */
const PLAIN = /^[\n\x20-\x7e、。ぁ-ゖァ-ー\u3131-\u318e一-鿿가-힣\u{1f300}-\u{1faff}]*$/u;

const WIDTH_FORMS = /[\uff01-\uffef]/g;

/** Soft hyphen, word joiner, byte order mark and the marks of writing direction. Joiners stay: emoji are made with them. */
const UNSEEN = /[\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Accents of all scripts, points of Hebrew, variation selectors; but not the voicing marks of kana. */
const ACCENTS = /[[\p{Mn}&&[\p{Script=Inherited}\u0591-\u05c7]]--[\u3099\u309a]]/gv;

/** A character with all that may compose with it, so that folding a text is folding its clusters one by one. */
const CLUSTER =
  /.[\p{M}\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u{16d63}-\u{16d6a}]*/gsu;

export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return (
    text
      .replace(WIDTH_FORMS, ordinaryForm)
      .replace(UNSEEN, "")
      .normalize("NFC")
      // There and back, as only that makes one of ẞ, ß and ss, of ſ and s, of ı and i.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize("NFD")
      .replace(ACCENTS, "")
      .normalize("NFC")
      .replaceAll("ς", "σ")
  );
}

/** Half-width Hangul letters stay letters; NFKC would make pieces of syllables of them, and then syllables. */
function ordinaryForm(form: string): string {
  const code = form.charCodeAt(0);
  if (code >= 0xffa1 && code <= 0xffbe) return String.fromCharCode(0x3131 + code - 0xffa1);
  if (code >= 0xffc2 && code <= 0xffdc) {
    // Vowels stand in columns of eight, of which the last six are used.
    const column = (code - 0xffc0) >> 3;
    return String.fromCharCode(0x314f + column * 6 + ((code - 0xffc0) & 7) - 2);
  }
  return form.normalize("NFKC");
}

export interface FoldedText {
  /** The same as `fold(original)`. */
  readonly text: string;
  /** For each UTF-16 unit of `text`: where the original characters that it came from start and end. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Folds and remembers where everything came from. Slower than `fold`: for texts that are shown. */
export function foldWithOffsets(original: string): FoldedText {
  let text = "";
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of original.matchAll(CLUSTER)) {
    const folded = fold(match[0]);
    text += folded;
    for (let unit = 0; unit < folded.length; unit++) {
      starts.push(match.index);
      ends.push(match.index + match[0].length);
    }
  }
  return { text, starts, ends };
}
