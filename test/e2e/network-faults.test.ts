/** The SDK against the product through a network that fails: what two people wrote arrives once, in order, at both. */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createClient, type RoomConnection, type StudyMateClient } from "../../src/client/index.ts";
import { scriptedPerson, type TestNetwork, testNetwork } from "../../src/client/testing/index.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { roomContent } from "./support/rooms.ts";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "./support/server.ts";

/** `STORM_SEED=7 STORM_STEPS=500 npx vitest run --project e2e network-faults` tells that story again, longer. */
const SEED = Number(process.env.STORM_SEED ?? 1);
const STEPS = Number(process.env.STORM_STEPS ?? 120);
const CALM = { timeout: 60_000, interval: 50 };

interface Side {
  readonly person: Person;
  readonly network: TestNetwork;
  readonly client: StudyMateClient;
  readonly room: RoomConnection;
  /** What was written, in that order. */
  readonly written: string[];
  readonly sent: Promise<unknown>[];
}

let server: ServerProcess;
let ara: Person;
let bomi: Person;
let sides: readonly Side[] = [];

beforeAll(async () => {
  const environment = { RATE_LIMITS: "off" };
  server = await startServer({ stateFolder: newStateFolder(), port: await freePort(), environment });
  [ara, bomi] = [await signIn(server.baseUrl, "Ara"), await signIn(server.baseUrl, "Bomi")];
});

afterEach(() => {
  for (const { client, network } of sides) {
    network.restore();
    client.close();
  }
});

afterAll(cleanUp);

/** A room of its own for each test, with a network of their own for each of the two. */
async function meet(name: string): Promise<readonly [Side, Side]> {
  const roomId = await makeRoom([ara, bomi], name);
  const side = (person: Person): Side => {
    const network = testNetwork();
    const client = createClient({
      baseUrl: server.baseUrl,
      token: () => person.token,
      WebSocket: network.WebSocket,
      fetch: network.fetch,
      random: () => 0.01,
    });
    return { person, network, client, room: client.room(roomId), written: [], sent: [] };
  };
  const both = [side(ara), side(bomi)] as const;
  sides = both;
  await Promise.all(both.map(({ room }) => room.whenLive()));
  return both;
}

function write({ room, written, sent }: Side, content: string): void {
  written.push(content);
  sent.push(room.send(content));
}

/** Both hold what the room holds, all of it, and nobody waits for anything. */
async function expectSame(both: readonly Side[]): Promise<void> {
  for (const { network } of both) network.restore();
  await Promise.all(both.flatMap(({ sent }) => sent));
  const [{ room, person }] = both as readonly [Side, Side];
  const content = await roomContent(server.baseUrl, room.id, person.token);
  const byId = (id: number) => content.messages.filter(({ senderId }) => senderId === id).map((row) => row.content);
  for (const side of both) {
    expect(byId(side.person.id)).toEqual(side.written);
    while (side.room.getSnapshot().hasOlder) await side.room.loadOlder(100);
    await expect.poll(() => side.room.getSnapshot().messages, CALM).toEqual(content.messages);
    await expect.poll(() => side.room.getSnapshot(), CALM).toMatchObject({ status: { state: "live" }, outbox: [] });
  }
}

describe("A network that", () => {
  it("is cut while both write loses nothing, and nothing comes twice", async () => {
    const both = await meet("cut");
    for (let turn = 0; turn < 5; turn += 1) {
      for (const side of both) for (const part of ["a", "b", "c"]) write(side, `${turn}${part} ${side.person.id}`);
      const [side] = turn % 2 === 0 ? both : both.toReversed();
      await side?.network.waitFor("message.send", { direction: "toServer" });
      side?.network.cut();
      side?.network.restore();
    }
    await expectSame(both);
  });

  it("is slow keeps the order", async () => {
    const both = await meet("slow");
    for (const [at, { network }] of both.entries())
      network.delay({ toServerMs: 40 + at * 60, toClientMs: 150 - at * 90 });
    for (let turn = 0; turn < 5; turn += 1) for (const side of both) write(side, `${turn} ${side.person.id}`);
    await Promise.all(both.flatMap(({ sent }) => sent));
    await expectSame(both);
  });

  it("is half open is found out by the unanswered message, which is stored once", async () => {
    const both = await meet("half open");
    const [a] = both;
    const reasons = new Set<string | null>();
    a.room.subscribe(() => reasons.add(a.room.getSnapshot().status.reason));
    a.network.halfOpen("toClient");
    write(a, "들려요?");
    await expect.poll(() => reasons.has("silent"), CALM).toBe(true);
    await expectSame(both);
    expect(await a.sent[0]).toMatchObject({ duplicate: true });
  });

  it("delivers twice, swaps and loses frames leaves the same room", async () => {
    const both = await meet("duplicate, reorder, drop");
    for (const side of both) {
      side.network.duplicate({ times: 4 });
      side.network.duplicate({ direction: "toServer", types: ["message.send"], times: 2 });
      side.network.reorder({ times: 3 });
      side.network.dropNext(1, "toClient", { types: ["message.created"] });
    }
    for (let turn = 0; turn < 8; turn += 1) for (const side of both) write(side, `${turn} ${side.person.id}`);
    await Promise.all(both.flatMap(({ sent }) => sent));
    await expectSame(both);
    const fates = both.flatMap(({ network }) => network.log.map(({ fate }) => fate));
    expect(new Set(fates)).toEqual(new Set(["carried", "dropped", "duplicated", "reordered"]));
  });
});

describe("A storm", () => {
  it(`of ${STEPS} faults (seed ${SEED}) leaves both with what a fresh client fetches`, async () => {
    const both = await meet("storm");
    const random = seeded(SEED);
    const one = <Item>(items: readonly [Item, ...Item[]]): Item =>
      items[Math.floor(random() * items.length)] ?? items[0];
    const faults: readonly [(network: TestNetwork) => void, ...((network: TestNetwork) => void)[]] = [
      (network) => network.cut(),
      (network) => network.refuse(),
      (network) => network.delay({ toServerMs: random() * 80, toClientMs: random() * 80 }),
      (network) => network.halfOpen(one(["toServer", "toClient", undefined])),
      (network) => network.duplicate({ direction: one(["toServer", "toClient"]), times: 3 }),
      (network) => network.reorder({ times: 2 }),
      (network) => network.dropNext(1, "toClient", { types: ["message.created", "reaction.changed"] }),
      (network) => network.restore(),
      (network) => network.restore(),
    ];
    for (let step = 0; step < STEPS; step += 1) {
      const side = one(both);
      one(faults)(side.network);
      const writer = one(both);
      for (let count = random() * 3; count > 0; count -= 1) write(writer, `${step} ${count.toFixed(3)}`);
      const newest = writer.room.getSnapshot().messages.at(-1)?.id;
      if (newest !== undefined) writer.sent.push(writer.room.react(newest, one(["👏", "🙏", "💡"])));
      await pause(random() * 60);
    }
    await expectSame(both);

    const fresh = createClient({ baseUrl: server.baseUrl, token: () => ara.token });
    const room = fresh.room(both[0].room.id);
    await room.whenLive();
    while (room.getSnapshot().hasOlder) await room.loadOlder(100);
    const { messages, participants } = room.getSnapshot();
    const marks = (rows: typeof participants) =>
      rows.map(({ userId, lastReadMessageId }) => ({ userId, lastReadMessageId }));
    for (const side of both) {
      expect(side.room.getSnapshot().messages).toEqual(messages);
      expect(marks(side.room.getSnapshot().participants)).toEqual(marks(participants));
    }
    fresh.close();
    const { network } = both[0];
    console.log(
      `Storm: ${messages.length} messages, ${network.opened} sockets, ${network.log.length} frames at one side`,
    );
  });
});

describe("A scripted person", () => {
  it("talks with the server frame by frame", async () => {
    const [{ room }] = await meet("raw");
    const { baseUrl } = server;
    const person = await scriptedPerson({ baseUrl, email: "ara@e2e.studymate.example", encoding: "msgpack" });
    const seat = await person.enter(room.id);
    expect(await seat.request({ type: "message.send", clientId: "raw", content: "hi" })).toMatchObject({ type: "ack" });
    expect(await seat.waitFor("message.created")).toMatchObject({
      message: { senderId: person.userId, content: "hi" },
    });
    expect(await seat.request({ type: "dance" })).toMatchObject({ type: "error", code: "unknown_type" });
    person.close();
    expect(await seat.closed).toBe(1000);
  });
});

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
