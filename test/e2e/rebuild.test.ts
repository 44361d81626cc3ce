import { afterAll, expect, it } from "vitest";
import { makeJobWorld, OperatedJob } from "./support/killed-job.ts";
import { audit } from "./support/ledger.ts";
import { type Seat, type Sent, sendUntilCut, takeSeat } from "./support/load.ts";
import { runToEnd } from "./support/program.ts";
import { flushed, roomContent } from "./support/rooms.ts";
import { freshTokens, indexed, indexedTokens } from "./support/search-index.ts";
import { cleanUp } from "./support/server.ts";

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 3);
const ROUND_MS = 120_000;
/** More than the job indexes until it is killed. */
const OLD_MESSAGES_PER_ROUND = 12_000;
const LONGEST_RUN_MS = 400;
const PAUSE_MS = 20;

afterAll(cleanUp);

it("ends with the contents of a fresh index wherever it is killed", { timeout: ROUNDS * ROUND_MS }, async () => {
  // Their positions say that the index has them, and it has not: it was lost.
  const pasts = Array.from({ length: 3 }, () => (ROUNDS * OLD_MESSAGES_PER_ROUND) / 3);
  const { stateFolder, ara, bomi, rooms, start } = await makeJobWorld(pasts);
  const job = new OperatedJob("rebuild-search", ara);
  let server = await start();

  const ledger: Sent[] = [];
  const figures = { rounds: 0, midway: 0 };
  const seats = rooms.flatMap((roomId): Seat[] =>
    [ara, bomi].map(({ id, token }) => ({ roomId, userId: id, token, encoding: "msgpack" })),
  );
  for (; figures.rounds < ROUNDS; figures.rounds += 1) {
    const sockets = await Promise.all(seats.map((seat) => takeSeat(server.baseUrl, seat)));
    const load = sockets.map((socket, index) => sendUntilCut(socket, seatAt(seats, index), ledger, PAUSE_MS));
    if (await job.kill(server, LONGEST_RUN_MS)) figures.midway += 1;
    await Promise.all(load);
    server = await start();
  }

  const { code, output } = await runToEnd({
    program: "src/local/run-job.ts",
    args: [job.name, "--url", server.baseUrl],
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

function seatAt(seats: readonly Seat[], index: number): Seat {
  const seat = seats[index];
  if (seat === undefined) throw new Error(`there is no seat ${index}`);
  return seat;
}
