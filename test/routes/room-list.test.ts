/** `GET /v1/rooms`: the caller's rooms as their inbox has them. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { roomObject } from "../../objects/chat-room/address.ts";
import { roomListItem } from "../../schema/api/rooms.ts";
import { app } from "../../src/app.ts";
import { faultyDatabase } from "../support/faults.ts";
import { call, enter, groupOf, requestFor, type SignedIn, say, signIn } from "../support/http.ts";

const answer = z.object({ items: z.array(roomListItem), nextCursor: z.string().nullable() });

async function list({ token }: SignedIn, query = "") {
  const response = await call("GET", `/v1/rooms${query}`, { token });
  expect(response.status).toBe(200);
  return answer.parse(await response.json());
}

const flush = (roomId: number) => roomObject(env, roomId).flush();

describe("the list", () => {
  test("is empty for somebody new", async () => {
    expect(await list(await signIn())).toEqual({ items: [], nextCursor: null });
  });

  test("shows the last message and what is unread: others' messages past one's read marker, not the deleted", async () => {
    const [minji, tom] = [await signIn("Minji"), await signIn("Tom")];
    const room = await groupOf([minji, tom], "Two");
    const [hers, his] = [await enter(room.id, minji), await enter(room.id, tom)];
    await say(hers, "1", "2", "3");
    await say(his, "4");
    await say(hers, "5", "6");
    await hers.request({ type: "message.delete", id: 5 });
    his.send({ type: "read", id: 2 });
    await hers.waitFor((frame) => frame.type === "receipt" && frame.userId === tom.user.id && frame.messageId === 2);
    await flush(room.id);
    const { items } = await list(tom);
    expect(items).toMatchObject([
      {
        id: room.id,
        name: "Two",
        unread: 2,
        lastReadMessageId: 2,
        lastMessage: { id: 6, senderId: minji.user.id, content: "6" },
        participants: [{ userId: minji.user.id, name: "Minji" }],
      },
    ]);
    expect(items[0]?.lastMessageAt).toBe(items[0]?.lastMessage?.createdAt);
  });

  test("has the room with the latest message first, a new one among them by its creation", async () => {
    const minji = await signIn("Minji");
    const older = await groupOf([minji], "Older");
    const newer = await groupOf([minji], "Newer");
    expect((await list(minji)).items.map(({ name }) => name)).toEqual(["Newer", "Older"]);
    await say(await enter(older.id, minji), "hello");
    await flush(older.id);
    expect((await list(minji)).items.map(({ id }) => id)).toEqual([older.id, newer.id]);
  });

  test("is walked page by page, each room once, and refuses a cursor of something else", async () => {
    const minji = await signIn("Minji");
    const made: number[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await groupOf([minji])).id);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: z.infer<typeof answer> = await list(minji, `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(made.reverse());
    for (const query of ["?cursor=abc", `?cursor=${btoa('["1",2]')}`, "?limit=0", "?limit=101"]) {
      expect((await call("GET", `/v1/rooms${query}`, { token: minji.token })).status).toBe(400);
    }
  });

  test("leaves out a room that one left", async () => {
    const [minji, tom] = [await signIn("Minji"), await signIn("Tom")];
    const room = await groupOf([minji, tom]);
    await call("DELETE", `/v1/rooms/${room.id}/participants/${tom.user.id}`, { token: tom.token });
    await flush(room.id);
    expect((await list(tom)).items).toEqual([]);
    expect((await list(minji)).items).toHaveLength(1);
  });

  test("is there while the database is away, but for the people in each room", async () => {
    const [minji, tom] = [await signIn("Minji"), await signIn("Tom")];
    const room = await groupOf([minji, tom], "Two");
    await say(await enter(room.id, minji), "hello");
    await flush(room.id);
    const request = requestFor("GET", "/v1/rooms", { token: tom.token });
    const response = await app.fetch(request, { ...env, DB: faultyDatabase(() => "before") });
    expect(response.status).toBe(200);
    const { items } = answer.parse(await response.json());
    expect(items).toMatchObject([
      { id: room.id, name: "Two", unread: 1, lastMessage: { content: "hello" }, participants: [] },
    ]);
  });

  test("asks D1 as often for thirty rooms as for one, and never scans a chat table", async () => {
    const minji = await signIn("Minji");
    const statements: string[] = [];
    const database: Pick<D1Database, "prepare"> = {
      prepare: (sql) => {
        statements.push(sql);
        return env.DB.prepare(sql);
      },
    };
    const count = async () => {
      statements.length = 0;
      const response = await app.fetch(requestFor("GET", "/v1/rooms", { token: minji.token }), {
        ...env,
        DB: database,
      });
      expect(response.status).toBe(200);
      return statements.length;
    };
    await groupOf([minji]);
    const forOne = await count();
    for (let made = 1; made < 30; made += 1) await groupOf([minji]);
    expect(await count()).toBe(forOne);
    for (const sql of statements) {
      const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...Array.from(sql.matchAll(/\?/g), () => "[]"))
        .all<{ detail: string }>();
      expect(plan.results.map(({ detail }) => detail).join("\n")).not.toMatch(/SCAN (?!asked)/);
    }
  });
});
