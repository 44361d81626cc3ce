/**
 * Reaches a room's object. A crash between the insert into D1 and `create()` leaves a row without an object: whoever
 * meets that repeats `create()` from D1 and asks again.
 */
import { type RoomObject, roomObject } from "../../objects/chat-room/address.ts";
import { logError } from "../../objects/kernel/log.ts";
import type { Answer } from "../../schema/rpc.ts";
import { findRoom, wasFlushed } from "./store.ts";

export async function withRoom<Value>(
  env: Env,
  roomId: number,
  ask: (room: RoomObject) => Promise<Answer<Value>>,
): Promise<Answer<Value>> {
  const answer = await ask(roomObject(env, roomId));
  if (answer.ok || answer.error !== "not_found" || (await roomObject(env, roomId).exists())) return answer;
  return (await completeCreation(env, roomId)) ? ask(roomObject(env, roomId)) : answer;
}

/** `admission` is made anew for each attempt: a request can be sent once. */
export async function openRoomSocket(env: Env, roomId: number, admission: () => Request): Promise<Response> {
  const response = await roomObject(env, roomId).fetch(admission());
  if (response.status !== 404 || !(await completeCreation(env, roomId))) return response;
  return roomObject(env, roomId).fetch(admission());
}

async function completeCreation(env: Env, roomId: number): Promise<boolean> {
  const room = await findRoom(env.DB, roomId);
  if (room === null) return false;
  if (await wasFlushed(env, roomId)) {
    // Not a creation cut short: the object lost what D1 still has. A new one would number messages from 1 again.
    logError({ event: "room.object-lost", object: `chat-room:${roomId}` }, "restore its storage");
    return false;
  }
  await roomObject(env, roomId).create(room);
  return true;
}
