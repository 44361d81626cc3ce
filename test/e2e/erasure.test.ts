/**
 * The deletion of an account under SIGKILL: after the last of them it comes to its end, and what was the person's is nowhere.
 * `KILL_ROUNDS=10 npx vitest run --project e2e erasure` kills it ten times; the figures are printed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { flushAllAnswer } from "../../schema/api/flush.ts";
import { dumpDatabases, queryD1, type Row } from "./support/databases.ts";
import { makeJobWorld, OperatedJob } from "./support/killed-job.ts";
import { changeD1 } from "./support/old-messages.ts";
import type { Person } from "./support/people.ts";
import { flushed, roomContent } from "./support/rooms.ts";
import { cleanUp, type ServerProcess } from "./support/server.ts";

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2);
const ROUND_MS = 60_000;
const LONGEST_RUN_MS = 120;
/** More than the job removes until it is killed. */
const ROWS_PER_ROUND = 20_000;
const SAID = 30;
const FILES = 20;
const MARKER = "marker-5e81c";
const DAY_MS = 24 * 60 * 60_000;

afterAll(cleanUp);

it("comes to its end wherever it is killed, and leaves nothing of the person", {
  timeout: ROUNDS * ROUND_MS,
}, async () => {
  const { stateFolder, ara, bomi, rooms, start } = await makeJobWorld([SAID, SAID, SAID]);
  const job = new OperatedJob("delete-accounts", ara);
  addRows(stateFolder, bomi.id);
  let server = await start();
  await leaveTraces(server, { person: bomi, roomId: rooms[1] ?? 0, otherId: ara.id });
  await new OperatedJob("fan-outs", ara).finish(server);
  const contents = () =>
    Promise.all(
      rooms.map(async (roomId) => {
        const content = await roomContent(server.baseUrl, roomId, ara.token);
        await flushed(stateFolder, roomId, content);
        return content;
      }),
    );
  await contents();
  expect(tracesIn({ stateFolder, person: bomi }).length).toBeGreaterThan(8);

  expect((await call(server, bomi, "DELETE", "/v1/me")).status).toBe(202);
  // What the answer promised is kept, though nothing of it was done yet.
  await server.killAll();
  server = await start();
  const figures = { rounds: 1, midway: 0 };
  for (; figures.rounds < ROUNDS; figures.rounds += 1) {
    if (await job.kill(server, LONGEST_RUN_MS)) figures.midway += 1;
    server = await start();
    expect((await call(server, bomi, "GET", "/v1/me")).status).toBe(401);
  }

  await job.finish(server);
  for (const name of ["fan-outs", "owed-notifications"]) await new OperatedJob(name, ara).finish(server);
  for (const { messages } of await contents()) expect(messages.length).toBeGreaterThanOrEqual(SAID);
  const [user] = queryD1(stateFolder, "SELECT english_name, erased_at FROM users WHERE id = ?", bomi.id);
  expect(user).toEqual({ english_name: "Deleted user", erased_at: expect.any(Number) });
  await flushAll(server, ara);
  expect(await server.stop()).toBe(0);
  expect(tracesIn({ stateFolder, person: bomi })).toEqual([]);
  console.log("SIGKILL during a deletion:", JSON.stringify(figures));
  expect(figures.midway).toBeGreaterThan(0);
});

interface Call {
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

function call(
  { baseUrl }: ServerProcess,
  { token }: Person,
  method: string,
  path: string,
  { body, headers }: Call = {},
) {
  return fetch(baseUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "user-agent": MARKER,
      ...(typeof body === "object" && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

/** What objects have changed is in D1, and what D1 knows of whoever is gone has reached them. */
async function flushAll(server: ServerProcess, operator: Person): Promise<void> {
  for (let cursor: string | null = null; ; ) {
    const response = await call(
      server,
      operator,
      "POST",
      `/v1/admin/flush?limit=100${cursor ? `&cursor=${cursor}` : ""}`,
    );
    const { items, nextCursor } = flushAllAnswer.parse(await response.json());
    expect(items).toEqual([]);
    if (nextCursor === null) return;
    cursor = nextCursor;
  }
}

/** Something of theirs wherever the service keeps something: the profile, rooms, files, keys, reports, sessions, the log. */
async function leaveTraces(
  server: ServerProcess,
  { person, roomId, otherId }: { readonly person: Person; readonly roomId: number; readonly otherId: number },
): Promise<void> {
  const profile = { englishName: MARKER, koreanName: MARKER, intro: MARKER };
  const answers = [await call(server, person, "PATCH", "/v1/me", { body: profile })];
  answers.push(await call(server, person, "PUT", "/v1/me/interests", { body: { interests: [MARKER] } }));
  const report = { reportedUserId: otherId, reason: "OTHER", details: MARKER };
  answers.push(await call(server, person, "POST", "/v1/reports", { body: report }));
  for (let index = 0; index < FILES; index += 1) {
    const path = `/v1/media?purpose=message&roomId=${roomId}&fileName=${MARKER}.txt`;
    const headers = { "idempotency-key": `${MARKER}-${index}` };
    answers.push(await call(server, person, "POST", path, { body: `${MARKER} ${index}`, headers }));
  }
  const session = {
    ...{ sessionType: "VIDEO_1V1", title: MARKER, description: MARKER, inviteeIds: [otherId] },
    ...{ primaryLanguage: "ko", secondaryLanguage: "en" },
    scheduledStartTime: new Date(Date.now() + DAY_MS).toISOString(),
    scheduledEndTime: new Date(Date.now() + DAY_MS + 60 * 60_000).toISOString(),
  };
  const room = { roomType: "GROUP", name: "a room of theirs", participantIds: [otherId] };
  for (const [path, body] of [
    ["/v1/sessions", session],
    ["/v1/rooms", room],
  ] as const) {
    const headers = { "idempotency-key": `${MARKER}-made` };
    answers.push(await call(server, person, "POST", path, { body, headers }));
  }
  answers.push(await call(server, person, "POST", "/v1/me/calendar-feed"));
  expect(answers.map(({ ok }) => ok)).toEqual(answers.map(() => true));
}

function addRows(stateFolder: string, userId: number): void {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROUNDS * ROWS_PER_ROUND})`;
  changeD1(
    stateFolder,
    `INSERT INTO refresh_tokens (user_id, device_id, token, expires_at)
     ${numbers} SELECT ?1, (SELECT device_id FROM user_sessions WHERE user_id = ?1), '${MARKER}' || i, 9e12 FROM n`,
    userId,
  );
  changeD1(
    stateFolder,
    `INSERT INTO user_activity_logs (user_id, activity, user_agent) ${numbers} SELECT ?1, 'tokens_refreshed', '${MARKER}' FROM n`,
    userId,
  );
}

/** Where the person can still be found: in rows of D1 and of objects, among the keys of R2 and KV, in the log. */
function tracesIn({ stateFolder, person }: { readonly stateFolder: string; readonly person: Person }): string[] {
  const tablesWith = (products: Parameters<typeof dumpDatabases>[1], text: string) =>
    Object.entries(dumpDatabases(stateFolder, products))
      .filter(([, rows]) => rows.some((row) => holds(row, text)))
      .map(([table]) => table);
  const log = readFileSync(join(stateFolder, "server.log"), "utf8");
  return [
    ...tablesWith(["d1", "do", "kv", "r2"], MARKER),
    ...tablesWith(["r2"], `/${person.id}/`),
    ...(log.includes(MARKER) ? ["server.log"] : []),
  ];
}

function holds(row: Row, text: string): boolean {
  return Object.values(row).some((value) =>
    value instanceof Uint8Array ? Buffer.from(value).includes(text) : String(value).includes(text),
  );
}
