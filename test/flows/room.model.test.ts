import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { RoomStore } from "../../objects/chat-room/store.ts";
import { breakDatabase } from "../support/faults.ts";
import { pictureOf, Replica } from "../support/replica.ts";
import { makePeople, makeRoom, roomStub, type TestRoom } from "../support/rooms.ts";
import { freshTokensOfRoom, indexedTokens } from "../support/search-database.ts";
import type { AnyFrame } from "../support/sockets.ts";

const RUNS = Number(env.MODEL_RUNS);
const PEOPLE = 4;

const who = fc.nat(PEOPLE - 1);
const nth = fc.nat(12);
const text = fc.constantFrom("안녕", "hello", "내일 봐요", "see you", "ㅋㅋㅋ", "오늘 날씨가 좋네요 ☀️");
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("send"), who, text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("resend"), nth, changed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("burst"), text, nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("edit"), who, nth, text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete"), who, nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("react"), who, nth, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("correct"), who, nth, text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read"), who, nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("join"), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop"), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("return"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash") }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("flush"), fault: fc.constantFrom("none", "before", "after") }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("alarm") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restore"), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("explode"), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Sent {
  readonly userId: number;
  readonly clientId: string;
  readonly content: string;
  id: number | undefined;
}

const TABLES = { chat_participants: "room_id", chat_messages: "room_id", flush_positions: "object" } as const;

class World {
  readonly replicas: Replica[];
  readonly sent: Sent[] = [];
  readonly touched = new Set<number>();
  private readonly room: TestRoom;
  private readonly backups: Map<string, Row[]>[] = [];
  /** D1 was set back: a room that has nothing to flush does not know yet. */
  private restored = false;

  constructor(room: TestRoom, userIds: readonly number[]) {
    this.room = room;
    this.replicas = userIds.map((userId, index) => new Replica(userId, index % 2 === 0 ? "json" : "msgpack"));
  }

  get stub(): TestRoom["stub"] {
    return roomStub(this.room.id);
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case "send":
        return this.send(one.who as number, one.text as string);
      case "resend":
        return this.resend(one.nth as number, one.changed as boolean);
      case "burst":
        return this.burst(one.text as string, one.nth as number);
      case "edit":
        return this.change(one.who as number, one.nth as number, { type: "message.edit", content: one.text });
      case "delete":
        return this.change(one.who as number, one.nth as number, { type: "message.delete" });
      case "react":
        return this.change(one.who as number, one.nth as number, {
          type: one.on ? "reaction.add" : "reaction.remove",
          emoji: "👍",
        });
      case "correct":
        return this.change(one.who as number, one.nth as number, {
          type: "message.correct",
          corrected: `${one.text}!`,
        });
      case "read":
        this.replica(one.who as number)?.socket?.send({ type: "read", id: (one.nth as number) + 1 });
        return;
      case "join":
        return this.join(one.who as number);
      case "leave": {
        const { userId } = this.anyone(one.who as number);
        await this.stub.removeParticipant(userId, userId);
        return;
      }
      case "drop":
        this.anyone(one.who as number).drop();
        return;
      case "return":
        return this.comeBack(one.who as number);
      case "evict":
        // Not running is as good as evicted.
        return evictDurableObject(this.stub).catch(() => {});
      case "crash":
        await abortAllDurableObjects();
        for (const replica of this.replicas) replica.drop();
        return;
      case "flush":
        return this.flush(one.fault as "none" | "before" | "after");
      case "alarm":
        return this.alarm();
      case "restore":
        return this.restore(one.nth as number);
      case "explode":
        return this.explode(this.anyone(one.who as number).userId);
    }
  }

  /** The connected replica of a person, if there is one. */
  private replica(index: number): Replica | undefined {
    const replica = this.anyone(index);
    return replica.isConnected ? replica : undefined;
  }

  private anyone(index: number): Replica {
    const replica = this.replicas[index];
    if (!replica) throw new Error("no such person");
    return replica;
  }

  private async send(index: number, content: string): Promise<void> {
    const replica = this.replica(index);
    if (!replica) return;
    await this.sendAs(replica, content);
  }

  private async sendAs(replica: Replica, content: string): Promise<void> {
    const sent: Sent = { userId: replica.userId, clientId: `c${this.sent.length}`, content, id: undefined };
    this.sent.push(sent);
    this.noteAnswer(sent, await this.request(replica, { type: "message.send", clientId: sent.clientId, content }));
  }

  private async resend(n: number, changed: boolean): Promise<void> {
    const sent = this.sent[n];
    const replica = this.replicas.find(({ userId, isConnected }) => userId === sent?.userId && isConnected);
    if (!sent || !replica) return;
    const content = changed ? `${sent.content}?` : sent.content;
    const answer = await this.request(replica, { type: "message.send", clientId: sent.clientId, content });
    if (!answer) return;
    if (sent.id === undefined) {
      // Never acknowledged: whichever body is first is the message.
      if (answer.type === "ack") sent.id = answer.id;
      this.touched.add(sent.id ?? 0);
    } else if (changed) expect(answer).toMatchObject({ type: "error", code: "conflict" });
    else expect(answer).toMatchObject({ type: "ack", id: sent.id, duplicate: true });
  }

  /** Everyone at once, with a bad command in the middle: it fails alone. */
  private async burst(content: string, n: number): Promise<void> {
    const connected = this.replicas.filter(({ isConnected }) => isConnected);
    const answers = connected.map(async (replica) => {
      const bad = this.request(replica, { type: "message.send", clientId: "bad", content, replyToId: 1_000_000 });
      await Promise.all([this.sendAs(replica, content), this.change(0, n, { type: "reaction.add", emoji: "🎉" })]);
      const answer = await bad;
      if (answer) expect(answer).toMatchObject({ type: "error" });
    });
    await Promise.all(answers);
  }

  private async change(index: number, n: number, command: object): Promise<void> {
    const replica = this.replica(index);
    if (!replica) return;
    const id = n + 1;
    const answer = await this.request(replica, { ...command, id });
    if (answer?.type === "ack") this.touched.add(id);
  }

  private async join(index: number): Promise<void> {
    const { userId } = this.anyone(index);
    for (const { userId: adminId } of this.replicas) {
      const answer = await this.stub.addParticipants(adminId, [
        { userId, name: `Person ${userId}`, imageUrl: null, role: "MEMBER" },
      ]);
      if (answer.ok) return;
    }
  }

  private async comeBack(index: number): Promise<void> {
    const replica = this.anyone(index);
    if (replica.isConnected) return;
    const snapshot = await this.stub.describe(replica.userId);
    if (snapshot.ok) await replica.connect(this.stub);
  }

  private async flush(fault: "none" | "before" | "after"): Promise<void> {
    const repairs = [
      await breakDatabase(this.stub, () => fault),
      await breakDatabase(this.stub, () => fault, "SEARCH"),
    ];
    const reports = await this.stub.flush();
    if (fault === "none") expect(reports.every(({ complete }) => complete)).toBe(true);
    for (const repair of repairs) await repair();
    await this.expectSubset();
  }

  /** The flush as it runs by itself, trusting what it remembers: whatever happened to D1, it is complete afterwards. */
  private async alarm(): Promise<void> {
    if (!(await runDurableObjectAlarm(this.stub))) return;
    // Held read markers may have had an alarm of their own: the flush of what they changed is the next one.
    while (await runDurableObjectAlarm(this.stub));
    const { messages, participants } = await this.truth();
    await this.expectEqual(messages, participants);
    this.backups.push(await this.d1Rows());
  }

  /** Everything of this room in D1, by table. */
  private async d1Rows(): Promise<Map<string, Row[]>> {
    const queries = Object.entries(TABLES).map(([table, key]) =>
      env.DB.prepare(`SELECT * FROM ${table} WHERE ${key} = ?`).bind(this.keyOf(table)),
    );
    const answers = await env.DB.batch<Row>(queries);
    return new Map(Object.keys(TABLES).map((table, index) => [table, answers[index]?.results ?? []]));
  }

  private keyOf(table: string): string | number {
    return table === "flush_positions" ? `chat-room:${this.room.id}` : this.room.id;
  }

  /** D1 as it was after an earlier flush. */
  private async restore(n: number): Promise<void> {
    const backup = this.backups[n % this.backups.length];
    if (!backup) return;
    const statements = Object.entries(TABLES).map(([table, key]) =>
      env.DB.prepare(`DELETE FROM ${table} WHERE ${key} = ?`).bind(this.keyOf(table)),
    );
    for (const [table, rows] of backup) {
      for (const row of rows) {
        const columns = Object.keys(row);
        const sql = `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
        statements.push(env.DB.prepare(sql).bind(...Object.values(row)));
      }
    }
    await env.DB.batch(statements);
    this.restored = true;
  }

  /** A bug between two writes of one command: it leaves nothing behind, and the next command is none the wiser. */
  private async explode(senderId: number): Promise<void> {
    await runInDurableObject(this.stub, async (instance) => {
      const room = instance as unknown as {
        resident(): { store: RoomStore };
        change(run: () => never): Promise<void>;
      };
      const failing = room.change(() => {
        const { store } = room.resident();
        const content = { messageType: "TEXT", content: "bug", fileUrl: null, fileMetadata: null } as const;
        store.insertMessage({ senderId, clientId: "bug", content, replyToId: null, createdAt: 1 });
        store.changeRoom({ name: "bug" });
        throw new Error("a bug");
      });
      await expect(failing).rejects.toThrow("a bug");
    });
  }

  /** An answer, or nothing where the socket ended first: then the outcome is unknown, as in life. */
  private async request(replica: Replica, frame: object): Promise<AnyFrame | undefined> {
    try {
      return await replica.socket?.request(frame);
    } catch (error) {
      if (!replica.isConnected) return undefined;
      throw error;
    }
  }

  private noteAnswer(sent: Sent, answer: AnyFrame | undefined): void {
    if (answer?.type !== "ack") return;
    expect(answer.duplicate).toBe(false);
    sent.id = answer.id;
  }

  /** All that the room's own database says. */
  truth(): Promise<{ messages: Row[]; participants: Row[]; room: Row; alarm: number | null }> {
    return runInDurableObject(this.stub, async (_, { storage }) => ({
      messages: storage.sql.exec<Row>("SELECT * FROM messages ORDER BY id").toArray(),
      participants: storage.sql.exec<Row>("SELECT * FROM participants ORDER BY user_id").toArray(),
      room: storage.sql.exec<Row>("SELECT * FROM room").one(),
      alarm: await storage.getAlarm(),
    }));
  }

  async d1Messages(): Promise<Row[]> {
    const query = env.DB.prepare("SELECT * FROM chat_messages WHERE room_id = ? ORDER BY id").bind(this.room.id);
    return (await query.all<Row>()).results;
  }

  /** D1 never has what the room does not, nor a newer state of it. */
  async expectSubset(): Promise<void> {
    const { messages } = await this.truth();
    for (const row of await this.d1Messages()) {
      const mine = messages[Number(row.id) - 1];
      expect(mine?.client_id).toBe(row.client_id);
      expect(Number(mine?.rev)).toBeGreaterThanOrEqual(Number(row.rev));
    }
  }

  async expectPromisesKept(): Promise<void> {
    const { messages, participants, room, alarm } = await this.truth();
    expect(messages.map(({ id }) => id)).toEqual(messages.map((_, index) => index + 1));

    const revs = [...messages, ...participants, room].map(({ rev }) => Number(rev)).filter((rev) => rev > 0);
    expect(new Set(revs).size).toBe(revs.length);

    const keys = messages.map(({ sender_id, client_id }) => `${sender_id} ${client_id}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { userId, clientId, content, id } of this.sent) {
      if (id === undefined) continue;
      const stored = messages[id - 1];
      expect(stored).toMatchObject({ id, sender_id: userId, client_id: clientId });
      if (!this.touched.has(id)) expect(stored?.content).toBe(content);
    }

    const position = await env.DB.prepare("SELECT id, rev FROM flush_positions WHERE object = ?")
      .bind(`chat-room:${this.room.id}`)
      .first<{ id: number; rev: number }>();
    const isBehind = messages.length > (position?.id ?? 0) || Math.max(0, ...revs) > (position?.rev ?? 0);
    if (isBehind && !this.restored) expect(alarm).not.toBeNull();
    expect(await this.stub.flush()).toMatchObject([
      { complete: true, parked: 0 },
      { complete: true, parked: 0 },
    ]);
    expect(await this.stub.flush()).toMatchObject([
      { complete: true, rowsSent: 0 },
      { complete: true, rowsSent: 0 },
    ]);
    await this.expectEqual(messages, participants);
    expect(await indexedTokens(this.room.id)).toEqual(await freshTokensOfRoom(this.room.id));
  }

  private async expectEqual(messages: Row[], participants: Row[]): Promise<void> {
    const flushed = await this.d1Messages();
    expect(flushed.map(comparable)).toEqual(messages.map(comparable));
    const people = env.DB.prepare("SELECT * FROM chat_participants WHERE room_id = ? ORDER BY user_id").bind(
      this.room.id,
    );
    const { results } = await people.all<Row>();
    expect(results.map(comparablePerson)).toEqual(participants.map(comparablePerson));
  }

  /** Who stayed, and who left and came back, sees what a newcomer sees. */
  async expectOnePicture(): Promise<void> {
    for (const index of this.replicas.keys()) await this.comeBack(index);
    const connected = this.replicas.filter(({ isConnected }) => isConnected);
    for (const replica of connected) await replica.settle();
    for (const { userId, state } of connected) {
      const newcomer = new Replica(userId);
      await newcomer.connect(this.stub);
      expect(pictureOf(state)).toEqual(pictureOf(newcomer.state));
      newcomer.drop();
    }
  }
}

type Row = Record<string, SqlStorageValue>;

function comparable({ room_id: _r, epoch: _e, body_hash: _b, ...row }: Row): Row {
  return row;
}

function comparablePerson({ user_id, role, joined_at, last_read_message_id, is_active, rev }: Row): object {
  // A participant who was never flushed has no marker yet.
  return { user_id, role, joined_at, last_read_message_id: last_read_message_id ?? 0, is_active, rev };
}

it(`whatever happens, nothing acknowledged is lost or doubled, and everyone sees the same room (${RUNS} runs)`, {
  timeout: 60_000 + RUNS * 4_000,
}, async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: "max" }), async (story) => {
      const userIds = await makePeople(PEOPLE);
      const world = new World(await makeRoom(userIds.slice(0, 3)), userIds);
      for (const index of [0, 1, 2]) await world.take({ kind: "return", who: index });
      for (const one of story) await world.take(one);
      steps += story.length;
      await world.expectOnePicture();
      await world.expectPromisesKept();
      for (const replica of world.replicas) replica.drop();
    }),
    { numRuns: RUNS, endOnFailure: false },
  );
  console.log(`model: ${RUNS} runs, ${steps} steps`);
});
