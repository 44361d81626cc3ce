/** What one was told of, over HTTP: the list, reading, settings, and what the Worker owes to people. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { notificationList } from "../../schema/api/notifications.ts";
import { DEFAULT_SETTINGS } from "../../schema/notifications.ts";
import { app } from "../../src/app.ts";
import { owedNotifications } from "../../src/jobs/owed-notifications.ts";
import { tellOwed } from "../../src/owed-notifications/runner.ts";
import { owedStatement } from "../../src/owed-notifications/store.ts";
import { clock } from "../support/clock.ts";
import { call, requestFor, type SignedIn, signIn } from "../support/http.ts";
import { notificationsOf, notify, someCause, systemRequest } from "../support/notifications.ts";
import { presenceStub } from "../support/presence.ts";
import { planOf, type RecordedRead, recordedDatabase } from "../support/recorded.ts";

async function list({ token }: SignedIn, query = ""): Promise<z.infer<typeof notificationList>> {
  const response = await call("GET", `/v1/notifications${query}`, { token });
  expect(response.status).toBe(200);
  return notificationList.parse(await response.json());
}

async function everyPage(person: SignedIn, query: string): Promise<number[]> {
  const ids: number[] = [];
  for (let cursor = ""; ; ) {
    const page = await list(person, `?${query}${cursor && `&cursor=${cursor}`}`);
    ids.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null) return ids;
    cursor = page.nextCursor;
  }
}

describe("the list", () => {
  test("is the latest first, in pages, with what took another's place where it came last", async () => {
    const minji = await signIn("Minji");
    for (let n = 1; n <= 5; n += 1) {
      clock.advance(1_000);
      await notify(minji.user.id, { collapseKey: n === 5 ? "key 2" : `key ${n}` });
    }
    expect(await everyPage(minji, "limit=2")).toEqual([2, 4, 3, 1]);
    expect((await list(minji)).unread).toBe(4);
  });

  test("has only those that are not read, where that is asked for", async () => {
    const minji = await signIn("Minji");
    for (let n = 1; n <= 4; n += 1) await notify(minji.user.id);
    const answer = await call("POST", "/v1/notifications/read", { token: minji.token, body: { ids: [1, 3, 99] } });
    expect(await answer.json()).toEqual({ unread: 2 });
    expect(await everyPage(minji, "unread=true&limit=1")).toEqual([4, 2]);
    expect(await everyPage(minji, "limit=3")).toEqual([4, 3, 2, 1]);
    await call("POST", "/v1/notifications/read", { token: minji.token, body: { all: true } });
    expect(await list(minji, "?unread=true")).toEqual({ items: [], nextCursor: null, unread: 0 });
  });

  test("goes on in D1 with what is older than the latest five hundred, each once", async () => {
    const minji = await signIn("Minji");
    const total = 520;
    for (let n = 1; n <= total; n += 1) await notify(minji.user.id, { collapseKey: `key ${n}` });
    clock.advance(1_000);
    await notify(minji.user.id, { collapseKey: "key 300" });
    await presenceStub(minji.user.id).flush();
    const rest = Array.from({ length: total }, (_, index) => total - index).filter((id) => id !== 300);
    expect(await everyPage(minji, "limit=100")).toEqual([300, ...rest]);
    expect(await everyPage(minji, "limit=100&unread=true")).toHaveLength(500);
    expect((await list(minji)).items[0]).toMatchObject({ id: 300, data: { count: 2 }, isRead: false });
    const last = (await everyPage(minji, "limit=100")).at(-1);
    expect(last).toBe(1);
  });

  test("is found by an index there, and says so where D1 is away", async () => {
    const minji = await signIn("Minji");
    for (let n = 1; n <= 505; n += 1) await notify(minji.user.id);
    await presenceStub(minji.user.id).flush();
    const reads: RecordedRead[] = [];
    const session = recordedDatabase(reads).withSession("first-primary");
    const { nextCursor } = await list(minji, "?limit=100");
    let cursor = nextCursor;
    for (let page = 0; page < 3; page += 1) ({ nextCursor: cursor } = await list(minji, `?limit=100&cursor=${cursor}`));
    const asked = requestFor("GET", `/v1/notifications?limit=100&cursor=${cursor}`, { token: minji.token });
    // A session is a database as far as it is read here.
    const answer = await app.fetch(asked, { ...env, DB: session as unknown as D1Database });
    expect(answer.status).toBe(200);
    const [read] = reads.filter(({ query }) => query.includes("FROM notifications"));
    if (!read) throw new Error("D1 was not asked");
    expect((await planOf(read)).join()).toContain(
      "idx_notifications_user (user_id=? AND is_read=? AND (created_at,id)<(?,?))",
    );
    // Those that the object has are looked up in a list.
    expect(read.rowsRead).toBeLessThan(600);

    const prepare = () => {
      throw new Error("away");
    };
    const away = await app.fetch(
      requestFor("GET", `/v1/notifications?limit=100&cursor=${cursor}`, { token: minji.token }),
      { ...env, DB: { prepare } },
    );
    expect(away.status).toBe(503);
    // What the object has needs no D1.
    const first = await app.fetch(requestFor("GET", "/v1/notifications", { token: minji.token }), {
      ...env,
      DB: { prepare },
    });
    expect(first.status).toBe(200);
  });

  test("refuses a cursor that is not its own", async () => {
    const { token } = await signIn();
    expect((await call("GET", "/v1/notifications?cursor=nonsense", { token })).status).toBe(400);
  });
});

describe("settings", () => {
  test("are everything at first, and what was chosen after that", async () => {
    const { token } = await signIn();
    const get = async () => (await call("GET", "/v1/me/notification-settings", { token })).json();
    expect(await get()).toEqual(DEFAULT_SETTINGS);
    const chosen = {
      ...DEFAULT_SETTINGS,
      types: { ...DEFAULT_SETTINGS.types, MATCH_EXPIRED: { inApp: false, push: false } },
      quietHours: { from: "23:00", to: "06:30" },
      timeZone: "asia/seoul",
      language: "ko",
      showsMessageText: true,
    };
    const put = await call("PUT", "/v1/me/notification-settings", { token, body: chosen });
    expect(put.status).toBe(200);
    expect(await put.json()).toEqual({ ...chosen, timeZone: "Asia/Seoul" });
    expect(await get()).toEqual({ ...chosen, timeZone: "Asia/Seoul" });
  });

  test.each([
    ["a type too few", { types: { MESSAGE: { inApp: true, push: true } } }, "types.MATCH_REQUEST"],
    ["hours that are none", { quietHours: { from: "25:00", to: "06:00" } }, "quietHours.from"],
    ["a zone that is none", { timeZone: "Mars/Olympus" }, "timeZone"],
    ["another language", { language: "fr" }, "language"],
  ])("are refused with %s", async (_, change, path) => {
    const { token } = await signIn();
    const answer = await call("PUT", "/v1/me/notification-settings", {
      token,
      body: { ...DEFAULT_SETTINGS, ...change },
    });
    expect(answer.status).toBe(400);
    expect((await answer.json<{ errors: { path: string }[] }>()).errors[0]?.path).toBe(path);
  });

  test("of the profile count where nothing was chosen, from when they are changed", async () => {
    const minji = await signIn("Minji");
    await notify(minji.user.id);
    const languages = [
      { languageCode: "ko", languageType: "NATIVE", isPrimary: true },
      { languageCode: "en", languageType: "LEARNING", proficiencyLevel: "B1" },
    ];
    await call("PUT", "/v1/me/languages", { token: minji.token, body: { languages } });
    await expect
      .poll(async () => {
        await notify(minji.user.id);
        return (await notificationsOf(minji.user.id))[0]?.title;
      })
      .toBe("공지");
  });
});

describe("who reported somebody", () => {
  async function reported() {
    const [minji, daniel, admin] = [await signIn("Minji"), await signIn("Daniel"), await signIn("Admin")];
    await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(admin.user.id).run();
    const made = await call("POST", "/v1/reports", {
      token: minji.token,
      body: { reportedUserId: daniel.user.id, reason: "SPAM" },
    });
    const { id } = await made.json<{ id: number }>();
    const resolve = (action: string, settings: object = {}) => {
      const body = { action, resolution: "Looked into." };
      const request = requestFor("POST", `/v1/admin/reports/${id}/resolve`, { token: admin.token, body });
      return app.fetch(request, { ...env, ...settings });
    };
    return { minji, daniel, id, resolve };
  }
  const owed = async (userId: number) =>
    (await env.DB.prepare("SELECT request FROM owed_notifications WHERE user_id = ?").bind(userId).all()).results;

  test.each([
    ["none", "RESOLVED"],
    ["ban", "RESOLVED"],
    ["dismiss", "DISMISSED"],
  ])("is told once it is decided: %s", async (action, outcome) => {
    const { minji, daniel, id, resolve } = await reported();
    expect((await resolve(action)).status).toBe(200);
    expect((await resolve(action)).status).toBe(409);
    expect(await notificationsOf(minji.user.id)).toMatchObject([
      { type: "SAFETY", title: "Your report was reviewed", priority: "HIGH", data: { reportId: id, outcome } },
    ]);
    expect(await notificationsOf(daniel.user.id)).toEqual([]);
    expect(await owed(minji.user.id)).toEqual([]);
  });

  test("is told later where their object did not answer, and once", async () => {
    const { minji, resolve } = await reported();
    const silent = { getByName: () => new Proxy({}, { get: () => () => Promise.reject(new Error("moving")) }) };
    expect((await resolve("none", { USER_PRESENCE: silent })).status).toBe(200);
    expect(await notificationsOf(minji.user.id)).toEqual([]);
    expect(await owed(minji.user.id)).toHaveLength(1);
    // Not before its time.
    expect(await tellOwed(env)).toMatchObject({ told: 0 });
    clock.advance(15_000);
    expect(await owedNotifications.step(env, owedNotifications.first(0), 0)).toMatchObject({ counts: { told: 1 } });
    expect(await owed(minji.user.id)).toEqual([]);
    expect(await notificationsOf(minji.user.id)).toHaveLength(1);
  });
});

describe("what is owed", () => {
  test("is told once, by however many at the same time, whatever is killed in between", async () => {
    const { user } = await signIn();
    const request = systemRequest({ cause: someCause() });
    const add = () => owedStatement(env.DB, { userId: user.id, request }).run();
    await add();
    await add();
    await Promise.all([tellOwed(env), tellOwed(env), tellOwed(env, { userId: user.id })]);
    // Killed before the row was deleted.
    await add();
    await tellOwed(env);
    expect(await notificationsOf(user.id)).toHaveLength(1);
  });

  test("to many is told step by step, and one that fails holds up nobody", async () => {
    const people = await Promise.all(Array.from({ length: 25 }, () => signIn()));
    await env.DB.batch(people.map(({ user }) => owedStatement(env.DB, { userId: user.id, request: systemRequest() })));
    const [first] = people;
    const failing = new Proxy(env.USER_PRESENCE, {
      get: (real, property) =>
        property === "getByName"
          ? (name: string) =>
              name === String(first?.user.id)
                ? { notify: () => Promise.reject(new Error("broken")) }
                : real.getByName(name)
          : Reflect.get(real, property),
    });
    const flaky = { ...env, USER_PRESENCE: failing };
    expect(await tellOwed(flaky)).toEqual({ told: 19, failed: 1, isDone: false });
    expect(await tellOwed(flaky)).toEqual({ told: 5, failed: 0, isDone: true });
    clock.advance(15_000);
    expect(await tellOwed(env)).toEqual({ told: 1, failed: 0, isDone: true });
    for (const { user } of people) expect(await notificationsOf(user.id)).toHaveLength(1);
  });
});
