/**
 * The inbox against its room: whatever happens to either object and to the calls between them, once things are quiet
 * everybody's entry is what the room's own tables say.
 */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { RoomType } from "../../schema/values.ts";
import { clock } from "../support/clock.ts";
import { objectsBehind, replaceBinding } from "../support/faults.ts";
import { loseEverything, presenceStub } from "../support/presence.ts";
import { makePeople, makeRoom, roomStub, type TestRoom } from "../support/rooms.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

/** Each takes its time: kills and lost calls are waited for. */
const RUNS = Math.ceil(Number(env.MODEL_RUNS) / 4);
const PEOPLE = 4;

const who = fc.nat(PEOPLE - 1);
const nth = fc.integer({ min: 1, max: 12 });
const fate = fc.constantFrom("ok", "before", "after", "late");
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("send" as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("edit" as const), who, nth }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), who, nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("react" as const), who, nth }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("read" as const), who, nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("leave" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("join" as const), who }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("block" as const), other: fc.constantFrom(1, 1, 2), on: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const) }) },
);
const step = fc.oneof(
  { weight: 25, arbitrary: action },
  // What is told of this alone meets another fate.
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("told" as const), action, fate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict room" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("kill room" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict person" as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("kill person" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose person" as const), who }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("alarm" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("look" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("calls" as const), fate }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("arrive" as const), nth: fc.nat(7) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class World {
  private fate = "ok";
  /** Calls whose callers were told that they failed, still on their way. */
  private readonly late: (() => Promise<unknown>)[] = [];
  private readonly sockets = new Map<number, TestSocket>();
  private readonly room: TestRoom;
  private readonly userIds: readonly number[];
  private said = 0;

  constructor(room: TestRoom, userIds: readonly number[]) {
    this.room = room;
    this.userIds = userIds;
  }

  async begin(): Promise<void> {
    const namespace = objectsBehind(env.USER_PRESENCE, async ({ carryOut }) => {
      const { fate } = this;
      if (fate === "late") this.late.push(carryOut);
      if (fate === "before" || fate === "late") throw new Error("Network connection lost.");
      const answer = await carryOut();
      if (fate === "after") throw new Error("Network connection lost.");
      return answer;
    });
    await replaceBinding(this.stub, "USER_PRESENCE", namespace);
  }

  private get stub(): TestRoom["stub"] {
    return roomStub(this.room.id);
  }

  private userId(index: number): number {
    return this.userIds[index] ?? expect.fail("no such person");
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case "send":
        this.said += 1;
        return this.command(one.who, { type: "message.send", clientId: `c${this.said}`, content: `${this.said}` });
      case "edit":
        return this.command(one.who, { type: "message.edit", id: one.nth, content: "other words" });
      case "delete":
        return this.command(one.who, { type: "message.delete", id: one.nth });
      case "react":
        return this.command(one.who, { type: "reaction.add", id: one.nth, emoji: "👍" });
      case "read":
        (await this.socketOf(one.who))?.send({ type: "read", id: one.nth });
        return;
      case "leave":
        await this.stub.removeParticipant(this.userId(one.who), this.userId(one.who));
        return;
      case "join":
        return this.join(this.userId(one.who));
      case "block":
        await this.stub.block({ userId: this.userId(0), otherId: this.userId(one.other) }, one.on);
        return;
      case "rename":
        for (const userId of this.userIds) await this.stub.updateRoom(userId, { name: `Room ${this.said}` });
        return;
      case "evict room":
        await evictDurableObject(this.stub).catch(() => {});
        return this.begin();
      case "kill room":
        await kill(this.stub);
        return this.begin();
      case "evict person":
        // Not running is as good as evicted.
        return evictDurableObject(presenceStub(this.userId(one.who))).catch(() => {});
      case "kill person":
        return kill(presenceStub(this.userId(one.who)));
      case "lose person":
        return loseEverything(this.userId(one.who));
      case "alarm":
        await runDurableObjectAlarm(this.stub);
        return;
      case "look":
        await presenceStub(this.userId(one.who)).listRooms({ after: null, limit: 10 });
        return;
      case "told":
        await this.quiet();
        this.fate = one.fate;
        clock.advance(1_000);
        await this.take(one.action);
        await runDurableObjectAlarm(this.stub);
        this.fate = "ok";
        return;
      case "calls":
        this.fate = one.fate;
        return;
      case "arrive":
        await Promise.allSettled(this.late.splice(one.nth, 1).map((call) => call()));
        return;
    }
  }

  /** Nothing new happens, and nothing fails any more; what was on its way comes last. */
  async settle(): Promise<void> {
    this.fate = "ok";
    await this.quiet();
    expect(await runDurableObjectAlarm(this.stub)).toBe(false);
    for (const userId of this.userIds) {
      await presenceStub(userId).listRooms({ after: null, limit: 10 });
      await runDurableObjectAlarm(presenceStub(userId));
    }
    await Promise.allSettled(this.late.splice(0).map((call) => call()));
    for (const socket of this.sockets.values()) if (!socket.closed) socket.close();
  }

  /** What was sent is in, and what was planned is done. */
  private async quiet(): Promise<void> {
    for (const socket of this.sockets.values()) {
      if (!socket.closed) await socket.request({ type: "history", limit: 1 }).catch(() => {});
    }
    // Each may be for later only.
    for (let rings = 0; rings < 50 && (await runDurableObjectAlarm(this.stub)); rings += 1) clock.advance(1_000);
  }

  async expectInboxesRight(): Promise<void> {
    const tables = await this.tables();
    for (const userId of this.userIds) {
      const expected = expectedEntry(tables, userId);
      const [entry] = (await presenceStub(userId).listRooms({ after: null, limit: 10 })).filter(
        ({ roomId }) => roomId === this.room.id,
      );
      if (expected === null) expect(entry, `of ${userId}`).toBeUndefined();
      else expect(entry, `of ${userId}`).toMatchObject(expected);
      const partners = await runInDurableObject(presenceStub(userId), (_, { storage }) =>
        storage.sql.exec("SELECT partner_id FROM inbox WHERE partner_id IS NOT NULL").toArray(),
      );
      expect(partners, `partners of ${userId}`).toEqual(
        expectedPartners(tables, userId).map((partnerId) => ({ partner_id: partnerId })),
      );
    }
  }

  private async command(index: number, frame: object): Promise<void> {
    await (await this.socketOf(index))?.request(frame).catch(() => {});
  }

  /** Undefined for who is not in the room. */
  private async socketOf(index: number): Promise<TestSocket | undefined> {
    const userId = this.userId(index);
    const known = this.sockets.get(userId);
    if (known && !known.closed) return known;
    if (!(await this.stub.admit(userId)).ok) return undefined;
    const socket = await connect(this.stub, { userId });
    this.sockets.set(userId, socket);
    return socket;
  }

  private async join(userId: number): Promise<void> {
    const added = [{ userId, name: "Somebody", imageUrl: null, role: "MEMBER" as const }];
    for (const adminId of this.userIds) if ((await this.stub.addParticipants(adminId, added)).ok) return;
  }

  private tables(): Promise<Tables> {
    return runInDurableObject(this.stub, (_, { storage }) => ({
      room: storage.sql.exec<Row>("SELECT * FROM room").one(),
      messages: storage.sql.exec<Row>("SELECT * FROM messages ORDER BY id").toArray(),
      participants: storage.sql.exec<Row>("SELECT * FROM participants").toArray(),
      blocks: storage.sql.exec<Row>("SELECT * FROM blocks").toArray(),
    }));
  }
}

async function kill(stub: DurableObjectStub): Promise<void> {
  await runInDurableObject(stub, (_, state) => state.abort("killed")).catch(() => {});
}

type Row = Record<string, SqlStorageValue>;
interface Tables {
  readonly room: Row;
  readonly messages: readonly Row[];
  readonly participants: readonly Row[];
  readonly blocks: readonly Row[];
}

const isBetween = ({ blocks }: Tables, one: number, other: SqlStorageValue | undefined): boolean =>
  blocks.some(
    ({ user_id, other_id }) => (user_id === one && other_id === other) || (user_id === other && other_id === one),
  );

function expectedEntry(tables: Tables, userId: number): object | null {
  const { room, messages, participants } = tables;
  const participant = participants.find((one) => one.user_id === userId);
  if (participant?.is_active !== 1) return null;
  const marker = Number(participant.last_read_message_id);
  const unread = messages.filter(
    ({ id, sender_id, is_deleted }) =>
      Number(id) > marker && sender_id !== userId && is_deleted === 0 && !isBetween(tables, userId, sender_id),
  );
  const last = messages.at(-1);
  return {
    room: { name: room.name, isActive: room.is_active === 1 },
    lastMessageId: messages.length,
    lastReadMessageId: marker,
    unread: Math.min(100, unread.length),
    lastMessage: last
      ? { senderId: last.sender_id, preview: isBetween(tables, userId, last.sender_id) ? null : last.content }
      : null,
  };
}

function expectedPartners(tables: Tables, userId: number): number[] {
  const { room, messages, participants } = tables;
  if (room.room_type !== "DIRECT" || !participants.some((one) => one.user_id === userId)) return [];
  const haveAllWritten = participants.every(({ user_id }) => messages.some(({ sender_id }) => sender_id === user_id));
  const other = participants.find(({ user_id }) => user_id !== userId);
  return haveAllWritten && !isBetween(tables, userId, other?.user_id) ? [Number(other?.user_id)] : [];
}

/** The number of people up to which rooms broadcast receipts: read markers of larger ones take no rev. */
async function withReceiptsUpTo<Value>(people: number, use: () => Promise<Value>): Promise<Value> {
  const limits: { participantsWithReceipts: number } = LIMITS as { participantsWithReceipts: number };
  const usual = limits.participantsWithReceipts;
  limits.participantsWithReceipts = people;
  try {
    return await use();
  } finally {
    limits.participantsWithReceipts = usual;
  }
}

it(`whatever happens, everybody's inbox is what the room says of it (${RUNS} runs)`, {
  timeout: 60_000 + RUNS * 4_000,
}, async () => {
  let steps = 0;
  const kind = fc.constantFrom<readonly [RoomType, number]>(["GROUP", 100], ["GROUP", 1], ["DIRECT", 100]);
  await fc.assert(
    fc.asyncProperty(
      kind,
      fc.array(step, { minLength: 10, maxLength: 40, size: "max" }),
      ([roomType, receipts], story) =>
        withReceiptsUpTo(receipts, async () => {
          const userIds = await makePeople(PEOPLE);
          const room = await makeRoom(userIds.slice(0, roomType === "DIRECT" ? 2 : 3), roomType);
          const world = new World(room, userIds);
          await world.begin();
          for (const one of story) await world.take(one);
          steps += story.length;
          await world.settle();
          await world.expectInboxesRight();
        }),
    ),
    // The smallest story that was found by then is told.
    { numRuns: RUNS, interruptAfterTimeLimit: 40_000 + RUNS * 4_000, markInterruptAsFailure: true },
  );
  console.log(`model of the inbox: ${RUNS} runs, ${steps} steps`);
});
