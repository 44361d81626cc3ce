import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { breakDatabase, type Fault } from "../support/faults.ts";
import { makePeople, makeRoom, roomStub, type TestRoom } from "../support/rooms.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

interface Scene {
  readonly room: TestRoom;
  readonly socket: TestSocket;
  readonly userIds: number[];
  say(content: string): Promise<void>;
}

async function scene(): Promise<Scene> {
  const userIds = await makePeople(2);
  const room = await makeRoom(userIds);
  const socket = await connect(room.stub, { userId: userIds[0] ?? 0 });
  let said = 0;
  return {
    room,
    socket,
    userIds,
    say: async (content) => {
      said += 1;
      expect(await socket.request({ type: "message.send", clientId: `c${said}`, content })).toMatchObject({ id: said });
    },
  };
}

async function contentsInD1(roomId: number): Promise<(string | null)[]> {
  const query = env.DB.prepare("SELECT content FROM chat_messages WHERE room_id = ? ORDER BY id").bind(roomId);
  return (await query.all<{ content: string | null }>()).results.map(({ content }) => content);
}

function positionInD1(roomId: number): Promise<{ id: number; rev: number; epoch: number } | null> {
  return env.DB.prepare("SELECT id, rev, epoch FROM flush_positions WHERE object = ?")
    .bind(`chat-room:${roomId}`)
    .first();
}

it("keeps sockets, state and promises through an eviction between any two steps", async () => {
  const { room, socket, userIds } = await scene();
  const other = await connect(room.stub, { userId: userIds[1] ?? 0, encoding: "msgpack" });
  const steps = [
    { type: "message.send", clientId: "c1", content: "하나" },
    { type: "message.edit", id: 1, content: "둘" },
    { type: "message.send", clientId: "c1", content: "하나" },
    { type: "reaction.add", id: 1, emoji: "👍" },
    { type: "message.delete", id: 1 },
  ];
  const answers = [];
  for (const step of steps) {
    await evictDurableObject(room.stub);
    answers.push(await socket.request(step));
  }
  expect(answers).toMatchObject([{ id: 1 }, { rev: 1 }, { id: 1, duplicate: true }, { rev: 2 }, { rev: 3 }]);
  await other.waitFor("message.deleted");
  expect(other.of("message.created")).toHaveLength(1);
  await evictDurableObject(room.stub);
  await runDurableObjectAlarm(room.stub);
  expect(await contentsInD1(room.id)).toEqual([null]);
});

it("notices a socket that closes while it hibernates, once", async () => {
  const { room, userIds } = await scene();
  const { stub } = room;
  const [a = 0, b = 0] = userIds;
  const hers = await connect(stub, { userId: a });
  const his = await connect(stub, { userId: b });
  await hers.waitFor("participant.online");
  await evictDurableObject(stub);
  his.close();
  await hers.waitFor("participant.offline");
  const again = await connect(stub, { userId: b });
  await stub.endSockets(b);
  await again.waitForClose();
  await hers.until(() => hers.of("participant.offline").length === 2, "him going again");
  await evictDurableObject(stub);
  await hers.request({ type: "history", limit: 1 });
  expect(hers.of("participant.offline")).toHaveLength(2);
});

it("runs its alarm twice without doing anything twice", async () => {
  const { room, say } = await scene();
  await say("once");
  expect(await runDurableObjectAlarm(room.stub)).toBe(true);
  expect(await runDurableObjectAlarm(room.stub)).toBe(false);
  await runInDurableObject(room.stub, async (instance) => {
    await (instance as unknown as { alarm(): Promise<void> }).alarm();
  });
  expect(await contentsInD1(room.id)).toEqual(["once"]);
});

it("flushes after a crash that came before the flush", async () => {
  const { room, say } = await scene();
  await say("durable");
  await abortAllDurableObjects();
  expect(await runDurableObjectAlarm(roomStub(room.id))).toBe(true);
  expect(await contentsInD1(room.id)).toEqual(["durable"]);
});

it("goes on for as long as the database is away, and is complete one flush after it is back", async () => {
  const { room, say } = await scene();
  let fault: Fault = "before";
  await breakDatabase(room.stub, () => fault);
  const planned = () =>
    runInDurableObject(room.stub, (_, { storage }) =>
      storage.sql
        .exec<{ name: string; attempts: number; at: number }>("SELECT * FROM _due WHERE name LIKE 'flush:%'")
        .toArray(),
    );
  for (let n = 1; n <= 8; n += 1) {
    await say(`m${n}`);
    // The other database has its own alarms meanwhile.
    while ((await planned())[0]?.attempts !== n) expect(await runDurableObjectAlarm(room.stub)).toBe(true);
  }
  const attempts = await planned();
  expect(attempts).toMatchObject([{ name: "flush:main", attempts: 8 }]);
  expect((attempts[0]?.at ?? 0) - Date.now()).toBeLessThanOrEqual(45_000);
  // However busy the room is: what fails eight times waits twenty seconds at least.
  expect((attempts[0]?.at ?? 0) - Date.now()).toBeGreaterThan(20_000);
  expect(await contentsInD1(room.id)).toEqual([]);
  fault = "none";
  await runDurableObjectAlarm(room.stub);
  expect(await contentsInD1(room.id)).toHaveLength(8);
  expect(await positionInD1(room.id)).toMatchObject({ id: 8 });
});

it("writes nothing twice when the database committed and its answer was lost", async () => {
  const { room, say } = await scene();
  let fault: Fault = "after";
  await breakDatabase(room.stub, () => fault);
  await say("once");
  expect(await room.stub.flush()).toMatchObject([{ complete: false, problem: "unreachable" }, { complete: true }]);
  expect(await contentsInD1(room.id)).toEqual(["once"]);
  fault = "none";
  await say("twice");
  expect(await room.stub.flush()).toMatchObject([{ complete: true }, { complete: true }]);
  expect(await contentsInD1(room.id)).toEqual(["once", "twice"]);
  expect(await room.stub.flush()).toMatchObject([
    { complete: true, rowsSent: 0 },
    { complete: true, rowsSent: 0 },
  ]);
});

it("fills a database that was restored to an older state from where that stands", async () => {
  const { room, say, socket } = await scene();
  await say("one");
  await room.stub.flush();
  const old = await positionInD1(room.id);
  await say("two");
  await socket.request({ type: "message.edit", id: 1, content: "one!" });
  await room.stub.flush();
  await env.DB.batch([
    env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id > 1").bind(room.id),
    env.DB.prepare("UPDATE chat_messages SET content = 'one', rev = 0 WHERE room_id = ?").bind(room.id),
    env.DB.prepare("UPDATE flush_positions SET id = ?, rev = ? WHERE object = ?").bind(
      old?.id ?? 0,
      old?.rev ?? 0,
      `chat-room:${room.id}`,
    ),
  ]);
  // The object still believes in its cached position: the alarm's flush finds out by itself.
  await say("three");
  await runDurableObjectAlarm(room.stub);
  expect(await contentsInD1(room.id)).toEqual(["one!", "two", "three"]);
});

it("fills a database that lost everything of the room", async () => {
  const { room, say } = await scene();
  await say("one");
  await room.stub.flush();
  await env.DB.batch(
    ["DELETE FROM chat_messages WHERE room_id = ?", "DELETE FROM chat_rooms WHERE id = ?"].map((sql) =>
      env.DB.prepare(sql).bind(room.id),
    ),
  );
  await env.DB.prepare("DELETE FROM flush_positions WHERE object = ?").bind(`chat-room:${room.id}`).run();
  await say("two");
  await runDurableObjectAlarm(room.stub);
  expect(await contentsInD1(room.id)).toEqual(["one", "two"]);
  const people = await env.DB.prepare("SELECT count(*) AS n FROM chat_participants WHERE room_id = ?")
    .bind(room.id)
    .first("n");
  expect(people).toBe(2);
});

it("parks a row that the database refuses, and writes the rows around and behind it", async () => {
  const { room, say, userIds } = await scene();
  await say("before");
  // A participant without a user breaks the foreign key: only that row is at fault.
  const ghost = { userId: 88_888_888, name: "Ghost", imageUrl: null, role: "MEMBER" as const };
  await room.stub.addParticipants(userIds[0] ?? 0, [ghost]);
  await say("behind");
  expect(await room.stub.flush()).toMatchObject([
    { complete: true, parked: 1 },
    { complete: true, parked: 0 },
  ]);
  expect(await contentsInD1(room.id)).toEqual(["before", "behind"]);
  const parked = await env.DB.prepare("SELECT * FROM flush_parked WHERE object = ?").bind(`chat-room:${room.id}`).all();
  expect(parked.results).toMatchObject([{ table_name: "chat_participants", row_key: "88888888" }]);
  expect(String(parked.results[0]?.reason)).toMatch(/FOREIGN KEY/);

  // Once the reason is gone, an operator's flush brings it over.
  await env.DB.prepare(
    "INSERT INTO users (id, email, english_name, birth_date) VALUES (88888888, 'g@x.example', 'G', '1990-01-01')",
  ).run();
  expect(await room.stub.flush()).toMatchObject([
    { complete: true, parked: 0 },
    { complete: true, parked: 0 },
  ]);
  const left = await env.DB.prepare("SELECT count(*) AS n FROM flush_parked WHERE object = ?")
    .bind(`chat-room:${room.id}`)
    .first("n");
  expect(left).toBe(0);
  const added = await env.DB.prepare("SELECT 1 FROM chat_participants WHERE room_id = ? AND user_id = 88888888")
    .bind(room.id)
    .first();
  expect(added).not.toBeNull();
});

it("leads D1 and its clients back to an older copy of itself under a new epoch", async () => {
  const { room, say, socket, userIds } = await scene();
  for (const content of ["one", "two", "three"]) await say(content);
  await socket.request({ type: "message.edit", id: 1, content: "one, edited" });
  await room.stub.flush();
  // The copy: message 3 and the edit never happened.
  await runInDurableObject(room.stub, (instance, { storage }) => {
    storage.sql.exec("DELETE FROM messages WHERE id = 3");
    storage.sql.exec("UPDATE messages SET content = 'one', is_edited = 0, edited_at = NULL, rev = 0 WHERE id = 1");
    (instance as unknown as { rebuild(): void }).rebuild();
  });
  expect(await room.stub.flush()).toMatchObject([{ problem: "ahead" }, {}]);
  // Nor once its numbers have caught up, and an eviction made it forget: they mean other rows by then.
  for (const clientId of ["x1", "x2"])
    await socket.request({ type: "message.send", clientId, content: "after the copy" });
  await socket.request({ type: "reaction.add", id: 1, emoji: "👍" });
  await evictDurableObject(room.stub);
  expect(await room.stub.flush()).toMatchObject([{ problem: "ahead" }, {}]);
  expect(await contentsInD1(room.id)).toEqual(["one, edited", "two", "three"]);
  // Nor is any row of D1 believed meanwhile: a page is the object's own from its first message on.
  const page = await room.stub.page(userIds[0] ?? 0, { limit: 10 });
  expect(page.ok && page.value.unflushed.map(({ content }) => content)).toEqual([
    "one",
    "two",
    "after the copy",
    "after the copy",
  ]);
  const { welcome: before } = await connect(room.stub, { userId: userIds[1] ?? 0 });

  const renewed = await room.stub.renewEpoch();
  expect(renewed.ok && renewed.value).toBeGreaterThan(before.epoch);
  expect((await socket.waitForClose()).code).toBe(1001);
  const back = await connect(room.stub, { userId: userIds[0] ?? 0 });
  expect(back.welcome).toMatchObject({ messageId: 4, rev: 1 });
  expect(back.welcome.epoch).not.toBe(before.epoch);
  expect(await back.sync({ epoch: before.epoch, messageId: 3, rev: 1 })).toMatchObject({ reset: true, messageId: 4 });
  expect(await back.request({ type: "message.send", clientId: "new", content: "and on" })).toMatchObject({ id: 5 });

  expect(await runDurableObjectAlarm(room.stub)).toBe(true);
  expect(await contentsInD1(room.id)).toEqual(["one", "two", "after the copy", "after the copy", "and on"]);
  expect(await room.stub.flush()).toMatchObject([
    { complete: true, rowsSent: 0 },
    { complete: true, rowsSent: 0 },
  ]);
});
