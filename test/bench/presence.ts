/**
 * `npm run bench:presence`: everybody comes back after the server was killed. BENCH_USERS (2,000 unless set), each with 20
 * partners who are there, connect within ten seconds of its return; how long it takes until each sees them all again.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { meServerFrame } from "../../schema/protocol/me/server-frames.ts";
import { issueAccessToken } from "../../src/auth/tokens.ts";
import { RawSocket, type ServerFrame } from "../e2e/support/raw-socket.ts";
import { BENCH_SECRET, startWorkerd, type WorkerdServer } from "./peers/workerd.ts";

const USERS = Number(process.env.BENCH_USERS ?? 2_000);
const PARTNERS = 20;
const SPREAD_MS = 10_000;
const LIMIT_MS = 120_000;

const counts = z.object({ calls: z.record(z.string(), z.number()), mostInFlight: z.number() });

/** Somebody's socket, and whom of their partners it shows. */
class Person {
  readonly userId: number;
  rightAfterMs = Number.POSITIVE_INFINITY;
  private readonly there = new Set<number>();
  private readonly socket: RawSocket;

  constructor(url: string, userId: number, token: string) {
    this.userId = userId;
    const began = performance.now();
    this.socket = new RawSocket(url, {
      token,
      encoding: "msgpack",
      keep: false,
      onFrame: (frame) => this.take(frame, began),
    });
  }

  get isRight(): boolean {
    return this.there.size === PARTNERS;
  }

  close(): void {
    this.socket.close();
  }

  private take(frame: ServerFrame, began: number): void {
    const known = meServerFrame.parse(frame);
    if (known.type === "welcome") for (const partner of known.partners) this.note(partner);
    if (known.type === "presence") this.note(known);
    if (this.isRight && this.rightAfterMs === Number.POSITIVE_INFINITY) this.rightAfterMs = performance.now() - began;
  }

  private note({ userId, status }: { userId: number; status: string }): void {
    if (userId === this.userId) return;
    if (status === "offline") this.there.delete(userId);
    else this.there.add(userId);
  }
}

const userIds = Array.from({ length: USERS }, (_, index) => index + 1);
const tokens = await Promise.all(
  userIds.map(async (userId) => {
    const { accessToken } = await issueAccessToken({ userId, deviceId: `device-${userId}` }, BENCH_SECRET, new Date());
    return accessToken;
  }),
);
const folder = mkdtempSync(join(tmpdir(), "studymate-presence-"));
try {
  await makeObjects();
  makePartners();
  let server = await startWorkerd({ folder });
  await report("everybody comes for the first time", server, await connectAll(server));
  process.kill(server.pid, "SIGKILL");
  await server.stop().catch(() => {});
  server = await startWorkerd({ folder });
  await report("everybody comes back after SIGKILL", server, await connectAll(server));
  await server.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function connectAll({ url }: WorkerdServer): Promise<readonly Person[]> {
  const address = `${url.replace("http", "ws")}v1/me/socket`;
  return Promise.all(
    userIds.map(async (userId, index) => {
      await pause((index / USERS) * SPREAD_MS);
      return new Person(address, userId, tokens[index] ?? "");
    }),
  );
}

async function report(title: string, { url }: WorkerdServer, people: readonly Person[]): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (people.some(({ isRight }) => !isRight) && performance.now() < deadline) await pause(100);
  const wrong = people.filter(({ isRight }) => !isRight).length;
  const { calls, mostInFlight } = counts.parse(await (await fetch(`${url}calls`)).json());
  const each = userIds.map((userId) => calls[userId] ?? 0).toSorted((a, b) => a - b);
  const waits = people.map(({ rightAfterMs }) => rightAfterMs).toSorted((a, b) => a - b);
  const at = (sorted: readonly number[], share: number) =>
    Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  console.log(
    `${title}: ${USERS} people with ${PARTNERS} partners each within ${SPREAD_MS / 1_000} s; wrong after all: ${wrong}; ` +
      `calls per connect ${(each.reduce((sum, one) => sum + one, 0) / USERS).toFixed(1)} (most ${at(each, 1)}), most in flight of one ${mostInFlight}; ` +
      `right after p50 ${at(waits, 0.5)} ms, p99 ${at(waits, 0.99)} ms, last ${at(waits, 1)} ms`,
  );
}

/** Each object is made by its first socket, while nobody has a partner. */
async function makeObjects(): Promise<void> {
  const server = await startWorkerd({ folder });
  const address = `${server.url.replace("http", "ws")}v1/me/socket`;
  for (let begin = 0; begin < USERS; begin += 100) {
    const sockets = userIds.slice(begin, begin + 100).map((userId) => {
      return new RawSocket(address, { token: tokens[userId - 1] ?? "", encoding: "msgpack" });
    });
    await Promise.all(sockets.map((socket) => socket.waitFor("welcome")));
    for (const socket of sockets) socket.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  }
  await server.stop();
}

/** Everybody and the ten people on either side of them, as their DIRECT rooms would have told it: into the databases. */
function makePartners(): void {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".sqlite"));
  let found = 0;
  for (const file of files) {
    const database = new DatabaseSync(join(folder, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'inbox'").get()) {
      const userId = Number(database.prepare("SELECT user_id FROM me").get()?.user_id);
      found += 1;
      database.exec("BEGIN; UPDATE me SET told_status = 'offline', last_seen = NULL; DELETE FROM _due");
      const insert = database.prepare(
        `INSERT INTO inbox (room_id, epoch, rev, made_at, last_message_id, last_read_message_id, unread, is_active, partner_id, room)
         VALUES (?, 1, 0, 1, 2, 2, 0, 1, ?, ?)`,
      );
      for (let distance = 1; distance <= PARTNERS / 2; distance += 1) {
        for (const other of [userId + distance, userId - distance]) {
          const partnerId = ((other - 1 + USERS) % USERS) + 1;
          const [first, second] = [Math.min(userId, partnerId), Math.max(userId, partnerId)];
          insert.run(first * 1_000_000 + second, partnerId, roomOf(first * 1_000_000 + second));
        }
      }
      database.exec("COMMIT");
    }
    database.close();
  }
  if (found !== USERS) throw new Error(`there are ${found} objects of ${USERS} people`);
}

function roomOf(id: number): string {
  const createdAt = "2026-11-28T00:00:00.000Z";
  const named = { name: null, description: null, createdByUserId: 1 };
  return JSON.stringify({ id, roomType: "DIRECT", ...named, isActive: true, createdAt, rev: 0 });
}
