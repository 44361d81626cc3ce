/**
 * The rebuild of the search index under SIGKILL, while people write: in the end the index holds what a fresh one would.
 * `KILL_ROUNDS=10 npx vitest run --project e2e rebuild` kills it ten times; the figures are printed.
 */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { type JobAnswer, jobAnswer } from "../../schema/api/jobs.ts";
import { queryD1 } from "./support/databases.ts";
import { audit } from "./support/ledger.ts";
import { type Seat, type Sent, sendUntilCut, takeSeat } from "./support/load.ts";
import { addPast, changeD1 } from "./support/old-messages.ts";
import { makeRoom, signIn } from "./support/people.ts";
import { runToEnd } from "./support/program.ts";
import { flushed, roomContent } from "./support/rooms.ts";
import { freshTokens, indexed, indexedTokens } from "./support/search-index.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "./support/server.ts";

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 3);
const ROUND_MS = 120_000;
/** More than the job indexes until it is killed. */
const OLD_MESSAGES_PER_ROUND = 12_000;
const LONGEST_RUN_MS = 400;
const PAUSE_MS = 20;
const JOB = "/v1/admin/jobs/rebuild-search";

afterAll(cleanUp);

it("ends with the contents of a fresh index wherever it is killed", { timeout: ROUNDS * ROUND_MS }, async () => {
  const [stateFolder, port] = [newStateFolder(), await freePort()];
  const start = () => startServer({ stateFolder, port, environment: { RATE_LIMITS: "off" } });
  let server = await start();
  const [ara, bomi] = await Promise.all([signIn(server.baseUrl, "Ara"), signIn(server.baseUrl, "Bomi")]);
  const rooms = [await makeRoom([ara, bomi]), await makeRoom([ara, bomi], "Old"), await makeRoom([ara, bomi], "Older")];
  await server.stop();
  changeD1(stateFolder, "UPDATE users SET role = 'ADMIN' WHERE id = ?", ara.id);
  // Their positions say that the index has them, and it has not: it was lost.
  for (const roomId of rooms) {
    addPast(stateFolder, { roomId, senderId: ara.id, count: (ROUNDS * OLD_MESSAGES_PER_ROUND) / rooms.length });
  }
  server = await start();

  const ledger: Sent[] = [];
  const figures = { rounds: 0, midway: 0 };
  const seats = rooms.flatMap((roomId): Seat[] =>
    [ara, bomi].map(({ id, token }) => ({ roomId, userId: id, token, encoding: "msgpack" })),
  );
  for (; figures.rounds < ROUNDS; figures.rounds += 1) {
    const sockets = await Promise.all(seats.map((seat) => takeSeat(server.baseUrl, seat)));
    const load = sockets.map((socket, index) => sendUntilCut(socket, seatAt(seats, index), ledger, PAUSE_MS));
    const run = driveJob(server.baseUrl, ara.token).catch(() => {});
    await pause(randomInt(20, LONGEST_RUN_MS));
    await server.killAll();
    await Promise.all([...load, run]);
    const [job] = queryD1(stateFolder, "SELECT progress FROM jobs WHERE name = 'rebuild-search'");
    if (job?.progress) figures.midway += 1;
    // What was killed held its lease: two minutes are not waited for here.
    changeD1(stateFolder, "UPDATE jobs SET lease_until = 0");
    server = await start();
  }

  const { code, output } = await runToEnd({
    program: "src/local/run-job.ts",
    args: ["rebuild-search", "--url", server.baseUrl],
    environment: { ACCESS_TOKEN: ara.token },
  });
  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringMatching(/rebuild-search: idle, .* messages/),
  });
  for (const roomId of rooms) {
    const content = await roomContent(server.baseUrl, roomId, ara.token);
    const { lost, doubled } = audit(
      content.messages,
      ledger.filter((sent) => sent.roomId === roomId && sent.ackedId !== undefined),
    );
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    await Promise.all([flushed(stateFolder, roomId, content), indexed(stateFolder, roomId, content)]);
    expect(indexedTokens(stateFolder, roomId)).toEqual(freshTokens(roomId, content.messages));
  }
  console.log("SIGKILL during rebuild:", JSON.stringify({ ...figures, sent: ledger.length }));
  expect(figures.midway).toBeGreaterThan(0);
  expect(await server.stop()).toBe(0);
});

async function runJob(baseUrl: string, token: string): Promise<JobAnswer> {
  const response = await fetch(baseUrl + JOB, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  return jobAnswer.parse(await response.json());
}

async function driveJob(baseUrl: string, token: string): Promise<void> {
  for (;;) await runJob(baseUrl, token);
}

function seatAt(seats: readonly Seat[], index: number): Seat {
  const seat = seats[index];
  if (seat === undefined) throw new Error(`there is no seat ${index}`);
  return seat;
}
