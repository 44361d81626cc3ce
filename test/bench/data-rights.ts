/**
 * `npm run bench:data-rights`: the export and the deletion of somebody who has said much. BENCH_MESSAGES (200,000 unless
 * set) of theirs lie in BENCH_ROOMS (200) rooms, beside as many of others', and BENCH_FILES (2,000) files.
 */
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { residentKilobytes } from "./memory.ts";
import { startWorkerd, type WorkerdServer } from "./peers/workerd.ts";

const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 200_000);
const ROOMS = Number(process.env.BENCH_ROOMS ?? 200);
const FILES = Number(process.env.BENCH_FILES ?? 2_000);
/** Of one person: thirty days of fifty devices that refresh all the time. */
const TOKENS = Number(process.env.BENCH_TOKENS ?? 100_000);
const ACTIVITIES = Number(process.env.BENCH_ACTIVITIES ?? 50_000);
const AT_ONCE = 20;
const TEXT = "이번 주말에 시간 있어요? Let us practise together on Saturday.";

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
const created = z.object({ id: z.int() });
const job = z.object({ state: z.string(), counts: z.record(z.string(), z.int()).nullable() });
type Person = z.infer<typeof signedIn>;

const folder = mkdtempSync(join(tmpdir(), "studymate-data-rights-"));
try {
  let server = await startWorkerd({ folder });
  const [minji, admin] = [await signIn(server, "minji"), await signIn(server, "admin")];
  const roomIds = await makeRooms(server, minji, admin);
  await upload(server, minji, roomIds);
  await server.stop();
  fill(minji.user.id, admin.user.id, roomIds);
  server = await startWorkerd({ folder });
  await measured(server, "export", () => exportOf(server, minji));
  await measured(server, "deletion", () => deletionOf(server, minji, admin));
  await server.stop();
  check(minji.user.id);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function makeRooms(server: WorkerdServer, { accessToken }: Person, other: Person): Promise<number[]> {
  return inTurns(ROOMS, async (index) => {
    const body = { roomType: "GROUP", name: `room ${index}`, participantIds: [other.user.id] };
    return created.parse(await answerOf(server, "POST /v1/rooms", { token: accessToken, body: JSON.stringify(body) }))
      .id;
  });
}

async function upload(server: WorkerdServer, { accessToken }: Person, roomIds: readonly number[]): Promise<void> {
  await inTurns(FILES, (index) => {
    const path = `/v1/media?purpose=message&roomId=${roomIds[index % roomIds.length]}`;
    return answerOf(server, `POST ${path}`, { token: accessToken, body: TEXT });
  });
}

async function inTurns<Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, offset) => from + offset);
    made.push(...(await Promise.all(indexes.map(make))));
  }
  return made;
}

/** Half of each room's messages are in the archive; every other message is somebody else's. */
function fill(userId: number, otherId: number, roomIds: readonly number[]): void {
  const database = openMain();
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  const perRoom = Math.ceil((2 * MESSAGES) / ROOMS);
  const numbers = "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";
  for (const roomId of roomIds) {
    const seam = Math.floor(perRoom / 2);
    for (const [table, first, last] of [
      ["chat_messages_archive", 1, seam],
      ["chat_messages", seam + 1, perRoom],
    ] as const) {
      database
        .prepare(
          `INSERT INTO ${table} (room_id, id, sender_id, content, created_at, epoch, reactions, corrections) ${numbers}
           SELECT ?3, i, iif(i % 2, ?4, ?5), ?6, 1700000000000 + i, 1,
             iif(i % 10, '[]', json_array(json_object('emoji', '👍', 'userIds', json_array(?4, ?5)))), '[]' FROM n`,
        )
        .run(first, last, roomId, userId, otherId, TEXT);
    }
  }
  database
    .prepare(
      `INSERT INTO refresh_tokens (user_id, device_id, token, expires_at, is_used, used_at) ${numbers}
       SELECT ?3, (SELECT device_id FROM user_sessions WHERE user_id = ?3), 'token-' || i, 9e12, 1, 1 FROM n`,
    )
    .run(1, TOKENS, userId);
  for (const table of ["user_activity_logs", "user_activity_logs_archive"]) {
    database
      .prepare(
        `INSERT INTO ${table} (id, user_id, activity, details, created_at) ${numbers}
         SELECT 1000000000 + i, ?3, 'tokens_refreshed', '{}', 1700000000000 + i FROM n`,
      )
      .run(1, ACTIVITIES, userId);
  }
  database.exec("UPDATE users SET role = 'ADMIN' WHERE email LIKE 'admin@%'");
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

async function exportOf(server: WorkerdServer, { accessToken }: Person): Promise<string> {
  const response = await fetch(new URL("/v1/me/export", server.url), {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (!response.ok || response.body === null) throw new Error(`the export: ${response.status}`);
  let bytes = 0;
  let lines = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  return `${lines} lines, ${(bytes / 1e6).toFixed(1)} MB`;
}

async function deletionOf(server: WorkerdServer, { accessToken }: Person, admin: Person): Promise<string> {
  await answerOf(server, "DELETE /v1/me", { token: accessToken });
  const slices: string[] = [];
  for (const name of ["delete-accounts", "fan-outs"]) {
    for (let count = 1; ; count += 1) {
      const begun = performance.now();
      const { state, counts } = job.parse(
        await answerOf(server, `POST /v1/admin/jobs/${name}`, { token: admin.accessToken }),
      );
      const took = Math.round(performance.now() - begun);
      if (state !== "idle") continue;
      slices.push(`${name}: ${count} slices, the last ${took} ms, ${JSON.stringify(counts)}`);
      break;
    }
  }
  return slices.join("; ");
}

/** That nothing is left of them where all was. */
function check(userId: number): void {
  const database = openMain();
  for (const [table, column] of [
    ["media_files", "owner_id"],
    ["refresh_tokens", "user_id"],
    ["user_sessions", "user_id"],
    ["user_activity_logs", "user_id"],
    ["user_activity_logs_archive", "user_id"],
  ] as const) {
    const left = database.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${column} = ?`).get(userId)?.n;
    if (left !== 0) throw new Error(`${left} rows are left in ${table}`);
  }
  const active = database
    .prepare("SELECT count(*) AS n FROM chat_participants WHERE user_id = ? AND is_active = 1")
    .get(userId)?.n;
  console.log(`rooms that D1 still has them in: ${active}`);
  database.close();
}

function openMain(): DatabaseSync {
  for (const file of globSync("**/*.sqlite", { cwd: folder })) {
    const database = new DatabaseSync(join(folder, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'chat_messages'").get()) return database;
    database.close();
  }
  throw new Error("there is no main database");
}

async function measured(server: WorkerdServer, name: string, run: () => Promise<string>): Promise<void> {
  const before = residentKilobytes(server.pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentKilobytes(server.pid));
  }, 20);
  const begun = performance.now();
  const outcome = await run();
  const seconds = (performance.now() - begun) / 1_000;
  clearInterval(watch);
  const memory = `${Math.round(before / 1_000)} MB before, ${Math.round(peak / 1_000)} MB at most`;
  console.log(`${name}: ${seconds.toFixed(1)} s; ${memory}; ${outcome}`);
}

async function signIn(server: WorkerdServer, name: string): Promise<Person> {
  const body = JSON.stringify({ email: `${name}@bench.example`, englishName: name });
  return signedIn.parse(await answerOf(server, "POST /v1/auth/dev-login", { body }));
}

async function answerOf(
  server: WorkerdServer,
  address: string,
  { token, body }: { readonly token?: string; readonly body?: string },
): Promise<unknown> {
  const [method = "", path = ""] = address.split(" ");
  const response = await fetch(new URL(path, server.url), {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${address}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
