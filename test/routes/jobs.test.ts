/** The operator's routes about jobs, and the handler of the cron trigger. */
import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { jobAnswer, jobList } from "../../schema/api/jobs.ts";
import { app } from "../../src/app.ts";
import worker from "../../src/index.ts";
import { JOBS } from "../../src/jobs/registry.ts";
import { call, requestFor, type SignedIn, signInMany } from "../support/http.ts";

const ARCHIVE = "/v1/admin/jobs/archive-messages";

let operator: SignedIn;
let somebody: SignedIn;

beforeAll(async () => {
  [operator, somebody] = await signInMany("Operator", "Somebody");
  await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(operator.user.id).run();
});

beforeEach(async () => {
  await env.DB.batch(["jobs", "chat_messages"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

async function jobs() {
  const response = await call("GET", "/v1/admin/jobs", { token: operator.token });
  return jobList.parse(await response.json()).items;
}

async function run(path = ARCHIVE) {
  const response = await call("POST", path, { token: operator.token });
  return { status: response.status, job: jobAnswer.parse(await response.json()) };
}

async function tick(): Promise<void> {
  await worker.scheduled(createScheduledController(), env);
}

/** More than a slice moves. */
async function fillWithOldMessages(count: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO chat_messages (room_id, id, sender_id, created_at)
     WITH RECURSIVE number (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM number WHERE id < ?)
     SELECT 1, id, 1, 1700000000000 + id FROM number`,
  )
    .bind(count)
    .run();
}

test.each([
  ["GET", "/v1/admin/jobs"],
  ["POST", ARCHIVE],
])("%s %s is for operators alone", async (method, path) => {
  expect((await call(method, path)).status).toBe(401);
  expect((await call(method, path, { token: somebody.token })).status).toBe(403);
});

test("every job is listed before it ever ran", async () => {
  const listed = await jobs();
  expect(listed.map(({ name, schedule }) => `${name} ${schedule}`)).toEqual(
    expect.arrayContaining(["archive-messages monthly", "upkeep weekly"]),
  );
  for (const job of listed)
    expect(job).toMatchObject({ state: "idle", startedAt: null, counts: null, lastError: null });
});

test.each([["archive-messages"], ["upkeep"]])("%s is run to its end, and says what it did", async (name) => {
  const { status, job } = await run(`/v1/admin/jobs/${name}`);
  expect(status).toBe(200);
  expect(job).toMatchObject({ name, state: "idle", lastError: null });
  expect(job.finishedAt).not.toBeNull();
  expect(await jobs()).toContainEqual(job);
  const recorded = await env.DB.prepare("SELECT metric_name FROM system_metrics WHERE tags ->> 'job' = ? ORDER BY id")
    .bind(name)
    .all();
  expect(recorded.results).toEqual([
    { metric_name: "job.duration_ms" },
    ...Object.keys(job.counts ?? {}).map((count) => ({ metric_name: `job.${count}` })),
  ]);
});

test("a long one is left to the next tick after a slice, which goes on with it", async () => {
  await fillWithOldMessages(100_000);
  const { status, job } = await run();
  expect(status).toBe(202);
  expect(job).toMatchObject({ state: "waiting", finishedAt: null });
  const counted = job.counts?.archived ?? 0;
  expect(counted).toBeGreaterThan(0);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM chat_messages_archive").first("n")).toBe(counted);
  for (let ticks = 0; ticks < 5 && (await jobs()).some(({ state }) => state === "waiting"); ticks += 1) await tick();
  expect((await jobs()).find(({ name }) => name === "archive-messages")).toMatchObject({
    state: "idle",
    startedAt: job.startedAt,
    counts: { archived: 100_000 },
  });
});

test("one that somebody works on is refused", async () => {
  const lease = env.DB.prepare(
    "INSERT INTO jobs (name, progress, started_at, lease_token, lease_until) VALUES (?, '{}', ?, 'x', ?)",
  );
  await lease.bind("archive-messages", Date.now(), Date.now() + 60_000).run();
  const response = await call("POST", ARCHIVE, { token: operator.token });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: "conflict" });
  expect((await jobs())[0]).toMatchObject({ state: "running" });
});

test("there is no other", async () => {
  for (const name of ["nothing", "archive-messages%20", "__proto__"]) {
    expect((await call("POST", `/v1/admin/jobs/${name}`, { token: operator.token })).status).toBe(404);
  }
});

test("upkeep merges the pieces of the search index", async () => {
  for (let write = 0; write < 20; write += 1) {
    await env.SEARCH.prepare("INSERT OR REPLACE INTO message_index (rowid, body) VALUES (?, 'word')").bind(write).run();
  }
  const { status, job } = await run("/v1/admin/jobs/upkeep");
  expect(status).toBe(200);
  expect(job.counts?.merges).toBeGreaterThan(0);
});

test("upkeep does without a search index", async () => {
  const withoutSearch = { ...env, SEARCH: undefined };
  const request = requestFor("POST", "/v1/admin/jobs/upkeep", { token: operator.token });
  const response = await app.fetch(request, withoutSearch);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ state: "idle", counts: { merges: 0 } });
});

test("a tick notes the jobs that it sees first", async () => {
  await tick();
  const { results } = await env.DB.prepare("SELECT name, started_at FROM jobs ORDER BY name").all();
  const byTheClock = JOBS.filter(({ schedule }) => schedule !== "never").map(({ name }) => name);
  expect(results).toEqual(byTheClock.toSorted().map((name) => ({ name, started_at: null })));
});
