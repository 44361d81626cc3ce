import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type MessageQuery, type SearchAnswer, StudyMateError } from "../../src/client/index.ts";
import { MessageSearch, PAUSE_MS } from "../../src/web/search/message-search.ts";
import { queryOf } from "../../src/web/search/search-filters.ts";
import { messageOf } from "./messages.ts";

interface Asked {
  readonly query: MessageQuery;
  readonly signal: AbortSignal;
  readonly answer: (ids: readonly number[], more?: Partial<SearchAnswer>) => Promise<void>;
  readonly refuse: (error: unknown) => Promise<void>;
}

/** A server that answers when the test says so. */
function server() {
  const asked: Asked[] = [];
  const search = new MessageSearch((query, { signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<SearchAnswer>();
    const settled = async () => void (await vi.advanceTimersByTimeAsync(0));
    signal.addEventListener("abort", () => reject(new StudyMateError("network", "aborted")));
    asked.push({
      query,
      signal,
      answer: (ids, more = {}) => {
        const items = ids.map((id) => ({ message: messageOf(id, 2), highlights: [], corrections: [] }));
        resolve({ items, nextCursor: null, match: "all", isCut: false, ...more });
        return settled();
      },
      refuse: (error) => {
        reject(error);
        return settled();
      },
    });
    return promise;
  });
  const found = () => search.getSnapshot().found?.items.map(({ message }) => message.id);
  /** The last question that was asked. */
  const last = () => {
    const one = asked.at(-1);
    if (one === undefined) throw new Error("Nothing was asked.");
    return one;
  };
  return { search, asked, found, last, questions: () => asked.map(({ query }) => query.q) };
}

const pause = () => vi.advanceTimersByTimeAsync(PAUSE_MS);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("While somebody types", () => {
  test("nothing is asked until they pause, and then the last of it once", async () => {
    const { search, asked, questions } = server();
    for (const q of ["ㅎ", "하", "학", "학ㄱ", "학교"]) {
      search.lookFor({ q });
      await vi.advanceTimersByTimeAsync(PAUSE_MS - 1);
    }
    expect(asked).toEqual([]);
    expect(search.getSnapshot().isBusy).toBe(true);
    await pause();
    expect(questions()).toEqual(["학교"]);
    search.lookFor({ q: "학교" });
    await pause();
    expect(questions()).toEqual(["학교"]);
  });

  test("an unfinished syllable is asked for as it stands", async () => {
    const { search, questions } = server();
    for (const q of ["학ㄱ", "학교"]) {
      search.lookFor({ q });
      await pause();
    }
    expect(questions()).toEqual(["학ㄱ", "학교"]);
  });

  test("the older question is given up, and the last answer wins whatever order they come in", async () => {
    const { search, asked, found } = server();
    search.lookFor({ q: "a" });
    await pause();
    search.lookFor({ q: "ab" });
    expect(asked[0]?.signal.aborted).toBe(true);
    await pause();
    await asked[1]?.answer([2]);
    await asked[0]?.answer([1]);
    expect(found()).toEqual([2]);
    expect(search.getSnapshot()).toMatchObject({ isBusy: false, isStale: false, problem: undefined });
  });

  test("an answer that comes although its question was given up is not shown, not for a moment", async () => {
    const answers: ((answer: SearchAnswer) => void)[] = [];
    const shown: unknown[] = [];
    // A network that knows nothing of signals.
    const search = new MessageSearch(() => new Promise((resolve) => answers.push(resolve)));
    search.subscribe(() => shown.push(search.getSnapshot().found?.items[0]?.message.id));
    const answerOf = (id: number): SearchAnswer => ({
      items: [{ message: messageOf(id, 2), highlights: [], corrections: [] }],
      nextCursor: null,
      match: "all",
      isCut: false,
    });
    search.lookFor({ q: "a" });
    await pause();
    search.lookFor({ q: "ab" });
    await pause();
    answers[0]?.(answerOf(1));
    await vi.advanceTimersByTimeAsync(0);
    answers[1]?.(answerOf(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(shown.filter((id) => id !== undefined)).toEqual([2]);
  });

  test("what was found stays until the next answer is there", async () => {
    const { search, found, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().answer([1]);
    search.lookFor({ q: "ab" });
    expect(found()).toEqual([1]);
    expect(search.getSnapshot()).toMatchObject({ isBusy: true, isStale: true });
    await pause();
    expect(found()).toEqual([1]);
    await last().answer([]);
    expect(found()).toEqual([]);
  });

  test("what is typed and taken back needs no second answer", async () => {
    const { search, asked, found, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().answer([1]);
    search.lookFor({ q: "ab" });
    search.lookFor({ q: "a" });
    expect(search.getSnapshot()).toMatchObject({ isBusy: false, isStale: false });
    await pause();
    expect(asked).toHaveLength(1);
    expect(found()).toEqual([1]);
  });

  test("an empty box asks for nothing and shows nothing", async () => {
    const { search, asked, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    search.lookFor(undefined);
    expect(last().signal.aborted).toBe(true);
    await pause();
    expect(asked).toHaveLength(1);
    expect(search.getSnapshot()).toMatchObject({ found: undefined, isBusy: false, problem: undefined });
  });

  test("a filter is asked for at once", async () => {
    const { search, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    search.lookFor({ q: "a", roomId: 3 });
    await vi.advanceTimersByTimeAsync(0);
    expect(last().query).toMatchObject({ q: "a", roomId: 3 });
  });
});

describe("While somebody types a day", () => {
  const dayOf = (fromDay: string) => queryOf("a", { fromDay });
  const atOnce = () => vi.advanceTimersByTimeAsync(0);

  test("nothing is asked for the years it begins with, nor for each key after them", async () => {
    const { search, asked, last } = server();
    search.lookFor(queryOf("a", {}));
    await pause();
    await last().answer([1]);
    for (const year of ["0002", "0020", "0202"]) {
      search.lookFor(dayOf(`${year}-05-01`));
      await pause();
    }
    expect(asked).toHaveLength(1);
    for (const day of ["2026-05-01", "2026-01-01", "2026-12-01", "2026-12-03", "2026-12-31"]) {
      search.lookFor(dayOf(day));
      await vi.advanceTimersByTimeAsync(PAUSE_MS - 1);
    }
    expect(asked).toHaveLength(1);
    await pause();
    expect(asked.slice(1).map(({ query }) => query)).toMatchObject([dayOf("2026-12-31") ?? {}]);
  });

  test("the days that are taken away are at once, and so is another filter beside them", async () => {
    const { search, asked } = server();
    search.lookFor(dayOf("2026-05-01"));
    await pause();
    search.lookFor(queryOf("a", { fromDay: "2026-05-01", roomId: 3 }));
    await atOnce();
    expect(asked).toHaveLength(2);
    search.lookFor(queryOf("a", { roomId: 3 }));
    await atOnce();
    expect(asked).toHaveLength(3);
  });
});

describe("More of what was found", () => {
  test("goes on with the cursor, and shows no message twice", async () => {
    const { search, found, last } = server();
    search.lookFor({ q: "a", roomId: 1 });
    await pause();
    await last().answer([5, 4], { nextCursor: "next" });
    search.more();
    search.more();
    expect(search.getSnapshot().isLoadingMore).toBe(true);
    expect(last().query).toMatchObject({ q: "a", roomId: 1, cursor: "next" });
    await last().answer([4, 3]);
    expect(found()).toEqual([5, 4, 3]);
    expect(search.getSnapshot()).toMatchObject({ isLoadingMore: false, found: { nextCursor: null } });
  });

  test("is not taken in where something else was typed meanwhile", async () => {
    const { search, found, asked, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().answer([1], { nextCursor: "next" });
    search.more();
    search.lookFor({ q: "b" });
    await asked[1]?.answer([2]);
    expect(found()).toEqual([1]);
    search.more();
    expect(asked).toHaveLength(2);
    await pause();
    await last().answer([3]);
    expect(found()).toEqual([3]);
  });

  test("can be asked for again where it failed; what is there stays", async () => {
    const { search, found, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().answer([1], { nextCursor: "next" });
    search.more();
    await last().refuse(new StudyMateError("unavailable", "…"));
    expect(search.getSnapshot()).toMatchObject({ isLoadingMore: false, isStale: false });
    expect(search.getSnapshot().problem).toBeInstanceOf(StudyMateError);
    search.again();
    expect(last().query.cursor).toBe("next");
    await last().answer([2]);
    expect(found()).toEqual([1, 2]);
    expect(search.getSnapshot().problem).toBeUndefined();
  });
});

describe("Without an answer", () => {
  test("it says why, keeps what was found, and asks again when it is told to", async () => {
    const { search, found, last, questions } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().answer([1]);
    search.lookFor({ q: "ab" });
    await pause();
    await last().refuse(new StudyMateError("unavailable", "…"));
    expect(search.getSnapshot()).toMatchObject({ isBusy: false, isStale: true, problem: { code: "unavailable" } });
    expect(found()).toEqual([1]);
    search.again();
    await vi.advanceTimersByTimeAsync(0);
    await last().answer([2]);
    expect(questions()).toEqual(["a", "ab", "ab"]);
    expect(found()).toEqual([2]);
  });

  test("that it was too fast makes it wait as long as the server says, and go on by itself", async () => {
    const { search, found, last, asked } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().refuse(new StudyMateError("rate_limited", "…", { retryAfterMs: 3_000 }));
    expect(search.getSnapshot().problem).toMatchObject({ code: "rate_limited" });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    await last().answer([1]);
    expect(found()).toEqual([1]);
  });

  test("what was asked again by hand is not asked again by itself, and nothing after it", async () => {
    const { search, last, found, questions } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().refuse(new StudyMateError("rate_limited", "…", { retryAfterMs: 3_000 }));
    search.again();
    await vi.advanceTimersByTimeAsync(0);
    await last().answer([2, 1], { nextCursor: "next" });
    search.lookFor({ q: "b" });
    await pause();
    await last().answer([4, 3], { nextCursor: "next" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(questions()).toEqual(["a", "a", "b"]);
    expect(found()).toEqual([4, 3]);
  });

  test("a question that gets none is given up after a while", async () => {
    const { search, last } = server();
    search.lookFor({ q: "a" });
    await pause();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(last().signal.aborted).toBe(true);
    expect(search.getSnapshot()).toMatchObject({ isBusy: false, problem: { code: "network" } });
  });

  test("nothing goes on after it was closed", async () => {
    const { search, last, asked } = server();
    search.lookFor({ q: "a" });
    await pause();
    await last().refuse(new StudyMateError("rate_limited", "…"));
    search.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    // A component that comes and goes and comes again.
    search.lookFor({ q: "a" });
    await pause();
    expect(asked).toHaveLength(2);
  });
});
