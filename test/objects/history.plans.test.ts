/** What a page of history costs the room's object: next to nothing where D1 has the page. */
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { RoomStore } from "../../objects/chat-room/store.ts";
import { RoomView } from "../../objects/chat-room/view.ts";
import { fillRoom } from "../support/filled-room.ts";
import { makePeople, makeRoom, type TestRoom } from "../support/rooms.ts";

const MESSAGES = 2_000;
const CHANGED = 40;

interface Cost {
  readonly rowsRead: number;
  readonly plans: readonly string[];
}

/** SQLite of the object, and what reading with it has cost so far. */
function counted(sql: SqlStorage): { sql: SqlStorage; cost(): Cost } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const plans: string[] = [];
  const exec: SqlStorage["exec"] = (query, ...bindings) => {
    for (const { detail } of sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings))
      plans.push(detail);
    const cursor = sql.exec(query, ...bindings);
    cursors.push(cursor);
    // The caller names the row's type; the cursor is the same.
    return cursor as never;
  };
  return {
    sql: new Proxy(sql, { get: (target, name) => (name === "exec" ? exec : Reflect.get(target, name, target)) }),
    cost: () => ({ rowsRead: cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0), plans }),
  };
}

describe(`a room of ${MESSAGES} messages, ${CHANGED} of them changed`, () => {
  let room: TestRoom;

  beforeAll(async () => {
    room = await makeRoom(await makePeople(1));
    const [senderId = 0] = room.userIds;
    await fillRoom(room.id, { messages: MESSAGES, senderId, since: Date.UTC(2026, 0, 1) });
    await runInDurableObject(room.stub, (_, { storage: { sql } }) => {
      // Every 50th, the oldest first.
      sql.exec("UPDATE messages SET rev = id / 50, content = 'changed' WHERE id % 50 = 0");
    });
  });

  /** With a store of its own over the object's rows; what opening it reads does not count. */
  function costOf(read: (store: RoomStore) => unknown): Promise<Cost & { result: unknown }> {
    return runInDurableObject(room.stub, (_, { storage }) => {
      const { sql, cost } = counted(storage.sql);
      const store = new RoomStore(sql);
      const opened = cost();
      const plansOfOpening = opened.plans.length;
      const result = read(store);
      const { rowsRead, plans } = cost();
      return { result, rowsRead: rowsRead - opened.rowsRead, plans: plans.slice(plansOfOpening) };
    });
  }

  const idsPast = (first: number, last: number, position: { id: number; rev: number }) =>
    costOf((store) =>
      store.messagesBetweenPast(first, last, { epoch: store.head.epoch, ...position }).map(({ id }) => id),
    );

  const BY_KEY = "SEARCH messages USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
  const BY_CHANGE = "SEARCH messages USING INDEX messages_changed (rev>?)";

  test("a page that D1 has entirely costs no read at all", async () => {
    expect(await idsPast(1_951, MESSAGES, { id: MESSAGES, rev: CHANGED })).toEqual({
      result: [],
      rowsRead: 0,
      plans: [],
    });
  });

  test("of a page that D1 has but for some changes, the changes are read by their index", async () => {
    const { result, rowsRead, plans } = await idsPast(1_901, 1_950, { id: MESSAGES, rev: CHANGED - 2 });
    expect(result).toEqual([1_950]);
    expect(plans).toEqual([BY_CHANGE, "USE TEMP B-TREE FOR ORDER BY"]);
    expect(rowsRead).toBeLessThanOrEqual(2 * 2);
  });

  test("after a long outage with many changes, no more than the rows of the page are looked at", async () => {
    const { result, rowsRead, plans } = await idsPast(101, 120, { id: MESSAGES, rev: 0 });
    expect(result).toEqual([]);
    expect(plans).toEqual([BY_KEY]);
    expect(rowsRead).toBeLessThanOrEqual(21);
  });

  test("what is not flushed is read by its key, beside changed rows before it", async () => {
    const { result, rowsRead, plans } = await idsPast(1_891, 1_910, { id: 1_905, rev: CHANGED - 5 });
    expect(result).toEqual([1_900, 1_906, 1_907, 1_908, 1_909, 1_910]);
    expect(plans).toEqual([BY_CHANGE, "USE TEMP B-TREE FOR ORDER BY", BY_KEY]);
    expect(rowsRead).toBeLessThanOrEqual(2 * 5 + 6);
  });

  test("where nothing is known to be flushed, it is the page", async () => {
    const { result, rowsRead, plans } = await idsPast(1_951, MESSAGES, { id: 0, rev: -1 });
    expect(result).toHaveLength(50);
    expect(plans).toEqual([BY_KEY]);
    expect(rowsRead).toBeLessThanOrEqual(51);
  });

  test("a date is found with one row per halving of the room", async () => {
    const { result, rowsRead, plans } = await costOf((store) =>
      new RoomView(store, { by: () => new Set(), of: () => new Set() }, () => false).range({
        around: { time: Date.UTC(2026, 0, 2) },
        limit: 50,
      }),
    );
    expect(result).toMatchObject({ around: 24 * 60 + 1 });
    expect(new Set(plans)).toEqual(new Set(["SEARCH messages USING INTEGER PRIMARY KEY (rowid=?)"]));
    expect(rowsRead).toBeLessThanOrEqual(Math.ceil(Math.log2(MESSAGES + 1)));
  });
});
