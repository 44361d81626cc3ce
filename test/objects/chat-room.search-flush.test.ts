import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { searchRow, searchStatements } from "../../objects/chat-room/search-flush.ts";
import type { Move } from "../../objects/kernel/flush.ts";
import { D1Destination } from "../../objects/kernel/flush-d1.ts";
import { breakDatabase, type Fault, replaceDatabase } from "../support/faults.ts";
import { makePeople, makeRoom, roomStub } from "../support/rooms.ts";
import { freshTokens, freshTokensOfRoom, indexedTokens, matching, searchPosition } from "../support/search-database.ts";
import { connect } from "../support/sockets.ts";

async function scene() {
  const [first = 0, second = 0] = await makePeople(2);
  const room = await makeRoom([first, second], "DIRECT");
  const socket = await connect(room.stub, { userId: first });
  const other = await connect(room.stub, { userId: second });
  let sent = 0;
  const say = async (content: string): Promise<number> => {
    sent += 1;
    const answer = await socket.request({ type: "message.send", clientId: `say-${sent}`, content });
    if (answer.type !== "ack") throw new Error(answer.code);
    return Number(answer.id);
  };
  const due = () =>
    runInDurableObject(room.stub, (_, { storage }) =>
      storage.sql.exec<{ name: string; attempts: number }>("SELECT name, attempts FROM _due ORDER BY name").toArray(),
    );
  const expectEqual = async () => {
    expect(await indexedTokens(room.id)).toEqual(await freshTokensOfRoom(room.id));
  };
  return { room, socket, other, say, due, expectEqual, userId: first };
}

const inMain = (roomId: number) =>
  env.DB.prepare("SELECT count(*) AS n FROM chat_messages WHERE room_id = ?").bind(roomId).first("n");

it("brings what was said to the index with the flush, and what becomes of it", async () => {
  const { room, socket, other, say, due, expectEqual } = await scene();
  await say("오늘 학교에서 한국어를 공부했어요");
  await say("I study Korean");
  await say("to be deleted");
  await runDurableObjectAlarm(room.stub);
  expect(await matching(room.id, '"공부"')).toEqual([1]);
  expect(await matching(room.id, '"kor" *')).toEqual([2]);
  expect(await due()).toEqual([]);

  await socket.request({ type: "message.edit", id: 1, content: "어제 일본어를 배웠어요" });
  await other.request({ type: "message.correct", id: 2, corrected: "I am studying Korean" });
  await socket.request({ type: "message.delete", id: 3 });
  await runDurableObjectAlarm(room.stub);
  expect(await matching(room.id, '"공부"')).toEqual([]);
  expect(await matching(room.id, '"일본"')).toEqual([1]);
  expect(await matching(room.id, '"studying"')).toEqual([2]);
  expect(await matching(room.id, '"deleted"')).toEqual([]);
  await expectEqual();
});

it("leaves the index alone where its words did not change: reactions, receipts, people, the room's name", async () => {
  const { room, socket, other, say, userId } = await scene();
  await say("unchanged");
  await runDurableObjectAlarm(room.stub);
  let batches = 0;
  await replaceDatabase(
    room.stub,
    new Proxy(env.SEARCH, {
      get: (database, property, receiver) => {
        if (property === "withSession") batches += 1;
        return Reflect.get(database, property, receiver);
      },
    }),
    "SEARCH",
  );
  other.send({ type: "read", id: 1 });
  await room.stub.updateProfile(userId, { name: "Another name", imageUrl: null });
  await other.request({ type: "history", limit: 1 });
  while (await runDurableObjectAlarm(room.stub));
  expect(batches).toBe(0);

  await socket.request({ type: "reaction.add", id: 1, emoji: "👍" });
  await runDurableObjectAlarm(room.stub);
  expect(await room.stub.flush()).toMatchObject([{}, { destination: "search", complete: true, rowsSent: 0 }]);
  expect(await matching(room.id, '"unchanged"')).toEqual([1]);
});

describe("one database that is down", () => {
  it("leaves the other as it was: the index is away", async () => {
    const { room, socket, say, due, expectEqual } = await scene();
    let fault: Fault = "before";
    await breakDatabase(room.stub, () => fault, "SEARCH");
    for (let n = 1; n <= 12; n += 1) {
      await say(`말 ${n}`);
      while (Number(await inMain(room.id)) < n) expect(await runDurableObjectAlarm(room.stub)).toBe(true);
    }
    await socket.request({ type: "message.edit", id: 1, content: "고친 말" });
    expect(await due()).toEqual(expect.arrayContaining([expect.objectContaining({ name: "flush:search" })]));
    expect(await room.stub.flushStates()).toMatchObject([
      { destination: "main", isReachable: true },
      { destination: "search", isReachable: false, complete: false, position: null, messagesWaiting: null },
    ]);
    fault = "none";
    while (await runDurableObjectAlarm(room.stub));
    expect(await due()).toEqual([]);
    await expectEqual();
  });

  it("leaves the other as it was: the main database is away", async () => {
    const { room, say, due, expectEqual } = await scene();
    let fault: Fault = "before";
    await breakDatabase(room.stub, () => fault);
    for (let n = 1; n <= 6; n += 1) {
      await say(`말 ${n}`);
      for (let tries = 0; (await searchPosition(room.id))?.id !== n; tries += 1) {
        expect(tries).toBeLessThan(20);
        expect(await runDurableObjectAlarm(room.stub)).toBe(true);
      }
    }
    expect(await inMain(room.id)).toBe(0);
    await expectEqual();
    fault = "none";
    while (await runDurableObjectAlarm(room.stub));
    expect(await inMain(room.id)).toBe(6);
    expect(await due()).toEqual([]);
  });

  it("that does not even answer keeps the alarm no longer than its patience", async () => {
    const { room, say } = await scene();
    await say("one");
    const endless = new Proxy(env.SEARCH, {
      get: (database, property, receiver) =>
        property === "withSession"
          ? (constraint: string) => ({
              ...database.withSession(constraint),
              prepare: () => ({ bind: () => ({ first: () => new Promise(() => {}) }) }),
            })
          : Reflect.get(database, property, receiver),
    });
    await replaceDatabase(room.stub, endless, "SEARCH");
    await runDurableObjectAlarm(room.stub);
    expect(await inMain(room.id)).toBe(1);
  }, 10_000);
});

it("takes held read markers along only where the main database's flush follows", async () => {
  const { room, other, say, userId } = await scene();
  await say("one");
  await say("two");
  while (await runDurableObjectAlarm(room.stub));
  let fault: Fault = "before";
  await breakDatabase(room.stub, () => fault, "SEARCH");
  await say("three");
  await runDurableObjectAlarm(room.stub);
  other.send({ type: "read", id: 1 });
  other.send({ type: "read", id: 2 });
  await other.request({ type: "history", limit: 1 });
  // The index's own deadline comes while a marker is held and a message arrives.
  await Promise.all([runDurableObjectAlarm(room.stub), say("four")]);
  fault = "none";
  while (await runDurableObjectAlarm(room.stub));
  expect(await inMain(room.id)).toBe(4);
  const marker = env.DB.prepare(
    "SELECT last_read_message_id AS id FROM chat_participants WHERE room_id = ? AND user_id <> ?",
  ).bind(room.id, userId);
  expect(await marker.first("id")).toBe(2);
});

it("makes an index anew that is ahead of the room, and holds up nothing for it", async () => {
  const { room, say, expectEqual } = await scene();
  await say("one");
  await room.stub.flush();
  // Left from an earlier deployment, say.
  await env.SEARCH.prepare("UPDATE flush_positions SET id = 50 WHERE object = ?").bind(`chat-room:${room.id}`).run();
  expect(await room.stub.flushStates()).toMatchObject([
    { destination: "main", complete: true },
    { destination: "search", complete: false, isHeld: false, messagesWaiting: 0, position: { messageId: 50 } },
  ]);
  await say("two");
  while (await runDurableObjectAlarm(room.stub));
  expect(await inMain(room.id)).toBe(2);
  await expectEqual();
});

it("tells how far each database is behind", async () => {
  const { room, socket, say } = await scene();
  await say("one");
  await room.stub.flush();
  await breakDatabase(room.stub, () => "before", "SEARCH");
  await say("two");
  await socket.request({ type: "message.edit", id: 1, content: "one, edited" });
  await runDurableObjectAlarm(room.stub);
  expect(await room.stub.flushStates()).toEqual([
    {
      destination: "main",
      isReachable: true,
      isHeld: false,
      complete: true,
      position: { epoch: expect.any(Number), messageId: 2, rev: 1 },
      messagesWaiting: 0,
      changesWaiting: 0,
      waitingSince: null,
    },
    {
      destination: "search",
      isReachable: false,
      isHeld: false,
      complete: false,
      position: { epoch: expect.any(Number), messageId: 1, rev: 0 },
      messagesWaiting: 1,
      changesWaiting: 1,
      waitingSince: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
});

it("writes nothing twice when the index committed and its answer was lost", async () => {
  const { room, say, expectEqual } = await scene();
  let fault: Fault = "after";
  await breakDatabase(room.stub, () => fault, "SEARCH");
  await say("once");
  expect(await room.stub.flush()).toMatchObject([{ complete: true }, { complete: false, problem: "unreachable" }]);
  fault = "none";
  await say("twice");
  expect(await room.stub.flush()).toMatchObject([{ complete: true }, { complete: true, rowsSent: 1 }]);
  await expectEqual();
});

it("goes on after a crash and after an eviction", async () => {
  const { room, say, expectEqual } = await scene();
  await say("before the crash");
  await abortAllDurableObjects();
  const again = roomStub(room.id);
  expect(await runDurableObjectAlarm(again)).toBe(true);
  await expectEqual();
  await evictDurableObject(again);
  expect(await again.flush()).toMatchObject([
    { complete: true, rowsSent: 0 },
    { complete: true, rowsSent: 0 },
  ]);
});

it("fills an index that lost the room, and one that was put back to an older state", async () => {
  const { room, socket, say, expectEqual } = await scene();
  await say("one");
  await room.stub.flush();
  const old = await searchPosition(room.id);
  await say("two");
  await socket.request({ type: "message.edit", id: 1, content: "one, edited" });
  await room.stub.flush();
  await env.SEARCH.prepare("UPDATE flush_positions SET id = ?, rev = ? WHERE object = ?")
    .bind(old?.id ?? 0, old?.rev ?? 0, `chat-room:${room.id}`)
    .run();
  // The object still believes in its cached position: the alarm's flush finds out by itself.
  await say("three");
  while (await runDurableObjectAlarm(room.stub));
  await expectEqual();

  await env.SEARCH.batch([
    env.SEARCH.prepare("DELETE FROM message_index WHERE rowid >> 32 = ?").bind(room.id),
    env.SEARCH.prepare("DELETE FROM flush_positions WHERE object = ?").bind(`chat-room:${room.id}`),
  ]);
  await say("four");
  while (await runDurableObjectAlarm(room.stub));
  await expectEqual();
});

it("takes away what a new epoch does not know", async () => {
  const { room, say, expectEqual } = await scene();
  for (const content of ["one", "two", "three"]) await say(content);
  await room.stub.flush();
  await runInDurableObject(room.stub, (instance, { storage }) => {
    storage.sql.exec("DELETE FROM messages WHERE id = 3");
    (instance as unknown as { rebuild(): void }).rebuild();
  });
  expect(await room.stub.flush()).toMatchObject([{ problem: "ahead" }, {}]);
  await room.stub.renewEpoch();
  while (await runDurableObjectAlarm(room.stub));
  expect(await matching(room.id, '"three"')).toEqual([]);
  await expectEqual();
});

it("runs without an index at all", async () => {
  const { room, say, due } = await scene();
  await replaceDatabase(room.stub, undefined, "SEARCH");
  await say("one");
  await runDurableObjectAlarm(room.stub);
  expect(await inMain(room.id)).toBe(1);
  expect(await due()).toEqual([]);
  expect(await room.stub.flush()).toMatchObject([{ destination: "main", complete: true }]);
  expect(await room.stub.flushStates()).toMatchObject([{ destination: "main" }]);
});

it("fills a large room in several batches, in any script, none of them too large for a parameter", async () => {
  const { room, userId } = await scene();
  const long = { ko: "가나다라마바사아자차".repeat(400), th: "ที่นี่".repeat(650), emoji: "👨🏽‍💻".repeat(500) };
  await runInDurableObject(room.stub, (instance, { storage }) => {
    const texts = Object.values(long);
    for (let id = 1; id <= 600; id += 1) {
      storage.sql.exec(
        "INSERT INTO messages (id, sender_id, message_type, content, body_hash, created_at) VALUES (?, ?, 'TEXT', ?, '', ?)",
        id,
        userId,
        texts[id % texts.length] ?? "",
        1_700_000_000_000 + id,
      );
    }
    (instance as unknown as { rebuild(): void }).rebuild();
  });
  for (let runs = 0; runs < 20 && (await searchPosition(room.id))?.id !== 600; runs += 1) await room.stub.flush();
  expect(await searchPosition(room.id)).toMatchObject({ id: 600 });
  expect(await matching(room.id, '"가나"')).toHaveLength(200);
});

describe("a write that comes too late", () => {
  const roomId = 777_001;
  const destination = new D1Destination({
    name: "search",
    database: () => env.SEARCH,
    object: `chat-room:${roomId}`,
    now: Date.now,
    ...searchStatements(roomId),
  });
  const message = (id: number, content: string | null, rev = 0) => ({
    ...{ id, roomId, senderId: 1, messageType: "TEXT" as const, content, corrections: [], rev },
  });
  const write = (from: Move["from"], to: Move["to"], ...messages: Parameters<typeof searchRow>[0][]) =>
    destination.write(messages.map(searchRow), { from, to, parked: [] });
  const at = (id: number, rev: number, epoch = 1) => ({ epoch, id, rev });

  it("changes nothing: neither the row nor the position", async () => {
    expect(await write(null, at(2, 0), message(1, "one"), message(2, "two"))).toMatchObject({ moved: true });
    expect(await write(at(2, 0), at(2, 1), message(1, "changed", 1))).toMatchObject({ moved: true });
    // Sent before the change, in the index after it.
    expect(await write(null, at(2, 0), message(1, "one"), message(2, "two"))).toMatchObject({ moved: false });
    expect(await write(at(2, 0), at(2, 1), message(1, null, 1))).toMatchObject({ moved: false });
    expect(await destination.read()).toEqual(at(2, 1));
    expect(await indexedTokens(roomId)).toEqual(await freshTokens(roomId, [message(1, "changed"), message(2, "two")]));
  });

  it("does not begin a history over one that began meanwhile", async () => {
    expect(await write(at(9, 9), at(1, 0, 2), message(1, "a new epoch"))).toMatchObject({ moved: false });
    expect(await matching(roomId, '"two"')).toEqual([2]);
    expect(await write(at(2, 1), at(1, 0, 2), message(1, "a new epoch"))).toMatchObject({ moved: true });
    expect(await matching(roomId, '"two"')).toEqual([]);
  });
});
