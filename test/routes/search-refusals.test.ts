/** `GET /v1/search/messages`: whatever is typed, and whatever is away. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { problem } from "../../schema/api/problem.ts";
import { searchAnswer } from "../../schema/api/search.ts";
import { app } from "../../src/app.ts";
import { encodeCursor } from "../../src/http/paging.ts";
import { pathsOf, requestFor, type SignedIn, signIn } from "../support/http.ts";
import { ask, fill, found, putRoom, saidBy } from "../support/search.ts";

let minji: SignedIn;
let roomId: number;

beforeAll(async () => {
  minji = await signIn("Minji");
  roomId = await putRoom(minji);
  await fill(roomId, saidBy(minji, ["near and far OR nothing", "body: 안녕 👨‍👩‍👧", "사과 apple", "apple pie"]));
});

/** As it stands in the address. */
const raw = (query: string) =>
  app.fetch(requestFor("GET", `/v1/search/messages?${query}`, { token: minji.token }), { ...env, RATE_LIMITS: "off" });

describe("whatever is typed is answered", () => {
  const typed = [
    ["a quote", '"'],
    ["quotes", '"""" "a" "" "'],
    ["curly quotes", "“apple” „pie“"],
    ["NEAR", "NEAR(apple pie, 2)"],
    ["a column", "body:apple corrections : x {body terms} : pie"],
    ["terms of other rooms", 'terms:r1 OR terms : "r1"'],
    ["a term of a sender", "u1 r1 \uf8f0"],
    ["stars", "* ** a* *a"],
    ["a caret", "^apple + pie"],
    ["operators", "AND OR NOT AND NOT (OR)"],
    ["parentheses", "((((apple"],
    ["minuses", '- -- --apple -(-apple) -"-'],
    ["SQL", "'; DROP TABLE message_index; --"],
    ["placeholders", "?1 :a @b $c %s %00"],
    ["U+0000", "app\u0000le \u0000"],
    ["a family", "👨‍👩‍👧 👩🏽‍🚀 🏳️‍🌈 ‍ ️"],
    ["marks without letters", "\u0301\u0301\u0300 \u200d\ufe0f"],
    ["private use", "\ue000\ue200\uf8f0\u{10ffff}"],
    ["a noncharacter", "\uffff\ufffe"],
    ["directions", "\u202eapple\u202c \u2066x\u2069"],
    ["half of a syllable", "ㅎ ㅎㅏ ㄱㄱ 학ㄱ 삭"],
    ["a word of 10,000 characters", "a".repeat(10_000)],
    ["a Korean word of 10,000 characters", "가".repeat(10_000)],
    ["5,000 words", "a ".repeat(5_000)],
    ["3,000 excluded words", "apple ".concat("-b ".repeat(3_000))],
    ["5,000 quotes", '"a'.repeat(5_000)],
    ["10,000 accents", `a${"\u0301".repeat(10_000)}`],
    ["Thai without end", "ก็".repeat(200)],
    ["ligatures and widths", "ﬁ Ａｐｐｌｅ ｱｯﾌﾟﾙ ﷺ ß İ ŉ"],
  ] as const;

  test.each(typed)("%s", async (_, q) => {
    const response = await ask(minji, { q });
    expect(response.status).toBe(200);
    searchAnswer.parse(await response.json());
  });

  test("what is too much is left out, and said to be", async () => {
    expect((await found(minji, { q: `apple ${"x".repeat(300)}` })).isCut).toBe(true);
    expect((await found(minji, { q: "apple" })).isCut).toBe(false);
  });

  test.each(["%ED%A0%80", "apple%ED%A0%80", "%FF%FE", "%", "%zz", "%00", "+", "a%F0%9F%98", "%E0%A4%A"])(
    "bytes that are no text: q=%s",
    async (q) => {
      const response = await raw(`q=${q}`);
      expect(response.status).toBe(200);
      searchAnswer.parse(await response.json());
    },
  );

  test("random bytes", async () => {
    for (let run = 0; run < 40; run += 1) {
      const bytes = crypto.getRandomValues(new Uint8Array(1 + run * 4));
      const q = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
      expect((await raw(`q=${q}`)).status, q).toBe(200);
    }
  });
});

describe("what does not fit is refused with 400, and says what", () => {
  test.each([
    [{}, "q"],
    [{ q: "apple", limit: 0 }, "limit"],
    [{ q: "apple", limit: 1e9 }, "limit"],
    [{ q: "apple", limit: "10e1" }, "limit"],
    [{ q: "apple", limit: "" }, "limit"],
    [{ q: "apple", roomId: 0 }, "roomId"],
    [{ q: "apple", roomId: "-1" }, "roomId"],
    [{ q: "apple", roomId: "9999999999999999" }, "roomId"],
    [{ q: "apple", senderId: "me" }, "senderId"],
    [{ q: "apple", from: "yesterday" }, "from"],
    [{ q: "apple", from: "2026-02-30" }, "from"],
    [{ q: "apple", from: "2026-13-01" }, "from"],
    [{ q: "apple", from: "" }, "from"],
    [{ q: "apple", to: "2026-01-01T00:00:00" }, "to"],
    [{ q: "apple", to: "1795394042026" }, "to"],
    [{ q: "apple", cursor: "x".repeat(401) }, "cursor"],
    [{ q: "apple", cursor: "" }, "cursor"],
    [{ q: "apple", cursor: "%%%" }, "cursor"],
    [{ q: "apple", cursor: "bm9uc2Vuc2U" }, "cursor"],
    [{ q: "apple", cursor: encodeCursor([]) }, "cursor"],
    [{ q: "apple", cursor: encodeCursor([2, 1, 1, 1]) }, "cursor"],
    [{ q: "apple", cursor: encodeCursor([0, 1, 1, 1, 1]) }, "cursor"],
    [{ q: "apple", cursor: encodeCursor([0, 1, 1, "1"]) }, "cursor"],
    [{ q: "apple", cursor: encodeCursor([0, 1.5, 1, 1]) }, "cursor"],
    [{ q: "apple", cursor: encodeCursor([0, 1, -1, 1]) }, "cursor"],
    [{ q: "apple", cursor: btoa("[0,1,1,1e999]") }, "cursor"],
    [{ q: "apple", cursor: btoa('{"length":4}') }, "cursor"],
  ])("%j", async (parameters, path) => {
    const response = await ask(minji, parameters);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([path]);
  });

  test("a cursor that somebody made up finds at most what its maker may see", async () => {
    const [tom, max] = [await signIn("Tom"), Number.MAX_SAFE_INTEGER];
    await fill(await putRoom(tom), saidBy(tom, ["apple of others"]));
    const made = [
      [0, max, max, max],
      [1, max, 0, 0],
      [0, -max, 0, 0],
      [0, max, roomId, max, 1e308, max, max, max],
      [1, max, roomId, max, -max, 0, 0, 1e308, max, max, max],
      [0, max, roomId, max, max, roomId, max, 0, 0, 0, 0],
    ];
    for (const cursor of made) {
      const { items } = await found(minji, { q: "apple", cursor: encodeCursor(cursor) });
      expect(items.filter(({ message }) => message.roomId !== roomId)).toEqual([]);
    }
  });
});

test("without a token nobody searches", async () => {
  const response = await app.fetch(requestFor("GET", "/v1/search/messages?q=apple"), env);
  expect(response.status).toBe(401);
});

describe("limits", () => {
  const settings = { RATE_LIMITS: "on" };

  test("120 searches in a minute, of each person", async () => {
    const eager = await signIn("Eager");
    const answers = await Promise.all(Array.from({ length: 241 }, () => ask(eager, { q: "-" }, { settings })));
    const refused = answers.filter(({ status }) => status === 429);
    // A minute may end between them, but not two.
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]?.headers.get("retry-after")).toBe("60");
    expect((await ask(await signIn("Patient"), { q: "apple" }, { settings })).status).toBe(200);
  });
});

describe("a database that is away", () => {
  const failing = (message: string) =>
    new Proxy({} as D1Database, {
      get: () => () => {
        throw new Error(message);
      },
    });
  const withoutTable = new Proxy(env.SEARCH, {
    get: (database, property, receiver) =>
      property === "withSession"
        ? () => ({
            prepare: () => database.prepare("SELECT ?1, ?2, ?3, ?4 FROM no_such_index"),
            batch: (statements: D1PreparedStatement[]) => database.batch(statements),
          })
        : Reflect.get(database, property, receiver),
  });

  test.each([
    ["the index fails", "search", { SEARCH: failing("D1_ERROR: Network connection lost.") }],
    ["the index is not bound", "search", { SEARCH: undefined }],
    ["the index was never made", "search", { SEARCH: withoutTable }],
    ["the main database fails", "main", { DB: failing("D1_ERROR: Network connection lost.") }],
  ])("%s: 503, to be tried again, and one line in the log without the search", async (_, database, settings) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const response = await ask(minji, { q: "secretive apple" }, { settings });
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    const { code, requestId } = problem.parse(await response.json());
    expect(code).toBe("unavailable");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ event: "search.away", database, requestId });
    expect(lines[0]).not.toContain("secretive");
  });

  test("what SQLite quotes of a search is not logged", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await ask(
      minji,
      { q: "apple" },
      { settings: { SEARCH: failing('D1_ERROR: fts5: syntax error near "secretive"') } },
    );
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(lines[0]).toContain("fts5: syntax error");
    expect(lines.join()).not.toContain("secretive");
  });
});
