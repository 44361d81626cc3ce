/** Who is in a room, and who decides that. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { participantList, roomAnswer } from "../../schema/api/rooms.ts";
import { participant } from "../../schema/protocol/room/entities.ts";
import { call, createRoom, enter, groupOf, idsOf, pathsOf, type SignedIn, say, signInMany } from "../support/http.ts";

describe("participants", () => {
  const path = (roomId: number, userId?: number) =>
    `/v1/rooms/${roomId}/participants${userId === undefined ? "" : `/${userId}`}`;

  test("a list is answered with a list, one user with that participant", async () => {
    const [minji, tom, jane, kim] = await signInMany("Minji", "Tom", "Jane", "Kim");
    const room = await groupOf([minji, tom]);
    const add = (body: object) => call("POST", path(room.id), { token: minji.token, body });
    const one = await add({ userId: jane.user.id });
    expect(one.status).toBe(201);
    expect(participant.parse(await one.json())).toMatchObject({
      userId: jane.user.id,
      name: "Jane",
      role: "MEMBER",
      rev: 1,
    });
    const list = await add({ participantIds: [kim.user.id, kim.user.id] });
    expect(list.status).toBe(201);
    expect(participantList.parse(await list.json()).items.map(({ userId }) => userId)).toEqual([kim.user.id]);
  });

  test("only an ADMIN adds, only people who are there, and a body says who in one way", async () => {
    const [minji, tom, jane] = await signInMany("Minji", "Tom", "Jane");
    const room = await groupOf([minji, tom]);
    const add = (caller: SignedIn, body: object) => call("POST", path(room.id), { token: caller.token, body });
    expect((await add(tom, { userId: jane.user.id })).status).toBe(403);
    expect(await pathsOf(await add(minji, { userId: 999_999_999 }))).toEqual(["userId"]);
    expect(await pathsOf(await add(minji, { participantIds: [jane.user.id, 999_999_999] }))).toEqual([
      "participantIds.1",
    ]);
    for (const body of [{}, { userId: 1, participantIds: [1] }, { participantIds: [] }]) {
      expect((await add(minji, body)).status).toBe(400);
    }
  });

  test("nobody joins a DIRECT room", async () => {
    const [minji, tom, jane] = await signInMany("Minji", "Tom", "Jane");
    const created = await createRoom(minji, { roomType: "DIRECT", participantIds: idsOf(tom) });
    const { id } = roomAnswer.parse(await created.json());
    const response = await call("POST", path(id), { token: minji.token, body: { userId: jane.user.id } });
    expect(response.status).toBe(403);
  });

  test("an ADMIN makes another one, and may then step down", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const room = await groupOf([minji, tom]);
    const setRole = (caller: SignedIn, userId: number, role: string) =>
      call("PATCH", path(room.id, userId), { token: caller.token, body: { role } });
    expect((await setRole(tom, tom.user.id, "ADMIN")).status).toBe(403);
    expect((await setRole(minji, minji.user.id, "MEMBER")).status).toBe(409);
    expect((await setRole(minji, tom.user.id, "OWNER")).status).toBe(400);
    const promoted = await setRole(minji, tom.user.id, "ADMIN");
    expect(promoted.status).toBe(200);
    expect(participant.parse(await promoted.json())).toMatchObject({ userId: tom.user.id, role: "ADMIN" });
    expect((await setRole(minji, minji.user.id, "MEMBER")).status).toBe(200);
    expect((await setRole(tom, 999_999, "ADMIN")).status).toBe(404);
  });

  test("one leaves, an ADMIN removes; either is outside at once, also in D1", async () => {
    const [minji, tom, jane] = await signInMany("Minji", "Tom", "Jane");
    const room = await groupOf([minji, tom, jane]);
    const remove = (caller: SignedIn, userId: number) => call("DELETE", path(room.id, userId), { token: caller.token });
    expect((await remove(tom, jane.user.id)).status).toBe(403);
    expect((await remove(jane, jane.user.id)).status).toBe(204);
    expect((await remove(minji, tom.user.id)).status).toBe(204);
    for (const outside of [tom, jane]) {
      expect((await call("GET", `/v1/rooms/${room.id}`, { token: outside.token })).status).toBe(403);
      expect((await call("GET", `/v1/rooms/${room.id}/messages`, { token: outside.token })).status).toBe(403);
    }
    await roomObject(env, room.id).flush();
    const { results } = await env.DB.prepare(
      "SELECT user_id FROM chat_participants WHERE room_id = ? AND is_active = 1",
    )
      .bind(room.id)
      .all();
    expect(results).toEqual([{ user_id: minji.user.id }]);
  });
});

test("a participant who is not there is not mistaken for a room that lost its storage", async () => {
  const [admin, mina] = await signInMany("Admin", "Mina");
  const room = await groupOf([admin, mina]);
  await say(await enter(room.id, admin), "flushed");
  await roomObject(env, room.id).flush();
  const log = vi.spyOn(console, "error");
  const answer = await call("DELETE", `/v1/rooms/${room.id}/participants/99999999`, { token: admin.token });
  expect(answer.status).toBe(404);
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

test("who was added finds the room in their list at once", async () => {
  const [admin, late] = await signInMany("Admin", "Late");
  const room = await groupOf([admin]);
  await say(await enter(room.id, admin), "before");
  await call("POST", `/v1/rooms/${room.id}/participants`, { token: admin.token, body: { userId: late.user.id } });
  const rooms = async () => (await call("GET", "/v1/rooms", { token: late.token })).json<{ items: { id: number }[] }>();
  await expect.poll(async () => (await rooms()).items.map(({ id }) => id), { timeout: 1_500 }).toEqual([room.id]);
});
