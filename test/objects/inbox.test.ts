/** The inbox: how a person's rooms stand, as the rooms tell it. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { breakDatabase, loseStorage, objectsBehind, replaceBinding } from "../support/faults.ts";
import {
  entryOf,
  loseEverything,
  type OwnSocket,
  online,
  openMe,
  presenceStub,
  ring,
  rowsOf,
  sayIn,
  send,
  told,
} from "../support/presence.ts";
import { makePeople, makeRoom, roomStub, type TestRoom } from "../support/rooms.ts";
import { type AnyFrame, connect } from "../support/sockets.ts";

/** What the socket was told of a room last. */
const latest = (socket: OwnSocket, room: TestRoom): AnyFrame | undefined =>
  socket.of("inbox.updated").findLast(({ entry }) => entry.roomId === room.id)?.entry;

/** Until the socket was told so. */
async function stands(socket: OwnSocket, room: TestRoom, expected: object): Promise<void> {
  await expect.poll(() => latest(socket, room) ?? null, { timeout: 4_000 }).toMatchObject(expected);
}

async function pair(): Promise<{ a: number; b: number; room: TestRoom }> {
  const [a = 0, b = 0] = await makePeople(2);
  return { a, b, room: await makeRoom([a, b]) };
}

const listed = (userId: number) => presenceStub(userId).listRooms({ after: null, limit: 100 });

describe("an inbox", () => {
  it("tells all devices of what is said, of who has read, of an edit of the last message and of a deletion", async () => {
    const { a, b, room } = await pair();
    const phone = await openMe(b, { deviceId: "phone" });
    const laptop = await openMe(b, { deviceId: "laptop", encoding: "msgpack" });
    const hers = await connect(room.stub, { userId: a });
    const his = await connect(room.stub, { userId: b });
    await send(hers, "하나");
    for (const socket of [phone, laptop]) {
      const lastMessage = { senderId: a, messageType: "TEXT", preview: "하나" };
      await stands(socket, room, { lastMessageId: 1, unread: 1, lastMessage });
    }
    await send(hers, "둘");
    await send(his, "셋");
    await told(room);
    await stands(phone, room, { lastMessageId: 3, unread: 2, lastMessage: { senderId: b, preview: "셋" } });
    await his.request({ type: "message.edit", id: 3, content: "넷" });
    await told(room);
    await stands(phone, room, { lastMessageId: 3, unread: 2, lastMessage: { preview: "넷" } });
    await hers.request({ type: "message.delete", id: 2 });
    await told(room);
    await stands(laptop, room, { unread: 1 });
    // On the phone; the laptop knows.
    his.send({ type: "read", id: 3 });
    await his.waitFor("receipt");
    await told(room);
    await stands(laptop, room, { unread: 0, lastReadMessageId: 3 });
    await his.request({ type: "message.delete", id: 3 });
    await told(room);
    await stands(laptop, room, { lastMessageId: 3, lastMessage: { senderId: b, preview: null } });
    expect(entryOf(await openMe(b), room)).toEqual(latest(laptop, room));
  });

  it("is not told of what it does not show: a reaction to an earlier message, and what others have read", async () => {
    const { a, b, room } = await pair();
    const hers = await connect(room.stub, { userId: a });
    const his = await connect(room.stub, { userId: b });
    await send(hers, "하나");
    await send(hers, "둘");
    await told(room);
    const called: string[] = [];
    await replaceBinding(
      room.stub,
      "USER_PRESENCE",
      objectsBehind(env.USER_PRESENCE, async ({ name }) => called.push(name)),
    );
    await his.request({ type: "reaction.add", id: 1, emoji: "👍" });
    await told(room);
    expect(called).toEqual([]);
    his.send({ type: "read", id: 2 });
    await his.waitFor("receipt");
    await told(room);
    expect(called).toEqual([String(b)]);
  });

  it("counts to a hundred, and then no further", async () => {
    const [reader = 0, ...writers] = await makePeople(4);
    const room = await makeRoom([reader, ...writers]);
    for (const userId of writers) {
      const socket = await connect(room.stub, { userId });
      await Promise.all(Array.from({ length: 36 }, () => send(socket)));
      socket.close();
    }
    await told(room);
    const socket = await openMe(reader);
    expect(entryOf(socket, room)).toMatchObject({ lastMessageId: 108, unread: 100 });
    const inRoom = await connect(room.stub, { userId: reader });
    inRoom.send({ type: "read", id: 100 });
    await inRoom.waitFor("receipt");
    await told(room);
    await stands(socket, room, { unread: 8 });
  });

  it("begins a message as people count its characters", async () => {
    const { a, b, room } = await pair();
    const hers = await connect(room.stub, { userId: a });
    const socket = await openMe(b);
    const family = "👨‍👩‍👧‍👦";
    for (const [text, preview] of [
      ["é".repeat(200), "é".repeat(140)],
      ["e\u0301".repeat(200), "e\u0301".repeat(140)],
      ["한".repeat(140), "한".repeat(140)],
      // Of eleven code units each: there is a limit to those, too.
      [family.repeat(200), family.repeat(50)],
    ]) {
      await send(hers, text);
      await told(room);
      expect(latest(socket, room)?.lastMessage.preview === preview, preview).toBe(true);
    }
  });

  it("follows a quiet marker in a room of more than a hundred", async () => {
    const userIds = await makePeople(101);
    const [a = 0, b = 0] = userIds;
    const room = await makeRoom(userIds);
    const hers = await connect(room.stub, { userId: a });
    const his = await connect(room.stub, { userId: b });
    await send(hers);
    await told(room);
    const socket = await openMe(b);
    expect(entryOf(socket, room)).toMatchObject({ unread: 1 });
    his.send({ type: "read", id: 1 });
    await his.request({ type: "history", limit: 1 });
    await told(room);
    await stands(socket, room, { unread: 0, lastReadMessageId: 1 });
  }, 30_000);

  it("gets a room with whoever joins it, loses it with whoever leaves, and shows its name as it is", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const room = await makeRoom([a]);
    const his = await openMe(b);
    await sayIn(room, a);
    await room.stub.addParticipants(a, [{ userId: b, name: "B", imageUrl: null, role: "MEMBER" }]);
    expect(latest(his, room)).toMatchObject({ lastMessageId: 1, unread: 1 });
    await room.stub.updateRoom(a, { name: "Another" });
    expect(await listed(b)).toMatchObject([{ roomId: room.id, room: { name: "Another" } }]);
    await room.stub.removeParticipant(b, b);
    expect(await his.waitFor("inbox.removed")).toEqual({ type: "inbox.removed", roomId: room.id });
    expect(await listed(b)).toEqual([]);
    await sayIn(room, a);
    await told(room);
    expect(await listed(b)).toEqual([]);
    await room.stub.addParticipants(a, [{ userId: b, name: "B", imageUrl: null, role: "MEMBER" }]);
    expect(await listed(b)).toMatchObject([{ lastMessageId: 2, unread: 2 }]);
  });

  it("neither shows nor counts what the blocked write, and shows and counts it again without the block", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    for (const room of [await makeRoom([a, b, c]), await makeRoom([a, b], "DIRECT")]) {
      await sayIn(room, b, "secret");
      await told(room);
      const hers = await openMe(a);
      expect(entryOf(hers, room)).toMatchObject({ unread: 1, lastMessage: { preview: "secret" } });
      await room.stub.block({ userId: b, otherId: a }, true);
      await stands(hers, room, { unread: 0, lastMessage: { senderId: b, preview: null } });
      await room.stub.block({ userId: b, otherId: a }, false);
      await stands(hers, room, { unread: 1, lastMessage: { preview: "secret" } });
    }
  });

  it("is walked page by page, the latest first", async () => {
    const [a = 0] = await makePeople(1);
    const rooms: TestRoom[] = [];
    for (let n = 0; n < 5; n += 1) rooms.push(await makeRoom([a]));
    await sayIn(rooms[1] ?? expect.fail(), a);
    await told(rooms[1] ?? expect.fail());
    const seen: number[] = [];
    let after: [number, number] | null = null;
    for (;;) {
      const page = await presenceStub(a).listRooms({ after, limit: 2 });
      seen.push(...page.slice(0, 2).map(({ roomId }) => roomId));
      const last = page[1];
      if (page.length < 3 || !last) break;
      after = [last.activity, last.roomId];
    }
    const [first, second, third, fourth, fifth] = rooms.map(({ id }) => id);
    expect(seen).toEqual([second, fifth, fourth, third, first]);
  });
});

describe("rooms from before a person's object was there", () => {
  it("are found when they come, or ask for their list, also after the object lost everything", async () => {
    const { a, b, room } = await pair();
    const left = await makeRoom([a, b]);
    await sayIn(room, a, "old");
    await left.stub.removeParticipant(b, b);
    await Promise.all([told(room), told(left)]);
    for (let n = 0; n < 2; n += 1) {
      await loseEverything(b);
      if (n === 0) expect(entryOf(await openMe(b), room)).toMatchObject({ unread: 1, lastMessage: { preview: "old" } });
      else expect(await listed(b)).toMatchObject([{ roomId: room.id, unread: 1 }]);
    }
  });

  it("come later where the database or a room is away: nobody who comes waits for them, or is refused", async () => {
    const { b, room } = await pair();
    await loseEverything(b);
    const repair = await breakDatabase(presenceStub(b), () => "before");
    const socket = await openMe(b);
    expect(socket.welcome.inbox).toEqual([]);
    await repair();
    await ring(b);
    await stands(socket, room, { unread: 0 });
    await loseEverything(b);
    const silent = objectsBehind(env.CHAT_ROOM, () => new Promise(() => {}));
    await replaceBinding(presenceStub(b), "CHAT_ROOM", silent);
    expect(await listed(b)).toEqual([]);
    await replaceBinding(presenceStub(b), "CHAT_ROOM", env.CHAT_ROOM);
  }, 10_000);

  it("are left out where the room itself is gone", async () => {
    const { b, room } = await pair();
    await loseEverything(b);
    await loseStorage(room.id);
    expect(await listed(b)).toEqual([]);
  });
});

describe("how often a room tells its people", () => {
  /** When each call came, by person; none of them is carried out. */
  async function watchedRoom(count: number): Promise<{ room: TestRoom; writer: number; calls: Map<string, number[]> }> {
    const calls = new Map<string, number[]>();
    const userIds = await makePeople(count);
    const watched = objectsBehind(env.USER_PRESENCE, async ({ name }) => {
      calls.set(name, [...(calls.get(name) ?? []), Date.now()]);
    });
    const room = await makeRoom(userIds, "GROUP", (stub) => replaceBinding(stub, "USER_PRESENCE", watched));
    return { room, writer: userIds[0] ?? 0, calls };
  }

  it("is once a second at most in a room of fifty, however much is said, also while the database is away", async () => {
    const { room, writer, calls } = await watchedRoom(50);
    for (const fault of ["none", "before"] as const) {
      const repair = await breakDatabase(room.stub, () => fault);
      const socket = await connect(room.stub, { userId: writer });
      calls.clear();
      const until = Date.now() + 5_000;
      while (Date.now() < until) {
        await send(socket);
        await new Promise((resolve) => setTimeout(resolve, 110));
      }
      expect(calls.size).toBe(50);
      for (const times of calls.values()) {
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
        expect(times.length).toBeGreaterThanOrEqual(3);
        expect(Math.min(...gaps)).toBeGreaterThan(940);
        expect(Math.max(...gaps)).toBeLessThan(3_000);
      }
      await repair();
      socket.close();
    }
  }, 20_000);

  it("is once in twenty seconds in a room of a thousand, 250 a second, with sixty-four calls at most at one moment", async () => {
    let [now, most, all] = [0, 0, 0];
    const slow = objectsBehind(env.USER_PRESENCE, async () => {
      all += 1;
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 300));
      now -= 1;
    });
    const tellAll = { timeout: 20_000 };
    const userIds = await makePeople(1_000);
    const room = await makeRoom(userIds, "GROUP", (stub) => replaceBinding(stub, "USER_PRESENCE", slow));
    await expect.poll(() => all, tellAll).toBe(1_000);
    await expect.poll(() => now, tellAll).toBe(0);
    const socket = await connect(room.stub, { userId: userIds[0] ?? 0 });
    clock.advance(20_000);
    const began = performance.now();
    await send(socket);
    await expect.poll(() => all, tellAll).toBe(2_000);
    expect(performance.now() - began).toBeGreaterThan(3_900);
    await expect.poll(() => now, tellAll).toBe(0);
    for (let times = 1; times <= 15; times += 1) {
      clock.advance(1_000);
      await send(socket);
      await ringInTime(room.stub);
    }
    expect(all).toBe(2_000);
    clock.advance(5_000);
    await ringInTime(room.stub);
    await expect.poll(() => all, tellAll).toBe(3_000);
    await expect.poll(() => now, tellAll).toBe(0);
    expect(most).toBe(64);
    await ringInTime(room.stub);
    expect(all).toBe(3_000);
    clock.advance(20_000);
    await ringInTime(room.stub);
    expect(all).toBe(3_000);
    expect(await rowsOf(room.stub, "SELECT name FROM _due")).toEqual([]);
  }, 60_000);
});

/** The alarm, where its time has come by the clock of the tests. */
async function ringInTime(stub: DurableObjectStub): Promise<void> {
  const at = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
  if (at !== null && at <= Date.now()) await runDurableObjectAlarm(stub);
}

describe("an outage", () => {
  it("of the database, for minutes, does not touch the inbox", async () => {
    const { a, b, room } = await pair();
    const his = await online(b);
    const hers = await connect(room.stub, { userId: a });
    const repairs = [
      await breakDatabase(room.stub, () => "before"),
      await breakDatabase(room.stub, () => "before", "SEARCH"),
    ];
    for (let minute = 1; minute <= 5; minute += 1) {
      await send(hers, `${minute}`);
      await runDurableObjectAlarm(room.stub);
      await runDurableObjectAlarm(room.stub);
      await stands(his, room, { lastMessageId: minute, unread: minute });
      clock.advance(60_000);
    }
    for (const repair of repairs) await repair();
  });

  it("of one person's object keeps nobody else waiting, and is caught up with when it answers", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    const room = await makeRoom([a, b, c]);
    const [his, theirs] = [await online(b), await online(c)];
    let isAway = true;
    const called: string[] = [];
    const faulty = objectsBehind(env.USER_PRESENCE, async ({ name, carryOut }) => {
      called.push(name);
      if (isAway && name === String(c)) throw new Error("Network connection lost.");
      return carryOut();
    });
    await replaceBinding(room.stub, "USER_PRESENCE", faulty);
    await sayIn(room, a, "하나");
    await stands(his, room, { unread: 1 });
    const before = called.length;
    clock.advance(5_000);
    await runDurableObjectAlarm(room.stub);
    expect(called.slice(before)).toEqual([String(c)]);
    isAway = false;
    clock.advance(60_000);
    await runDurableObjectAlarm(room.stub);
    await stands(theirs, room, { unread: 1 });
    expect(await runDurableObjectAlarm(room.stub)).toBe(false);
  });

  it("of the room itself, right after a commit, is caught up with by its next alarm", async () => {
    const { a, b, room } = await pair();
    await told(room);
    const lost = objectsBehind(env.USER_PRESENCE, () => Promise.reject(new Error("Network connection lost.")));
    await replaceBinding(room.stub, "USER_PRESENCE", lost);
    await sayIn(room, a, "durable");
    await runInDurableObject(room.stub, (_, state) => state.abort("killed")).catch(() => {});
    await runDurableObjectAlarm(roomStub(room.id));
    expect(await listed(b)).toMatchObject([{ unread: 1, lastMessage: { preview: "durable" } }]);
  });
});

describe("a restored room", () => {
  it("tells everybody anew, and what it tells holds against what was known of the other history", async () => {
    const { a, b, room } = await pair();
    await sayIn(room, a, "kept");
    await told(room);
    const backup = await runInDurableObject(room.stub, (_, { storage }) =>
      storage.sql.exec("SELECT max(id) AS id FROM messages").one(),
    );
    await sayIn(room, a, "lost with the backup");
    await told(room);
    expect(await listed(b)).toMatchObject([{ lastMessageId: 2, unread: 2 }]);
    await runInDurableObject(room.stub, (instance, { storage }) => {
      storage.sql.exec("DELETE FROM messages WHERE id > ?", backup.id as number);
      (instance as unknown as { home: undefined }).home = undefined; // as a new instance would have it
    });
    expect(await room.stub.renewEpoch()).toMatchObject({ ok: true });
    await told(room);
    expect(await listed(b)).toMatchObject([{ lastMessageId: 1, unread: 1, lastMessage: { preview: "kept" } }]);
  });
});
