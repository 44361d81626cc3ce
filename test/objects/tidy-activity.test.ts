import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { tidyActivity } from "../../src/jobs/tidy-activity.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 24 * 60 * 60_000;

beforeEach(async () => {
  await env.DB.batch(
    ["user_activity_logs", "user_activity_logs_archive"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
});

/** One entry of each age in days, in the order given. */
async function add(...agesInDays: number[]): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO user_activity_logs (activity, ip_address, user_agent, created_at)
       SELECT 'signed_in', iif(key % 2, '2001:db8:1:2::7', '203.0.113.77'), 'Mozilla/5.0 (Linux; Android 16)', value
       FROM json_each(?)`,
  )
    .bind(JSON.stringify(agesInDays.map((age) => NOW - age * DAY_MS)))
    .run();
}

async function run(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let progress: string | null = tidyActivity.first(NOW);
  for (let steps = 0; progress !== null && steps < 50; steps += 1) {
    const outcome = await tidyActivity.step(env, progress, NOW);
    for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
    progress = outcome.progress;
  }
  expect(progress).toBeNull();
  return counts;
}

const rows = async (table = "user_activity_logs") => {
  const { results } = await env.DB.prepare(
    `SELECT ip_address AS ip, user_agent AS agent, (${NOW} - created_at) / ${DAY_MS} AS age FROM ${table} ORDER BY id`,
  ).all();
  return results;
};

it("shortens what is older than 30 days, moves what is older than six months, and leaves the rest as it was", async () => {
  await add(200, 190, 60, 31, 29, 0);
  expect(await run()).toEqual({ shortened: 2, archived: 2 });
  expect(await rows()).toEqual([
    { ip: "203.0.113.0", agent: "Mozilla", age: 60 },
    { ip: "2001:db8:1::", agent: "Mozilla", age: 31 },
    { ip: "203.0.113.77", agent: "Mozilla/5.0 (Linux; Android 16)", age: 29 },
    { ip: "2001:db8:1:2::7", agent: "Mozilla/5.0 (Linux; Android 16)", age: 0 },
  ]);
  expect(await rows("user_activity_logs_archive")).toHaveLength(2);
  expect(await run()).toEqual({ shortened: 0, archived: 0 });
});

it("goes through more than a step of them, and has nothing to do in an empty log", async () => {
  expect(await run()).toEqual({ shortened: 0, archived: 0 });
  await add(...Array.from({ length: 1_200 }, () => 40), 1);
  expect(await run()).toEqual({ shortened: 1_200, archived: 0 });
  expect((await rows()).filter(({ agent }) => agent === "Mozilla")).toHaveLength(1_200);
});

it("moves an entry once, also where a step is done again", async () => {
  await add(...Array.from({ length: 700 }, () => 250), 40);
  const begun = JSON.stringify({ ...JSON.parse(tidyActivity.first(NOW)), shortened: "done" });
  await Promise.all([tidyActivity.step(env, begun, NOW), tidyActivity.step(env, begun, NOW)]);
  await run();
  expect(await rows("user_activity_logs_archive")).toHaveLength(700);
  expect(await rows()).toHaveLength(1);
});

it("reads no more of the log than it changes, however much is new", async () => {
  await add(200, 60, 31, ...Array.from({ length: 6_000 }, () => 1));
  let rowsRead = 0;
  const counted = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get: (target, property) => {
        if (property === "bind") return (...values: unknown[]) => counted(target.bind(...values));
        if (property === "first") return (column: string) => target.first(column);
        return async () => {
          const answer = await target.all();
          rowsRead += answer.meta.rows_read;
          return answer;
        };
      },
    });
  const DB = new Proxy(env.DB, {
    get: (target, property) => {
      if (property === "prepare") return (sql: string) => counted(target.prepare(sql));
      return (statements: D1PreparedStatement[]) => Promise.all(statements.map((statement) => statement.run()));
    },
  });
  for (let progress: string | null = tidyActivity.first(NOW); progress !== null; ) {
    ({ progress } = await tidyActivity.step({ ...env, DB }, progress, NOW));
  }
  expect(await rows("user_activity_logs_archive")).toHaveLength(1);
  expect(rowsRead).toBeLessThan(3_000);
});
