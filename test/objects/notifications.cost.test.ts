/** Rows written for what people are told of: in their object, alarms included, and in D1 with its indexes. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { countRows } from "../support/cost.ts";
import { replaceDatabase } from "../support/faults.ts";
import { allPushed, notify } from "../support/notifications.ts";
import { presenceStub, ring, sayIn, told } from "../support/presence.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";

/** D1 that counts what its batches write. */
function countingBatches(add: (rows: number) => void): D1Database {
  return new Proxy(env.DB, {
    get(database, property) {
      const value: unknown = Reflect.get(database, property);
      if (property !== "withSession") return typeof value === "function" ? value.bind(database) : value;
      return (constraint: string) => {
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
      };
    },
  });
}

interface Cost {
  readonly object: number;
  readonly d1: number;
}

/** What `work` and the flush after it write for somebody, who has heard of other things before. */
async function costOf(userId: number, work: () => Promise<unknown>): Promise<Cost> {
  await notify(userId);
  await settle(userId);
  let d1 = 0;
  const rowsOf = await countRows(presenceStub(userId));
  await replaceDatabase(
    presenceStub(userId),
    countingBatches((rows) => {
      d1 += rows;
    }),
  );
  const before = await rowsOf();
  await work();
  await settle(userId);
  return { object: (await rowsOf()) - before, d1 };
}

async function settle(userId: number): Promise<void> {
  await allPushed(userId);
  clock.advance(30_000);
  await ring(userId);
}

it("writes at most 12 rows for one, 9 where ten are flushed together, 12 for a message, 46 for ten messages told apart", async () => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = await makePeople(5);
  const one = await costOf(a, () => notify(a));
  const ten = await costOf(b, async () => {
    for (let n = 0; n < 10; n += 1) await notify(b);
  });
  const room = await makeRoom([c, d], "DIRECT");
  const message = await costOf(c, async () => {
    await sayIn(room, d);
    await told(room);
  });
  const another = await makeRoom([e, d], "DIRECT");
  const messages = await costOf(e, async () => {
    for (let n = 0; n < 10; n += 1) {
      await sayIn(another, d);
      await told(another);
    }
  });
  const perEach = { object: ten.object / 10, d1: ten.d1 / 10 };
  console.log(
    `rows written, pushes included: ${JSON.stringify({ one, "each of ten": perEach, message, "ten messages": messages })}`,
  );
  const sum = ({ object, d1 }: Cost) => object + d1;
  expect(sum(one)).toBeLessThanOrEqual(12);
  expect(sum(perEach)).toBeLessThanOrEqual(9);
  expect(sum(message)).toBeLessThanOrEqual(12);
  expect(sum(messages)).toBeLessThanOrEqual(46);
});
