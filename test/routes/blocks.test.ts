/** Blocks: both ways, in rooms that are open, in rooms to come, in lists and in search. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { roomList } from "../../schema/api/rooms.ts";
import { blockList } from "../../schema/api/safety.ts";
import { searchAnswer } from "../../schema/api/search.ts";
import { app } from "../../src/app.ts";
import { runFanOuts } from "../../src/fan-outs/runner.ts";
import {
  call,
  createRoom,
  enter,
  groupOf,
  idsOf,
  requestFor,
  type SignedIn,
  say,
  signInMany,
} from "../support/http.ts";
import { countingDatabase } from "../support/recorded.ts";
import { roomStub } from "../support/rooms.ts";
import type { TestSocket } from "../support/sockets.ts";

const block = ({ token }: SignedIn, other: SignedIn) => call("PUT", `/v1/me/blocks/${other.user.id}`, { token });
const unblock = ({ token }: SignedIn, other: SignedIn) => call("DELETE", `/v1/me/blocks/${other.user.id}`, { token });

/** Until what a change owes to rooms is paid. */
async function told(...people: readonly SignedIn[]): Promise<void> {
  const owed = () =>
    env.DB.prepare("SELECT 1 FROM fan_outs WHERE user_id IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(idsOf(...people)))
      .first();
  await expect.poll(owed).toBeNull();
}

async function blocked(blocker: SignedIn, other: SignedIn): Promise<void> {
  expect((await block(blocker, other)).status).toBe(204);
  await told(blocker);
}

async function directOf(one: SignedIn, other: SignedIn): Promise<number> {
  const response = await createRoom(one, { roomType: "DIRECT", participantIds: [other.user.id] });
  return (await response.json<{ id: number }>()).id;
}

const send = (socket: TestSocket, content: string, clientId: string = crypto.randomUUID()) =>
  socket.request({ type: "message.send", clientId, content });

describe("a block", () => {
  test("is listed by who made it alone, may be made again, and taken back again", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const listOf = async ({ token }: SignedIn) =>
      blockList.parse(await (await call("GET", "/v1/me/blocks", { token })).json()).items.map(({ userId }) => userId);
    await blocked(minji, daniel);
    expect((await block(minji, daniel)).status).toBe(204);
    expect([await listOf(minji), await listOf(daniel)]).toEqual([[daniel.user.id], []]);
    expect((await unblock(minji, daniel)).status).toBe(204);
    expect((await unblock(minji, daniel)).status).toBe(204);
    expect(await listOf(minji)).toEqual([]);
    const { results } = await env.DB.prepare("SELECT activity FROM user_activity_logs WHERE user_id = ? ORDER BY id")
      .bind(minji.user.id)
      .all<{ activity: string }>();
    const activities = results.map(({ activity }) => activity).filter((activity) => activity.startsWith("user_"));
    expect(activities).toEqual(["user_blocked", "user_unblocked"]);
  });

  test("is listed a page at a time", async () => {
    const [minji, ...others] = await signInMany("Minji", "One", "Two", "Three");
    for (const other of others) await block(minji, other);
    const page = async (query: string) =>
      blockList.parse(await (await call("GET", `/v1/me/blocks${query}`, { token: minji.token })).json());
    const first = await page("?limit=2");
    const second = await page(`?limit=2&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ userId }) => userId);
    expect(ids).toEqual(idsOf(...others).sort((a, b) => a - b));
    expect(second.nextCursor).toBeNull();
    const tampered = await call("GET", "/v1/me/blocks?cursor=nonsense", { token: minji.token });
    expect(tampered.status).toBe(400);
  });

  test("of who deleted their account is nothing, and leaves nothing", async () => {
    const [minji, gone] = await signInMany("Minji", "Gone");
    await call("DELETE", "/v1/me", { token: gone.token });
    expect((await block(minji, gone)).status).toBe(404);
    const left = await env.DB.prepare("SELECT 1 FROM user_blocks WHERE blocked_user_id = ?").bind(gone.user.id).first();
    expect(left).toBeNull();
  });

  test("of oneself, or of nobody, is nothing", async () => {
    const [minji] = await signInMany("Minji");
    expect((await block(minji, minji)).status).toBe(404);
    expect((await call("PUT", "/v1/me/blocks/999999999", { token: minji.token })).status).toBe(404);
    expect((await call("PUT", "/v1/me/blocks/-1", { token: minji.token })).status).toBe(404);
  });

  test("hides who made it from who was blocked, and not the other way round", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const see = ({ token }: SignedIn, { user }: SignedIn) => call("GET", `/v1/users/${user.id}`, { token });
    expect((await see(daniel, minji)).status).toBe(200);
    await blocked(minji, daniel);
    expect((await see(daniel, minji)).status).toBe(404);
    expect((await see(minji, daniel)).status).toBe(200);
    await unblock(minji, daniel);
    expect((await see(daniel, minji)).status).toBe(200);
  });
});

describe("a DIRECT room of a pair with a block between them", () => {
  test("takes nothing new from either of them, until the block is taken back", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const roomId = await directOf(minji, daniel);
    const [hers, his] = [await enter(roomId, minji), await enter(roomId, daniel)];
    await say(hers, "Hello");
    await blocked(minji, daniel);
    for (const socket of [hers, his]) {
      expect(await send(socket, "More")).toMatchObject({ type: "error", code: "forbidden", retryable: false });
      expect(await socket.request({ type: "reaction.add", id: 1, emoji: "👍" })).toMatchObject({ code: "forbidden" });
    }
    expect(await his.request({ type: "message.correct", id: 1, corrected: "Hi", note: null })).toMatchObject({
      code: "forbidden",
    });
    expect(await hers.request({ type: "message.edit", id: 1, content: "Hi" })).toMatchObject({ code: "forbidden" });
    await unblock(minji, daniel);
    await told(minji);
    expect(await send(his, "Again")).toMatchObject({ type: "ack", id: 2 });
  });

  test("stays readable, lets one take back what one said, and answers for what was sent before", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const roomId = await directOf(minji, daniel);
    const his = await enter(roomId, daniel);
    expect(await send(his, "First", "client-1")).toMatchObject({ type: "ack", id: 1, duplicate: false });
    await blocked(minji, daniel);
    expect(await send(his, "First", "client-1")).toMatchObject({ type: "ack", id: 1, duplicate: true });
    expect(await his.request({ type: "history", limit: 10 })).toMatchObject({ type: "ack", messages: [{ id: 1 }] });
    expect(await his.request({ type: "message.delete", id: 1 })).toMatchObject({ type: "ack" });
    const history = await call("GET", `/v1/rooms/${roomId}/messages`, { token: daniel.token });
    expect(history.status).toBe(200);
  });

  test("stays closed while either of two blocks stands", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const roomId = await directOf(minji, daniel);
    const his = await enter(roomId, daniel);
    await blocked(minji, daniel);
    await blocked(daniel, minji);
    await unblock(minji, daniel);
    await told(minji);
    expect(await send(his, "Hello?")).toMatchObject({ code: "forbidden" });
    await unblock(daniel, minji);
    await told(daniel);
    expect(await send(his, "Hello?")).toMatchObject({ type: "ack" });
  });

  test("is not made; the one that was there before is still found", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const roomId = await directOf(minji, daniel);
    await blocked(minji, daniel);
    await blocked(minji, sofia);
    const found = await createRoom(daniel, { roomType: "DIRECT", participantIds: idsOf(minji) });
    expect([found.status, (await found.json<{ id: number }>()).id]).toEqual([200, roomId]);
    for (const [caller, other] of [
      [minji, sofia],
      [sofia, minji],
    ] as const) {
      expect((await createRoom(caller, { roomType: "DIRECT", participantIds: idsOf(other) })).status).toBe(403);
    }
  });
});

describe("a GROUP with a block between two of it", () => {
  test("gives both every event, and shows neither the other's typing and presence", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await groupOf([sofia, minji, daniel]);
    await blocked(minji, daniel);
    const [hers, sofias] = [await enter(id, minji), await enter(id, sofia)];
    const his = await enter(id, daniel);
    await sofias.waitFor((frame) => frame.type === "participant.online" && frame.userId === daniel.user.id);
    his.send({ type: "typing", active: true });
    await sofias.waitFor((frame) => frame.type === "typing" && frame.userId === daniel.user.id);
    await say(his, "Hello all");
    expect((await hers.waitFor("message.created")).message).toMatchObject({ id: 1, senderId: daniel.user.id });
    const onlineIn = (welcome: { participants: { userId: number; online: boolean }[] }) =>
      welcome.participants.filter(({ online }) => online).map(({ userId }) => userId);
    expect(onlineIn(his.welcome as never)).not.toContain(minji.user.id);
    expect(onlineIn(his.welcome as never)).toContain(sofia.user.id);
    his.close();
    await sofias.waitFor((frame) => frame.type === "participant.offline" && frame.userId === daniel.user.id);
    expect(hers.frames.filter((frame) => frame.userId === daniel.user.id)).toEqual([]);
  });

  test("lets each of the two see the other go when it comes, and come back when it goes", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await groupOf([sofia, minji, daniel]);
    const [hers, his, sofias] = [await enter(id, minji), await enter(id, daniel), await enter(id, sofia)];
    await blocked(minji, daniel);
    await hers.waitFor((frame) => frame.type === "participant.offline" && frame.userId === daniel.user.id);
    await his.waitFor((frame) => frame.type === "participant.offline" && frame.userId === minji.user.id);
    const before = his.frames.length;
    await unblock(minji, daniel);
    await his.until(
      () =>
        his.frames.slice(before).some(({ type, userId }) => type === "participant.online" && userId === minji.user.id),
      "Minji again",
    );
    expect(sofias.of("participant.offline")).toEqual([]);
  });

  test("says `online` of the other in no answer to an ADMIN among them", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await groupOf([minji, daniel]);
    await enter(id, daniel);
    await blocked(daniel, minji);
    for (const role of ["MEMBER", "ADMIN"]) {
      const path = `/v1/rooms/${id}/participants/${daniel.user.id}`;
      const answer = await call("PATCH", path, { token: minji.token, body: { role } });
      expect(await answer.json()).toMatchObject({ userId: daniel.user.id, role, online: false });
    }
  });

  test("says `online` of the other in no event, snapshot or sync", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await groupOf([sofia, minji, daniel]);
    const [hers, his, sofias] = [await enter(id, minji), await enter(id, daniel), await enter(id, sofia)];
    await blocked(minji, daniel);
    await call("PATCH", "/v1/me", { token: daniel.token, body: { englishName: "Dan" } });
    const [sheSees, sofiaSees] = await Promise.all(
      [hers, sofias].map((socket) => socket.waitFor("participant.updated")),
    );
    expect(sheSees?.participant).toMatchObject({ userId: daniel.user.id, name: "Dan", online: false });
    expect(sofiaSees?.participant).toMatchObject({ userId: daniel.user.id, name: "Dan", online: true });
    expect(sheSees?.rev).toBe(sofiaSees?.rev);
    await hers.sync({ messageId: 0, rev: 0 });
    const synced = hers.of("sync.rows").flatMap(({ participants }) => participants);
    expect(synced.find(({ userId }) => userId === daniel.user.id)).toMatchObject({ online: false });
    const room = await (await call("GET", `/v1/rooms/${id}`, { token: minji.token })).json<typeof hers.welcome>();
    expect(room.participants.find(({ userId }: { userId: number }) => userId === daniel.user.id)).toMatchObject({
      online: false,
    });
    his.close();
  });

  test("is made by a third, who may write there as before; the two see nothing of each other from the start", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    await blocked(minji, daniel);
    const { id } = await groupOf([sofia, minji, daniel]);
    const hers = await enter(id, minji);
    const his = await enter(id, daniel);
    await say(his, "Hello");
    await hers.waitFor("message.created");
    expect(hers.frames.filter(({ userId }) => userId === daniel.user.id)).toEqual([]);
  });

  test("is neither made by one of the two with the other, nor is the other added by them", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    await blocked(minji, daniel);
    for (const [caller, other] of [
      [minji, daniel],
      [daniel, minji],
    ] as const) {
      const made = await createRoom(caller, { roomType: "GROUP", name: "A", participantIds: idsOf(other, sofia) });
      expect(made.status).toBe(403);
      const { id } = await groupOf([caller, sofia]);
      const added = await call("POST", `/v1/rooms/${id}/participants`, {
        token: caller.token,
        body: { participantIds: idsOf(other) },
      });
      expect(added.status).toBe(403);
    }
  });

  test("costs no more to make for somebody whom many have blocked", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO users (email, english_name, birth_date)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         SELECT 'blocker-' || i || '@example.org', 'One of many', '2000-01-01' FROM n`,
      ),
      env.DB.prepare(
        "INSERT INTO user_blocks (user_id, blocked_user_id) SELECT id, ? FROM users WHERE email LIKE 'blocker-%'",
      ).bind(minji.user.id),
    ]);
    const read: number[] = [];
    const body = { roomType: "GROUP", name: "A group", participantIds: [daniel.user.id] };
    const made = await app.fetch(requestFor("POST", "/v1/rooms", { token: minji.token, body }), {
      ...env,
      DB: countingDatabase(read, "rows_read"),
    });
    expect(made.status).toBe(201);
    expect(read.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(200);
  });

  test("knows of a block when one of the two is added by a third", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await groupOf([sofia, minji]);
    await blocked(daniel, minji);
    const hers = await enter(id, minji);
    const body = { participantIds: idsOf(daniel) };
    await call("POST", `/v1/rooms/${id}/participants`, { token: sofia.token, body });
    const his = await enter(id, daniel);
    await say(his, "Hello");
    await hers.waitFor("message.created");
    expect(hers.frames.filter(({ userId }) => userId === daniel.user.id)).toEqual([]);
  });
});

describe("what the database answers", () => {
  test("the list of rooms shows the last message of the other without its words", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await groupOf([sofia, minji, daniel]);
    await say(await enter(id, daniel), "Secret of Daniel");
    await roomStub(id).flush();
    await blocked(minji, daniel);
    const lastFor = async ({ token }: SignedIn) =>
      roomList.parse(await (await call("GET", "/v1/rooms", { token })).json()).items[0]?.lastMessage;
    expect(await lastFor(minji)).toMatchObject({ id: 1, senderId: daniel.user.id, content: null });
    expect(await lastFor(sofia)).toMatchObject({ id: 1, content: "Secret of Daniel" });
  });

  test("a search finds nothing that the other said, for both of them", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await groupOf([sofia, minji, daniel]);
    await say(await enter(id, daniel), "a pineapple of Daniel");
    await say(await enter(id, minji), "a pineapple of Minji");
    await roomStub(id).flush();
    await blocked(minji, daniel);
    const foundBy = async ({ token }: SignedIn) => {
      const response = await call("GET", "/v1/search/messages?q=pineapple", { token });
      const { items } = searchAnswer.parse(await response.json());
      return items.map(({ message }) => message.senderId).sort();
    };
    expect(await foundBy(minji)).toEqual(idsOf(minji));
    expect(await foundBy(daniel)).toEqual(idsOf(daniel));
    expect(await foundBy(sofia)).toEqual(idsOf(minji, daniel).sort());
  });
});

describe("a block that a room did not hear of", () => {
  test("is told later, once the room answers, and says what holds then", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const roomId = await directOf(minji, daniel);
    const his = await enter(roomId, daniel);
    const away = { getByName: () => ({ block: () => Promise.reject(new Error("away")) }) };
    const request = requestFor("PUT", `/v1/me/blocks/${daniel.user.id}`, { token: minji.token });
    expect((await app.fetch(request, { ...env, CHAT_ROOM: away })).status).toBe(204);
    expect(await send(his, "Nobody knows yet")).toMatchObject({ type: "ack" });
    const owed = await runFanOuts(env, { userId: minji.user.id, now: () => Date.now() + 3_600_000 });
    expect(owed).toMatchObject({ reached: 1, failed: 0, isDone: true });
    expect(await send(his, "Now it is known")).toMatchObject({ code: "forbidden" });
  });
});
