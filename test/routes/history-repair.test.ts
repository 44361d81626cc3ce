/** History while D1 and the object disagree: what the object says holds. */
import { createExecutionContext, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { historyAnswer, type RoomAnswer } from "../../schema/api/rooms.ts";
import { app } from "../../src/app.ts";
import { breakDatabase, faultyDatabase, loseStorage } from "../support/faults.ts";
import { call, enter, groupOf, knock, requestFor, type SignedIn, say, signIn } from "../support/http.ts";

async function flushedRoom(): Promise<{ minji: SignedIn; room: RoomAnswer }> {
  const minji = await signIn("Minji");
  const room = await groupOf([minji]);
  await say(await enter(room.id, minji), "하나", "둘", "셋");
  await roomObject(env, room.id).flush();
  return { minji, room };
}

async function contents({ minji, room }: { minji: SignedIn; room: RoomAnswer }): Promise<(string | null)[]> {
  const response = await call("GET", `/v1/rooms/${room.id}/messages`, { token: minji.token });
  return historyAnswer.parse(await response.json()).items.map(({ content }) => content);
}

test("a row that D1 lacks, parked or lost, is read from the object", async () => {
  const scene = await flushedRoom();
  await env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id = 2").bind(scene.room.id).run();
  expect(await contents(scene)).toEqual(["셋", "둘", "하나"]);
});

test("after a restore, rows of the epoch before are not shown, whatever their rev", async () => {
  const scene = await flushedRoom();
  await env.DB.prepare("UPDATE chat_messages SET content = 'never said', rev = 9 WHERE room_id = ? AND id = 3")
    .bind(scene.room.id)
    .run();
  await roomObject(env, scene.room.id).renewEpoch();
  expect(await contents(scene)).toEqual(["셋", "둘", "하나"]);
});

test("a room whose object lost its storage is not made anew from message 1", async () => {
  const { minji, room } = await flushedRoom();
  await loseStorage(room.id);
  expect((await knock(room.id, { authorization: `Bearer ${minji.token}` })).status).toBe(404);
  expect((await call("GET", `/v1/rooms/${room.id}`, { token: minji.token })).status).toBe(404);
});

test("nor by asking for the pair's DIRECT room again", async () => {
  const [minji, emily] = [await signIn("Minji"), await signIn("Emily")];
  const direct = { token: minji.token, body: { roomType: "DIRECT", participantIds: [emily.user.id] } };
  const { id } = (await (await call("POST", "/v1/rooms", direct)).json()) as RoomAnswer;
  await say(await enter(id, minji), "하나");
  await roomObject(env, id).flush();
  await loseStorage(id);
  expect((await call("POST", "/v1/rooms", direct)).status).toBe(404);
});

test("while D1 is away, the object answers history, whether it is awake or not", async () => {
  const { minji, room } = await flushedRoom();
  const away = { ...env, DB: faultyDatabase(() => "before") };
  const answer = async () => {
    const request = requestFor("GET", `/v1/rooms/${room.id}/messages`, { token: minji.token });
    const response = await app.fetch(request, away, createExecutionContext());
    return historyAnswer.parse(await response.json()).items.map(({ content }) => content);
  };
  expect(await answer()).toEqual(["셋", "둘", "하나"]);
  const stub = env.CHAT_ROOM.getByName(String(room.id));
  await evictDurableObject(stub);
  await breakDatabase(stub, () => "before");
  expect(await answer()).toEqual(["셋", "둘", "하나"]);
});

test("a room that was set back shows its own rows, though D1 has newer ones of what it lost", async () => {
  const scene = await flushedRoom();
  const stub = env.CHAT_ROOM.getByName(String(scene.room.id));
  await env.DB.prepare("UPDATE chat_messages SET content = 'lost', rev = 9 WHERE room_id = ? AND id = 1")
    .bind(scene.room.id)
    .run();
  await env.DB.prepare("UPDATE flush_positions SET rev = 9 WHERE object = ?").bind(`chat-room:${scene.room.id}`).run();
  await evictDurableObject(stub);
  expect(await roomObject(env, scene.room.id).flush()).toMatchObject([{ problem: "ahead" }, {}]);
  expect(await contents(scene)).toEqual(["셋", "둘", "하나"]);
});
