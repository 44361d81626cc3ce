import emojiData from "emoji-picker-element-data/en/cldr/data.json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold, foldWithOffsets } from "../../schema/search/fold.ts";
import { indexRow } from "../../schema/search/index-row.ts";
import { tokensOf } from "../../schema/search/tokens.ts";
import { createSearchIndex } from "../support/search-index.ts";
import { withStorage } from "../support/storage.ts";

const keyboard: readonly { emoji: string; skins?: readonly { emoji: string }[] }[] = emojiData;
const anyText = fc.string({ unit: "binary", maxLength: 60 });
const NFD = (text: string) => text.normalize("NFD");

/** All letters, digits, marks and pictures of Unicode. */
const characters = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => /[\p{L}\p{N}\p{M}\p{ExtPict}\p{EMod}\p{RI}]/u.test(character));

/** Tokens with their private-use spellings as code points: `<1f600>`. */
function tokens(text: string): string {
  const spelled = (pair: string) => {
    const code = ((pair.charCodeAt(0) - 0xe000) << 12) + pair.charCodeAt(1) - 0xe200;
    return `<${code.toString(16)}>`;
  };
  return tokensOf(fold(text))
    .map((token) => token.text.replace(/[\ue000-\uf8ff]{2}/gu, spelled))
    .join(" ");
}

describe("folding makes one of", () => {
  test.each([
    ["upper and lower case", "ÉCOLE Школа ΣΊΣΥΦΟΣ", "école школа σίσυφος"],
    ["composed and decomposed", "학교 が café", NFD("학교 が café")],
    ["full-width letters and ordinary ones", "ＡＢＣ　１２３！".replace("　", " "), "abc 123!"],
    ["half-width katakana and ordinary ones", "ｶﾞｷﾞﾊﾟｰﾃｨｰ", "ガギパーティー"],
    ["half-width Hangul letters and ordinary ones", "ﾡﾢﾷￂￊￒￚￜ", "ㄱㄲㅇㅏㅕㅛㅡㅣ"],
    ["accented and plain letters", "Việt Nam, Ærø, naïve ÀÇĞ", "viet nam, ærø, naive acg"],
    ["ß and ss", "STRASSE", "straße"],
    ["the four letters i of Turkish", "İSTANBUL IĞDIR", "istanbul ığdır"],
    ["й and и, ё and е", "Ёлка й", "елка и"],
    ["vowel points and none", "שָׁלוֹם سَلَام", "שלום سلام"],
    ["what is seen and what is not", "stu\u00addy\u2060mate\ufeff \u200f가\u200e나", "studymate 가나"],
  ])("%s", (_, one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  test.each([
    ["letters of Hangul and a syllable", "ㅋㅏ", "카"],
    ["voiced and unvoiced kana", "が", "か"],
    ["a Thai consonant with and without its vowel", "กี", "ก"],
    ["squared words and letters", "㎏", "kg"],
  ])("and not of %s", (_, one, other) => {
    expect(fold(one)).not.toBe(fold(other));
  });

  test("a folded text stays as it is, whatever it was", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });

  test("a text folds alike composed and decomposed", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fold(NFD(text))).toBe(fold(text));
      }),
    );
  });

  test("a text folds alike with and without offsets, and the offsets run over the whole text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: folded, starts, ends } = foldWithOffsets(text);
        expect(folded).toBe(fold(text));
        expect(starts).toHaveLength(folded.length);
        expect(ends.every((end, unit) => end > (starts[unit] ?? end) && end <= text.length)).toBe(true);
        expect(starts.every((start, unit) => start >= (starts[unit - 1] ?? 0))).toBe(true);
      }),
    );
  });
});

test("every character folds to what stays, alike composed, decomposed and with offsets, between others", () => {
  const wrong = characters
    .map((character) => `か${character}\u3099`)
    .filter((text) => {
      const folded = fold(text);
      return fold(folded) !== folded || fold(NFD(text)) !== folded || foldWithOffsets(text).text !== folded;
    });
  expect(wrong).toEqual([]);
});

describe("tokens", () => {
  test.each([
    ["a Korean word", "학교에", "학교 교에 에"],
    ["one syllable", "나", "나"],
    ["a space parts runs", "사과 파이", "사과 과 파이 이"],
    ["letters of Hangul", "ㅋㅋㅋ ㅇㅈ", "ㅋㅋ ㅋㅋ ㅋ ㅇㅈ ㅈ"],
    ["Japanese in three scripts", "東京タワーへ", "東京 京タ タワ ワー ーへ へ"],
    ["a repetition mark", "人々", "人々 々"],
    ["Han beyond the first plane", "𠮷野家", "𠮷野 野家 家"],
    ["Bopomofo", "ㄅㄆ", "ㄅㄆ ㄆ"],
    ["Thai, whose vowel signs SQLite drops", "กี่", "ก<e35> <e35><e48> <e48>"],
    ["a word of Hindi stays one", "हिन्दी", "ह<93f>न<94d>द<940>"],
    ["Latin and Korean in one", "K팝2024", "k 팝 2024"],
    ["Korean, then a word with a digit", "수능영어Day1", "수능 능영 영어 어 day1"],
    ["a number", "1,234.5", "1 234 5"],
    ["a date and a telephone number", "2024-01-05 010-1234-5678", "2024 01 05 010 1234 5678"],
    ["a mention", "@kim_min", "<40> kim min"],
    ["a mention within Korean", "나는@민수", "나는 는 <40> 민수 수"],
    ["an address is no mention", "kim@example.com", "kim example com"],
    ["a topic", "#kpop", "<23> kpop"],
    ["an emoji", "좋아😀", "좋아 아 <1f600>"],
    ["two emoji", "😀😂", "<1f600> <1f602>"],
    ["a heart, with and without its colour", "❤️❤", "<2764> <2764>"],
    ["a skin tone comes last", "👍🏽 👨🏽‍💻", "<1f44d><1f3fd> <1f468><1f4bb><1f3fd>"],
    ["a family", "👨‍👩‍👧", "<1f468><1f469><1f467>"],
    ["flags", "🇰🇷🇯🇵", "<1f1f0><1f1f7> <1f1ef><1f1f5>"],
    ["the flag of a region", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "<1f3f4><e0067><e0062><e0073><e0063><e0074><e007f>"],
    ["a keycap after a word", "a1️⃣", "a 1<20e3>"],
    ["punctuation", "?! … ^^ -_- 「」", ""],
    ["what is no text", "\0 \ud800 \udfff \ufffe \ue000\ue26d \u{f0000}", ""],
  ])("%s", (_, text, expected) => {
    expect(tokens(text)).toBe(expected);
  });

  test("every emoji that keyboards offer is one token, and no two share one", () => {
    const offered = keyboard.flatMap(({ emoji, skins = [] }) => [emoji, ...skins.map((skin) => skin.emoji)]);
    const one = offered.map((emoji) => tokensOf(fold(emoji)));
    expect(offered.length).toBeGreaterThan(3_000);
    expect(offered.filter((_, index) => one[index]?.length !== 1 || one[index][0]?.kind !== "emoji")).toEqual([]);
    expect(new Set(one.map(([token]) => token?.text)).size).toBe(offered.length);
  });

  test("each stands where its characters are", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const folded = fold(text);
        for (const { start, end, text: token } of tokensOf(folded)) {
          expect(token).toBe(tokensOf(folded.slice(start, end))[0]?.text ?? token);
          expect(end).toBeGreaterThan(start);
        }
      }),
    );
  });
});

describe("a row of the index", () => {
  test("holds the message, its corrections and who wrote it where", () => {
    expect(indexRow({ roomId: 45, senderId: 123, content: "I go", corrections: ["I went", "!", "I will go"] })).toEqual(
      {
        body: "i go",
        corrections: "i went \uf8f0 i will go",
        terms: "u123 r45",
      },
    );
  });

  test("is none where nothing can be found", () => {
    expect(indexRow({ roomId: 1, senderId: 1, content: null, corrections: [] })).toBeNull();
    expect(indexRow({ roomId: 1, senderId: 1, content: "?!", corrections: ["…"] })).toBeNull();
  });
});

describe("SQLite's tokenizer", () => {
  test("keeps the token of every character that there is, alone and within a word", async () => {
    const words = characters.flatMap((character) => [character, `x${character}x`]);
    const expected = new Set(words.flatMap((word) => tokensOf(fold(word)).map((token) => token.text)));
    expect(expected.size).toBeGreaterThan(150_000);
    const kept = await withStorage(({ sql }) => {
      createSearchIndex(sql);
      sql.exec("CREATE VIRTUAL TABLE terms USING fts5vocab(search, row)");
      const all = [...expected];
      for (let from = 0; from < all.length; from += 10_000) {
        sql.exec("INSERT INTO search (body) VALUES (?)", all.slice(from, from + 10_000).join(" "));
      }
      return sql.exec<{ term: string }>("SELECT term FROM terms").toArray();
    });
    expect(kept.length).toBe(expected.size);
    expect(kept.filter(({ term }) => !expected.has(term))).toEqual([]);
  });

  test("makes as many tokens of a text as we do", async () => {
    await withStorage(({ sql }) => {
      const index = createSearchIndex(sql);
      sql.exec("CREATE VIRTUAL TABLE places USING fts5vocab(search, instance)");
      fc.assert(
        fc.property(anyText, (content) => {
          sql.exec("INSERT INTO search (search) VALUES ('delete-all')");
          index.add({ content });
          const kept = sql.exec<{ term: string }>("SELECT term FROM places WHERE col = 'body' ORDER BY doc, offset");
          expect(kept.toArray().map(({ term }) => term)).toEqual(tokensOf(fold(content)).map((token) => token.text));
        }),
      );
    });
  });
});

test("a text of common characters alone is cut as it is beside a rare one", () => {
  const common = fc.string({ unit: fc.constantFrom(..." ab0z.,-@#*한글ㅋ中日あアー、。\n"), maxLength: 40 });
  fc.assert(
    fc.property(common, (text) => {
      expect(tokensOf(text)).toEqual(tokensOf(`${text} я`).slice(0, -1));
    }),
    { numRuns: 2_000 },
  );
});
