/** `GET /v1/rooms/{id}/messages`: every page as the room is now, wherever its rows are. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { type HistoryAnswer, historyAnswer, type RoomAnswer } from "../../schema/api/rooms.ts";
import { call, enter, groupOf, type SignedIn, say, signIn } from "../support/http.ts";

async function page(roomId: number, caller: SignedIn, query = ""): Promise<HistoryAnswer> {
  const response = await call("GET", `/v1/rooms/${roomId}/messages${query}`, { token: caller.token });
  expect(response.status).toBe(200);
  return historyAnswer.parse(await response.json());
}

const idsOf = ({ items }: HistoryAnswer) => items.map(({ id }) => id);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("a room of 25 messages, ten of them flushed and one of those edited since", () => {
  let minji: SignedIn;
  let tom: SignedIn;
  let room: RoomAnswer;

  beforeAll(async () => {
    minji = await signIn("Minji");
    tom = await signIn("Tom");
    room = await groupOf([minji, tom]);
    const socket = await enter(room.id, minji);
    await say(socket, ...range(1, 10).map((number) => `${number}번째`));
    await roomObject(env, room.id).flush();
    await socket.request({ type: "message.edit", id: 4, content: "네 번째" });
    await say(socket, ...range(11, 25).map((number) => `${number}번째`));
  });

  test("is read newest first, as it is now", async () => {
    const all = await page(room.id, tom);
    expect(idsOf(all)).toEqual(range(1, 25).reverse());
    expect(all.nextCursor).toBeNull();
    expect(all.items.find(({ id }) => id === 4)).toMatchObject({ content: "네 번째", isEdited: true, rev: 1 });
    expect(all.items.find(({ id }) => id === 5)).toMatchObject({
      content: "5번째",
      isEdited: false,
      rev: 0,
      senderId: minji.user.id,
    });
  });

  test("is walked backwards page by page, each message once", async () => {
    const seen: number[] = [];
    let cursor: number | null = null;
    do {
      const answer: HistoryAnswer = await page(room.id, tom, `?limit=7${cursor === null ? "" : `&before=${cursor}`}`);
      seen.push(...idsOf(answer));
      cursor = answer.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(range(1, 25).reverse());
  });

  test("is walked forwards with `after`, oldest first", async () => {
    const seen: number[] = [];
    let cursor: number | null = 0;
    do {
      const answer: HistoryAnswer = await page(room.id, tom, `?limit=7&after=${cursor}`);
      seen.push(...idsOf(answer));
      cursor = answer.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(range(1, 25));
  });

  test("has nothing before its first message and nothing after its last", async () => {
    expect(await page(room.id, tom, "?before=1")).toEqual({ items: [], nextCursor: null, previousCursor: 0 });
    for (const query of ["?after=25", "?after=1000"]) {
      expect(await page(room.id, tom, query)).toEqual({ items: [], nextCursor: null, previousCursor: 26 });
    }
  });

  test("is read back from any page to where it came from", async () => {
    const older = await page(room.id, tom, "?before=15&limit=5");
    expect(older).toMatchObject({ nextCursor: 10, previousCursor: 14 });
    const newer = await page(room.id, tom, `?after=${older.previousCursor}&limit=5`);
    expect(idsOf(newer)).toEqual(range(15, 19));
    expect(newer).toMatchObject({ nextCursor: 19, previousCursor: 15 });
    expect(idsOf(await page(room.id, tom, `?before=${newer.previousCursor}&limit=5`))).toEqual(idsOf(older));
  });

  test("is the same after a flush, row by row", async () => {
    const before = await page(room.id, tom);
    await roomObject(env, room.id).flush();
    const { results } = await env.DB.prepare("SELECT id FROM chat_messages WHERE room_id = ?").bind(room.id).all();
    expect(results).toHaveLength(25);
    expect(await page(room.id, tom)).toEqual(before);
  });

  test.each([
    "?limit=0",
    "?limit=101",
    "?limit=x",
    "?before=0",
    "?before=abc",
    "?after=-1",
    "?before=5&after=2",
    "?before=1.5",
  ])("refuses %s", async (query) => {
    const response = await call("GET", `/v1/rooms/${room.id}/messages${query}`, { token: tom.token });
    expect(response.status).toBe(400);
  });
});

test("a deleted message keeps its place without its content, before and after the flush", async () => {
  const minji = await signIn("Minji");
  const room = await groupOf([minji]);
  const socket = await enter(room.id, minji);
  await say(socket, "one", "two");
  await roomObject(env, room.id).flush();
  await socket.request({ type: "message.delete", id: 1 });
  const before = await page(room.id, minji);
  expect(before.items[1]).toMatchObject({ id: 1, content: null, isDeleted: true });
  await roomObject(env, room.id).flush();
  expect(await page(room.id, minji)).toEqual(before);
});

test("reactions, corrections and replies come back from D1 as they were sent", async () => {
  const [minji, tom] = [await signIn("Minji"), await signIn("Tom")];
  const room = await groupOf([minji, tom]);
  const [hers, his] = [await enter(room.id, minji), await enter(room.id, tom)];
  await say(hers, "I have went there");
  await his.request({ type: "message.correct", id: 1, corrected: "I have been there", note: "present perfect" });
  await his.request({ type: "reaction.add", id: 1, emoji: "👍" });
  await his.request({
    type: "message.send",
    clientId: "reply-1",
    content: "Did you?",
    replyToId: 1,
  });
  const live = await page(room.id, minji);
  await roomObject(env, room.id).flush();
  const flushed = await page(room.id, minji);
  expect(flushed).toEqual(live);
  expect(flushed.items).toMatchObject([
    { id: 2, content: "Did you?", clientId: "reply-1", replyToId: 1, fileMetadata: null },
    {
      id: 1,
      reactions: [{ emoji: "👍", userIds: [tom.user.id] }],
      corrections: [{ userId: tom.user.id, corrected: "I have been there", note: "present perfect" }],
      rev: 2,
    },
  ]);
});

test("a file's metadata comes back as the JSON that it was", async () => {
  const minji = await signIn("Minji");
  const room = await groupOf([minji]);
  await say(await enter(room.id, minji), "a photo");
  await roomObject(env, room.id).flush();
  const fileMetadata = { width: 640, tags: ["바다", null] };
  await env.DB.prepare("UPDATE chat_messages SET message_type = 'IMAGE', file_metadata = ? WHERE room_id = ?")
    .bind(JSON.stringify(fileMetadata), room.id)
    .run();
  expect((await page(room.id, minji)).items).toMatchObject([{ messageType: "IMAGE", fileMetadata }]);
});
