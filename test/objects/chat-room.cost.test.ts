import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { replaceDatabase } from "../support/faults.ts";
import { makePeople, makeRoom, type TestRoom } from "../support/rooms.ts";
import { connect } from "../support/sockets.ts";

interface Counts {
  readonly object: number;
  readonly d1: number;
  readonly search: number;
}

/** Counts what the object and its databases write from now on, everything included: alarms, positions, receipts. */
async function countRows(room: TestRoom): Promise<() => Promise<Counts>> {
  const counts = { object: 0, d1: 0, search: 0 };
  await runInDurableObject(room.stub, (instance, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    const setAlarm = storage.setAlarm.bind(storage);
    const counting = {
      // The cursor knows its rows once it was read to its end: the sum is taken when it is asked for.
      exec: (query: string, ...bindings: SqlStorageValue[]) => {
        const cursor = exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      },
    };
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    Object.defineProperty(storage.sql, "exec", { value: counting.exec, configurable: true });
    Object.defineProperty(storage, "setAlarm", {
      value: (time: number) => {
        counts.object += 1;
        return setAlarm(time);
      },
      configurable: true,
    });
    Object.defineProperty(instance, "countRows", {
      value: () => cursors.splice(0).reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
      configurable: true,
    });
  });
  await replaceDatabase(
    room.stub,
    countingDatabase(env.DB, (rows) => (counts.d1 += rows)),
  );
  await replaceDatabase(
    room.stub,
    countingDatabase(env.SEARCH, (rows) => (counts.search += rows)),
    "SEARCH",
  );
  return async () => {
    counts.object += await runInDurableObject(room.stub, (instance) =>
      (instance as unknown as { countRows(): number }).countRows(),
    );
    return counts;
  };
}

function countingDatabase(real: D1Database, add: (rows: number) => void): D1Database {
  return new Proxy(real, {
    get: (database, property, receiver) =>
      property === "withSession"
        ? (constraint: string) => {
            const session = database.withSession(constraint);
            return {
              prepare: (query: string) => session.prepare(query),
              batch: async (statements: D1PreparedStatement[]) => {
                const results = await session.batch(statements);
                for (const { meta } of results) add(meta.rows_written);
                return results;
              },
              getBookmark: () => session.getBookmark(),
            };
          }
        : Reflect.get(database, property, receiver),
  });
}

/** `flushes` times `perFlush` messages between two people who write in turn and read along. */
async function cost(perFlush: number, flushes: number): Promise<Counts & { perMessage: number }> {
  const [a = 0, b = 0] = await makePeople(2);
  const room = await makeRoom([a, b], "DIRECT");
  const first = await connect(room.stub, { userId: a });
  const second = await connect(room.stub, { userId: b });
  await first.request({ type: "message.send", clientId: "warm-up", content: "first" });
  await runDurableObjectAlarm(room.stub);

  const counted = await countRows(room);
  for (let flush = 0; flush < flushes; flush += 1) {
    for (let n = 0; n < perFlush; n += 1) {
      const [writer, reader] = n % 2 === 0 ? [first, second] : [second, first];
      const message = { type: "message.send", clientId: `c${flush}-${n}`, content: "오늘 공부한 표현을 써 볼게요" };
      const answer = await writer.request(message);
      if (answer.type !== "ack") throw new Error(`refused: ${answer.code}`);
      reader.send({ type: "read", id: answer.id });
    }
    await second.request({ type: "history", limit: 1 });
    await runDurableObjectAlarm(room.stub);
  }
  const { object, d1, search } = await counted();
  const messages = perFlush * flushes;
  return {
    object: object / messages,
    d1: d1 / messages,
    search: search / messages,
    perMessage: (object + d1 + search) / messages,
  };
}

it("writes at most 4.5 rows per message at 50 per flush, receipts, alarms and the search index included", async () => {
  const single = await cost(1, 10);
  const many = await cost(50, 1);
  console.log(
    `rows written per message, 1 per flush: ${JSON.stringify(single)}; 50 per flush: ${JSON.stringify(many)}`,
  );
  expect(many.perMessage).toBeLessThanOrEqual(4.5);
});
