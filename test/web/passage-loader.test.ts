import { describe, expect, test } from "vitest";
import type { HistoryAnswer } from "../../src/client/index.ts";
import { isFarBack } from "../../src/web/conversation/use-destination.ts";
import { type LoadPage, PassageLoader } from "../../src/web/passage/passage-loader.ts";
import { messageOf } from "./messages.ts";

const NEWEST = 1_000;

/** A history of messages 1 … 1000, as the server pages it. */
function pageOf({ before, after, around, limit }: Parameters<LoadPage>[0]): HistoryAnswer {
  const from = after !== undefined ? after + 1 : before !== undefined ? before - limit : (around ?? 0) - limit / 2;
  const first = Math.max(1, from);
  const last = Math.min(NEWEST, before !== undefined ? before - 1 : first + limit - 1);
  const ids = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  const items = ids.map((id) => messageOf(id, 2));
  const older = first > 1 ? first : null;
  const newer = last < NEWEST ? last : null;
  if (after !== undefined) return { items, nextCursor: newer, previousCursor: older };
  return { items: items.toReversed(), nextCursor: older, previousCursor: newer };
}

function loaderOf(load: LoadPage = async (page) => pageOf(page)) {
  const asked: Parameters<LoadPage>[0][] = [];
  const loader = new PassageLoader((page) => {
    asked.push(page);
    return load(page);
  });
  const range = () => {
    const { messages } = loader.getSnapshot();
    const ids = messages.map(({ id }) => id);
    const first = ids[0] ?? 0;
    expect(ids).toEqual(ids.map((_, at) => first + at));
    return [first, ids.at(-1) ?? 0];
  };
  const done = () => expect.poll(() => loader.getSnapshot().loading).toBeUndefined();
  return { loader, asked, range, done };
}

describe("A passage", () => {
  test("begins around a message and goes on at both ends, without a hole and with none twice", async () => {
    const { loader, range, done } = loaderOf();
    loader.goTo(500);
    await done();
    expect(range()).toEqual([475, 524]);
    loader.loadOlder();
    await done();
    loader.loadNewer();
    await done();
    expect(range()).toEqual([425, 574]);
    expect(loader.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true });
  });

  test("ends where the conversation does", async () => {
    const { loader, asked, range, done } = loaderOf();
    loader.goTo(30);
    await done();
    loader.loadOlder();
    await done();
    expect(range()).toEqual([1, 54]);
    expect(loader.getSnapshot().hasOlder).toBe(false);
    loader.loadOlder();
    expect(asked).toHaveLength(2);
    loader.goTo(990);
    await done();
    expect(loader.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  test("is asked for one page at a time", async () => {
    const { loader, asked, done } = loaderOf();
    loader.goTo(500);
    loader.loadOlder();
    await done();
    loader.loadOlder();
    loader.loadOlder();
    loader.loadNewer();
    await done();
    expect(asked.map(({ limit: _, ...place }) => place)).toEqual([{ around: 500 }, { before: 475 }]);
  });

  test("stays for a message that it has, and begins anew for another; what is there stays until then", async () => {
    const { loader, asked, range, done } = loaderOf();
    loader.goTo(500);
    await done();
    loader.goTo(510);
    await done();
    expect(asked).toHaveLength(1);
    loader.goTo(100);
    expect(range()).toEqual([475, 524]);
    await done();
    expect(range()).toEqual([75, 124]);
    loader.loadNewer();
    await done();
    expect(range()).toEqual([75, 174]);
  });

  test("says that there is no such message, shows those around it, and goes on at both ends", async () => {
    let isAway = false;
    const { loader, range, asked, done } = loaderOf(async (page) => {
      if (isAway) throw new Error("away");
      return pageOf(page.around === 5_000 ? { ...page, around: 990 } : page);
    });
    loader.goTo(5_000);
    await done();
    expect(loader.getSnapshot().lost).toEqual({ nearestId: NEWEST });
    expect(range()).toEqual([965, NEWEST]);
    isAway = true;
    loader.loadOlder();
    await done();
    isAway = false;
    // What failed is the page, not the search for what is not there.
    loader.again();
    loader.loadOlder();
    await done();
    expect(range()).toEqual([915, NEWEST]);
    expect(asked.map(({ around }) => around)).toEqual([5_000, undefined, undefined]);
    loader.goTo(950);
    expect(loader.getSnapshot().lost).toBeUndefined();
  });

  test("finds the nearest where one in the midst of the others is missing, and says so each time", async () => {
    const { loader, asked, done } = loaderOf(async (page) => {
      const answer = pageOf(page);
      return { ...answer, items: answer.items.filter(({ id }) => id !== 500) };
    });
    loader.goTo(500);
    await done();
    const { lost } = loader.getSnapshot();
    expect(lost).toEqual({ nearestId: 499 });
    loader.goTo(500);
    await done();
    expect(loader.getSnapshot().lost).toEqual(lost);
    expect(loader.getSnapshot().lost).not.toBe(lost);
    loader.loadNewer();
    await done();
    expect(asked).toMatchObject([{ around: 500 }, { around: 500 }, { after: 524 }]);
  });

  test("takes in no page of the passage before it", async () => {
    const answers: (() => void)[] = [];
    const { loader, range, done } = loaderOf(
      (page) => new Promise((resolve) => answers.push(() => resolve(pageOf(page)))),
    );
    loader.goTo(500);
    answers[0]?.();
    await done();
    loader.loadOlder();
    loader.goTo(100);
    answers[2]?.();
    await done();
    answers[1]?.();
    await expect.poll(() => range()).toEqual([75, 124]);
  });

  test("says that a page could not be loaded, asks for it no more by itself, and again when it is told to", async () => {
    let isAway = true;
    const { loader, asked, range, done } = loaderOf(async (page) => {
      if (isAway) throw new Error("away");
      return pageOf(page);
    });
    loader.goTo(500);
    await done();
    expect(loader.getSnapshot().hasFailed).toBe(true);
    isAway = false;
    loader.again();
    await done();
    expect(range()).toEqual([475, 524]);
    isAway = true;
    loader.loadOlder();
    await done();
    loader.loadOlder();
    expect(asked).toHaveLength(3);
    isAway = false;
    loader.again();
    loader.loadOlder();
    await done();
    expect(range()).toEqual([425, 524]);
  });
});

test("far back is what would take the live log many pages", () => {
  expect([isFarBack(700, 1_000), isFarBack(699, 1_000), isFarBack(1, 1)]).toEqual([false, true, false]);
});
