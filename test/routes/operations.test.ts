/** Health, and the operator's routes. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type FlushAllAnswer,
  flushAllAnswer,
  type LaggingRoom,
  laggingRoomList,
  parkedList,
} from "../../schema/api/flush.ts";
import { problem } from "../../schema/api/problem.ts";
import { app } from "../../src/app.ts";
import { faultyDatabase } from "../support/faults.ts";
import { call, enter, groupOf, requestFor, type SignedIn, say, signIn } from "../support/http.ts";
import { notify } from "../support/notifications.ts";
import { planned } from "../support/planned.ts";
import { presenceStub } from "../support/presence.ts";

describe("health", () => {
  test("/healthz answers while the process does", async () => {
    const response = await call("GET", "/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  test("/readyz answers once D1, KV, R2 and an object do", async () => {
    const response = await call("GET", "/readyz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ready", degraded: [] });
  });

  test.each([
    ["AUTH_SECRET", "auth_secret"],
    ["AUTH_SECRET_PREVIOUS", "auth_secret_previous"],
  ])("/readyz says that %s is too short: tokens under it are accepted", async (secret, path) => {
    const response = await app.fetch(requestFor("GET", "/readyz"), { ...env, [secret]: "too short" });
    expect(response.status).toBe(503);
    expect(problem.parse(await response.json())).toMatchObject({ errors: [{ path }] });
  });

  test("/readyz is ready without the search index, and names it", async () => {
    const broken = { ...env, SEARCH: faultyDatabase(() => "before", env.SEARCH) };
    const response = await app.fetch(requestFor("GET", "/readyz"), broken);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ready", degraded: ["search"] });
    const without = await app.fetch(requestFor("GET", "/readyz"), { ...env, SEARCH: undefined });
    expect(await without.json()).toEqual({ status: "ready", degraded: [] });
  });

  test("/readyz waits for nothing that hangs", async () => {
    const broken = { ...env, SEARCH: { prepare: () => ({ run: () => new Promise(() => {}) }) } };
    const response = await app.fetch(requestFor("GET", "/readyz"), broken);
    expect(await response.json()).toEqual({ status: "ready", degraded: ["search"] });
  });

  test("/readyz names what does not answer", async () => {
    const broken = { ...env, MEDIA: { head: () => Promise.reject(new Error("down")) } };
    const response = await app.fetch(requestFor("GET", "/readyz"), broken);
    expect(response.status).toBe(503);
    expect(problem.parse(await response.json())).toMatchObject({ code: "unavailable", errors: [{ path: "r2" }] });
  });
});

describe("operators", () => {
  let operator: SignedIn;
  let somebody: SignedIn;

  beforeAll(async () => {
    [operator, somebody] = [await signIn("Operator"), await signIn("Somebody")];
    await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(operator.user.id).run();
  });

  test.each([
    ["GET", "/v1/admin/flush/parked"],
    ["POST", "/v1/admin/flush"],
    ["GET", "/v1/admin/flush"],
    ["GET", "/v1/admin/rooms/1/flush"],
    ["POST", "/v1/admin/rooms/1/flush"],
    ["POST", "/v1/admin/rooms/1/epoch"],
  ])("%s %s is for them alone", async (method, path) => {
    expect((await call(method, path)).status).toBe(401);
    expect((await call(method, path, { token: somebody.token })).status).toBe(403);
  });

  test("one who was deactivated is none any more", async () => {
    const former = await signIn();
    await env.DB.prepare("UPDATE users SET role = 'ADMIN', is_active = 0 WHERE id = ?").bind(former.user.id).run();
    expect((await call("GET", "/v1/admin/flush/parked", { token: former.token })).status).toBe(403);
  });

  test("list parked rows page by page, with the number of all", async () => {
    const parked = Array.from({ length: 5 }, (_, index) => ({ object: `chat-room:${index % 2}`, key: String(index) }));
    await env.DB.batch(
      parked.map(({ object, key }) =>
        env.DB.prepare(
          `INSERT INTO flush_parked (object, table_name, row_key, epoch, rev, reason, parked_at)
            VALUES (?, 'chat_messages', ?, 1, 0, 'FOREIGN KEY', 1795394042026)`,
        ).bind(object, key),
      ),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`;
      const response = await call("GET", `/v1/admin/flush/parked${query}`, { token: operator.token });
      const page = parkedList.parse(await response.json());
      expect(page.total).toBe(5);
      seen.push(...page.items.map(({ object, rowKey }) => `${object}/${rowKey}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(["chat-room:0/0", "chat-room:0/2", "chat-room:0/4", "chat-room:1/1", "chat-room:1/3"]);
    expect((await call("GET", "/v1/admin/flush/parked?cursor=x", { token: operator.token })).status).toBe(400);
  });

  test("flush a room, and see where each destination stands", async () => {
    const room = await groupOf([somebody]);
    await say(await enter(room.id, somebody), "one", "two");
    const flush = () => call("POST", `/v1/admin/rooms/${room.id}/flush`, { token: operator.token });
    expect(await (await flush()).json()).toMatchObject({
      items: [
        { destination: "main", complete: true, parked: 0 },
        { destination: "search", complete: true, parked: 0 },
      ],
    });
    const stored = await env.DB.prepare("SELECT count(*) AS n FROM chat_messages WHERE room_id = ?")
      .bind(room.id)
      .first();
    expect(stored).toEqual({ n: 2 });
    expect(await (await flush()).json()).toMatchObject({ items: [{ rowsSent: 0 }, { rowsSent: 0 }] });
    expect((await call("POST", "/v1/admin/rooms/999999/flush", { token: operator.token })).status).toBe(404);
  });

  test("see how far a room's databases are behind", async () => {
    const room = await groupOf([somebody]);
    await say(await enter(room.id, somebody), "one", "two");
    const states = async () =>
      (await call("GET", `/v1/admin/rooms/${room.id}/flush`, { token: operator.token })).json();
    expect(await states()).toMatchObject({
      items: ["main", "search"].map((destination) => ({ destination, complete: false, messagesWaiting: 2 })),
    });
    await call("POST", `/v1/admin/rooms/${room.id}/flush`, { token: operator.token });
    expect(await states()).toMatchObject({
      items: ["main", "search"].map((destination) => ({
        ...{ destination, complete: true, messagesWaiting: 0, changesWaiting: 0, waitingSince: null },
      })),
    });
    expect((await call("GET", "/v1/admin/rooms/999999/flush", { token: operator.token })).status).toBe(404);
  });

  test("list rooms of which the index lacks messages, page by page", async () => {
    const rooms = [await groupOf([somebody]), await groupOf([somebody]), await groupOf([somebody])];
    for (const { id } of rooms) {
      await say(await enter(id, somebody), "one", "two");
      await call("POST", `/v1/admin/rooms/${id}/flush`, { token: operator.token });
    }
    const lag = async (): Promise<LaggingRoom[]> => {
      const found: LaggingRoom[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const path: string = `/v1/admin/flush?limit=2${cursor && `&cursor=${cursor}`}`;
        const page = laggingRoomList.parse(await (await call("GET", path, { token: operator.token })).json());
        found.push(...page.items);
        cursor = page.nextCursor;
      }
      return found.filter(({ roomId }) => rooms.some(({ id }) => id === roomId));
    };
    expect(await lag()).toEqual([]);
    const [first, second] = rooms;
    await env.SEARCH.batch([
      env.SEARCH.prepare("DELETE FROM flush_positions WHERE object = ?").bind(`chat-room:${first?.id}`),
      env.SEARCH.prepare("UPDATE flush_positions SET id = 1 WHERE object = ?").bind(`chat-room:${second?.id}`),
    ]);
    expect(await lag()).toMatchObject([
      { roomId: first?.id, main: { messageId: 2 }, search: null },
      { roomId: second?.id, main: { messageId: 2 }, search: { messageId: 1 } },
    ]);
    expect((await call("GET", "/v1/admin/flush?cursor=x", { token: operator.token })).status).toBe(400);
    const asked = requestFor("GET", "/v1/admin/flush", { token: operator.token });
    const broken = { ...env, SEARCH: faultyDatabase(() => "before", env.SEARCH) };
    expect((await app.fetch(asked.clone(), broken)).status).toBe(503);
    expect((await app.fetch(asked, { ...env, SEARCH: undefined })).status).toBe(404);
  });

  test("may look while the main database is away, and change nothing", async () => {
    const room = await groupOf([somebody]);
    const path = `/v1/admin/rooms/${room.id}/flush`;
    expect((await call("GET", path, { token: operator.token })).status).toBe(200);
    const broken = { ...env, DB: faultyDatabase(() => "before") };
    const ask = async (method: string, { token }: SignedIn) =>
      (await app.fetch(requestFor(method, path, { token }), broken)).status;
    expect(await ask("GET", operator)).toBe(200);
    expect(await ask("POST", operator)).toBe(503);
    expect(await ask("GET", somebody)).toBe(503);
  });

  test("flush a room that D1 lost", async () => {
    const room = await groupOf([somebody]);
    await say(await enter(room.id, somebody), "still here");
    await env.DB.batch([
      env.DB.prepare("DELETE FROM chat_rooms WHERE id = ?").bind(room.id),
      env.DB.prepare("DELETE FROM flush_positions WHERE object = ?").bind(`chat-room:${room.id}`),
    ]);
    const response = await call("POST", `/v1/admin/rooms/${room.id}/flush`, { token: operator.token });
    expect(await response.json()).toMatchObject({ items: [{ complete: true, parked: 0 }, {}] });
    const participants = env.DB.prepare("SELECT count(*) AS n FROM chat_participants WHERE room_id = ?").bind(room.id);
    expect(await participants.first()).toEqual({ n: 1 });
  });

  test("flush everything page by page, and see what is not wholly in D1", async () => {
    const rooms = [await groupOf([somebody]), await groupOf([somebody]), await groupOf([somebody])];
    for (const { id } of rooms) await say(await enter(id, somebody), "one");
    const guest = await signIn("Emily");
    const session = await planned(somebody, [guest]);
    await notify(guest.user.id);
    await presenceStub(guest.user.id).flush();
    await env.DB.batch(
      ["chat_messages", "flush_positions", "notifications"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
    );
    await env.DB.prepare("DELETE FROM session_participants WHERE session_id = ?").bind(session.id).run();
    const lost = await env.DB.prepare("INSERT INTO chat_rooms (room_type, name) VALUES ('GROUP', 'no object')").run();

    const seen: FlushAllAnswer[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`;
      const response = await call("POST", `/v1/admin/flush${query}`, { token: operator.token });
      seen.push(flushAllAnswer.parse(await response.json()));
      cursor = seen.at(-1)?.nextCursor ?? null;
    } while (cursor !== null);
    const { results } = await env.DB.prepare(
      "SELECT count(*) AS n FROM chat_rooms UNION ALL SELECT count(*) FROM learning_sessions UNION ALL SELECT count(*) FROM users",
    ).all<{ n: number }>();
    const counts = results.map(({ n }) => n);
    expect(seen.reduce((sum, page) => sum + page.objects, 0)).toBe(counts.reduce((sum, n) => sum + n));
    expect(seen.length).toBe(counts.reduce((sum, n) => sum + Math.ceil(n / 2), 0));
    const unflushed = seen.flatMap(({ items }) => items);
    const roomId = lost.meta.last_row_id;
    expect(unflushed).toEqual([{ object: `chat-room:${roomId}`, roomId, problem: "no_object", parked: 0 }]);
    expect(seen.reduce((sum, page) => sum + page.rooms, 0)).toBe(counts[0]);
    const back = env.DB.prepare("SELECT user_id FROM session_participants WHERE session_id = ? ORDER BY user_id");
    expect((await back.bind(session.id).all()).results).toHaveLength(2);
    const notices = env.DB.prepare("SELECT id FROM notifications WHERE user_id = ?").bind(guest.user.id);
    expect((await notices.all()).results).not.toEqual([]);
    const stored = await env.DB.prepare("SELECT count(DISTINCT room_id) AS n FROM chat_messages WHERE id = 1").first();
    expect(stored).toMatchObject({ n: expect.toSatisfy((count: number) => count >= rooms.length) });
    expect((await call("POST", "/v1/admin/flush?cursor=x", { token: operator.token })).status).toBe(400);
  });

  test("renew a room's epoch", async () => {
    const room = await groupOf([somebody]);
    const { welcome } = await enter(room.id, somebody);
    const response = await call("POST", `/v1/admin/rooms/${room.id}/epoch`, { token: operator.token });
    const { epoch } = await response.json<{ epoch: number }>();
    expect(epoch).not.toBe(welcome.epoch);
    expect((await enter(room.id, somebody)).welcome.epoch).toBe(epoch);
    expect((await call("POST", "/v1/admin/rooms/999999/epoch", { token: operator.token })).status).toBe(404);
  });
});
