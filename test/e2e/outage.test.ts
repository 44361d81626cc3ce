/**
 * A database that is down holds up neither the other nor the people, and is caught up with once it is back.
 * `OUTAGE_SECONDS=600 npx vitest run --project e2e outage` takes ten minutes for each; the figures are printed.
 */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { flushStateList } from "../../schema/api/flush.ts";
import { until } from "../../src/local/until.ts";
import { d1File } from "./support/databases.ts";
import { audit } from "./support/ledger.ts";
import { type Seat, type Sent, sendUntilCut, takeSeat } from "./support/load.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { flushed, roomContent, storedContent } from "./support/rooms.ts";
import { freshTokens, indexed, indexedTokens } from "./support/search-index.ts";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "./support/server.ts";

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 6) * 1_000;
const MINUTE_MS = 60_000;
/** Some 200 messages a second. */
const PAUSE_MS = 100;
const TABLES = { main: "chat_messages", search: "message_index" } as const;

type Destination = keyof typeof TABLES;

let server: ServerProcess;
let ara: Person;
let bomi: Person;

beforeAll(async () => {
  const environment = { RATE_LIMITS: "off" };
  server = await startServer({ stateFolder: newStateFolder(), port: await freePort(), environment });
});

// Tokens live for a quarter of an hour.
beforeEach(async () => {
  [ara, bomi] = [await signIn(server.baseUrl, "Ara"), await signIn(server.baseUrl, "Bomi")];
  const database = new DatabaseSync(d1File(server.stateFolder, TABLES.main), { timeout: 10_000 });
  database.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").run(ara.id);
  database.close();
});

afterAll(cleanUp);

/** Whoever holds the lock of its file keeps everybody else from writing to a SQLite database. */
function takeAway(destination: Destination): () => void {
  const database = new DatabaseSync(d1File(server.stateFolder, TABLES[destination]), { timeout: 10_000 });
  database.exec("BEGIN IMMEDIATE");
  return () => {
    database.exec("ROLLBACK");
    database.close();
  };
}

/** How many messages wait for each database, by the operator's route. Null: not known. */
async function lag(roomId: number): Promise<Record<Destination, number | null>> {
  const headers = { authorization: `Bearer ${ara.token}` };
  const response = await fetch(`${server.baseUrl}/v1/admin/rooms/${roomId}/flush`, { headers });
  const { items } = flushStateList.parse(await response.json());
  const waiting = (name: Destination) => items.find(({ destination }) => destination === name)?.messagesWaiting ?? null;
  return { main: waiting("main"), search: waiting("search") };
}

it.each<[string, Destination[]]>([
  ["the search index is", ["search"]],
  ["the main database is", ["main"]],
  ["both are", ["main", "search"]],
])(
  "goes on while %s down, loses nothing, and has caught up within a minute",
  {
    timeout: OUTAGE_MS + 3 * MINUTE_MS,
  },
  async (_, down) => {
    const roomId = await makeRoom([ara, bomi], "A group");
    const ledger: Sent[] = [];
    const lanes = [ara, bomi].map(async ({ id, token }) => {
      const seat: Seat = { roomId, userId: id, token, encoding: "msgpack" };
      const socket = await takeSeat(server.baseUrl, seat);
      return { socket, load: sendUntilCut(socket, seat, ledger, PAUSE_MS) };
    });
    const load = await Promise.all(lanes);
    await until(async () => (await lag(roomId)).search === 0, { limitMs: MINUTE_MS, everyMs: 50 });

    const giveBack = down.map(takeAway);
    const acknowledged = () => ledger.filter(({ ackedId }) => ackedId !== undefined).length;
    const before = acknowledged();
    await pause(OUTAGE_MS);
    const after = acknowledged();
    const waiting = await lag(roomId);
    for (const give of giveBack) give();
    const backAt = performance.now();
    for (const { socket } of load) socket.close();
    await Promise.all(load.map((one) => one.load));

    const content = await roomContent(server.baseUrl, roomId, ara.token);
    await Promise.all([flushed(server.stateFolder, roomId, content), indexed(server.stateFolder, roomId, content)]);
    const caughtUpMs = Math.round(performance.now() - backAt);
    console.log(`Down: ${down.join(" and ")}`, JSON.stringify({ acknowledged: after - before, waiting, caughtUpMs }));
    expect(after - before).toBeGreaterThan(OUTAGE_MS / 50);
    for (const destination of ["main", "search"] as const) {
      // The load of a flush or two may always be on its way.
      if (down.includes(destination)) expect(waiting[destination]).toBeGreaterThan((after - before) / 2);
      else expect(waiting[destination]).toBeLessThan((after - before) / 2 + 1_000);
    }
    expect(caughtUpMs).toBeLessThan(MINUTE_MS);
    const { lost, doubled, strange } = audit(content.messages, ledger);
    expect({ lost, doubled, strange }).toEqual({ lost: [], doubled: [], strange: [] });
    expect(storedContent(server.stateFolder, roomId)).toEqual(
      content.messages.map(({ reactions, corrections, ...columns }) => columns),
    );
    expect(indexedTokens(server.stateFolder, roomId)).toEqual(freshTokens(roomId, content.messages));
  },
);
