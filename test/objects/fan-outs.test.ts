/** What the Worker owes to a user's rooms: done at least once in each, through failures and kills, and never given up. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { activityStatement } from "../../src/activity/store.ts";
import { runFanOuts } from "../../src/fan-outs/runner.ts";
import { fanOutStatement, type NewFanOut } from "../../src/fan-outs/store.ts";
import { fanOuts } from "../../src/jobs/fan-outs.ts";
import { withFailingRooms, withSilentRooms } from "../support/failing-rooms.ts";
import { faultyDatabase, objectsBehind } from "../support/faults.ts";
import { openMe } from "../support/presence.ts";
import { makePeople, makeRoom, type TestRoom } from "../support/rooms.ts";
import { connect } from "../support/sockets.ts";

const MINUTE = 60_000;

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM fan_outs").run();
});

async function owe(fanOut: NewFanOut): Promise<void> {
  await env.DB.batch([fanOutStatement(env.DB, fanOut)]);
}

async function owed() {
  const { results } = await env.DB.prepare(
    "SELECT task, details, after_room_id AS after, attempts, next_attempt_at AS retryAt FROM fan_outs ORDER BY id",
  ).all();
  return results;
}

async function someoneIn(count: number): Promise<{ userId: number; rooms: TestRoom[] }> {
  const [userId = 0] = await makePeople(1);
  const rooms: TestRoom[] = [];
  for (let made = 0; made < count; made += 1) rooms.push(await makeRoom([userId]));
  return { userId, rooms };
}

async function rename(userId: number, name: string): Promise<void> {
  await env.DB.batch([
    env.DB.prepare("UPDATE users SET english_name = ? WHERE id = ?").bind(name, userId),
    fanOutStatement(env.DB, { userId, task: "PROFILE" }),
  ]);
}

async function nameIn({ stub }: TestRoom, userId: number): Promise<string | undefined> {
  const described = await stub.describe(userId);
  return described.ok ? described.value.participants.find((one) => one.userId === userId)?.name : undefined;
}

describe("ended sockets", () => {
  test("are those of one device where it is named, in every room", async () => {
    const { userId, rooms } = await someoneIn(2);
    const open = (deviceId: string) => Promise.all(rooms.map(({ stub }) => connect(stub, { userId, deviceId })));
    const [phone, laptop] = [await open("phone"), await open("laptop")];
    await owe({ userId, task: "END_SOCKETS", details: { deviceId: "phone" } });
    expect(await runFanOuts(env, { userId })).toEqual({ reached: 2, failed: 0, isDone: true });
    for (const socket of phone) expect((await socket.waitForClose()).code).toBe(4401);
    for (const socket of laptop) expect(socket.closed).toBeUndefined();
    await owe({ userId, task: "END_SOCKETS" });
    await runFanOuts(env, { userId });
    for (const socket of laptop) expect((await socket.waitForClose()).code).toBe(4401);
    expect(await owed()).toEqual([]);
  });

  test("are also a person's own, with no room as with one that fails; and theirs are owed on while their object is away", async () => {
    const { userId, rooms } = await someoneIn(1);
    const open = () => Promise.all(["phone", "laptop"].map((deviceId) => openMe(userId, { deviceId })));
    const [phone, laptop] = await open();
    await owe({ userId, task: "END_SOCKETS", details: { deviceId: "phone" } });
    const failing = withFailingRooms((roomId) => roomId === rooms[0]?.id);
    expect(await runFanOuts(failing, { userId })).toMatchObject({ reached: 0, failed: 1 });
    expect((await phone?.waitForClose())?.code).toBe(4401);
    expect(laptop?.closed).toBeUndefined();
    await env.DB.prepare("DELETE FROM fan_outs").run();

    await owe({ userId, task: "END_SOCKETS" });
    const away = { ...env, USER_PRESENCE: objectsBehind(env.USER_PRESENCE, () => Promise.reject(new Error("away"))) };
    let now = Date.now();
    // The rooms hear of it at once, and no more than once.
    expect(await runFanOuts(away, { userId, now: () => now })).toEqual({ reached: 1, failed: 0, isDone: true });
    expect(await owed()).toMatchObject([
      { task: "END_SOCKETS", details: "{}", after: rooms[0]?.id, retryAt: now + 10_000 },
    ]);
    expect(laptop?.closed).toBeUndefined();
    now += 10_000;
    expect(await runFanOuts(env, { userId, now: () => now })).toEqual({ reached: 0, failed: 0, isDone: true });
    expect((await laptop?.waitForClose())?.code).toBe(4401);
    expect(await owed()).toEqual([]);
  });
});

describe("a changed profile", () => {
  test("reaches every room, more of them than one step takes", async () => {
    const { userId, rooms } = await someoneIn(23);
    await rename(userId, "New Name");
    expect(await runFanOuts(env, { userId })).toEqual({ reached: 23, failed: 0, isDone: true });
    expect(new Set(await Promise.all(rooms.map((room) => nameIn(room, userId))))).toEqual(new Set(["New Name"]));
  });

  test("that changes again on the way arrives as it is at last", async () => {
    const { userId, rooms } = await someoneIn(2);
    await rename(userId, "First");
    let isChanged = false;
    const late = withFailingRooms(() => false);
    const database = new Proxy(env.DB, {
      get(real, property) {
        const value: unknown = Reflect.get(real, property);
        if (property !== "batch" || isChanged) return typeof value === "function" ? value.bind(real) : value;
        return async (statements: D1PreparedStatement[]) => {
          isChanged = true;
          await real.prepare("UPDATE users SET english_name = 'Second' WHERE id = ?").bind(userId).run();
          return real.batch(statements);
        };
      },
    });
    await runFanOuts({ ...late, DB: database }, { userId });
    expect(await Promise.all(rooms.map((room) => nameIn(room, userId)))).toEqual(["Second", "Second"]);
  });
});

describe("a room that fails", () => {
  test("holds up nobody, and is tried again until it answers", async () => {
    const { userId, rooms } = await someoneIn(4);
    await rename(userId, "New Name");
    const bad = rooms[1]?.id;
    let now = Date.now();
    const failing = withFailingRooms((roomId) => roomId === bad);
    expect(await runFanOuts(failing, { now: () => now })).toEqual({ reached: 3, failed: 1, isDone: true });
    for (const rest of [10_000, 20_000, 40_000]) {
      expect(await owed()).toEqual([
        expect.objectContaining({ details: JSON.stringify({ roomId: bad }), retryAt: now + rest }),
      ]);
      now += rest;
      expect(await runFanOuts(failing, { now: () => now })).toEqual({ reached: 0, failed: 1, isDone: true });
    }
    now += 80_000;
    expect(await runFanOuts(env, { now: () => now })).toEqual({ reached: 1, failed: 0, isDone: true });
    expect(await owed()).toEqual([]);
    expect(await Promise.all(rooms.map((room) => nameIn(room, userId)))).toEqual(rooms.map(() => "New Name"));
  });

  test("by never answering holds up nobody either", async () => {
    const { userId, rooms } = await someoneIn(12);
    await rename(userId, "New Name");
    const bad = rooms[1]?.id;
    const silent = withSilentRooms((roomId) => roomId === bad);
    expect(await runFanOuts(silent, { patienceMs: 200 })).toEqual({ reached: 11, failed: 1, isDone: true });
    expect(await owed()).toMatchObject([{ details: JSON.stringify({ roomId: bad }) }]);
  });

  test("once answers at the second try", async () => {
    const { userId } = await someoneIn(1);
    await owe({ userId, task: "PROFILE" });
    let failures = 1;
    const moving = withFailingRooms(() => failures-- > 0);
    expect(await runFanOuts(moving)).toEqual({ reached: 1, failed: 0, isDone: true });
  });

  test("as all others do lets the whole rest, and after some rests the others go on alone", async () => {
    const { userId, rooms } = await someoneIn(2);
    await owe({ userId, task: "PROFILE" });
    let now = Date.now();
    const nobody = withFailingRooms(() => true);
    for (const attempts of [1, 2, 3]) {
      await runFanOuts(nobody, { now: () => now });
      expect(await owed()).toMatchObject([{ after: 0, attempts, details: "{}" }]);
      now += MINUTE;
    }
    await runFanOuts(nobody, { now: () => now });
    expect((await owed()).map(({ details }) => details)).toEqual(rooms.map(({ id }) => JSON.stringify({ roomId: id })));
    now += MINUTE;
    await runFanOuts(env, { now: () => now });
    expect(await owed()).toEqual([]);
  });
});

describe("a run", () => {
  test("that is killed is gone on with: no room is left out, and only the step is done again that was not saved", async () => {
    const { userId, rooms } = await someoneIn(25);
    await owe({ userId, task: "PROFILE" });
    let saves = 0;
    const first: number[] = [];
    const killed = {
      ...withFailingRooms(() => false, first),
      // From the second save on, nothing arrives any more.
      DB: faultyDatabase(
        () => (saves > 1 ? "before" : "none"),
        countingBatches(() => (saves += 1)),
      ),
    };
    const begun = Date.now();
    expect(await runFanOuts(killed, { now: () => begun })).toMatchObject({ isDone: false });
    expect(await owed()).toMatchObject([{ retryAt: begun + MINUTE }]);
    const second: number[] = [];
    await runFanOuts(
      withFailingRooms(() => false, second),
      { now: () => begun + MINUTE },
    );
    expect(await owed()).toEqual([]);
    expect(new Set([...first, ...second])).toEqual(new Set(rooms.map(({ id }) => id)));
    expect(second.length).toBeLessThan(25);
  });

  test("of one user reads no more, however much is owed to others", async () => {
    const { userId } = await someoneIn(1);
    await oweOthers(3_000);
    await owe({ userId, task: "PROFILE" });
    expect(await rowsOfClaims(userId)).toBeLessThan(1_000);
  });

  test("of one user does what they were owed lately, and leaves what is older to a tick", async () => {
    const { userId } = await someoneIn(1);
    await owe({ userId, task: "PROFILE" });
    await oweOthers(200);
    await owe({ userId, task: "PROFILE" });
    expect(await runFanOuts(env, { userId })).toMatchObject({ reached: 1 });
    expect(await owed()).toHaveLength(201);
    expect(await runFanOuts(env, { calls: 5_000 })).toEqual({ reached: 1, failed: 0, isDone: true });
    expect(await owed()).toEqual([]);
  });

  test("lists a user's rooms once for many steps: each time costs a reading of all of them", async () => {
    const { userId } = await someoneIn(25);
    await owe({ userId, task: "PROFILE" });
    let listings = 0;
    const database = new Proxy(env.DB, {
      get(real, property) {
        const value: unknown = Reflect.get(real, property);
        if (property !== "prepare") return typeof value === "function" ? value.bind(real) : value;
        return (query: string) => {
          if (query.includes("FROM chat_participants")) listings += 1;
          return real.prepare(query);
        };
      },
    });
    expect(await runFanOuts({ ...env, DB: database })).toMatchObject({ reached: 25, isDone: true });
    expect(listings).toBe(2);
  });

  test("that has used up its calls leaves the rest to the next", async () => {
    const { userId, rooms } = await someoneIn(25);
    await owe({ userId, task: "PROFILE" });
    let reached = 0;
    let runs = 0;
    for (let isDone = false; !isDone; runs += 1) {
      const run = await runFanOuts(env, { calls: 12 });
      ({ isDone } = run);
      reached += run.reached;
    }
    expect(reached).toBe(rooms.length);
    expect(runs).toBe(4);
  });

  test("is not begun for what somebody else works on", async () => {
    const { userId } = await someoneIn(1);
    await owe({ userId, task: "PROFILE" });
    const called: number[] = [];
    const both = withFailingRooms(() => false, called);
    await Promise.all([runFanOuts(both, { userId }), runFanOuts(both)]);
    expect(called).toHaveLength(1);
  });

  test("never throws, and owes on what D1 could not tell", async () => {
    const { userId } = await someoneIn(1);
    await owe({ userId, task: "PROFILE" });
    const away = { ...env, DB: faultyDatabase(() => "before") };
    expect(await runFanOuts(away)).toEqual({ reached: 0, failed: 0, isDone: false });
    expect(await owed()).toHaveLength(1);
  });

  test("is what the job does with each tick", async () => {
    const { userId, rooms } = await someoneIn(1);
    await rename(userId, "By the tick");
    expect(await fanOuts.step(env, fanOuts.first(0), 0)).toEqual({ progress: null, counts: { rooms: 1, failed: 0 } });
    expect(await Promise.all(rooms.map((room) => nameIn(room, userId)))).toEqual(["By the tick"]);
  });
});

test("an entry of the activity log says who, what and from where", async () => {
  const [userId = 0] = await makePeople(1);
  const headers = { "cf-connecting-ip": "203.0.113.7", "user-agent": "Browser ".repeat(100) };
  await env.DB.batch([
    activityStatement(env.DB, {
      userId,
      activity: "signed_in",
      details: { provider: "GOOGLE" },
      request: new Request("https://studymate.example", { headers }),
    }),
  ]);
  const entry = await env.DB.prepare("SELECT * FROM user_activity_logs WHERE user_id = ?").bind(userId).first();
  expect(entry).toMatchObject({ activity: "signed_in", details: '{"provider":"GOOGLE"}', ip_address: "203.0.113.7" });
  expect(String(entry?.user_agent)).toHaveLength(512);
});

function countingBatches(count: () => void): D1Database {
  return new Proxy(env.DB, {
    get(real, property) {
      const value: unknown = Reflect.get(real, property);
      if (property === "batch") count();
      return typeof value === "function" ? value.bind(real) : value;
    },
  });
}

/** To people who are in no room. */
async function oweOthers(count: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO fan_outs (user_id, task)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT 1000000 + i, 'PROFILE' FROM n`,
  )
    .bind(count)
    .run();
}

/** What a run reads to find out what there is to do. */
async function rowsOfClaims(userId: number): Promise<number> {
  let rows = 0;
  const counted = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(real, property) {
        if (property === "bind") return (...values: unknown[]) => counted(real.bind(...values));
        if (property !== "first") throw new Error(`${String(property)} is not counted`);
        return async () => {
          const { results, meta } = await real.all();
          rows += meta.rows_read;
          return results[0] ?? null;
        };
      },
    });
  const database = new Proxy(env.DB, { get: (real) => (query: string) => counted(real.prepare(query)) });
  await runFanOuts({ ...env, DB: database }, { userId });
  return rows;
}
