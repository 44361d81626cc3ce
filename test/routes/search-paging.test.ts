/** Pages of a search, while people go on writing: each hit once, in one order. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { SearchAnswer } from "../../schema/api/search.ts";
import {
  GROUPS_PER_WINDOW,
  HITS_PER_STATEMENT,
  hitsPerRoom,
  WINDOW_CHARACTERS,
  WINDOW_MESSAGES,
} from "../../src/search/rules.ts";
import { type SignedIn, signIn } from "../support/http.ts";
import {
  fill,
  found,
  keysOf,
  type PutMessage,
  putMessages,
  putRoom,
  type SearchParameters,
  saidBy,
} from "../support/search.ts";

/** mulberry32: the same seed tells the same story. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const START = Date.UTC(2026, 0, 1);
/** Several score alike, one does not match. */
const TEXTS = ["apple", "an apple a day", "apple apple apple", "pear", "the apple of my eye", "an apple for me"];

interface Story {
  readonly caller: SignedIn;
  readonly rooms: number[];
  readonly below: (limit: number) => number;
  readonly messages: Map<string, PutMessage & { readonly roomId: number }>;
}

async function begin(seed: number, size: { readonly rooms: number; readonly perRoom: number }): Promise<Story> {
  const caller = await signIn("Minji");
  const below = randomNumbers(seed);
  const rooms: number[] = [];
  const messages: Story["messages"] = new Map();
  for (let room = 0; room < size.rooms; room += 1) {
    const roomId = await putRoom(caller);
    rooms.push(roomId);
    let createdAt = START;
    const said = Array.from({ length: size.perRoom }, (_, index) => {
      // Many at the same moment, in one room and in several.
      createdAt += below(3);
      return { id: index + 1, senderId: caller.user.id, content: TEXTS[below(TEXTS.length)] ?? "", createdAt };
    });
    await fill(roomId, said);
    for (const message of said) messages.set(`${roomId}:${message.id}`, { ...message, roomId });
  }
  return { caller, rooms, below, messages };
}

const matching = ({ messages }: Story): string[] =>
  [...messages].filter(([, { content }]) => content?.includes("apple")).map(([key]) => key);

interface Pages {
  readonly keys: string[];
  readonly pages: number;
}

/** All pages; `between` happens after each. */
async function pagesOf(caller: SignedIn, parameters: SearchParameters, between = async () => {}): Promise<Pages> {
  const keys: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const answer: SearchAnswer = await found(caller, { ...parameters, ...(cursor !== null && { cursor }) });
    keys.push(...keysOf(answer));
    cursor = answer.nextCursor;
    pages += 1;
    if (pages > 500) throw new Error("it never ends");
    await between();
  } while (cursor !== null);
  return { keys, pages };
}

/** Somebody writes, here and there: what there was is as it was. */
async function write({ below, caller, rooms }: Story, written: Map<number, number>): Promise<void> {
  const roomId = rooms[below(rooms.length)] ?? 0;
  const first = written.get(roomId) ?? 10_000;
  const count = 1 + below(30);
  written.set(roomId, first + count);
  const said = saidBy(
    caller,
    Array.from({ length: count }, () => TEXTS[below(TEXTS.length)] ?? ""),
    START + 1_000_000 + first,
  );
  await fill(
    roomId,
    said.map((message) => ({ ...message, id: first + message.id })),
  );
}

/** Somebody edits or deletes, and the index learns of it or not. */
async function change(story: Story, touched: Set<string>): Promise<void> {
  const keys = [...story.messages.keys()];
  for (let times = 0; times < 4; times += 1) {
    const key = keys[story.below(keys.length)] ?? "";
    const message = story.messages.get(key);
    if (!message) continue;
    touched.add(key);
    if (story.below(3) === 0) {
      await env.DB.prepare("UPDATE chat_messages SET content = NULL, is_deleted = 1 WHERE room_id = ? AND id = ?")
        .bind(message.roomId, message.id)
        .run();
      continue;
    }
    const edited = { ...message, content: TEXTS[story.below(TEXTS.length)] ?? "" };
    await (story.below(2) === 0 ? fill : putMessages)(message.roomId, [edited]);
  }
}

const SIZES = [
  ["one room, one window", { rooms: 1, perRoom: 150 }, 13],
  ["one room, several windows", { rooms: 1, perRoom: 900 }, 60],
  ["three rooms", { rooms: 3, perRoom: 120 }, 7],
  ["thirty-five rooms, several windows", { rooms: 35, perRoom: 60 }, 90],
] as const;

describe.each(SIZES)("%s", (_, size, limit) => {
  test("hold each hit once, best first in each stretch of time", { timeout: 60_000 }, async () => {
    const story = await begin(1, size);
    const { keys, pages } = await pagesOf(story.caller, { q: "apple", limit });
    expect(keys.toSorted()).toEqual(matching(story).sort());
    expect(pages).toBeGreaterThan(3);
  });

  test("stay in order while messages come", { timeout: 60_000 }, async () => {
    const story = await begin(2, size);
    const before = await pagesOf(story.caller, { q: "apple", limit });
    const written = new Map<number, number>();
    const during = await pagesOf(story.caller, { q: "apple", limit }, () => write(story, written));
    expect(written.size).toBeGreaterThan(0);
    expect(during.keys.filter((key) => story.messages.has(key))).toEqual(before.keys);
  });

  test.each([3, 4])(
    "hold what stayed once while others are edited and deleted (%i)",
    { timeout: 60_000 },
    async (seed) => {
      const story = await begin(seed, size);
      const before = await pagesOf(story.caller, { q: "apple", limit });
      const touched = new Set<string>();
      const written = new Map<number, number>();
      const during = await pagesOf(story.caller, { q: "apple", limit }, async () => {
        await write(story, written);
        await change(story, touched);
      });
      expect(touched.size).toBeGreaterThan(5);
      const stayed = (keys: readonly string[]) => keys.filter((key) => story.messages.has(key) && !touched.has(key));
      expect(stayed(during.keys).toSorted()).toEqual(stayed(before.keys).toSorted());
      const isOneWindow = size.rooms * size.perRoom < WINDOW_MESSAGES && size.perRoom < hitsPerRoom(size.rooms);
      if (isOneWindow) expect(stayed(during.keys)).toEqual(stayed(before.keys));
    },
  );
});

test("pages of another size hold the same, in the same order", async () => {
  const story = await begin(6, { rooms: 3, perRoom: 100 });
  const [small, large] = [
    await pagesOf(story.caller, { q: "apple", limit: 3 }),
    await pagesOf(story.caller, { q: "apple", limit: 100 }),
  ];
  expect(small.keys).toEqual(large.keys);
});

test("long messages are looked at a few at a time, and all of them are found", { timeout: 60_000 }, async () => {
  const caller = await signIn("Minji");
  const roomId = await putRoom(caller);
  const long = `apple ${"사과와 배 ".repeat(600)}`;
  const said = saidBy(
    caller,
    Array.from({ length: 60 }, () => long),
    START,
  );
  await fill(
    roomId,
    said.map((message) => ({ ...message, corrections: [long, long, long] })),
  );
  expect(4 * long.length * said.length).toBeGreaterThan(2 * WINDOW_CHARACTERS);
  const { keys } = await pagesOf(caller, { q: "apple", limit: 13 });
  expect(keys).toEqual(said.map(({ id }) => `${roomId}:${id}`).reverse());
});

test("any word is on every page what it was on the first", async () => {
  const story = await begin(7, { rooms: 2, perRoom: 60 });
  const parameters = { q: "apple zebra", limit: 10 };
  const first = await found(story.caller, parameters);
  expect(first.match).toBe("any");
  await fill(story.rooms[0] ?? 0, [{ id: 999, senderId: 1, content: "apple zebra", createdAt: START + 5_000_000 }]);
  const next = await found(story.caller, { ...parameters, cursor: first.nextCursor ?? "" });
  expect(next.match).toBe("any");
  expect(keysOf(next)).not.toContain(`${story.rooms[0]}:999`);
});

test("filters hold on every page", async () => {
  const story = await begin(8, { rooms: 4, perRoom: 80 });
  const [from, to] = [START + 20, START + 60];
  const [roomId] = story.rooms;
  const { keys } = await pagesOf(story.caller, {
    q: "apple",
    limit: 5,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    roomId: roomId ?? 0,
  });
  const expected = matching(story).filter((key) => {
    const message = story.messages.get(key);
    return message?.roomId === roomId && message !== undefined && message.createdAt >= from && message.createdAt < to;
  });
  expect(keys.toSorted()).toEqual(expected.sort());
});

test.each([
  ["beginnings of words", "apple"],
  ["whole words", '"apple"'],
])(
  "rooms with more hits than one statement steps over are all read to their end: %s",
  { timeout: 120_000 },
  async (_, q) => {
    const caller = await signIn("Minji");
    const keys: string[] = [];
    // One room that is more than enough alone, and some that are together.
    const sizes = [HITS_PER_STATEMENT + 50, 40, 30, 20];
    for (const [place, size] of sizes.entries()) {
      const roomId = await putRoom(caller);
      const said = saidBy(
        caller,
        Array.from({ length: size }, () => "apple"),
        START + place,
      );
      for (let first = 0; first < size; first += 2_000) await fill(roomId, said.slice(first, first + 2_000));
      keys.push(...said.map(({ id }) => `${roomId}:${id}`));
    }
    const from = new Date(START).toISOString();
    const to = new Date(START + 100_000).toISOString();
    const { keys: early } = await pagesOf(caller, { q, limit: 100, from, to });
    const [big = ""] = keys[0]?.split(":") ?? [];
    const isEarly = (key: string) => Number(key.split(":")[1]) <= 100 || !key.startsWith(`${big}:`);
    expect(early.toSorted()).toEqual(keys.filter(isEarly).sort());

    const first = await found(caller, { q, limit: 100 });
    const second = await found(caller, { q, limit: 100, cursor: first.nextCursor ?? "" });
    const newest = Array.from({ length: 200 }, (_, index) => `${big}:${HITS_PER_STATEMENT + 50 - index}`);
    expect([...keysOf(first), ...keysOf(second)]).toEqual(newest);
  },
);

test("more large rooms than are looked through at once are read from the newest message downwards", {
  timeout: 120_000,
}, async () => {
  const caller = await signIn("Minji");
  const rooms = GROUPS_PER_WINDOW + 8;
  const perRoom = Math.ceil(HITS_PER_STATEMENT / rooms) + 1;
  const expected: { key: string; at: number; roomId: number }[] = [];
  for (let room = 0; room < rooms; room += 1) {
    const roomId = await putRoom(caller);
    const said = saidBy(
      caller,
      Array.from({ length: perRoom }, () => "apple"),
      START + ((room * 7) % rooms),
    );
    // The last ones of rooms of 20,000 messages.
    const latest = said.map((message) => ({ ...message, id: message.id + HITS_PER_STATEMENT - perRoom }));
    await fill(roomId, latest);
    expected.push(...latest.map(({ id, createdAt }) => ({ key: `${roomId}:${id}`, at: createdAt, roomId })));
  }
  expected.sort((a, b) => b.at - a.at || b.roomId - a.roomId);
  const keys: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 6; page += 1) {
    const answer: SearchAnswer = await found(caller, { q: "apple", limit: 100, ...(cursor !== null && { cursor }) });
    expect(answer.items.length).toBeGreaterThanOrEqual(40);
    keys.push(...keysOf(answer));
    cursor = answer.nextCursor;
  }
  expect(keys).toEqual(expected.slice(0, keys.length).map(({ key }) => key));
});

test("what comes to match in a window that was begun takes nothing from it: the rest is left to the next ones", async () => {
  const caller = await signIn("Minji");
  const apples = (count: number, since: number) =>
    saidBy(
      caller,
      Array.from({ length: count }, () => "apple"),
      since,
    );
  const old = await putRoom(caller);
  await fill(old, apples(100, START));
  const newer = await putRoom(caller);
  await fill(newer, apples(1, START + 1_000_000));
  const first = await found(caller, { q: "apple", limit: 20 });
  const seen = new Set(keysOf(first));

  // Two rooms that the caller joins, or that the index catches up with, between the pages.
  for (let room = 0; room < 2; room += 1) await fill(await putRoom(caller), apples(600, START + 10_000 + room));
  for (let cursor = first.nextCursor, pages = 0; cursor !== null; pages += 1) {
    expect(pages).toBeLessThan(100);
    const answer: SearchAnswer = await found(caller, { q: "apple", limit: 100, cursor });
    for (const key of keysOf(answer)) seen.add(key);
    cursor = answer.nextCursor;
  }
  for (let id = 1; id <= 100; id += 1) expect(seen).toContain(`${old}:${id}`);
});
