/** What a search reads, however much there is, and how the databases go about it. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { HITS_PER_STATEMENT, hitsPerRoom, WINDOW_MESSAGES } from "../../src/search/rules.ts";
import { type SignedIn, signIn, signInMany } from "../support/http.ts";
import { planOf, type RecordedRead, recordedDatabase } from "../support/recorded.ts";
import { fill, found, putRoom, type SearchParameters, saidBy } from "../support/search.ts";

interface Watched {
  readonly main: RecordedRead[];
  readonly index: RecordedRead[];
}

/** What a search asks of each database. */
async function watch(caller: SignedIn, parameters: SearchParameters) {
  const seen: Watched = { main: [], index: [] };
  const settings = { DB: recordedDatabase(seen.main), SEARCH: recordedDatabase(seen.index, env.SEARCH) };
  const answer = await found(caller, parameters, { settings });
  return { ...seen, answer };
}

const rowsOf = (reads: readonly RecordedRead[]) => reads.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
/** It is looked up for its size, put in order, counted and read, in two tables: D1 counts each as a row. */
const ROWS_PER_MESSAGE = 14;
/** A hit is stepped to, kept, counted, put to its room and numbered there: D1 counts each as a row. */
const ROWS_PER_HIT = 8;
const START = Date.UTC(2026, 0, 1);
const texts = (count: number) => Array.from({ length: count }, (_, index) => `the message ${index}`);

describe("a word that every message holds", () => {
  let few: SignedIn;
  let many: SignedIn;

  beforeAll(async () => {
    [few, many] = await signInMany("Few", "Many");
    await fill(await putRoom(few), saidBy(few, texts(400), START));
    const large = await putRoom(many);
    // As much as a statement may step over, and a tenth more.
    const said = saidBy(many, texts(HITS_PER_STATEMENT * 1.1), START);
    for (let first = 0; first < said.length; first += 2_000) await fill(large, said.slice(first, first + 2_000));
  }, 60_000);

  test("is looked for in a bounded number of hits and messages", async () => {
    const [small, large] = [await watch(few, { q: "the" }), await watch(many, { q: "the" })];
    expect(large.answer.items.map(({ message }) => message.id)).toEqual(
      Array.from({ length: 20 }, (_, index) => HITS_PER_STATEMENT * 1.1 - index),
    );
    expect(rowsOf(small.main)).toBeLessThanOrEqual(ROWS_PER_MESSAGE * hitsPerRoom(1) + 50);
    expect(rowsOf(large.main)).toBeLessThanOrEqual(rowsOf(small.main) + 50);
    console.log(`rows read of the index: ${rowsOf(small.index)} of 400 hits, ${rowsOf(large.index)} of 22,000`);
    expect(rowsOf(large.index)).toBeLessThanOrEqual(ROWS_PER_HIT * HITS_PER_STATEMENT);
  });

  test("costs no more ten pages further down, or long ago", async () => {
    let deep = await watch(many, { q: "the", limit: 100 });
    for (let page = 1; page < 10; page += 1) {
      deep = await watch(many, { q: "the", limit: 100, cursor: deep.answer.nextCursor ?? "" });
    }
    expect(deep.answer.items).toHaveLength(100);
    expect(rowsOf(deep.main)).toBeLessThanOrEqual(ROWS_PER_MESSAGE * WINDOW_MESSAGES + 200);
    expect(rowsOf(deep.index)).toBeLessThanOrEqual(ROWS_PER_HIT * HITS_PER_STATEMENT);
    const early = await watch(many, { q: "the", to: new Date(START + 5_000).toISOString() });
    expect(early.answer.items.map(({ message }) => message.id)).toEqual([5, 4, 3, 2, 1]);
    expect(rowsOf(early.main)).toBeLessThanOrEqual(200);
  });
});

describe("twenty rooms", () => {
  let minji: SignedIn;

  beforeAll(async () => {
    minji = await signIn("Minji");
    for (let room = 0; room < 20; room += 1) {
      await fill(await putRoom(minji), saidBy(minji, texts(60), START + room));
    }
  }, 60_000);

  test("ask each database once for a page, and the main one again for the messages", async () => {
    const { main, index, answer } = await watch(minji, { q: "the" });
    expect(answer.items).toHaveLength(20);
    expect(index).toHaveLength(1);
    // The rooms; the messages, and what lies below them.
    expect(main).toHaveLength(3);
    expect(rowsOf(main)).toBeLessThanOrEqual(ROWS_PER_MESSAGE * (WINDOW_MESSAGES + 20) + 200);
  });

  test("are narrowed by time in a few rows for each", async () => {
    const { main, answer } = await watch(minji, { q: "the", from: new Date(START + 50_000).toISOString() });
    expect(answer.items).toHaveLength(20);
    const ranges = main.find(({ query }) => query.includes("RECURSIVE"));
    console.log(`rows read to find a time in 20 rooms: ${ranges?.rowsRead}`);
    expect(ranges?.rowsRead).toBeLessThanOrEqual(20 * 80);
  });

  test("no statement scans a table", async () => {
    const first = await watch(minji, { q: "the", from: new Date(START).toISOString(), limit: 5 });
    const next = await watch(minji, { q: "the", cursor: first.answer.nextCursor ?? "" });
    const plans: string[] = [];
    for (const read of [...first.main, ...next.main]) plans.push(...(await planOf(read)));
    for (const read of [...first.index, ...next.index]) plans.push(...(await planOf(read, env.SEARCH)));
    const scanned = plans.filter((step) => /^SCAN (?:chat_|person|users)/.test(step));
    expect(scanned).toEqual([]);
    expect(plans.some((step) => /SCAN message_index VIRTUAL TABLE INDEX \d+:M/.test(step))).toBe(true);
    for (const used of [
      /chat_messages USING PRIMARY KEY/,
      /chat_messages_archive USING PRIMARY KEY/,
      /person USING INDEX idx_chat_participants_user_rooms/,
      /room USING INTEGER PRIMARY KEY/,
    ]) {
      expect(
        plans.filter((step) => used.test(step)),
        String(used),
      ).not.toEqual([]);
    }
  });
});

test("a room of others is searched with the same statements as one that does not exist", async () => {
  const [minji, tom] = await signInMany("Minji", "Tom");
  const his = await putRoom(tom);
  await fill(his, saidBy(tom, texts(500), START));
  const asked = async (roomId: number) => {
    const { main, index } = await watch(minji, { q: "the message", roomId, from: "2026-01-01" });
    return [...main, ...index].map(({ query, bindings, rowsRead }) => ({
      query,
      bindings: bindings.map((value) => (value === roomId ? "the room" : value)),
      rowsRead,
    }));
  };
  const ofHis = await asked(his);
  expect(ofHis).toEqual(await asked(999_999_999));
  expect(ofHis.length).toBeGreaterThanOrEqual(1);
});
