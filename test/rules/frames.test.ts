import { describe, expect, it } from "vitest";
import { envelopeClientFrame } from "../../schema/protocol/envelope.ts";
import { roomClientFrame, roomCommand } from "../../schema/protocol/room/client-frames.ts";
import { filledText } from "../../schema/values.ts";

const send = (fields: object): object => ({ type: "message.send", clientId: "c1", content: "안녕", ...fields });

function accepts(frame: object): boolean {
  return roomCommand.safeParse(frame).success;
}

describe("message.send", () => {
  it("needs a clientId and little else; the rest has defaults", () => {
    expect(roomCommand.parse({ type: "message.send", clientId: "c1", content: "안녕" })).toEqual({
      type: "message.send",
      clientId: "c1",
      messageType: "TEXT",
      content: "안녕",
    });
  });

  it("drops fields that it does not know", () => {
    expect(roomCommand.parse(send({ senderId: 7, rev: 1, isDeleted: true }))).not.toHaveProperty("senderId");
  });

  it.each(["TEXT", "IMAGE", "VOICE", "FILE"])("may be of type %s", (messageType) => {
    expect(accepts(send({ messageType }))).toBe(true);
  });

  it.each(["SYSTEM", "text", "", null, 1])("is never of type %s", (messageType) => {
    expect(accepts(send({ messageType }))).toBe(false);
  });

  it.each([
    ["nothing", ""],
    ["spaces", "   "],
    ["line ends and tabs", "\r\n\t"],
    ["ideographic spaces", "\u3000\u3000"],
    ["a byte order mark", "\uFEFF"],
    ["a number", 7],
    ["a list", ["a"]],
  ])("says something: %s is refused", (_, content) => {
    expect(accepts(send({ content }))).toBe(false);
  });

  it.each([
    ["Latin", "x"],
    ["Korean", "가"],
    ["Korean in conjoining letters", "\u1100"],
    ["emoji beyond the first plane", "😀"],
  ])("takes 4,000 characters of %s, and no more", (_, unit) => {
    expect(accepts(send({ content: unit.repeat(4_000) }))).toBe(true);
    expect(accepts(send({ content: unit.repeat(4_001) }))).toBe(false);
  });

  it("keeps the text as it is, white space and all", () => {
    const content = "  안녕\n 하세요\t";
    expect(roomCommand.parse(send({ content }))).toMatchObject({ content });
  });

  it.each([
    ["an empty clientId", { clientId: "" }],
    ["a clientId of 65 characters", { clientId: "c".repeat(65) }],
    ["a clientId that is a number", { clientId: 5 }],
    ["no clientId", { clientId: undefined }],
    ["metadata that is a list", { fileMetadata: [1] }],
    ["metadata of more than 4 KiB", { fileMetadata: { name: "x".repeat(4_096) } }],
    ["an empty file", { fileUrl: "" }],
    ["a file of 1,025 characters", { fileUrl: "x".repeat(1_025) }],
  ])("refuses %s", (_, fields) => {
    expect(accepts(send(fields))).toBe(false);
  });

  it("takes null for what may be left out", () => {
    expect(accepts(send({ content: null, fileUrl: null, fileMetadata: null, replyToId: null }))).toBe(true);
  });

  it("keeps its limits of clientId and metadata", () => {
    expect(accepts(send({ clientId: "c".repeat(64), fileMetadata: { width: 3, tags: ["a", { b: null }] } }))).toBe(
      true,
    );
  });
});

describe("numbers", () => {
  const BAD_IDS = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 60, 1e308, "1", null, true, 1n, {}];

  it.each([
    ["message.edit", { content: "x" }],
    ["message.delete", {}],
    ["message.correct", { corrected: "x" }],
    ["reaction.add", { emoji: "👍" }],
    ["reaction.remove", { emoji: "👍" }],
    ["read", {}],
  ])("%s takes the numbers that messages have, and only those", (type, fields) => {
    for (const id of [1, 2 ** 53 - 1]) expect(accepts({ type, ...fields, id }), String(id)).toBe(true);
    for (const id of BAD_IDS) expect(accepts({ type, ...fields, id }), String(id)).toBe(false);
    expect(accepts({ type, ...fields })).toBe(false);
  });

  it("a reply is to such a number, or to none", () => {
    for (const replyToId of [1, null, undefined]) expect(accepts(send({ replyToId }))).toBe(true);
    for (const replyToId of BAD_IDS.filter((id) => id !== null)) expect(accepts(send({ replyToId }))).toBe(false);
  });

  it("a position begins at zero, and its epoch is a number or its text", () => {
    const sync = (fields: object): boolean => accepts({ type: "sync", messageId: 0, rev: 0, ...fields });
    expect([{}, { epoch: 1_700_000_000_000 }, { epoch: "1700000000000" }, { messageId: 9, rev: 9 }].every(sync)).toBe(
      true,
    );
    expect(
      [{ messageId: -1 }, { rev: -1 }, { rev: 0.5 }, { messageId: "0" }, { epoch: Number.NaN }, { epoch: null }].some(
        sync,
      ),
    ).toBe(false);
  });

  it("a page has 1 to 100 messages, 50 if nobody says how many", () => {
    expect(roomCommand.parse({ type: "history" })).toEqual({ type: "history", limit: 50 });
    for (const limit of [1, 100]) expect(accepts({ type: "history", beforeId: 7, limit })).toBe(true);
    for (const limit of [0, -1, 101, 1.5, 1e9, "50", null]) expect(accepts({ type: "history", limit })).toBe(false);
    expect(accepts({ type: "history", beforeId: 0 })).toBe(false);
  });

  it("a ref is a short text or an integer", () => {
    for (const ref of ["", "r".repeat(64), 0, -5, undefined]) expect(accepts({ type: "read", id: 1, ref })).toBe(true);
    for (const ref of ["r".repeat(65), 1.5, 2 ** 60, null, {}, []])
      expect(accepts({ type: "read", id: 1, ref })).toBe(false);
  });

  it("typing is on or off", () => {
    expect(accepts({ type: "typing", active: true })).toBe(true);
    for (const active of [1, "true", null, undefined]) expect(accepts({ type: "typing", active })).toBe(false);
  });
});

describe("an emoji", () => {
  const react = (emoji: unknown): boolean => accepts({ type: "reaction.add", id: 1, emoji });

  it.each(["👍", "❤️", "❤", "👍🏽", "👨‍👩‍👧‍👦", "🇰🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "🏳️‍🌈", "☀️", "👩🏽‍❤️‍💋‍👨🏿"])("may be %s", (emoji) => {
    expect(react(emoji)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["two of them", "👍👍"],
    ["a letter", "a"],
    ["a Korean letter", "ㅋ"],
    ["a digit", "1"],
    ["half a flag", "🇰"],
    ["a number sign", "#"],
    ["white space around it", " 👍"],
    ["a line end behind it", "👍\n"],
    ["a skin tone behind a heart", "❤️🏽"],
    ["a joiner alone", "\u200D"],
    ["half a surrogate pair", "\ud83d"],
    ["a number", 1],
    ["many joined in a row", "👩‍".repeat(30)],
  ])("is exactly one: %s is refused", (_, emoji) => {
    expect(react(emoji)).toBe(false);
  });
});

describe("corrections and edits", () => {
  it("say something", () => {
    expect(accepts({ type: "message.correct", id: 1, corrected: "고마워요", note: "더 공손해요" })).toBe(true);
    expect(accepts({ type: "message.correct", id: 1, corrected: "x", note: null })).toBe(true);
    for (const fields of [
      { corrected: " " },
      { corrected: "x", note: "" },
      { corrected: "x", note: "가".repeat(1_001) },
    ]) {
      expect(accepts({ type: "message.correct", id: 1, ...fields })).toBe(false);
    }
    for (const content of ["", " ", null, undefined])
      expect(accepts({ type: "message.edit", id: 1, content })).toBe(false);
  });
});

describe("the envelope", () => {
  it("has a token of at most 8 KiB and the number of a probe", () => {
    expect(envelopeClientFrame.safeParse({ type: "auth.refresh", token: "t" }).success).toBe(true);
    expect(envelopeClientFrame.safeParse({ type: "auth.refresh", token: "t".repeat(8_193) }).success).toBe(false);
    expect(envelopeClientFrame.safeParse({ type: "probe", n: 0 }).success).toBe(true);
    for (const n of [-1, 1.5, "1", undefined])
      expect(envelopeClientFrame.safeParse({ type: "probe", n }).success).toBe(false);
  });

  it("belongs to what a client of a room may write", () => {
    expect(roomClientFrame.safeParse({ type: "probe", n: 1 }).success).toBe(true);
    expect(roomCommand.safeParse({ type: "probe", n: 1 }).success).toBe(false);
  });

  it("names one type of those that there are", () => {
    for (const type of ["message.explode", "message.created", "", null, undefined, "__proto__", "constructor"]) {
      expect(roomCommand.safeParse({ type, id: 1 }).success).toBe(false);
    }
  });
});

describe("text that reaches a room by HTTP", () => {
  it.each([
    ["U+0000, at which SQLite's JSON stops", "a\0b"],
    ["a lone surrogate, which has no UTF-8", "a\ud800b"],
  ])("is refused with %s, as in frames", (_, text) => {
    expect(filledText(100).safeParse(text).success).toBe(false);
  });
});
