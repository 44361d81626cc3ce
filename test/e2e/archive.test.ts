/**
 * The archive job under SIGKILL, while people write, and change what is old. After every kill, and at the end row by row:
 * archive and live are together what the rooms hold, and no message is in both.
 * `KILL_ROUNDS=10 npx vitest run --project e2e archive` kills it ten times; the figures are printed.
 */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { queryD1 } from "./support/databases.ts";
import { makeJobWorld, OperatedJob } from "./support/killed-job.ts";
import { isContiguous } from "./support/ledger.ts";
import { type Seat, type Sent, sendUntilCut, takeSeat } from "./support/load.ts";
import { heldMessages, storedMessages } from "./support/old-messages.ts";
import { openSocket, type RawSocket, socketUrl } from "./support/raw-socket.ts";
import { flushed } from "./support/rooms.ts";
import { cleanUp } from "./support/server.ts";

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 3);
const ROUND_MS = 120_000;
/** More than the job moves until it is killed. */
const OLD_MESSAGES_PER_ROUND = 40_000;
const LONGEST_RUN_MS = 600;
const PAUSE_MS = 20;
const standing = z.object({ messageId: z.int(), rev: z.int() });

afterAll(cleanUp);

it("is exactly the log wherever the archive is killed", { timeout: ROUNDS * ROUND_MS }, async () => {
  const oldCounts = [0.6, 0.39, 0.01].map((share) => Math.ceil(share * ROUNDS * OLD_MESSAGES_PER_ROUND));
  const { stateFolder, ara, bomi, rooms, start } = await makeJobWorld(oldCounts);
  const job = new OperatedJob("archive-messages", ara);
  let server = await start();

  const seats = rooms.flatMap((roomId, index): Seat[] =>
    [ara, bomi].map(({ id, token }) => ({ roomId, userId: id, token, encoding: index === 0 ? "json" : "msgpack" })),
  );
  const ledger: Sent[] = [];
  const figures = { rounds: 0, midway: 0, archivedAtKills: [] as number[], changesOfOldOnes: 0 };
  for (; figures.rounds < ROUNDS; figures.rounds += 1) {
    const sockets = await Promise.all(seats.map((seat) => takeSeat(server.baseUrl, seat)));
    const load = sockets.flatMap((socket, index) => {
      const seat = seats[index];
      const oldCount = oldCounts[Math.floor(index / 2)] ?? 0;
      if (!seat) return [];
      return [
        sendUntilCut(socket, seat, ledger, PAUSE_MS),
        changeOldUntilCut(
          socket,
          { isSender: seat.userId === ara.id, oldCount },
          () => (figures.changesOfOldOnes += 1),
        ),
      ];
    });
    if (await job.kill(server, LONGEST_RUN_MS)) figures.midway += 1;
    await Promise.all(load);

    let archived = 0;
    for (const roomId of rooms) archived += expectNothingTwice(stateFolder, roomId);
    figures.archivedAtKills.push(archived);
    server = await start();
  }

  await job.finish(server);
  for (const [index, roomId] of rooms.entries()) {
    await flushed(stateFolder, roomId, await standingOf(server.baseUrl, { roomId, token: ara.token }));
    expectNothingTwice(stateFolder, roomId);
    const { live, archived } = storedMessages(stateFolder, roomId);
    expect(archived.length).toBe(oldCounts[index]);
    expect([...archived, ...live]).toEqual(heldMessages(stateFolder, roomId));
    await expectPageAcrossTheSeam(server.baseUrl, { roomId, token: ara.token, seam: archived.length });
  }
  const metrics = queryD1(
    stateFolder,
    "SELECT metric_name FROM system_metrics WHERE tags ->> 'job' = 'archive-messages'",
  );
  expect(metrics.map(({ metric_name }) => metric_name).slice(-2)).toEqual(["job.duration_ms", "job.archived"]);

  console.log("SIGKILL during archive:", JSON.stringify({ ...figures, sent: ledger.length, old: sumOf(oldCounts) }));
  expect(figures.midway).toBeGreaterThan(0);
  expect(figures.changesOfOldOnes).toBeGreaterThan(0);
  expect(await server.stop()).toBe(0);
});

/** Reactions to old messages, and edits of them where they are one's own, all over the past. */
async function changeOldUntilCut(
  socket: RawSocket,
  { isSender, oldCount }: { readonly isSender: boolean; readonly oldCount: number },
  done: () => void,
): Promise<void> {
  let isCut = false;
  socket.closed.then(() => {
    isCut = true;
  });
  for (let turn = 0; !isCut; turn += 1) {
    const id = 1 + randomInt(oldCount);
    const change =
      isSender && turn % 2 === 0
        ? { type: "message.edit", id, content: `edited in turn ${turn}` }
        : { type: "reaction.add", id, emoji: "👍" };
    try {
      if ((await socket.request(change)).type === "ack") done();
      await pause(PAUSE_MS);
    } catch (error) {
      if (!isCut) throw error;
    }
  }
}

/** How far the room is, by its own word. */
async function standingOf(baseUrl: string, { roomId, token }: { readonly roomId: number; readonly token: string }) {
  const { socket, welcome } = await openSocket(socketUrl(baseUrl, roomId), { token });
  socket.close();
  return { messages: [], ...standing.parse(welcome) };
}

/** The archive is 1 … a, live goes on from there, and nothing is missing or there twice. Returns a. */
function expectNothingTwice(stateFolder: string, roomId: number): number {
  const { live, archived } = storedMessages(stateFolder, roomId, "id");
  expect(isContiguous([...archived, ...live].map(({ id }) => Number(id)))).toBe(true);
  return archived.length;
}

async function expectPageAcrossTheSeam(
  baseUrl: string,
  { roomId, token, seam }: { readonly roomId: number; readonly token: string; readonly seam: number },
): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${baseUrl}/v1/rooms/${roomId}/messages?after=${seam - 3}&limit=6`, { headers });
  const { items } = (await response.json()) as { items: { id: number }[] }; // what the route answers with
  expect(items.map(({ id }) => id)).toEqual([-2, -1, 0, 1, 2, 3].map((place) => seam + place));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
