import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { FLUSH_TIMING } from "../../objects/kernel/flush.ts";
import { clock } from "../support/clock.ts";
import { countRows } from "../support/cost.ts";
import { replaceDatabase } from "../support/faults.ts";
import { presenceStub } from "../support/presence.ts";
import { makePeople, makeRoom, type TestRoom } from "../support/rooms.ts";
import { connect } from "../support/sockets.ts";

interface Counts {
  readonly object: number;
  /** The inboxes of the room's people. */
  readonly inboxes: number;
  readonly d1: number;
  readonly search: number;
}

/** Counts what the objects and the databases write from now on, everything included: alarms, positions, receipts. */
async function countAll({ stub, userIds }: TestRoom): Promise<() => Promise<Counts>> {
  const counts = { d1: 0, search: 0 };
  const object = await countRows(stub);
  const inboxes = await Promise.all(userIds.map((userId) => countRows(presenceStub(userId))));
  await replaceDatabase(
    stub,
    countingDatabase(env.DB, (rows) => (counts.d1 += rows)),
  );
  await replaceDatabase(
    stub,
    countingDatabase(env.SEARCH, (rows) => (counts.search += rows)),
    "SEARCH",
  );
  return async () => {
    const each = await Promise.all(inboxes.map((inbox) => inbox()));
    return { ...counts, object: await object(), inboxes: each.reduce((sum, rows) => sum + rows, 0) };
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
  clock.advance(FLUSH_TIMING.delayMs);

  const counted = await countAll(room);
  for (let flush = 0; flush < flushes; flush += 1) {
    for (let n = 0; n < perFlush; n += 1) {
      const [writer, reader] = n % 2 === 0 ? [first, second] : [second, first];
      const message = { type: "message.send", clientId: `c${flush}-${n}`, content: "오늘 공부한 표현을 써 볼게요" };
      const answer = await writer.request(message);
      if (answer.type !== "ack") throw new Error(`refused: ${answer.code}`);
      reader.send({ type: "read", id: answer.id });
    }
    await second.request({ type: "history", limit: 1 });
    clock.advance(FLUSH_TIMING.delayMs);
    await runDurableObjectAlarm(room.stub);
    clock.advance(FLUSH_TIMING.delayMs);
  }
  const { object, inboxes, d1, search } = await counted();
  const messages = perFlush * flushes;
  return {
    object: object / messages,
    inboxes: inboxes / messages,
    d1: d1 / messages,
    search: search / messages,
    perMessage: (object + inboxes + d1 + search) / messages,
  };
}

it("writes at most 4.5 rows per message at 50 per flush, receipts, alarms, inboxes and the search index included", async () => {
  const single = await cost(1, 10);
  const many = await cost(50, 1);
  console.log(
    `rows written per message, 1 per flush: ${JSON.stringify(single)}; 50 per flush: ${JSON.stringify(many)}`,
  );
  expect(many.perMessage).toBeLessThanOrEqual(4.5);
});
