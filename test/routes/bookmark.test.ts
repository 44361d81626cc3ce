/** `x-d1-bookmark`, both ways: history is never older than the client has seen, nor than the room says. */
import { createExecutionContext, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { BOOKMARK, BOOKMARK_HEADER } from "../../schema/api/bookmark.ts";
import { historyAnswer, type RoomAnswer } from "../../schema/api/rooms.ts";
import { app } from "../../src/app.ts";
import { readWithBookmark, startOfRead } from "../../src/http/bookmark.ts";
import type { HttpEnv } from "../../src/http/context.ts";
import { call, enter, groupOf, ORIGIN, requestFor, type SignedIn, say, signIn } from "../support/http.ts";

const bookmark = (number: number) => `0000000${number}-00000000-00000000-${"0".repeat(32)}`;
/** Of another deployment, or made up: no database of the tests gets as far. */
const FUTURE = `ffffffff-00000000-00000000-${"f".repeat(32)}`;

describe("a read begins", () => {
  test.each<[name: string, sent: string | undefined, needed: string | null | undefined, start: string]>([
    ["at the primary, where nothing is known", undefined, undefined, "first-primary"],
    ["at the primary, where what is needed is not known", bookmark(5), null, "first-primary"],
    ["where the client is", bookmark(5), undefined, bookmark(5)],
    ["where the client is, past what is needed", bookmark(5), bookmark(3), bookmark(5)],
    ["at what is needed, past where the client is", bookmark(3), bookmark(5), bookmark(5)],
    ["at what is needed, without a client's", undefined, bookmark(5), bookmark(5)],
  ])("%s", (_, sent, needed, start) => {
    expect(startOfRead(sent, needed)).toBe(start);
  });

  test.each([
    ["", "a word"],
    ["first-unconstrained", "a word of D1's"],
    [`${bookmark(9)} `, "a space"],
    [bookmark(9).replace("0", "G"), "a letter"],
    [FUTURE.toUpperCase(), "capitals"],
    [`${bookmark(9)}${bookmark(9)}`, "more"],
  ])("without %j of the client's, which is no bookmark (%s)", (sent) => {
    expect(startOfRead(sent, undefined)).toBe("first-primary");
    expect(startOfRead(sent, bookmark(5))).toBe(bookmark(5));
  });
});

describe("history", () => {
  let minji: SignedIn;
  let room: RoomAnswer;
  let asked: string[] = [];

  beforeAll(async () => {
    minji = await signIn("Minji");
    room = await groupOf([minji]);
    await say(await enter(room.id, minji), "하나", "둘", "셋");
    await roomObject(env, room.id).flush();
  });

  beforeEach(() => {
    asked = [];
  });

  const path = () => `/v1/rooms/${room.id}/messages`;

  /** The real database, with a list of what its sessions began with, and a fault for some of them. */
  function database(fault: (constraint: string) => Promise<void> = async () => {}): D1Database {
    return new Proxy(env.DB, {
      get(target, property, receiver) {
        if (property !== "withSession") return Reflect.get(target, property, receiver);
        return (constraint: string) => {
          asked.push(constraint);
          const session = target.withSession(constraint);
          return {
            getBookmark: () => session.getBookmark(),
            prepare: (query: string) => ({
              bind: (...values: unknown[]) => ({
                all: async () => {
                  await fault(constraint);
                  return session
                    .prepare(query)
                    .bind(...values)
                    .all();
                },
              }),
            }),
          };
        };
      },
    });
  }

  async function read(sent: string | undefined, fault?: Parameters<typeof database>[0]): Promise<Response> {
    const headers = sent === undefined ? {} : { [BOOKMARK_HEADER]: sent };
    const request = requestFor("GET", path(), { token: minji.token, headers });
    const response = await app.fetch(request, { ...env, DB: database(fault) }, createExecutionContext());
    const { items } = historyAnswer.parse(await response.clone().json());
    expect(items.map(({ content }) => content)).toEqual(["셋", "둘", "하나"]);
    return response;
  }

  test("begins where the room's last flush ended, and tells what it saw", async () => {
    const seen = (await read(undefined)).headers.get(BOOKMARK_HEADER) ?? "";
    expect(seen).toMatch(BOOKMARK);
    const [start = ""] = asked;
    expect(start).toMatch(BOOKMARK);
    expect(seen >= start).toBe(true);
  });

  test("begins where the client was, if that is later", async () => {
    const seen = (await read(undefined)).headers.get(BOOKMARK_HEADER) ?? "";
    expect(seen > (asked[0] ?? "")).toBe(true);
    await read(seen);
    expect(asked[1]).toBe(seen);
  });

  test("never begins before what the room says, whatever the client sends", async () => {
    await read(undefined);
    await read(`00000000-00000000-00000000-${"0".repeat(32)}`);
    await read("no bookmark");
    expect(new Set(asked)).toEqual(new Set([asked[0]]));
    expect(asked[0]).toMatch(BOOKMARK);
  });

  test("knows what the room says also where the room has just woken up", async () => {
    await evictDurableObject(env.CHAT_ROOM.getByName(String(room.id)));
    await read(undefined);
    expect(asked).toEqual([expect.stringMatching(BOOKMARK)]);
  });

  test("a bookmark that the database has not got to yet is answered all the same", async () => {
    const response = await call("GET", path(), { token: minji.token, headers: { [BOOKMARK_HEADER]: FUTURE } });
    expect(historyAnswer.parse(await response.json()).items).toHaveLength(3);
  });

  test("where the client's bookmark makes the read fail, it is read again from the primary", async () => {
    const response = await read(FUTURE, async (constraint) => {
      if (constraint === FUTURE) throw new Error("D1_ERROR: invalid bookmark");
    });
    expect(asked).toEqual([FUTURE, "first-primary"]);
    const answered = response.headers.get(BOOKMARK_HEADER) ?? "";
    expect(answered).toMatch(BOOKMARK);
    expect(answered < FUTURE).toBe(true);
  });

  test("where no copy of the database gets as far as the client's bookmark, it waits no longer than a second", async () => {
    const begun = Date.now();
    await read(FUTURE, (constraint) => (constraint === FUTURE ? new Promise(() => {}) : Promise.resolve()));
    expect(asked).toEqual([FUTURE, "first-primary"]);
    expect(Date.now() - begun).toBeLessThan(3_000);
  });

  test("tells of no bookmark where nothing of D1 was read", async () => {
    const response = await call("GET", `${path()}?before=1`, { token: minji.token });
    expect(response.headers.has(BOOKMARK_HEADER)).toBe(false);
  });

  test("a page of another origin may send and read it", async () => {
    const origin = "https://app.example";
    const headers = {
      origin,
      "access-control-request-method": "GET",
      "access-control-request-headers": BOOKMARK_HEADER,
    };
    const preflight = await app.fetch(new Request(`${ORIGIN}${path()}`, { method: "OPTIONS", headers }), env);
    expect(preflight.headers.get("access-control-allow-headers")?.split(",")).toContain(BOOKMARK_HEADER);
    const answer = await call("GET", path(), { token: minji.token, headers: { origin } });
    expect(answer.headers.get("access-control-expose-headers")?.split(",")).toContain(BOOKMARK_HEADER);
  });
});

test("a second read of the same request begins where the first one ended, and the answer tells the later of the two", async () => {
  const starts: string[] = [];
  const DB = new Proxy(env.DB, {
    get(target, property, receiver) {
      if (property !== "withSession") return Reflect.get(target, property, receiver);
      return (constraint: string) => {
        starts.push(constraint);
        return target.withSession(constraint);
      };
    },
  });
  const twice = new Hono<HttpEnv>().get("/", async (c) => {
    const read = (session: D1DatabaseSession) => session.prepare("SELECT 1").all();
    await readWithBookmark(c, { database: c.env.DB, read });
    await readWithBookmark(c, { database: c.env.DB, read });
    await readWithBookmark(c, { database: c.env.SEARCH, read });
    return c.body(null);
  });
  const response = await twice.request("/", {}, { ...env, DB });
  expect(starts).toEqual(["first-primary", expect.stringMatching(BOOKMARK)]);
  expect((response.headers.get(BOOKMARK_HEADER) ?? "") >= (starts[1] ?? "")).toBe(true);
});
