/** Whatever people, flushes, archive and faults do in turn: archive and live are together the log, and hold nothing twice. */
import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { archiveMessages } from "../../src/jobs/archive-messages.ts";
import { runSlice } from "../../src/jobs/runner.ts";
import { age, heldBy, type StoredRow, storedIn } from "../support/archive.ts";
import { breakDatabase, type Fault } from "../support/faults.ts";
import { makePeople, makeRoom, roomStub, type TestRoom } from "../support/rooms.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

const RUNS = Math.ceil(Number(env.MODEL_RUNS) / 2);

const fault = fc.constantFrom<Fault>("none", "before", "after");
const nth = fc.nat(11);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("edit" as const), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("react" as const), nth }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("age" as const), nth }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("flush" as const), fault }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("archive" as const), steps: fc.integer({ min: 1, max: 3 }), fault }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("both" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("crash" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("epoch" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore" as const), nth }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Every story begins with some of a room archived, and some old but not archived yet. */
const PAST: readonly Step[] = [
  { kind: "send", count: 10 },
  { kind: "flush", fault: "none" },
  { kind: "age", nth: 4 },
  { kind: "archive", steps: 3, fault: "none" },
  { kind: "age", nth: 6 },
];

const TABLES = ["chat_messages", "chat_messages_archive"] as const;

class World {
  private readonly room: TestRoom;
  private socket: TestSocket | undefined;
  private sent = 0;
  /** Messages up to here are old. */
  private oldThrough = 0;
  private readonly backups: (readonly { sql: string; values: readonly (string | number | null)[] }[])[] = [];

  constructor(room: TestRoom) {
    this.room = room;
  }

  private get stub() {
    return roomStub(this.room.id);
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case "send":
        for (let count = 0; count < one.count; count += 1) await this.send();
        return;
      case "edit":
        return this.request({ type: "message.edit", id: one.nth + 1, content: `edited ${this.sent}` });
      case "delete":
        return this.request({ type: "message.delete", id: one.nth + 1 });
      case "react":
        return this.request({ type: "reaction.add", id: one.nth + 1, emoji: "👍" });
      case "age":
        this.oldThrough = Math.max(this.oldThrough, Math.min(one.nth, this.sent));
        return age(this.room.id, this.oldThrough);
      case "flush":
        return this.flush(one.fault);
      case "archive":
        return this.archive(one.fault, one.steps);
      case "both":
        await Promise.all([this.stub.flush(), this.archive("none"), this.archive("after")]);
        return;
      case "evict":
        // Not running is as good as evicted.
        return evictDurableObject(this.stub).catch(() => {});
      case "crash":
        await abortAllDurableObjects();
        this.socket = undefined;
        return;
      case "epoch":
        await this.stub.renewEpoch();
        this.socket = undefined;
        return;
      case "restore":
        return this.restore(one.nth);
    }
  }

  private async send(): Promise<void> {
    this.sent += 1;
    await this.request({ type: "message.send", clientId: `c${this.sent}`, content: `message ${this.sent}` });
  }

  private async request(frame: object): Promise<void> {
    const [userId = 0] = this.room.userIds;
    if (this.socket === undefined || this.socket.closed) this.socket = await connect(this.stub, { userId });
    await this.socket.request(frame);
  }

  private async flush(kind: Fault): Promise<void> {
    const repair = await breakDatabase(this.stub, () => kind);
    await this.stub.flush();
    await repair();
  }

  /** With "after" it is killed between what it moved and the saving of its progress. */
  private async archive(kind: Fault, steps = 1): Promise<void> {
    const batch: D1Database["batch"] = async (statements) => {
      if (kind === "before") throw new Error("killed");
      const results = await env.DB.batch<never>(statements);
      if (kind === "after") throw new Error("killed");
      return results;
    };
    const database = { prepare: (query: string) => env.DB.prepare(query), batch };
    // The job uses nothing else of D1.
    const job = { ...archiveMessages, queriesPerStep: 0, step: stepWith(database as D1Database) };
    await runSlice(env, job, { limits: { ms: 1_000, queries: steps }, now: Date.now, begunBy: "operator" });
  }

  /** D1 as it was at an earlier check. */
  private async restore(n: number): Promise<void> {
    const backup = this.backups[n % this.backups.length];
    if (!backup) return;
    await env.DB.batch([
      ...TABLES.map((table) => env.DB.prepare(`DELETE FROM ${table} WHERE room_id = ?`).bind(this.room.id)),
      env.DB.prepare("DELETE FROM flush_positions WHERE object = ?").bind(`chat-room:${this.room.id}`),
      ...backup.map(({ sql, values }) => env.DB.prepare(sql).bind(...values)),
    ]);
    await age(this.room.id, this.oldThrough);
  }

  private async backUp(): Promise<void> {
    const tables = [...TABLES.map((table) => [table, "room_id", this.room.id] as const), positionOf(this.room.id)];
    const inserts: { sql: string; values: (string | number | null)[] }[] = [];
    for (const [table, key, value] of tables) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table} WHERE ${key} = ?`).bind(value).all<StoredRow>();
      for (const row of results) {
        const marks = Object.keys(row).map(() => "?");
        const sql = `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${marks.join(", ")})`;
        inserts.push({ sql, values: Object.values(row) });
      }
    }
    this.backups.push(inserts);
  }

  /** Holds at every moment: nothing is there twice, the archive is a beginning of the log, D1 has no other messages. */
  async check(): Promise<void> {
    const { live, archived } = await storedIn(this.room.id);
    const ids = [...archived, ...live].map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    expect(archived.map(({ id }) => id)).toEqual(archived.map((_, index) => index + 1));
    const held = await heldBy(this.room.id);
    for (const row of [...archived, ...live]) expect(held[Number(row.id) - 1]?.client_id).toBe(row.client_id);
    await this.backUp();
  }

  /** Once everything is flushed: archive and live are what the room holds, row by row. */
  async checkEnd(): Promise<number> {
    await this.flush("none");
    await this.check();
    const { live, archived } = await storedIn(this.room.id);
    expect([...archived, ...live]).toEqual(await heldBy(this.room.id));
    for (let turn = 0; turn < 4; turn += 1) await this.archive("none");
    const after = await storedIn(this.room.id);
    expect([...after.archived, ...after.live]).toEqual([...archived, ...live]);
    expect(after.archived).toHaveLength(this.oldThrough);
    return after.archived.length;
  }
}

const stepWith =
  (database: D1Database): typeof archiveMessages.step =>
  (environment, progress, startedAt) =>
    archiveMessages.step({ ...environment, DB: database }, progress, startedAt);

function positionOf(roomId: number) {
  return ["flush_positions", "object", `chat-room:${roomId}`] as const;
}

it("archive and live are the log, without a message in both, whatever happens in whatever order", {
  timeout: 20_000 + RUNS * 4_000,
}, async () => {
  const [userId = 0] = await makePeople(1);
  let archived = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      await env.DB.batch([...TABLES, "jobs", "system_metrics"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
      const world = new World(await makeRoom([userId]));
      for (const one of [...PAST, ...steps]) {
        await world.take(one);
        await world.check();
      }
      archived += await world.checkEnd();
    }),
    { numRuns: RUNS },
  );
  expect(archived).toBeGreaterThan(0);
});
