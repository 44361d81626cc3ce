/** Recall and precision of the index against plain search in the texts: both are 1, so the sets of rows are equal. */
import { describe, expect, test } from "vitest";
import { fold } from "../../schema/search/fold.ts";
import { indexRow } from "../../schema/search/index-row.ts";
import { sentences, wholeSentences } from "../support/declaration.ts";
import { createSearchIndex, type SearchIndex } from "../support/search-index.ts";
import { withStorage } from "../support/storage.ts";

type Truth = Map<string, Set<number>>;

function note(truth: Truth, typed: string, id: number): void {
  const ids = truth.get(typed) ?? new Set();
  truth.set(typed, ids.add(id));
}

/** Every piece of 1 to 4 characters of every run, and in which texts it is. */
function substringsOf(texts: readonly string[], script: RegExp): Truth {
  const truth: Truth = new Map();
  for (const [index, text] of texts.entries()) {
    for (const [run] of fold(text).matchAll(script)) {
      const characters = Array.from(run);
      for (let start = 0; start < characters.length; start++) {
        for (let length = 1; length <= 4 && start + length <= characters.length; length++) {
          note(truth, characters.slice(start, start + length).join(""), index + 1);
        }
      }
    }
  }
  return truth;
}

/** Every beginning of 1 to 4 letters of every word, and in which texts it is. */
function prefixesOf(texts: readonly string[]): Truth {
  const truth: Truth = new Map();
  for (const [index, text] of texts.entries()) {
    for (const word of fold(text).split(/[^\p{L}\p{N}]+/u)) {
      for (let length = 1; length <= Math.min(4, word.length); length++) note(truth, word.slice(0, length), index + 1);
    }
  }
  return truth;
}

/** The searches that find too much or too little. */
function differences(index: SearchIndex, truth: Truth): string[] {
  return [...truth].flatMap(([typed, ids]) => {
    const found = index.find(typed);
    return found.length === ids.size && found.every((id) => ids.has(id)) ? [] : [typed];
  });
}

const fill = (index: SearchIndex, texts: readonly string[]) => {
  for (const content of texts) index.add({ content });
};

describe("what a text holds is found, and nothing else", () => {
  test.each([
    ["korean", /[\p{scx=Hangul}&&\p{L}]+/gv, 2_000],
    ["japanese", /[[\p{scx=Hira}\p{scx=Kana}\p{scx=Han}]--[\p{P}\p{S}]]+/gv, 5_000],
    ["chinese", /\p{sc=Han}+/gu, 3_000],
    ["thai", /\p{sc=Thai}+/gu, 3_000],
  ] as const)("every 1 to 4 characters in a row of a %s text", async (language, script, atLeast) => {
    const texts = sentences[language];
    const truth = substringsOf(texts, script);
    expect(truth.size).toBeGreaterThan(atLeast);
    const [sample = ""] = [...truth.keys()].filter((typed) => typed.length === 3);
    const holding = texts.flatMap((text, index) => (fold(text).includes(sample) ? [index + 1] : []));
    expect([...(truth.get(sample) ?? [])]).toEqual(holding);

    const wrong = await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      fill(index, texts);
      return differences(index, truth);
    });
    expect(wrong).toEqual([]);
  });

  test.each(["english", "german", "russian", "vietnamese"] as const)(
    "the first 1 to 4 letters of every word of a text in %s",
    async (language) => {
      const truth = prefixesOf(sentences[language]);
      expect(truth.size).toBeGreaterThan(400);
      const wrong = await withStorage(({ sql }) => {
        const index = createSearchIndex(sql);
        fill(index, sentences[language]);
        return differences(index, truth);
      });
      expect(wrong).toEqual([]);
    },
  );

  test("all languages in one index", async () => {
    const texts = Object.values(sentences).flat();
    const truth = substringsOf(sentences.korean, /[\p{scx=Hangul}&&\p{L}]+/gv);
    const folded = texts.map(fold);
    for (const typed of truth.keys()) {
      truth.set(typed, new Set(folded.flatMap((text, index) => (text.includes(typed) ? [index + 1] : []))));
    }
    const wrong = await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      fill(index, texts);
      return differences(index, truth);
    });
    expect(wrong).toEqual([]);
  });
});

describe("size", () => {
  const MESSAGES = 10_000;
  const ROOMS = 10;
  const PER_FLUSH = 50;

  /** Sentences with their words in another order, always the same ones. */
  function* shuffledSentences(texts: readonly string[]): Generator<string> {
    let seed = 1;
    const below = (limit: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >>> 8) % limit;
    };
    for (;;) {
      const words = (texts[below(texts.length)] ?? "").split(" ");
      for (let rest = words.length; rest > 0; rest--) words.push(...words.splice(below(rest), 1));
      yield words.join(" ");
    }
  }

  /** As the flush writes: rooms in turns, rowids of a room side by side. Bytes of the database per byte of text. */
  function bytesPerByte({ sql }: DurableObjectStorage, texts: readonly string[]): number {
    createSearchIndex(sql);
    const before = sql.databaseSize;
    const source = shuffledSentences(texts);
    let textBytes = 0;
    for (let first = 0; first < MESSAGES; first += PER_FLUSH) {
      const flush = first / PER_FLUSH;
      const roomId = 1 + (flush % ROOMS);
      const rows = Array.from({ length: PER_FLUSH }, (_, index) => {
        const content = source.next().value;
        textBytes += new TextEncoder().encode(content).length;
        const id = Math.floor(flush / ROOMS) * PER_FLUSH + index + 1;
        return { id, ...indexRow({ roomId, senderId: (id * 7) % 20, content, corrections: [] }) };
      });
      sql.exec(
        `INSERT INTO search (rowid, body, corrections, terms)
          SELECT (? << 32) | (value ->> 'id'), value ->> 'body', value ->> 'corrections', value ->> 'terms'
          FROM json_each(?)`,
        roomId,
        JSON.stringify(rows),
      );
    }
    return (sql.databaseSize - before) / textBytes;
  }

  test.each(["korean", "english"] as const)(
    "the index of %s sentences is at most 1.3 times the text",
    async (language) => {
      const ratio = await withStorage((storage) => bytesPerByte(storage, wholeSentences[language]));
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThanOrEqual(1.3);
    },
  );
});
