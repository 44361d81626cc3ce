/**
 * `npm run bench:history`: pages of history over HTTP, of a room with a fifth of all messages, the older half of it in the
 * archive. BENCH_MESSAGES (10,000,000 unless set) lie in one D1 database; what is asked for comes in turns.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fillHistory } from "./fill.ts";
import { startWorkerd, type WorkerdServer } from "./peers/workerd.ts";

const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 10_000_000);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 200);
const WARM_UP = 10;
const PAGE = 50;
const OTHER_ROOMS = 800;

const newest = Math.floor(MESSAGES / 5);
const seam = Math.floor(newest / 2);
const STEP_MS = 15_000;
const since = Date.now() - newest * STEP_MS;

interface Question {
  readonly name: string;
  readonly query: () => string;
}

const someMessage = () => 1 + Math.floor(Math.random() * newest);

const QUESTIONS: readonly Question[] = [
  { name: "first", query: () => "" },
  { name: "middle, across the seam", query: () => `&before=${seam + PAGE / 2 + 1}` },
  { name: "deepest", query: () => `&before=${PAGE + 1}` },
  { name: "anywhere", query: () => `&before=${Math.max(PAGE + 1, someMessage())}` },
  { name: "around a number", query: () => `&around=${someMessage()}` },
  { name: "around a date", query: () => `&around=${new Date(since + someMessage() * STEP_MS).toISOString()}` },
];

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
const created = z.object({ id: z.int() });
const page = z.object({ items: z.array(z.object({ id: z.int(), content: z.string().min(1) })).length(PAGE) });

const folder = mkdtempSync(join(tmpdir(), "studymate-history-"));
try {
  const roomId = await prepare();
  const server = await startWorkerd({ folder });
  try {
    report(await measure(server, roomId));
  } finally {
    await server.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Returns the room. */
async function prepare(): Promise<number> {
  const server = await startWorkerd({ folder });
  const { accessToken, user } = await signIn(server);
  const body = { roomType: "GROUP", name: "bench", participantIds: [] };
  const { id: roomId } = created.parse(await send(server, { path: "/v1/rooms", token: accessToken, body }));
  await server.stop();

  const begun = performance.now();
  fillHistory({
    ...{ folder, roomId, senderId: user.id, since, stepMs: STEP_MS },
    roomMessages: newest,
    otherRooms: OTHER_ROOMS,
    messagesPerOtherRoom: Math.floor((MESSAGES - newest) / OTHER_ROOMS),
  });
  console.log(`${MESSAGES} messages written in ${Math.round((performance.now() - begun) / 1_000)} s`);
  return roomId;
}

async function measure(server: WorkerdServer, roomId: number): Promise<Map<string, number[]>> {
  const { accessToken } = await signIn(server);
  const times = new Map(QUESTIONS.map(({ name }): [string, number[]] => [name, []]));
  for (let round = -WARM_UP; round < REQUESTS; round += 1) {
    for (const { name, query } of QUESTIONS) {
      const path = `/v1/rooms/${roomId}/messages?limit=${PAGE}${query()}`;
      const begun = performance.now();
      const answer = await send(server, { path, token: accessToken });
      const took = performance.now() - begun;
      page.parse(answer);
      if (round >= 0) times.get(name)?.push(took);
    }
  }
  return times;
}

function report(times: ReadonlyMap<string, readonly number[]>): void {
  const figures = [...times].map(([name, list]) => ({ name, p50: quantile(list, 0.5), p99: quantile(list, 0.99) }));
  for (const { name, p50, p99 } of figures) {
    console.log(`${name.padEnd(26)} p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms`);
  }
  const p50Of = (wanted: string) => figures.find(({ name }) => name === wanted)?.p50 ?? Number.NaN;
  console.log(`deepest : first = ${(p50Of("deepest") / p50Of("first")).toFixed(2)} (p50)`);
}

function quantile(times: readonly number[], part: number): number {
  return times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
}

async function signIn(server: WorkerdServer): Promise<z.infer<typeof signedIn>> {
  const body = { email: "history@bench.example" };
  return signedIn.parse(await send(server, { path: "/v1/auth/dev-login", body }));
}

async function send(server: WorkerdServer, call: { path: string; token?: string; body?: object }): Promise<unknown> {
  const response = await fetch(new URL(call.path, server.url), {
    method: call.body ? "POST" : "GET",
    headers: {
      ...(call.token && { authorization: `Bearer ${call.token}` }),
      ...(call.body && { "content-type": "application/json" }),
    },
    ...(call.body && { body: JSON.stringify(call.body) }),
  });
  if (!response.ok) throw new Error(`${call.path}: ${response.status} ${await response.text()}`);
  return response.json();
}
