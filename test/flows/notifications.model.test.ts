/**
 * Whatever happens to a person's object, to D1, to the queue and to the calls that tell it something: nothing that was to
 * be told is lost or doubled, D1 ends with what the object has, the queue has been given the latest of each, and a device
 * that was there all the time knows the same as one that comes.
 */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Notification } from "../../schema/notifications.ts";
import type { PushMessage } from "../../schema/push.ts";
import { clock } from "../support/clock.ts";
import { type Fault, faultyDatabase, replaceBinding } from "../support/faults.ts";
import { flushedNotifications, keptNotifications, notificationsOf, systemRequest } from "../support/notifications.ts";
import { type OwnSocket, openMe, presenceStub, ring, rowsOf } from "../support/presence.ts";
import { makePeople, makeRoom, type TestRoom } from "../support/rooms.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

const RUNS = Number(env.MODEL_RUNS);

const CAUSES = 12;
const KEYS = ["x", "y", undefined] as const;
const fault = fc.constantFrom<Fault>("none", "none", "before", "after");
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("notify" as const), cause: fc.nat(CAUSES - 1) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("say" as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("read" as const), id: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read all" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read room" as const) }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant("told again" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("alarm" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("queue" as const), fault }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("database" as const), fault }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class World {
  private readonly userId: number;
  private readonly room: TestRoom;
  private readonly his: TestSocket;
  private readonly hers: TestSocket;
  private readonly caused = new Set<number>();
  private readonly pushed: PushMessage[] = [];
  private queueFault: Fault = "none";
  private databaseFault: Fault = "none";
  private own: OwnSocket | undefined;

  constructor(userId: number, room: TestRoom, { his, hers }: { his: TestSocket; hers: TestSocket }) {
    this.userId = userId;
    this.room = room;
    this.his = his;
    this.hers = hers;
  }

  private get stub() {
    return presenceStub(this.userId);
  }

  /** After each time that the object is made anew. */
  async begin(): Promise<void> {
    await this.stub.notificationSettings();
    await replaceBinding(
      this.stub,
      "DB",
      faultyDatabase(() => this.databaseFault),
    );
    const send = async (message: PushMessage) => {
      if (this.queueFault === "before") throw new Error("the queue does not answer");
      this.pushed.push(message);
      if (this.queueFault === "after") throw new Error("the answer was lost");
    };
    await replaceBinding(this.stub, "PUSH", new Proxy(env.PUSH, { get: () => send }));
    if (!this.own || this.own.closed) this.own = await openMe(this.userId);
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case "notify":
        this.caused.add(one.cause);
        return this.notify(one.cause);
      case "say":
        await this.his.request({ type: "message.send", clientId: crypto.randomUUID(), content: "안녕" });
        return;
      case "read":
        await this.stub.readNotifications([one.id]);
        return;
      case "read all":
        await this.stub.readNotifications("all");
        return;
      case "read room":
        return this.readRoom();
      case "told again":
        return this.tell();
      case "alarm":
        clock.advance(3_000);
        await ring(this.userId);
        return;
      case "evict":
        await evictDurableObject(this.stub);
        return this.begin();
      case "kill":
        // In the middle of something, as far as that can be had.
        void this.stub.notify(this.request(CAUSES)).catch(() => {});
        this.caused.add(CAUSES);
        await runInDurableObject(this.stub, (_, state) => state.abort("killed")).catch(() => {});
        await this.own?.waitForClose();
        return this.begin();
      case "queue":
        this.queueFault = one.fault;
        return;
      case "database":
        this.databaseFault = one.fault;
        return;
    }
  }

  /** Nothing new happens, and nothing fails any more. */
  async settle(): Promise<void> {
    this.queueFault = "none";
    this.databaseFault = "none";
    // Whoever was told that it failed says it again.
    for (const cause of this.caused) await this.notify(cause);
    await this.tell();
    for (let rings = 0; rings < 8; rings += 1) {
      clock.advance(60_000);
      await ring(this.userId);
    }
  }

  async expectAllRight(): Promise<void> {
    const all = await notificationsOf(this.userId);
    const byId = all.toSorted((a, b) => a.id - b.id);
    expect(byId.map(({ id }) => id)).toEqual(byId.map((_, index) => index + 1));
    const counted = all.filter(({ type }) => type === "SYSTEM").map(({ data }) => Number(data.count));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(this.caused.size);
    this.expectMessagesRight(
      byId.filter(({ type }) => type === "MESSAGE"),
      await this.unreadInRoom(),
    );
    expect(await flushedNotifications(this.userId)).toEqual(await keptNotifications(this.userId));
    expect(await rowsOf(this.stub, "SELECT id FROM notifications WHERE is_to_push = 1")).toEqual([]);
    for (const { id, data, isRead } of all) {
      if (isRead) continue;
      const last = this.pushed.findLast(({ payload }) => payload.id === id);
      expect(last?.payload.data.count, `the push of ${id}`).toBe(data.count);
    }
    // What was said before its answer has arrived with it.
    if (!this.own?.closed) await this.own?.request({ type: "status.set", status: "online" });
    const known = this.knownToOwnDevice();
    for (const one of known.values()) expect(one, `what a device knows of ${one.id}`).toEqual(byId[one.id - 1]);
  }

  private expectMessagesRight(messages: readonly Notification[], unread: { count: number; last: number }): void {
    const told = messages.map(({ data }) => Number(data.messageId));
    expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b));
    const open = messages.filter(({ isRead }) => !isRead);
    expect(open.length).toBeLessThanOrEqual(1);
    // Of what is unread in the room there was a notification; it may have been read by itself.
    if (unread.count > 0) expect(told.at(-1)).toBe(unread.last);
    else expect(open).toEqual([]);
  }

  /** What was heard on the socket, put together as a client does. A read of everything is of those that were heard of. */
  private knownToOwnDevice(): Map<number, Notification> {
    const known = new Map<number, Notification>();
    for (const frame of this.own?.frames ?? []) {
      if (frame.type === "notification.created") known.set(frame.notification.id, frame.notification);
    }
    // Of changes without a notification of their own only the numbers come: they are looked up.
    const read = new Set((this.own?.of("notification.read") ?? []).flatMap(({ ids }) => ids ?? []));
    const isReadAll = this.own?.of("notification.read").some(({ all }) => all) ?? false;
    for (const id of [...known.keys()]) if (read.has(id) || isReadAll) known.delete(id);
    return known;
  }

  private request(cause: number) {
    const collapseKey = KEYS[cause % KEYS.length];
    return systemRequest({ cause: `cause ${cause}`, ...(collapseKey && { collapseKey }) });
  }

  private async notify(cause: number): Promise<void> {
    await this.stub.notify(this.request(cause));
  }

  private async readRoom(): Promise<void> {
    const { last } = await this.unreadInRoom();
    if (last === 0) return;
    this.hers.send({ type: "read", id: last });
    await this.hers.request({ type: "history", limit: 1 });
  }

  /** As the room tells them, as if they held no socket there. */
  private async tell(): Promise<void> {
    await this.room.stub.flush();
    await runDurableObjectAlarm(this.room.stub);
    const update = await this.room.stub.inboxOf(this.userId);
    if (update) await this.stub.roomChanged({ ...update, isHere: false });
  }

  private async unreadInRoom(): Promise<{ count: number; last: number }> {
    const update = await this.room.stub.inboxOf(this.userId);
    return { count: update?.unread ?? 0, last: update?.latestUnread?.id ?? 0 };
  }
}

it(`nothing is lost or doubled, whatever happens (${RUNS} runs)`, { timeout: 60_000 + RUNS * 4_000 }, async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: "max" }), async (story) => {
      const [userId = 0, other = 0] = await makePeople(2);
      const room = await makeRoom([userId, other], "DIRECT");
      const [hers, his] = [await connect(room.stub, { userId }), await connect(room.stub, { userId: other })];
      const world = new World(userId, room, { his, hers });
      await world.begin();
      for (const one of story) await world.take(one);
      steps += story.length;
      await world.settle();
      await world.expectAllRight();
      hers.close();
      his.close();
    }),
    { numRuns: RUNS, endOnFailure: false },
  );
  console.log(`model of notifications: ${RUNS} runs, ${steps} steps`);
});
