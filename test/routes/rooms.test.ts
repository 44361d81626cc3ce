/** Making rooms and reading them. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { problem } from "../../schema/api/problem.ts";
import { roomAnswer } from "../../schema/api/rooms.ts";
import { call, createRoom, groupOf, idsOf, pathsOf, type SignedIn, signIn, signInMany } from "../support/http.ts";

const countRooms = async () => (await env.DB.prepare("SELECT count(*) AS n FROM chat_rooms").first<{ n: number }>())?.n;

describe("POST /v1/rooms, DIRECT", () => {
  test("makes a room of two, its creator ADMIN without being listed", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const response = await createRoom(minji, { roomType: "DIRECT", participantIds: idsOf(tom) });
    expect(response.status).toBe(201);
    const room = roomAnswer.parse(await response.json());
    expect(room).toMatchObject({
      roomType: "DIRECT",
      name: null,
      createdByUserId: minji.user.id,
      isActive: true,
      rev: 0,
    });
    expect(room.participants.map(({ userId, name, role }) => [userId, name, role])).toEqual([
      [minji.user.id, "Minji", "ADMIN"],
      [tom.user.id, "Tom", "MEMBER"],
    ]);
  });

  test("answers the second time with the first room and 200, whoever of the two asks", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const first = roomAnswer.parse(
      await (await createRoom(minji, { roomType: "DIRECT", participantIds: idsOf(tom) })).json(),
    );
    const second = await createRoom(tom, { roomType: "DIRECT", participantIds: idsOf(minji) });
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual(first);
  });

  test("makes one room of a pair that asks at the same moment", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const asks = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0
        ? createRoom(minji, { roomType: "DIRECT", participantIds: idsOf(tom) })
        : createRoom(tom, { roomType: "DIRECT", participantIds: idsOf(minji) }),
    );
    const answers = await Promise.all(asks);
    const ids = await Promise.all(answers.map(async (answer) => roomAnswer.parse(await answer.json()).id));
    expect(new Set(ids).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test("is refused with oneself, with nobody and with two others", async () => {
    const [minji, tom, jane] = await signInMany("Minji", "Tom", "Jane");
    for (const participantIds of [idsOf(minji), [], idsOf(tom, jane)]) {
      const response = await createRoom(minji, { roomType: "DIRECT", participantIds });
      expect(response.status).toBe(400);
      expect(await pathsOf(response)).toEqual(["participantIds"]);
    }
  });
});

describe("POST /v1/rooms, GROUP", () => {
  test("makes a new room each time, of everybody once", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const body = {
      roomType: "GROUP",
      name: "책 모임",
      description: "On Sundays",
      participantIds: idsOf(tom, minji, tom),
    };
    const [one, other] = await Promise.all([createRoom(minji, body), createRoom(minji, body)]);
    expect([one.status, other.status]).toEqual([201, 201]);
    const [a, b] = [roomAnswer.parse(await one.json()), roomAnswer.parse(await other.json())];
    expect(a.id).not.toBe(b.id);
    expect(a).toMatchObject({ name: "책 모임", description: "On Sundays" });
    expect(a.participants).toHaveLength(2);
  });

  test("answers a repeated Idempotency-Key with the first room, whatever the order of the people", async () => {
    const [minji, tom, jane] = await signInMany("Minji", "Tom", "Jane");
    const body = { roomType: "GROUP", name: "One", participantIds: idsOf(tom, jane) };
    const first = roomAnswer.parse(await (await createRoom(minji, body, "key-1")).json());
    const again = await createRoom(minji, { ...body, participantIds: idsOf(jane, tom) }, "key-1");
    expect(again.status).toBe(200);
    expect(roomAnswer.parse(await again.json()).id).toBe(first.id);
  });

  test("refuses the same key with another body, which adds nobody; another user's key is another key", async () => {
    const [minji, tom, jane] = await signInMany("Minji", "Tom", "Jane");
    const body = { roomType: "GROUP", name: "One", participantIds: idsOf(tom) };
    const first = roomAnswer.parse(await (await createRoom(minji, body, "key-2")).json());
    const other = await createRoom(minji, { ...body, participantIds: idsOf(tom, jane) }, "key-2");
    expect(other.status).toBe(409);
    expect(problem.parse(await other.json()).code).toBe("conflict");
    const inD1 = await env.DB.prepare("SELECT count(*) AS n FROM chat_participants WHERE room_id = ?")
      .bind(first.id)
      .first();
    expect(inD1).toEqual({ n: 2 });
    expect((await createRoom(tom, { ...body, participantIds: idsOf(jane) }, "key-2")).status).toBe(201);
  });

  test.each(["", "two words", "키", "x".repeat(256)])("refuses %j as a key", async (key) => {
    const minji = await signIn();
    const headers = { "idempotency-key": encodeURIComponent(key) === key ? key : key.replace("키", "\u00ff") };
    const response = await call("POST", "/v1/rooms", {
      token: minji.token,
      body: { roomType: "GROUP", participantIds: [] },
      headers,
    });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(["Idempotency-Key"]);
  });

  test("names everybody who is not there or not active, and makes nothing", async () => {
    const [minji, tom, gone] = await signInMany("Minji", "Tom", "Gone");
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(gone.user.id).run();
    const before = await countRooms();
    const participantIds = [999_999_999, tom.user.id, gone.user.id];
    const response = await createRoom(minji, { roomType: "GROUP", participantIds });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(["participantIds.0", "participantIds.2"]);
    expect(await countRooms()).toBe(before);
  });

  test("is refused to a caller who was deactivated while the token still holds", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(minji.user.id).run();
    expect((await createRoom(minji, { roomType: "GROUP", participantIds: idsOf(tom) })).status).toBe(401);
  });

  test.each([
    ["an unknown type", { roomType: "PUBLIC", participantIds: [] }, "roomType"],
    ["a name of spaces", { roomType: "GROUP", name: "  ", participantIds: [] }, "name"],
    ["a name that is too long", { roomType: "GROUP", name: "가".repeat(101), participantIds: [] }, "name"],
    ["an id beyond what a number holds", { roomType: "GROUP", participantIds: [2 ** 60] }, "participantIds.0"],
    ["an id of zero", { roomType: "GROUP", participantIds: [0] }, "participantIds.0"],
    ["no participants at all", { roomType: "GROUP" }, "participantIds"],
  ])("refuses %s", async (_, body, path) => {
    const response = await createRoom(await signIn(), body);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([path]);
  });

  test("takes a thousand people in one go", async () => {
    const minji = await signIn();
    await env.DB.prepare(
      `INSERT INTO users (email, english_name, birth_date)
        SELECT 'crowd-' || value || '@example.org', 'P' || value, '1990-01-01' FROM json_each(?)`,
    )
      .bind(JSON.stringify(Array.from({ length: 999 }, (_, index) => index)))
      .run();
    const { results } = await env.DB.prepare("SELECT id FROM users WHERE email LIKE 'crowd-%'").all<{ id: number }>();
    const response = await createRoom(minji, { roomType: "GROUP", participantIds: results.map(({ id }) => id) });
    expect(response.status).toBe(201);
    expect(roomAnswer.parse(await response.json()).participants).toHaveLength(1_000);
  });
});

describe("a room whose creation was cut off between D1 and its object", () => {
  async function halfMade(...members: SignedIn[]) {
    const creatorId = members[0]?.user.id;
    const row = await env.DB.prepare(
      "INSERT INTO chat_rooms (room_type, name, created_by_user_id) VALUES ('GROUP', 'Half', ?) RETURNING id",
    )
      .bind(creatorId)
      .first<{ id: number }>();
    const id = row?.id ?? 0;
    await env.DB.batch(
      members.map(({ user }) =>
        env.DB.prepare("INSERT INTO chat_participants (room_id, user_id, role) VALUES (?, ?, ?)").bind(
          id,
          user.id,
          user.id === creatorId ? "ADMIN" : "MEMBER",
        ),
      ),
    );
    return id;
  }

  test("is completed by whoever comes next, with the same people and roles", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const id = await halfMade(minji, tom);
    expect((await roomObject(env, id).describe(tom.user.id)).ok).toBe(false);
    const response = await call("GET", `/v1/rooms/${id}`, { token: tom.token });
    expect(response.status).toBe(200);
    const room = roomAnswer.parse(await response.json());
    expect(room.participants.map(({ userId, role }) => [userId, role])).toEqual([
      [minji.user.id, "ADMIN"],
      [tom.user.id, "MEMBER"],
    ]);
  });

  test("answers history at the first call, and 403 to a stranger", async () => {
    const [minji, tom, stranger] = await signInMany("Minji", "Tom", "Stranger");
    const id = await halfMade(minji, tom);
    expect((await call("GET", `/v1/rooms/${id}/messages`, { token: stranger.token })).status).toBe(403);
    const response = await call("GET", `/v1/rooms/${await halfMade(minji, tom)}/messages`, { token: minji.token });
    expect(await response.json()).toEqual({ items: [], nextCursor: null, previousCursor: null });
  });
});

describe("GET /v1/rooms/{id}", () => {
  test("answers 404 for a room that is not there and for what is no id, 403 to a stranger", async () => {
    const [minji, tom, stranger] = await signInMany("Minji", "Tom", "Stranger");
    const room = await groupOf([minji, tom]);
    const status = async (id: number | string, caller: SignedIn) =>
      (await call("GET", `/v1/rooms/${id}`, { token: caller.token })).status;
    expect(await status(999_999, minji)).toBe(404);
    for (const id of ["0", "-1", "01", "1.5", "1e3", "abc", "99999999999999999999"])
      expect(await status(id, minji)).toBe(404);
    expect(await status(room.id, stranger)).toBe(403);
    expect(await status(room.id, tom)).toBe(200);
  });
});

describe("PATCH /v1/rooms/{id}", () => {
  test("changes what it names, for an ADMIN of a GROUP alone", async () => {
    const [minji, tom] = await signInMany("Minji", "Tom");
    const room = await groupOf([minji, tom], "Before");
    const patch = (caller: SignedIn, body: object) =>
      call("PATCH", `/v1/rooms/${room.id}`, { token: caller.token, body });
    const response = await patch(minji, { description: "Every Friday" });
    expect(response.status).toBe(200);
    expect(roomAnswer.parse(await response.json())).toMatchObject({
      name: "Before",
      description: "Every Friday",
      rev: 1,
    });
    expect((await patch(tom, { name: "Mine" })).status).toBe(403);
    expect((await patch(minji, { name: "" })).status).toBe(400);
    expect(await (await patch(minji, { description: null })).json()).toMatchObject({
      name: "Before",
      description: null,
    });
  });
});
