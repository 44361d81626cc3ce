/** History while D1 and the object disagree: what the object says holds. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { historyAnswer, type RoomAnswer } from "../../schema/api/rooms.ts";
import { call, enter, groupOf, knock, type SignedIn, say, signIn } from "../support/http.ts";

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
  await runInDurableObject(env.CHAT_ROOM.getByName(String(room.id)), async (instance, { storage }) => {
    await storage.deleteAll();
    (instance as unknown as { home: undefined }).home = undefined;
  });
  expect((await knock(room.id, { authorization: `Bearer ${minji.token}` })).status).toBe(404);
  expect((await call("GET", `/v1/rooms/${room.id}`, { token: minji.token })).status).toBe(404);
});
