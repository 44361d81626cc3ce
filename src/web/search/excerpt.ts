/** A part of a text around the first thing that was found in it, in pieces that are found or not. */
export interface ExcerptPart {
  readonly text: string;
  readonly isFound: boolean;
}

type Range = readonly [start: number, end: number];

const MOST_BEFORE = 28;
const MOST_CHARACTERS = 150;
const ELLIPSIS: ExcerptPart = { text: "…", isFound: false };

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** `found` is in UTF-16 units of the text, in order, and may reach beyond it: the text may be another one by now. */
export function excerptOf(text: string, found: readonly Range[]): readonly ExcerptPart[] {
  const start = startOf(text, Math.min(found[0]?.[0] ?? 0, text.length));
  const end = characterAt(text, start + MOST_CHARACTERS);
  const parts: ExcerptPart[] = start > 0 ? [ELLIPSIS] : [];
  let at = start;
  const take = (until: number, isFound: boolean) => {
    if (until > at) parts.push({ text: text.slice(at, until), isFound });
    at = Math.max(at, until);
  };
  for (const [from, to] of found) {
    if (from >= end) break;
    take(from, false);
    take(Math.min(to, end), true);
  }
  take(end, false);
  return end < text.length ? [...parts, ELLIPSIS] : parts;
}

/** A little before what was found, where a word begins if one does. */
function startOf(text: string, found: number): number {
  if (found <= MOST_BEFORE) return 0;
  const earliest = characterAt(text, found - MOST_BEFORE);
  const space = /\s+/.exec(text.slice(earliest, found));
  return space === null ? earliest : earliest + space.index + space[0].length;
}

/** Where the character begins that the unit belongs to: none is cut in two. */
function characterAt(text: string, unit: number): number {
  if (unit >= text.length) return text.length;
  return characters.segment(text).containing(unit)?.index ?? unit;
}
