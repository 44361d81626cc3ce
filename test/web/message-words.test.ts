import { describe, expect, test } from "vitest";
import { messageWords } from "../../src/web/conversation/message-words.ts";
import { en } from "../../src/web/locale/en.ts";
import { en as filesEn } from "../../src/web/locale/files/en.ts";
import { ko as filesKo } from "../../src/web/locale/files/ko.ts";
import { ko } from "../../src/web/locale/ko.ts";
import { en as safetyEn } from "../../src/web/locale/safety/en.ts";
import { ko as safetyKo } from "../../src/web/locale/safety/ko.ts";

describe("A message in one line", () => {
  const said = { messageType: "TEXT", content: "안녕", isDeleted: false, fileMetadata: null } as const;
  test.each([
    [said, "안녕"],
    [{ ...said, content: null }, "숨긴 메시지"],
    [{ ...said, content: null, isDeleted: true }, "삭제된 메시지입니다."],
    [{ ...said, messageType: "IMAGE", content: null }, "사진"],
    [{ ...said, messageType: "IMAGE" }, "사진 · 안녕"],
    [{ ...said, messageType: "IMAGE", content: null, isDeleted: true }, "삭제된 메시지입니다."],
    [{ ...said, messageType: "VOICE", content: null }, "음성 메시지"],
    [{ ...said, messageType: "FILE", content: null, fileMetadata: { fileName: "단어장.txt" } }, "파일 · 단어장.txt"],
    [{ ...said, messageType: "FILE", content: null, fileMetadata: { fileName: 7 } }, "파일"],
  ] as const)("%j", (message, words) => {
    expect(messageWords(message, ko)).toBe(words);
  });

  test("is in the language of the page", () => {
    expect(messageWords({ ...said, messageType: "VOICE", content: null }, en)).toBe("Voice message");
  });
});

describe("the words for files and for safety", () => {
  function labels(words: object, path = ""): [path: string, label: string][] {
    return Object.entries(words).flatMap(([key, value]: [string, unknown]): [string, string][] => {
      const here = `${path}.${key}`;
      if (typeof value === "object" && value !== null) return labels(value, here);
      return [[here, typeof value === "function" ? String(value("7", "7")) : String(value)]];
    });
  }

  test.each([
    ["files", filesEn, filesKo],
    ["safety", safetyEn, safetyKo],
  ])("are all there in both languages: %s", (_name, english, korean) => {
    expect(labels(korean).map(([path]) => path)).toEqual(labels(english).map(([path]) => path));
    expect(labels(english).filter(([, label]) => /\p{Script=Hangul}/u.test(label))).toEqual([]);
    // Formats and units are called the same everywhere; a time alone needs no Hangul.
    const NAMES = /MB|JPEG|PNG|WebP|GIF|ZIP/g;
    expect(labels(korean).filter(([, label]) => /[A-Za-z]{2,}/.test(label.replace(NAMES, "")))).toEqual([]);
    expect(labels(korean).filter(([, label]) => /7(?:은|는|이|가|을|를|과|와|으로|로)(?:\s|$)/.test(label))).toEqual(
      [],
    );
  });
});
