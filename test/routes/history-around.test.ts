/** `GET /v1/rooms/{id}/messages?around=`: a jump to a message or to a date, with the same page wherever its rows are. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { type HistoryAnswer, historyAnswer, type RoomAnswer } from "../../schema/api/rooms.ts";
import { archiveThrough } from "../support/archived.ts";
import { fillRoom } from "../support/filled-room.ts";
import { call, enter, groupOf, pathsOf, type SignedIn, signIn } from "../support/http.ts";

/** 100 messages, one a minute from here on: number n at 23:29 + n minutes. */
const SINCE = Date.UTC(2026, 3, 30, 23, 30);
const MESSAGES = 100;
const FIRST_OF_MAY = 31;

let minji: SignedIn;
let room: RoomAnswer;

beforeAll(async () => {
  minji = await signIn("Minji");
  room = await groupOf([minji]);
  await fillRoom(room.id, { messages: MESSAGES, senderId: minji.user.id, since: SINCE });
});

const ask = (query: string, { id } = room) => call("GET", `/v1/rooms/${id}/messages?${query}`, { token: minji.token });

async function page(query: string, ofRoom = room): Promise<HistoryAnswer> {
  const response = await ask(query, ofRoom);
  expect(response.status).toBe(200);
  return historyAnswer.parse(await response.json());
}

const idsOf = ({ items }: HistoryAnswer) => items.map(({ id }) => id);
const down = (newest: number, oldest: number) =>
  Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);

test("a number: that message in the middle, newest first, and where to go on in both directions", async () => {
  const found = await page("around=50&limit=5");
  expect(idsOf(found)).toEqual([52, 51, 50, 49, 48]);
  expect(found).toMatchObject({ around: 50, nextCursor: 48, previousCursor: 52 });
  expect(idsOf(await page(`before=${found.nextCursor}&limit=2`))).toEqual([47, 46]);
  expect(idsOf(await page(`after=${found.previousCursor}&limit=2`))).toEqual([53, 54]);
});

test.each<[query: string, around: number]>([
  ["2026-05-01", FIRST_OF_MAY],
  ["2026-05-01T00:00:00Z", FIRST_OF_MAY],
  ["2026-05-01T09:00:00%2B09:00", FIRST_OF_MAY],
  ["2026-05-01T09:00:00+09:00", FIRST_OF_MAY],
  ["2026-04-30T19:00:00-05:00", FIRST_OF_MAY],
  ["2026-05-01T00:00:00.001Z", FIRST_OF_MAY + 1],
  ["2026-04-30T23:59:01Z", FIRST_OF_MAY],
])("%s finds the first message at or after it", async (around, id) => {
  expect(await page(`around=${around}&limit=5`)).toMatchObject({ around: id, items: { length: 5, 2: { id } } });
});

test("before the first message it is the oldest page, after the last one and past the last number the newest", async () => {
  const oldest = await page("around=2020-01-01&limit=7");
  expect(idsOf(oldest)).toEqual(down(7, 1));
  expect(oldest).toMatchObject({ around: 1, nextCursor: null, previousCursor: 7 });
  for (const query of ["around=2030-01-01&limit=7", "around=5000&limit=7"]) {
    const newest = await page(query);
    expect(idsOf(newest)).toEqual(down(100, 94));
    expect(newest).toMatchObject({ around: 100, nextCursor: 94, previousCursor: null });
  }
});

test("a room that is smaller than the page is all there; in an empty one nothing is found", async () => {
  expect(await page("around=2026-05-01&limit=100")).toMatchObject({ nextCursor: null, previousCursor: null });
  const empty = await groupOf([minji]);
  const nothing = { items: [], nextCursor: null, previousCursor: null, around: null };
  expect(await page("around=1", empty)).toEqual(nothing);
  expect(await page("around=2026-05-01", empty)).toEqual(nothing);
});

test("from a jump, the whole room is walked to both ends, each message once", async () => {
  const middle = await page("around=2026-05-01&limit=9");
  const seen = idsOf(middle);
  for (let { nextCursor } = middle; nextCursor !== null; ) {
    const older = await page(`before=${nextCursor}&limit=9`);
    seen.push(...idsOf(older));
    nextCursor = older.nextCursor;
  }
  for (let after = middle.previousCursor; after !== null; ) {
    const newer = await page(`after=${after}&limit=9`);
    seen.unshift(...idsOf(newer).toReversed());
    after = newer.nextCursor;
  }
  expect(seen).toEqual(down(MESSAGES, 1));
});

test.each([
  "around=",
  "around=0",
  "around=-1",
  "around=1.5",
  "around=yesterday",
  "around=2026-13-01",
  "around=2026-02-30",
  "around=2026-5-1",
  "around=2026-05-01T09:00:00",
  "around=2026-05-01T25:00:00Z",
  "around=99999999999999999",
])("refuses %s, and says that it is `around`", async (query) => {
  const response = await ask(query);
  expect(response.status).toBe(400);
  expect(await pathsOf(response)).toEqual(["around"]);
});

test.each(["around=5&before=7", "around=5&after=2", "around=2026-05-01&before=7&after=2"])(
  "refuses %s: one place at a time",
  async (query) => expect((await ask(query)).status).toBe(400),
);

describe("across the seam of the archive", () => {
  const QUERIES = [
    "around=50&limit=20",
    "around=2026-05-01&limit=20",
    "limit=100",
    "after=45&limit=10",
    "before=56&limit=10",
  ];

  test("every page is what it was before, also where a message was changed since", async () => {
    const before = await Promise.all(QUERIES.map((query) => page(query)));
    await roomObject(env, room.id).flush();
    await archiveThrough(room.id, 50);
    expect(await Promise.all(QUERIES.map((query) => page(query)))).toEqual(before);

    await (await enter(room.id, minji)).request({ type: "message.edit", id: 49, content: "changed in the archive" });
    const changed = await Promise.all(QUERIES.map((query) => page(query)));
    expect(changed[0]?.items.find(({ id }) => id === 49)).toMatchObject({ content: "changed in the archive", rev: 1 });
    await roomObject(env, room.id).flush();
    expect(await Promise.all(QUERIES.map((query) => page(query)))).toEqual(changed);
  });
});
