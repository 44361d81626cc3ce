/**
 * `npm run bench:search`: searches over HTTP by somebody in 20 of 1,000 rooms that hold BENCH_MESSAGES (1,000,000 unless
 * set) in four languages, and by the same one where the rooms hold 10,000. Six kinds of searches in random order.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { startWorkerd, type WorkerdServer } from "./peers/workerd.ts";
import { fillForSearch, indexSizeRatio, languageOf } from "./search-fill.ts";

const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 1_000_000);
const FEW = 10_000;
const ROOMS = 1_000;
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 300);
const WARM_UP = 60;
/** Five of each language, all over. */
const USERS_ROOMS = Array.from({ length: 20 }, (_, index) => 1 + index * 49);
const UNTIL = Date.UTC(2026, 10, 1);

type Search = Readonly<Record<string, string>>;
const of = (...words: readonly string[]): Search[] => words.map((q) => ({ q }));
const roomIn = (language: string) => String(USERS_ROOMS.find((room) => languageOf(room) === language));

const KINDS: Readonly<Record<string, readonly Search[]>> = {
  "two syllables": of("노예", "혼인", "인종", "평화", "노동", "과학", "결사", "재산"),
  "one syllable": of("가", "인", "법", "수", "평"),
  "frequent pair": of("권리", "사람", "자유", "모든", "에서"),
  "rare Latin word": of("disregard", "tyranny", "barbarous", "maternity", "trademark", "slavery"),
  phrase: of('"human rights"', '"모든 사람은"', '"의 권리"', '"the right"', '"人人有权"'),
  "two words, filtered": [
    { q: "권리 자유", roomId: roomIn("korean") },
    { q: "freedom right", from: new Date(UNTIL - 200 * 600_000).toISOString() },
    { q: "사람 권리", to: new Date(UNTIL - 5 * 600_000).toISOString() },
    { q: "国家 权利", roomId: roomIn("chinese") },
    { q: "everyone right", senderId: "self" },
  ],
};

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
const answer = z.object({ items: z.array(z.unknown()), match: z.enum(["all", "any"]) });

interface Taken {
  readonly kind: string;
  readonly ms: number;
  readonly items: number;
}

const [many, few] = [await measured(MESSAGES), await measured(FEW)];
report("all", many, few);
for (const kind of Object.keys(KINDS)) report(kind, ofKind(many, kind), ofKind(few, kind));
for (const language of ["korean", "english"] as const) {
  const ratio = indexSizeRatio(language, { rooms: 100, messagesPerRoom: 1_000 });
  console.log(`index : text, ${language}, 100 rooms of 1,000 = ${ratio.toFixed(2)}`);
}

async function measured(messages: number): Promise<Taken[]> {
  const folder = mkdtempSync(join(tmpdir(), "studymate-search-"));
  try {
    const empty = await startWorkerd({ folder });
    const { user } = await signIn(empty);
    await empty.stop();
    const begun = performance.now();
    const size = { rooms: ROOMS, messagesPerRoom: messages / ROOMS };
    fillForSearch({ folder, ...size, userId: user.id, usersRooms: USERS_ROOMS, until: UNTIL });
    console.log(`${messages} messages written in ${Math.round((performance.now() - begun) / 1_000)} s`);
    const server = await startWorkerd({ folder });
    try {
      return await searches(server);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function searches(server: WorkerdServer): Promise<Taken[]> {
  const { accessToken, user } = await signIn(server);
  const mix = Object.entries(KINDS);
  const asked = Array.from({ length: WARM_UP + REQUESTS }, (_, index) => {
    const [kind, all] = mix[index % mix.length] ?? ["", []];
    return { kind, search: all[Math.floor(index / mix.length) % all.length] ?? {} };
  });
  const taken: Taken[] = [];
  for (const [index, { kind, search }] of [...asked.slice(0, WARM_UP), ...shuffled(asked.slice(WARM_UP))].entries()) {
    const parameters = new URLSearchParams({ ...search, ...(search.senderId && { senderId: String(user.id) }) });
    const begun = performance.now();
    const response = await fetch(new URL(`/v1/search/messages?${parameters}`, server.url), {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const body: unknown = await response.json();
    const ms = performance.now() - begun;
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
    if (index >= WARM_UP) taken.push({ kind, ms, items: answer.parse(body).items.length });
  }
  return taken;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function ofKind(all: readonly Taken[], wanted: string): Taken[] {
  return all.filter(({ kind }) => kind === wanted);
}

function report(name: string, large: readonly Taken[], small: readonly Taken[]): void {
  const figures = [large, small].map((all) => {
    const times = all.map(({ ms }) => ms);
    const items = all.reduce((sum, one) => sum + one.items, 0) / all.length;
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), items };
  });
  const parts = figures.map(
    ({ p50, p99, items }) => `p50 ${p50.toFixed(1)} ms p99 ${p99.toFixed(1)} ms (${items.toFixed(0)} found)`,
  );
  const [big, little] = figures;
  const ratio = (big?.p50 ?? Number.NaN) / (little?.p50 ?? Number.NaN);
  console.log(`${name.padEnd(20)} ${parts.join("   at 10,000: ")}   ratio of p50 ${ratio.toFixed(2)}`);
}

function quantile(times: readonly number[], part: number): number {
  return times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
}

async function signIn(server: WorkerdServer): Promise<z.infer<typeof signedIn>> {
  const response = await fetch(new URL("/v1/auth/dev-login", server.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "search@bench.example" }),
  });
  if (!response.ok) throw new Error(`no sign-in: ${response.status} ${await response.text()}`);
  return signedIn.parse(await response.json());
}
