/**
 * The promise of the whole: what was acknowledged is there, once, whenever the machine stops.
 * `KILL_ROUNDS=10 npx vitest run --project e2e kill` repeats it ten times; the figures are printed.
 */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { audit, isContiguous } from "./support/ledger.ts";
import { deliver, type Seat, type Sent, sendUntilCut, takeSeat } from "./support/load.ts";
import { makeRoom, signIn } from "./support/people.ts";
import { flushed, roomContent, storedContent } from "./support/rooms.ts";
import { freshTokens, indexed, indexedTokens } from "./support/search-index.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "./support/server.ts";

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2);
const ROUND_MS = 90_000;
const LONGEST_LOAD_MS = 2_000;

afterAll(cleanUp);

it("loses nothing that was acknowledged, and doubles nothing, when it is killed under load", {
  timeout: ROUNDS * ROUND_MS,
}, async () => {
  const [stateFolder, port] = [newStateFolder(), await freePort()];
  const start = () => startServer({ stateFolder, port, environment: { RATE_LIMITS: "off" } });
  let server = await start();
  const seats = await makeSeats(server.baseUrl);
  const ledger: Sent[] = [];
  const figures = { rounds: 0, acknowledged: 0, resent: 0, storedUnacknowledged: 0, lost: 0, doubled: 0 };

  for (; figures.rounds < ROUNDS; figures.rounds += 1) {
    const load = await Promise.all(
      seats.map(async (seat) => ({ seat, socket: await takeSeat(server.baseUrl, seat) })),
    ).then((taken) => taken.map(({ seat, socket }) => sendUntilCut(socket, seat, ledger)));
    // The moment is the point: between two commits, within one, during a flush.
    await pause(randomInt(100, LONGEST_LOAD_MS));
    await server.killAll();
    await Promise.all(load);

    const open = ledger.filter(({ ackedId }) => ackedId === undefined);
    expect(open.length, "sends that were in flight").toBeGreaterThan(0);
    server = await start();
    figures.storedUnacknowledged += await resend(server.baseUrl, seats, open);
    figures.resent += open.length;

    for (const [roomId, [seat]] of Map.groupBy(seats, (one) => one.roomId)) {
      const content = await roomContent(server.baseUrl, roomId, seat?.token ?? "");
      const { lost, doubled, strange } = audit(
        content.messages,
        ledger.filter((sent) => sent.roomId === roomId),
      );
      figures.lost += lost.length;
      figures.doubled += doubled.length;
      expect({ lost, doubled, strange }).toEqual({ lost: [], doubled: [], strange: [] });

      expect(isContiguous(content.messages.map(({ id }) => id))).toBe(true);
      expect(content.messages.at(-1)?.id).toBe(content.messageId);
      // No message is edited twice and nothing else changes, so that every `rev` is still to be seen.
      const revs = content.messages.map(({ rev }) => rev).filter((rev) => rev > 0);
      expect(isContiguous(revs.sort((a, b) => a - b))).toBe(true);
      expect(revs.length).toBe(content.rev);

      await flushed(stateFolder, roomId, content);
      expect(storedContent(stateFolder, roomId)).toEqual(
        content.messages.map(({ reactions, corrections, ...columns }) => columns),
      );
      await indexed(stateFolder, roomId, content);
      expect(indexedTokens(stateFolder, roomId)).toEqual(freshTokens(roomId, content.messages));
    }
  }
  figures.acknowledged = ledger.length - figures.resent;
  const edits = ledger.filter(({ edit }) => edit?.acked).length;
  console.log("SIGKILL under load:", JSON.stringify({ ...figures, sent: ledger.length, editsAcknowledged: edits }));
  expect(await server.stop()).toBe(0);
});

/** Everybody in every room they have, in both encodings: two pairs and a group. */
async function makeSeats(baseUrl: string): Promise<Seat[]> {
  const names = ["Ara", "Bomi", "Chris", "Dana"];
  const people = await Promise.all(names.map((name) => signIn(baseUrl, name)));
  const tables = [people.slice(0, 2), people.slice(2), people];
  const seats = tables.map(async (table, index) => {
    const roomId = await makeRoom(table, table === people ? "All of them" : undefined);
    return table.map(({ id, token }, place): Seat => {
      return { roomId, userId: id, token, encoding: (index + place) % 2 === 0 ? "msgpack" : "json" };
    });
  });
  return (await Promise.all(seats)).flat();
}

/** Sends what was never answered, with its clientId. Returns how much of it the server turned out to have. */
async function resend(baseUrl: string, seats: readonly Seat[], open: readonly Sent[]): Promise<number> {
  const counts = seats.map(async (seat) => {
    const own = open.filter(({ roomId, senderId }) => roomId === seat.roomId && senderId === seat.userId);
    const socket = await takeSeat(baseUrl, seat);
    const first = await Promise.all(own.map((sent) => deliver(socket, sent)));
    const again = await Promise.all(own.map((sent) => deliver(socket, sent)));
    socket.close();
    expect(again.every(({ duplicate }) => duplicate)).toBe(true);
    expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    return first.filter(({ duplicate }) => duplicate).length;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
