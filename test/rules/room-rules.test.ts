import { describe, expect, test } from "vitest";
import {
  decideCorrect,
  decideDelete,
  decideEdit,
  decideReaction,
  decideRead,
  decideSend,
  type SendFacts,
  sendBody,
} from "../../objects/chat-room/rules.ts";
import type { MediaFile } from "../../schema/media.ts";
import { type RoomCommand, roomCommand } from "../../schema/protocol/room/client-frames.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";

const NOW = "2026-11-22T09:30:00.000Z";
const [MINA, TOM, ADMIN] = [1, 2, 3];
const OPEN = { roomType: "GROUP", isActive: true } as const;
const CLOSED = { roomType: "GROUP", isActive: false } as const;

type Of<Type extends RoomCommand["type"]> = Extract<RoomCommand, { type: Type }>;

/** A command as it comes out of its schema. */
function command<Type extends RoomCommand["type"]>(type: Type, fields: object): Of<Type> {
  // Safe: the schema of this type made it.
  return roomCommand.parse({ type, ...fields }) as Of<Type>;
}

function person(userId: number, role: "ADMIN" | "MEMBER" = "MEMBER") {
  return { userId, role, isActive: true, joinedAt: 0, lastReadMessageId: 0 };
}

/** Mina's message. */
function message(fields: Partial<Message> = {}): Message {
  return {
    id: 5,
    roomId: 9,
    senderId: MINA,
    messageType: "TEXT",
    content: "나는 학교에 갔어요",
    fileUrl: null,
    fileMetadata: null,
    replyToId: null,
    clientId: "c5",
    isEdited: false,
    editedAt: null,
    isDeleted: false,
    createdAt: NOW,
    reactions: [],
    corrections: [],
    rev: 0,
    ...fields,
  };
}

const DELETED = { isDeleted: true, content: null } as const;
const refused = (error: string) => ({ ok: false, error });
const decided = (value: unknown) => ({ ok: true, value });

describe("sending", () => {
  const facts = (fields: object, others: Partial<SendFacts> = {}): SendFacts => ({
    room: OPEN,
    command: command("message.send", { clientId: "c1", content: "안녕", ...fields }),
    replyToExists: true,
    claim: null,
    roomId: 9,
    senderId: MINA,
    now: Date.parse(NOW),
    ...others,
  });
  const text = { messageType: "TEXT", content: "안녕", fileUrl: null, fileMetadata: null };
  const file: MediaFile = {
    key: "message/1/x",
    ownerId: MINA,
    purpose: "message",
    contentType: "image/png",
    sizeBytes: 70,
    width: 6,
    height: 4,
    durationMs: null,
    fileName: null,
  };
  const metadata = { contentType: "image/png", sizeBytes: 70, width: 6, height: 4 };
  const picture = { messageType: "IMAGE", fileUrl: "/v1/media/message/1/x", fileMetadata: metadata };
  const claimed = (change: Partial<MediaFile> = {}, until = Date.parse(NOW) + 1): Partial<SendFacts> => ({
    claim: { file: { ...file, ...change }, roomId: 9, until },
  });
  const image = { messageType: "IMAGE", fileUrl: "/v1/media/message/1/x?claim=y" };

  test.each([
    ["a text", facts({}), decided(text)],
    ["a reply to what is there", facts({ replyToId: 3 }), decided(text)],
    ["a reply to what is not there", facts({ replyToId: 3 }, { replyToExists: false }), refused("not_found")],
    ["a text into a closed room", facts({}, { room: CLOSED }), refused("gone")],
    ["nothing", facts({ content: null }), refused("invalid_frame")],
    ["a picture that was never uploaded", facts({ messageType: "IMAGE", content: null }), refused("not_found")],
    ["a text with a file that was never uploaded", facts({ fileUrl: "/v1/media/x" }), refused("not_found")],
    ["a picture with words", facts(image, claimed()), decided({ ...picture, content: "안녕" })],
    ["a picture without words", facts({ ...image, content: null }, claimed()), decided({ ...picture, content: null })],
    [
      "a picture of which the sender says what they like",
      facts({ ...image, fileMetadata: { width: 1, contentType: "text/html" } }, claimed()),
      decided({ ...picture, content: "안녕" }),
    ],
    [
      "a picture as a file",
      facts({ ...image, messageType: "FILE" }, claimed()),
      decided({ ...picture, messageType: "FILE", content: "안녕" }),
    ],
    [
      "a voice",
      facts({ ...image, messageType: "VOICE" }, claimed({ purpose: "voice" })),
      expect.objectContaining({ ok: true }),
    ],
    ["a picture as a voice", facts({ ...image, messageType: "VOICE" }, claimed()), refused("invalid_frame")],
    [
      "a voice as a file",
      facts({ ...image, messageType: "FILE" }, claimed({ purpose: "voice" })),
      refused("invalid_frame"),
    ],
    ["a document as a picture", facts(image, claimed({ contentType: "application/pdf" })), refused("invalid_frame")],
    ["a picture as a text", facts({ ...image, messageType: "TEXT" }, claimed()), refused("invalid_frame")],
    ["somebody else's picture", facts(image, claimed({ ownerId: TOM })), refused("not_found")],
    ["a picture for another room", facts(image, { ...claimed(), roomId: 10 }), refused("not_found")],
    ["a picture of days ago", facts(image, claimed({}, Date.parse(NOW))), refused("gone")],
    ["a picture into a closed room", facts(image, { ...claimed(), room: CLOSED }), refused("gone")],
    [
      "a picture in reply to nothing",
      facts({ ...image, replyToId: 3 }, { ...claimed(), replyToExists: false }),
      refused("not_found"),
    ],
  ])("%s", (_, given, expected) => {
    expect(decideSend(given)).toEqual(expected);
  });

  test("is the same send where its body is, whatever else differs", () => {
    const body = (fields: object): string => sendBody(facts(fields).command);
    expect(body({ clientId: "c2", ref: 7 })).toBe(body({}));
    expect(body({ fileUrl: null, replyToId: null, fileMetadata: null })).toBe(body({}));
    // What a client says of a file is not kept.
    expect(body({ fileMetadata: { width: 3 } })).toBe(body({}));
    expect(body({ fileUrl: "x", fileMetadata: { width: 3 } })).toBe(body({ fileUrl: "x" }));
    // Nor is what was signed into its address.
    expect(body({ fileUrl: "x?claim=1" })).toBe(body({ fileUrl: "x?claim=2" }));
    expect(body({ fileUrl: "x?claim=1" })).toBe(body({ fileUrl: "x" }));
    const bodies = [
      {},
      { content: "안녕!" },
      { replyToId: 1 },
      { messageType: "VOICE" },
      { fileUrl: "x" },
      { fileUrl: "y" },
    ];
    expect(new Set(bodies.map(body)).size).toBe(bodies.length);
  });
});

describe("editing", () => {
  const edit = (content: string, facts: object = {}) =>
    decideEdit({
      room: OPEN,
      message: message(),
      caller: person(MINA),
      command: command("message.edit", { id: 5, content }),
      now: NOW,
      ...facts,
    });

  test.each([
    ["one's own", edit("새 글"), decided({ content: "새 글", isEdited: true, editedAt: NOW })],
    ["to what it says already", edit("나는 학교에 갔어요"), decided(null)],
    ["somebody else's", edit("x", { caller: person(TOM) }), refused("forbidden")],
    ["somebody else's as ADMIN", edit("x", { caller: person(ADMIN, "ADMIN") }), refused("forbidden")],
    ["a SYSTEM message", edit("x", { message: message({ messageType: "SYSTEM" }) }), refused("forbidden")],
    ["what is not there", edit("x", { message: undefined }), refused("not_found")],
    ["what was deleted", edit("x", { message: message(DELETED) }), refused("gone")],
    ["in a closed room", edit("x", { room: CLOSED }), refused("gone")],
  ])("%s", (_, decision, expected) => {
    expect(decision).toEqual(expected);
  });
});

describe("deleting", () => {
  const emptied = { content: null, fileUrl: null, fileMetadata: null, isDeleted: true, reactions: [], corrections: [] };
  const remove = (facts: object = {}) =>
    decideDelete({
      room: OPEN,
      message: message(),
      caller: person(MINA),
      command: command("message.delete", { id: 5 }),
      now: NOW,
      ...facts,
    });

  test.each([
    ["one's own empties it", remove(), decided(emptied)],
    ["as ADMIN", remove({ caller: person(ADMIN, "ADMIN") }), decided(emptied)],
    ["also in a closed room", remove({ room: CLOSED }), decided(emptied)],
    ["somebody else's", remove({ caller: person(TOM) }), refused("forbidden")],
    ["what was deleted already", remove({ message: message(DELETED) }), decided(null)],
    [
      "somebody else's that was deleted",
      remove({ caller: person(TOM), message: message(DELETED) }),
      refused("forbidden"),
    ],
    ["what is not there", remove({ message: undefined }), refused("not_found")],
  ])("%s", (_, decision, expected) => {
    expect(decision).toEqual(expected);
  });
});

describe("correcting", () => {
  const mine = { userId: TOM, corrected: "학교에 갔다 왔어요", note: "자연스러워요", createdAt: NOW };
  const others = Array.from({ length: 20 }, (_, index) => ({ ...mine, userId: 100 + index }));
  const correct = (fields: object, facts: object = {}) =>
    decideCorrect({
      room: OPEN,
      message: message(),
      caller: person(TOM),
      command: command("message.correct", { id: 5, corrected: mine.corrected, note: mine.note, ...fields }),
      now: NOW,
      ...facts,
    });

  test.each([
    ["somebody else's", correct({}), decided({ corrections: [mine] })],
    ["without a note", correct({ note: null }), decided({ corrections: [{ ...mine, note: null }] })],
    ["a file's text", correct({}, { message: message({ messageType: "IMAGE" }) }), decided({ corrections: [mine] })],
    ["with the same words again", correct({}, { message: message({ corrections: [mine] }) }), decided(null)],
    [
      "with better words, in place of the earlier ones",
      correct({ corrected: "다녀왔어요" }, { message: message({ corrections: [mine, ...others.slice(1)] }) }),
      decided({ corrections: [...others.slice(1), { ...mine, corrected: "다녀왔어요" }] }),
    ],
    ["as the twenty-first", correct({}, { message: message({ corrections: others }) }), refused("conflict")],
    ["into what it says already", correct({ corrected: "나는 학교에 갔어요" }), refused("conflict")],
    ["one's own", correct({}, { caller: person(MINA) }), refused("forbidden")],
    ["a SYSTEM message", correct({}, { message: message({ messageType: "SYSTEM" }) }), refused("forbidden")],
    ["a file without text", correct({}, { message: message({ content: null }) }), refused("forbidden")],
    ["what is not there", correct({}, { message: undefined }), refused("not_found")],
    ["what was deleted", correct({}, { message: message(DELETED) }), refused("gone")],
    ["in a closed room", correct({}, { room: CLOSED }), refused("gone")],
  ])("%s", (_, decision, expected) => {
    expect(decision).toEqual(expected);
  });
});

describe("reacting", () => {
  const people = (count: number, from = 100): number[] => Array.from({ length: count }, (_, index) => from + index);
  const kinds = [..."😀😃😄😁😆😅😂🤣😊😇🙂🙃😉😌😍🥰😘😗😙😚"].map((emoji, index) => ({
    emoji,
    userIds: [100 + index],
  }));
  const react = (type: "reaction.add" | "reaction.remove", reactions: Message["reactions"], facts: object = {}) =>
    decideReaction({
      room: OPEN,
      message: message({ reactions }),
      caller: person(TOM),
      command: command(type, { id: 5, emoji: "👍" }),
      now: NOW,
      ...facts,
    });
  const thumbs = (...userIds: number[]) => ({ emoji: "👍", userIds });
  const heart = { emoji: "❤️", userIds: [TOM] };

  test.each([
    ["as the first", react("reaction.add", []), decided({ reactions: [thumbs(TOM)] })],
    ["beside another emoji", react("reaction.add", [heart]), decided({ reactions: [heart, thumbs(TOM)] })],
    [
      "as the next one",
      react("reaction.add", [thumbs(MINA), heart]),
      decided({ reactions: [thumbs(MINA, TOM), heart] }),
    ],
    ["twice", react("reaction.add", [thumbs(TOM)]), decided(null)],
    [
      "to one's own message",
      react("reaction.add", [], { caller: person(MINA) }),
      decided({ reactions: [thumbs(MINA)] }),
    ],
    ["with the 21st emoji", react("reaction.add", kinds), refused("conflict")],
    [
      "with one of twenty emoji",
      react("reaction.add", [...kinds.slice(1), thumbs(MINA)]),
      decided({ reactions: [...kinds.slice(1), thumbs(MINA, TOM)] }),
    ],
    [
      "as the 500th",
      react("reaction.add", [thumbs(...people(499))]),
      decided({ reactions: [thumbs(...people(499), TOM)] }),
    ],
    ["as the 501st", react("reaction.add", [thumbs(...people(500))]), refused("conflict")],
    [
      "taking it back",
      react("reaction.remove", [thumbs(MINA, TOM), heart]),
      decided({ reactions: [thumbs(MINA), heart] }),
    ],
    ["taking the last one back", react("reaction.remove", [thumbs(TOM)]), decided({ reactions: [] })],
    ["taking back what is not there", react("reaction.remove", [thumbs(MINA)]), decided(null)],
    ["taking back another emoji", react("reaction.remove", [heart]), decided(null)],
    ["to what is not there", react("reaction.add", [], { message: undefined }), refused("not_found")],
    ["to what was deleted", react("reaction.add", [], { message: message(DELETED) }), refused("gone")],
    ["taking back from what was deleted", react("reaction.remove", [], { message: message(DELETED) }), refused("gone")],
    ["in a closed room", react("reaction.add", [], { room: CLOSED }), refused("gone")],
  ])("%s", (_, decision, expected) => {
    expect(decision).toEqual(expected);
  });
});

describe("reading", () => {
  const reader = { ...person(TOM), lastReadMessageId: 4 };

  test.each([
    ["further", 5, decided(true)],
    ["to the end", 9, decided(true)],
    ["what was read", 4, decided(false)],
    ["earlier than what was read", 1, decided(false)],
    ["what was not said yet", 10, refused("not_found")],
  ])("%s", (_, id, expected) => {
    expect(decideRead(reader, id, 9)).toEqual(expected);
  });
});
