import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { FlushRow, Position } from "../../../objects/kernel/flush.ts";
import { D1Destination } from "../../../objects/kernel/flush-d1.ts";
import { faultyDatabase } from "../../support/faults.ts";

beforeAll(async () => {
  await env.DB.exec(
    "CREATE TABLE IF NOT EXISTS flush_test (object TEXT, id INTEGER, text TEXT CHECK (text <> 'poison'), PRIMARY KEY (object, id))",
  );
});

const at = (epoch: number, id: number, rev = 0): Position => ({ epoch, id, rev });

function row(id: number, text = `행 ${id}`): FlushRow {
  return { table: "flush_test", key: String(id), rev: 0, values: { id, text } };
}

function open(database: () => D1Database = () => env.DB, object = `test:${crypto.randomUUID()}`): Bench {
  return new Bench(database, object);
}

class Bench {
  readonly destination: D1Destination;
  readonly object: string;
  knownIds: number[] = [];

  constructor(database: () => D1Database, object: string) {
    this.object = object;
    this.destination = new D1Destination({
      name: "main",
      database,
      object,
      now: () => 1_000,
      statements: (session, rows) => [
        session
          .prepare(
            `INSERT INTO flush_test (object, id, text) SELECT ?1, value->>'id', value->>'text' FROM json_each(?2) WHERE true
             ON CONFLICT DO UPDATE SET text = excluded.text`,
          )
          .bind(object, JSON.stringify(rows.map(({ values }) => values))),
      ],
      removeBeyond: (session) => [
        session
          .prepare("DELETE FROM flush_test WHERE object = ? AND id NOT IN (SELECT value FROM json_each(?))")
          .bind(object, JSON.stringify(this.knownIds)),
      ],
    });
  }

  async stored(): Promise<Record<string, unknown>> {
    const query = env.DB.prepare("SELECT id, text FROM flush_test WHERE object = ? ORDER BY id").bind(this.object);
    const { results } = await query.all<{ id: number; text: string }>();
    return Object.fromEntries(results.map(({ id, text }) => [id, text]));
  }

  async parked(): Promise<Record<string, unknown>[]> {
    const query = env.DB.prepare("SELECT * FROM flush_parked WHERE object = ? ORDER BY row_key").bind(this.object);
    return (await query.all()).results;
  }
}

const STAY = { at: null };

describe("the position", () => {
  it("is nothing at first, then where the rows took it", async () => {
    const { destination } = open();
    expect(await destination.read()).toBeNull();
    const answer = await destination.write([row(1), row(2)], { from: null, to: at(7, 2, 3), parked: [] });
    expect(answer).toEqual({ kind: "written", moved: true });
    expect(await destination.read()).toEqual(at(7, 2, 3));
  });

  it("moves only from where it stands; the rows of a stale move are written all the same", async () => {
    const bench = open();
    const { destination } = bench;
    await destination.write([], { from: null, to: at(7, 1), parked: [] });
    for (const from of [null, at(7, 0), at(7, 1, 1), at(6, 1)]) {
      bench.knownIds = [1];
      const answer = await destination.write([row(1, `from ${from?.id}`)], { from, to: at(7, 9), parked: [] });
      expect(answer).toEqual({ kind: "written", moved: false });
    }
    expect(await destination.read()).toEqual(at(7, 1));
    expect(await bench.stored()).toEqual({ 1: "from 1" });
  });

  it("may move to where it stands: changes without a number", async () => {
    const { destination } = open();
    await destination.write([], { from: null, to: at(7, 1), parked: [] });
    const answer = await destination.write([row(1)], { from: at(7, 1), to: at(7, 1), parked: [] });
    expect(answer).toEqual({ kind: "written", moved: true });
  });

  it("belongs to one object", async () => {
    const [one, other] = [open(), open()];
    await one.destination.write([row(1)], { from: null, to: at(7, 1), parked: [] });
    expect(await other.destination.read()).toBeNull();
    expect(await other.stored()).toEqual({});
  });

  it("without rows and without a move is no write at all", async () => {
    const destination = new D1Destination({
      name: "main",
      database: () => faultyDatabase(() => "before"),
      object: "test:none",
      now: () => 0,
      statements: () => [],
      removeBeyond: () => [],
    });
    expect(await destination.write([], STAY)).toEqual({ kind: "written", moved: false });
  });
});

describe("a refused row", () => {
  it("takes the whole batch with it: neither rows nor position are there", async () => {
    const bench = open();
    const answer = await bench.destination.write([row(1), row(2, "poison")], { from: null, to: at(7, 2), parked: [] });
    expect(answer).toMatchObject({ kind: "refused", reason: expect.stringContaining("CHECK constraint failed") });
    expect(await bench.stored()).toEqual({});
    expect(await bench.destination.read()).toBeNull();
  });

  it("is one with a value of a wrong kind, too", async () => {
    await env.DB.exec("CREATE TABLE IF NOT EXISTS flush_test_keys (id INTEGER PRIMARY KEY)");
    const destination = new D1Destination({
      name: "main",
      database: () => env.DB,
      object: "test:kinds",
      now: () => 0,
      statements: (session) => [session.prepare("INSERT INTO flush_test_keys (id) VALUES ('one')")],
      removeBeyond: () => [],
    });
    const answer = await destination.write([row(1)], STAY);
    expect(answer).toMatchObject({ kind: "refused", reason: expect.stringContaining("datatype mismatch") });
  });

  it("is written down beside the position, and again with its latest reason", async () => {
    const bench = open();
    const { destination } = bench;
    const first = [{ row: { ...row(2), rev: 4 }, reason: "자리가 없다" }];
    await destination.write([], { from: null, to: at(7, 2), parked: first });
    expect(await bench.parked()).toEqual([
      {
        object: bench.object,
        table_name: "flush_test",
        row_key: "2",
        epoch: 7,
        rev: 4,
        reason: "자리가 없다",
        parked_at: 1_000,
      },
    ]);
    await destination.write([], {
      from: at(7, 2),
      to: at(7, 2),
      parked: [{ row: { ...row(2), rev: 5 }, reason: "again" }],
    });
    expect(await bench.parked()).toMatchObject([{ row_key: "2", rev: 5, reason: "again" }]);
    expect(await destination.parkedKeys()).toEqual([{ table: "flush_test", key: "2" }]);
  });

  it("is no longer parked once it was written, and the others stay", async () => {
    const bench = open();
    const parked = [1, 2, 3].map((id) => ({ row: row(id), reason: "no" }));
    await bench.destination.write([], { from: null, to: at(7, 3), parked });
    await bench.destination.write([row(1), row(3)], STAY);
    expect(await bench.destination.parkedKeys()).toEqual([{ table: "flush_test", key: "2" }]);
    expect(await bench.stored()).toEqual({ 1: "행 1", 3: "행 3" });
  });
});

describe("a fault of the database", () => {
  it("is thrown, not taken for the rows' fault", async () => {
    const bench = open(() => faultyDatabase(() => "before"));
    await expect(bench.destination.write([row(1)], STAY)).rejects.toThrow("Network connection lost");
    await expect(bench.destination.read()).rejects.toThrow();
  });

  it("after the commit leaves rows and position there", async () => {
    const bench = open(() => faultyDatabase(() => "after"));
    await expect(bench.destination.write([row(1)], { from: null, to: at(7, 1), parked: [] })).rejects.toThrow();
    expect(await bench.stored()).toEqual({ 1: "행 1" });
    expect(await bench.destination.read()).toEqual(at(7, 1));
  });

  it("in a statement of ours is thrown: a missing table is not the rows' fault", async () => {
    const destination = new D1Destination({
      name: "main",
      database: () => env.DB,
      object: "test:broken",
      now: () => 0,
      statements: (session) => [session.prepare("INSERT INTO no_such_table VALUES (1)")],
      removeBeyond: () => [],
    });
    await expect(destination.write([row(1)], STAY)).rejects.toThrow("no such table");
  });
});

describe("a new epoch", () => {
  it("removes what the object does not know of, with its first batch and only then", async () => {
    const bench = open();
    const { destination } = bench;
    await destination.write([row(1), row(2), row(3)], { from: null, to: at(7, 3), parked: [] });
    bench.knownIds = [1, 2];
    await destination.write([row(1, "restored")], { from: at(7, 3), to: at(8, 1), parked: [] });
    expect(await bench.stored()).toEqual({ 1: "restored", 2: "행 2" });
    bench.knownIds = [];
    await destination.write([row(2, "restored")], { from: at(8, 1), to: at(8, 2), parked: [] });
    expect(await bench.stored()).toEqual({ 1: "restored", 2: "restored" });
  });

  it("begins where no position is kept, and where it is told to start over", async () => {
    const bench = open();
    await bench.destination.write([row(1)], STAY);
    bench.knownIds = [];
    await bench.destination.write([row(2)], { from: null, to: at(8, 2), parked: [] });
    expect(await bench.stored()).toEqual({ 2: "행 2" });
    await bench.destination.write([row(3)], { from: at(8, 2), to: at(8, 1), parked: [], startsOver: true });
    expect(await bench.stored()).toEqual({ 3: "행 3" });
    expect(await bench.destination.read()).toEqual(at(8, 1));
  });
});

it("the bookmark is that of the latest answer, also where an earlier one comes later", async () => {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let batches = 0;
  // The first batch commits, but its answer is late.
  const slow = new Proxy(env.DB, {
    get(database, property, receiver) {
      if (property !== "withSession") return Reflect.get(database, property, receiver);
      return (constraint: string) => {
        const session = database.withSession(constraint);
        return {
          prepare: (query: string) => session.prepare(query),
          getBookmark: () => session.getBookmark(),
          batch: async (statements: D1PreparedStatement[]) => {
            batches += 1;
            const isFirst = batches === 1;
            const results = await session.batch(statements);
            if (isFirst) await held;
            return results;
          },
        };
      };
    },
  });
  const bench = open(() => slow);
  const { destination } = bench;
  const first = destination.write([row(1)], STAY);
  while (Object.keys(await bench.stored()).length === 0);
  await destination.write([row(2)], { from: null, to: at(7, 2), parked: [] });
  const latest = destination.bookmark();
  expect(latest).not.toBeNull();
  release?.();
  await first;
  expect(destination.bookmark()).toBe(latest);
});
