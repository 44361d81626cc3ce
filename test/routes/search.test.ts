/** `GET /v1/search/messages`: what is found, and what is not. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { BOOKMARK_HEADER } from "../../schema/api/bookmark.ts";
import { historyAnswer } from "../../schema/api/rooms.ts";
import { call, enter, groupOf, type SignedIn, say, signIn, signInMany } from "../support/http.ts";
import { roomStub } from "../support/rooms.ts";
import { ask, fill, found, indexMessages, keysOf, putMessages, putRoom, saidBy, textsOf } from "../support/search.ts";

describe("words", () => {
  let minji: SignedIn;
  const said = [
    "학교에서 공부했어요",
    "학생이 학교를 좋아해요",
    "I love learning Korean",
    "Korean learning is hard",
    "東京に行きました",
    "我喜欢学习汉语",
    "thumbs 👍🏽 up",
    "3.14 is not 314",
    "Café au lait",
  ];

  beforeAll(async () => {
    minji = await signIn("Minji");
    await fill(await putRoom(minji), saidBy(minji, said));
  });

  test.each([
    ["two syllables, wherever they stand", "학교", ["학생이 학교를 좋아해요", "학교에서 공부했어요"]],
    ["one syllable", "학", ["학생이 학교를 좋아해요", "학교에서 공부했어요"]],
    ["all words, in any order", "korean learn", ["Korean learning is hard", "I love learning Korean"]],
    ["an exact phrase", '"learning korean"', ["I love learning Korean"]],
    ["a word without another", "korean -hard", ["I love learning Korean"]],
    ["the beginning of a Latin word", "lov", ["I love learning Korean"]],
    ["Japanese", "東京", ["東京に行きました"]],
    ["Chinese, one character", "汉", ["我喜欢学习汉语"]],
    ["an emoji in another tone", "👍", ["thumbs 👍🏽 up"]],
    ["a number", "3.14", ["3.14 is not 314"]],
    ["without accents", "cafe", ["Café au lait"]],
    ["in capitals", "CAFÉ", ["Café au lait"]],
  ])("%s", async (_, q, texts) => {
    const answer = await found(minji, { q });
    expect([...textsOf(answer)].sort()).toEqual([...texts].sort());
    expect(answer).toMatchObject({ nextCursor: null, match: "all", isCut: false });
  });

  test("marks what matches, as offsets of the text as it was written", async () => {
    const { items } = await found(minji, { q: "학교" });
    const marked = items.map(({ message: { content }, highlights }) =>
      highlights.map(([a, b]) => content?.slice(a, b)),
    );
    expect(marked).toEqual([["학교"], ["학교"]]);
  });

  test("finds what holds some of the words where nothing holds all, and says so", async () => {
    const answer = await found(minji, { q: "korean 東京 zebra" });
    expect(answer.match).toBe("any");
    expect([...textsOf(answer)].sort()).toEqual(
      ["I love learning Korean", "Korean learning is hard", "東京に行きました"].sort(),
    );
    expect(await found(minji, { q: "zebra" })).toEqual({ items: [], nextCursor: null, match: "all", isCut: false });
  });

  test("puts what holds more of the words first, then the newest", async () => {
    const answer = await found(minji, { q: "love korean zebra" });
    expect(textsOf(answer)).toEqual(["I love learning Korean", "Korean learning is hard"]);
  });

  test("nothing that could be looked for finds nothing", async () => {
    for (const q of ["", "   ", "-korean", '""', "!?", "\u0000"]) {
      expect(await found(minji, { q })).toMatchObject({ items: [], nextCursor: null });
    }
  });
});

test("two equally good messages come newest first, a better one before both", async () => {
  const minji = await signIn("Minji");
  const texts = ["an apple for you", "an apple for him", "apple apple pie"];
  await fill(await putRoom(minji), saidBy(minji, texts));
  expect(textsOf(await found(minji, { q: "apple" }))).toEqual([...texts].reverse());
});

describe("corrections", () => {
  let minji: SignedIn;
  beforeAll(async () => {
    minji = await signIn("Minji");
    const [message] = saidBy(minji, ["I have went there"]);
    if (message) await fill(await putRoom(minji), [{ ...message, corrections: ["I went there", "I have gone there"] }]);
  });

  test("are found, and marked where they match", async () => {
    const { items } = await found(minji, { q: "gone" });
    expect(items).toMatchObject([{ highlights: [], corrections: [{ index: 1, highlights: [[7, 11]] }] }]);
  });

  test("are found together with words of the message, which is marked as well", async () => {
    const { items } = await found(minji, { q: "have gone" });
    expect(items).toMatchObject([
      {
        highlights: [[2, 6]],
        corrections: [
          {
            index: 1,
            highlights: [
              [2, 6],
              [7, 11],
            ],
          },
        ],
      },
    ]);
  });

  test("are parted from each other and from the message: no phrase crosses", async () => {
    expect((await found(minji, { q: '"there I"' })).match).toBe("any");
    expect((await found(minji, { q: "went -gone" })).items).toEqual([]);
  });
});

describe("filters", () => {
  let [minji, tom]: SignedIn[] = [];
  let rooms: number[] = [];
  const day = (number: number) => Date.UTC(2026, 0, number);

  beforeAll(async () => {
    [minji, tom] = await signInMany("Minji", "Tom");
    rooms = [await putRoom(minji, tom), await putRoom(minji)];
    for (const roomId of rooms) {
      const said = Array.from({ length: 8 }, (_, index) => ({
        id: index + 1,
        senderId: (index % 2 === 0 ? minji : tom)?.user.id ?? 0,
        content: `apple ${index + 1}`,
        createdAt: day(index + 1),
      }));
      await fill(roomId, said);
    }
  });

  const numbers = async (parameters: Readonly<Record<string, string | number>>) => {
    if (!minji) throw new Error("nobody");
    const { items } = await found(minji, { q: "apple", ...parameters });
    return items.map(({ message }) => message.id);
  };

  test("by sender", async () => {
    expect(await numbers({ senderId: tom?.user.id ?? 0 })).toEqual([8, 8, 6, 6, 4, 4, 2, 2]);
    expect(await numbers({ senderId: 999_999 })).toEqual([]);
  });

  test("by room", async () => {
    expect(await numbers({ roomId: rooms[1] ?? 0 })).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test.each([
    ["from a day on, its first moment included", { from: "2026-01-07" }, [8, 8, 7, 7]],
    ["before a day", { to: "2026-01-03" }, [2, 2, 1, 1]],
    [
      "between two times, the first included, the second not",
      { from: "2026-01-03T00:00:00Z", to: "2026-01-05T00:00:00.000Z" },
      [4, 4, 3, 3],
    ],
    ["a time with an offset from UTC", { from: "2026-01-08T09:00:00+09:00" }, [8, 8]],
    ["a time right after a message", { from: "2026-01-07T00:00:00.001Z" }, [8, 8]],
    ["before everything", { to: "2025-12-31" }, []],
    ["after everything", { from: "2026-02-01" }, []],
    ["from after to", { from: "2026-01-05", to: "2026-01-03" }, []],
    [
      "further than there are times",
      { from: "0001-01-01", to: "9999-12-31" },
      [8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1],
    ],
  ])("by time: %s", async (_, parameters, ids) => {
    expect(await numbers(parameters)).toEqual(ids);
  });

  test("all of them together, with a gap where the database lacks a message", async () => {
    await env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id = 4").bind(rooms[0]).run();
    const filters = { senderId: tom?.user.id ?? 0, roomId: rooms[0] ?? 0, from: "2026-01-04", to: "2026-01-07" };
    expect(await numbers(filters)).toEqual([6]);
  });
});

describe("whose messages", () => {
  test("only those of rooms in which the caller is a participant now", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const [hers, his, both] = [await putRoom(minji), await putRoom(tom), await putRoom(minji, tom)];
    for (const roomId of [hers, his, both]) await fill(roomId, saidBy(tom, ["apple"]));
    expect(keysOf(await found(minji, { q: "apple" })).sort()).toEqual([`${hers}:1`, `${both}:1`].sort());
    expect(keysOf(await found(minji, { q: "apple", roomId: his }))).toEqual([]);
    await env.DB.prepare("UPDATE chat_participants SET is_active = 0 WHERE room_id = ? AND user_id = ?")
      .bind(both, minji.user.id)
      .run();
    expect(keysOf(await found(minji, { q: "apple" }))).toEqual([`${hers}:1`]);
  });

  test("a room of others is an empty page, like one that does not exist", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const his = await putRoom(tom);
    await fill(his, saidBy(tom, ["apple"]));
    const nothing = { items: [], nextCursor: null, match: "all", isCut: false };
    for (const roomId of [his, 999_999_999, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      expect(await found(minji, { q: "apple", roomId })).toEqual(nothing);
    }
  });
});

describe("an index that is behind", () => {
  let minji: SignedIn;
  let roomId: number;

  beforeAll(async () => {
    minji = await signIn("Minji");
    roomId = await putRoom(minji);
    const said = saidBy(minji, ["apple one", "apple two", "apple three", "apple four", "apple five"]);
    await indexMessages(roomId, said);
    await putMessages(roomId, said.slice(0, 4));
  });

  test("shows no message that the main database lacks", async () => {
    expect(textsOf(await found(minji, { q: "apple" }))).toEqual([
      "apple four",
      "apple three",
      "apple two",
      "apple one",
    ]);
  });

  test("shows nothing of a text that was edited, deleted, or that the service wrote", async () => {
    const change = (set: string, id: number) =>
      env.DB.prepare(`UPDATE chat_messages SET ${set} WHERE room_id = ? AND id = ?`).bind(roomId, id).run();
    await change("content = 'pear', is_edited = 1, edited_at = 1795394042026, rev = 1", 1);
    await change("content = NULL, is_deleted = 1, rev = 2", 2);
    await change("message_type = 'SYSTEM'", 3);
    expect(textsOf(await found(minji, { q: "apple" }))).toEqual(["apple four"]);
    expect(await found(minji, { q: "two" })).toMatchObject({ items: [], nextCursor: null });
  });

  test("does not show a message of somebody else as one of this sender", async () => {
    await env.DB.prepare("UPDATE chat_messages SET sender_id = sender_id + 1 WHERE room_id = ? AND id = 4")
      .bind(roomId)
      .run();
    expect(keysOf(await found(minji, { q: "four", senderId: minji.user.id }))).toEqual([]);
  });
});

test("archived messages are found as the others are, by time as well", async () => {
  const minji = await signIn("Minji");
  const roomId = await putRoom(minji);
  const said = saidBy(minji, ["apple 1", "apple 2", "apple 3", "apple 4", "apple 5", "apple 6"]);
  await putMessages(roomId, said.slice(0, 3), "chat_messages_archive");
  await putMessages(roomId, said.slice(3));
  await indexMessages(roomId, said);
  expect(textsOf(await found(minji, { q: "apple" }))).toEqual(said.map(({ content }) => content).reverse());
  const from = new Date(said[1]?.createdAt ?? 0).toISOString();
  const to = new Date(said[4]?.createdAt ?? 0).toISOString();
  expect(textsOf(await found(minji, { q: "apple", from, to }))).toEqual(["apple 4", "apple 3", "apple 2"]);
});

test("messages and answers carry the bookmark of the main database", async () => {
  const minji = await signIn("Minji");
  const roomId = await putRoom(minji);
  await fill(roomId, saidBy(minji, ["apple"]));
  const first = await ask(minji, { q: "apple" });
  const bookmark = first.headers.get(BOOKMARK_HEADER) ?? "";
  expect(bookmark).toMatch(/^[0-9a-f-]{59}$/);
  const { items } = await found(minji, { q: "apple" }, { headers: { [BOOKMARK_HEADER]: bookmark } });
  expect(items).toMatchObject([
    { message: { roomId, id: 1, senderId: minji.user.id, reactions: [], corrections: [], rev: 0 } },
  ]);
});

test("what is said in a room is found once it is flushed, and as it was edited and corrected since", async () => {
  const [minji, tom] = await signInMany("Minji", "Tom");
  const room = await groupOf([minji, tom]);
  const [hers, his] = [await enter(room.id, minji), await enter(room.id, tom)];
  await say(hers, "I have went to Busan", "부산에 갔어요", "secret");
  await roomStub(room.id).flush();
  const [first] = (await found(tom, { q: "부산" })).items;
  expect(first).toMatchObject({ message: { id: 2, content: "부산에 갔어요" }, highlights: [[0, 2]] });

  await his.request({ type: "message.correct", id: 1, corrected: "I have been to Busan", note: null });
  await hers.request({ type: "message.edit", id: 2, content: "서울에 갔어요" });
  await hers.request({ type: "message.delete", id: 3 });
  await roomStub(room.id).flush();
  expect((await found(tom, { q: "부산" })).items).toEqual([]);
  expect(textsOf(await found(tom, { q: "서울" }))).toEqual(["서울에 갔어요"]);
  expect((await found(tom, { q: "secret" })).items).toEqual([]);
  expect((await found(minji, { q: "been" })).items).toMatchObject([
    { message: { id: 1 }, corrections: [{ index: 0 }] },
  ]);
  const history = await call("GET", `/v1/rooms/${room.id}/messages`, { token: tom.token });
  const { items } = historyAnswer.parse(await history.json());
  expect((await found(tom, { q: "서울" })).items[0]?.message).toEqual(items.find(({ id }) => id === 2));
});
