import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { replaceDatabase } from "../support/faults.ts";
import { makePeople, makeRoom, type TestRoom } from "../support/rooms.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

/** Holds up every batch to D1 until it is opened. */
class Gate {
  waiting = 0;
  private opened: () => void = () => {};
  private readonly open$ = new Promise<void>((resolve) => {
    this.opened = resolve;
  });

  open(): void {
    this.opened();
  }

  async install(room: TestRoom): Promise<void> {
    const gated = new Proxy(env.DB, {
      get: (database, property, receiver) => {
        if (property !== "withSession") return Reflect.get(database, property, receiver);
        return (constraint: string) => this.session(database.withSession(constraint));
      },
    });
    await replaceDatabase(room.stub, gated);
  }

  private session(session: D1DatabaseSession): D1DatabaseSession {
    return {
      prepare: (query) => session.prepare(query),
      getBookmark: () => session.getBookmark(),
      batch: async <Row>(statements: D1PreparedStatement[]) => {
        this.waiting += 1;
        await this.open$;
        return session.batch<Row>(statements);
      },
    };
  }
}

async function pair(): Promise<{ room: TestRoom; writer: TestSocket; reader: TestSocket; userIds: number[] }> {
  const userIds = await makePeople(2);
  const room = await makeRoom(userIds);
  const [a = 0, b = 0] = userIds;
  return {
    room,
    userIds,
    writer: await connect(room.stub, { userId: a }),
    reader: await connect(room.stub, { userId: b }),
  };
}

it("does not forget a read marker that comes while a flush is under way", async () => {
  const { room, writer, reader } = await pair();
  for (const n of [1, 2, 3]) await writer.request({ type: "message.send", clientId: `c${n}`, content: "x" });
  const gate = new Gate();
  await gate.install(room);
  // The first marker is written at once; the next one, within a second, is held.
  reader.send({ type: "read", id: 1 });
  await writer.waitFor("receipt");
  const alarm = runDurableObjectAlarm(room.stub);
  await expect.poll(() => gate.waiting, { interval: 1 }).toBe(1);
  reader.send({ type: "read", id: 3 });
  await reader.request({ type: "history", limit: 1 });
  gate.open();
  await alarm;
  await writer.until(
    () => writer.of("receipt").some(({ messageId }) => messageId === 3),
    "the receipt of the last message",
  );
});

it("does not make pages for a reader that asks for hundreds of them and reads none", async () => {
  const { room, userIds, writer } = await pair();
  await runInDurableObject(room.stub, (_, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 100)
       INSERT INTO messages (id, sender_id, message_type, content, client_id, body_hash, created_at)
       SELECT id, ?, 'TEXT', ?, 'c' || id, '', 0 FROM n`,
      userIds[0] ?? 0,
      "가".repeat(4_000),
    );
  });
  await evictDurableObject(room.stub);
  const greedy = await connect(room.stub, { userId: userIds[1] ?? 0 });
  greedy.echoesProbes = false;
  // Each answer is 0.6 MB: a frame holds no more, however many rows were asked for.
  for (let n = 0; n < 100; n += 1) greedy.send({ type: "history", limit: 100 });
  expect((await greedy.waitForClose()).code).toBe(1001);
  expect(greedy.of("ack").length).toBeLessThanOrEqual(8);
  expect(await writer.request({ type: "message.send", clientId: "mine", content: "still here" })).toMatchObject({
    id: 101,
  });
});
