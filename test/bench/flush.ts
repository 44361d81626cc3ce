/**
 * `npm run bench:flush`: how fast rooms are flushed to both databases, the main one and the search index.
 * BENCH_MESSAGES (100,000 unless set) lie in BENCH_ROOMS (4) objects and nowhere else; what is timed is all of it, from the
 * first request of an operator to the last message in both databases.
 */
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { flushReportList } from "../../schema/api/flush.ts";
import { startWorkerd, type WorkerdServer } from "./peers/workerd.ts";
import { type Language, shuffledTexts } from "./texts.ts";

const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 100_000);
const ROOMS = Number(process.env.BENCH_ROOMS ?? 4);
const LANGUAGES: readonly Language[] = ["korean", "english", "japanese", "chinese"];
const CREATED_AT = Date.UTC(2026, 0, 1);

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
const created = z.object({ id: z.int() });

const folder = mkdtempSync(join(tmpdir(), "studymate-flush-"));
try {
  const roomIds = await prepare();
  const server = await startWorkerd({ folder });
  try {
    const { accessToken } = await signIn(server);
    const begun = performance.now();
    await Promise.all(roomIds.map((roomId) => flushAll(server, roomId, accessToken)));
    const seconds = (performance.now() - begun) / 1_000;
    const stored = count("chat_messages", "SELECT count(*) AS n FROM chat_messages");
    const indexed = count("message_index", "SELECT sum(id) AS n FROM flush_positions");
    if (stored !== MESSAGES || indexed !== MESSAGES) throw new Error(`only ${stored} stored, ${indexed} indexed`);
    console.log(`${MESSAGES} messages of ${ROOMS} rooms in both databases after ${seconds.toFixed(2)} s:`);
    console.log(`${Math.round(MESSAGES / seconds)} messages/s`);
  } finally {
    await server.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function prepare(): Promise<number[]> {
  const server = await startWorkerd({ folder });
  const { accessToken, user } = await signIn(server);
  const roomIds: number[] = [];
  for (let index = 0; index < ROOMS; index += 1) {
    const body = { roomType: "GROUP", name: "bench", participantIds: [] };
    roomIds.push(created.parse(await send(server, { path: "/v1/rooms", method: "POST", token: accessToken, body })).id);
  }
  await server.stop();
  withDatabase("chat_messages", (main) => {
    main.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").run(user.id);
  });
  const rooms = filesWith("messages");
  for (const [index, file] of rooms.entries()) fillRoom(file, LANGUAGES[index % LANGUAGES.length] ?? "korean", user.id);
  return roomIds;
}

function fillRoom(file: string, language: Language, senderId: number): void {
  const texts = shuffledTexts(language, 1);
  const database = new DatabaseSync(file);
  const rows = Array.from({ length: MESSAGES / ROOMS }, () => texts.next().value);
  database
    .prepare(
      `INSERT INTO messages (id, sender_id, message_type, content, client_id, body_hash, created_at)
         SELECT key + 1, ?2, 'TEXT', value, 'c' || key, '', ?3 + key FROM json_each(?1)`,
    )
    .run(JSON.stringify(rows), senderId, CREATED_AT);
  database.close();
}

/** An object's flush ends after some batches: it is asked again until nothing is left. */
async function flushAll(server: WorkerdServer, roomId: number, token: string): Promise<void> {
  for (;;) {
    const answer = await send(server, { path: `/v1/admin/rooms/${roomId}/flush`, method: "POST", token });
    if (flushReportList.parse(answer).items.every(({ complete }) => complete)) return;
  }
}

function count(table: string, sql: string): number {
  return withDatabase(table, (database) => Number(database.prepare(sql).get()?.n));
}

function withDatabase<Value>(table: string, use: (database: DatabaseSync) => Value): Value {
  const [file] = filesWith(table);
  if (file === undefined) throw new Error(`no database has ${table}`);
  const database = new DatabaseSync(file);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

function filesWith(table: string): string[] {
  return globSync("**/*.sqlite", { cwd: folder })
    .map((name) => join(folder, name))
    .filter((file) => {
      const database = new DatabaseSync(file, { readOnly: true });
      const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined;
      database.close();
      return has;
    });
}

async function signIn(server: WorkerdServer): Promise<z.infer<typeof signedIn>> {
  const body = { email: "flush@bench.example" };
  return signedIn.parse(await send(server, { path: "/v1/auth/dev-login", method: "POST", body }));
}

async function send(
  server: WorkerdServer,
  call: { path: string; method: string; token?: string; body?: object },
): Promise<unknown> {
  const response = await fetch(new URL(call.path, server.url), {
    method: call.method,
    headers: {
      ...(call.token && { authorization: `Bearer ${call.token}` }),
      ...(call.body && { "content-type": "application/json" }),
    },
    ...(call.body && { body: JSON.stringify(call.body) }),
  });
  if (!response.ok) throw new Error(`${call.path}: ${response.status} ${await response.text()}`);
  return response.json();
}
