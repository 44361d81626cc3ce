/** Who gets a socket of a room, or of their own: decided by the Worker, then by the object, with problem+json either way. */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { problem } from "../../schema/api/problem.ts";
import type { RoomAnswer } from "../../schema/api/rooms.ts";
import { app } from "../../src/app.ts";
import { call, enter, groupOf, knock, ORIGIN, requestFor, type SignedIn, signIn } from "../support/http.ts";
import { TestSocket } from "../support/sockets.ts";
import { badTokens } from "../support/tokens.ts";

let minji: SignedIn;
let room: RoomAnswer;
let bearer: { authorization: string };

beforeAll(async () => {
  minji = await signIn("Minji");
  room = await groupOf([minji]);
  bearer = { authorization: `Bearer ${minji.token}` };
});

async function refusal(response: Response): Promise<string> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = problem.parse(await response.json());
  expect(body.status).toBe(response.status);
  expect(response.headers.get("x-request-id")).toBe(body.requestId);
  return `${body.status} ${body.code}`;
}

describe("let in", () => {
  test("a participant with a token in the header, who gets the room's welcome in JSON", async () => {
    const response = await knock(room.id, bearer);
    expect(response.status).toBe(101);
    expect(response.headers.get("sec-websocket-protocol")).toBeNull();
    const socket = new TestSocket(response.webSocket ?? expect.fail("no socket"), "json");
    expect(await socket.waitFor("welcome")).toMatchObject({ room: { id: room.id }, you: { userId: minji.user.id } });
  });

  test.each([
    ["studymate.v1.msgpack", "msgpack"],
    ["studymate.v1.json", "json"],
  ] as const)("a browser with its token as a subprotocol beside %s, which is echoed", async (subprotocol, encoding) => {
    const response = await knock(room.id, { "sec-websocket-protocol": `bearer.${minji.token}, ${subprotocol}` });
    expect(response.status).toBe(101);
    expect(response.headers.get("sec-websocket-protocol")).toBe(subprotocol);
    const socket = new TestSocket(response.webSocket ?? expect.fail("no socket"), encoding);
    expect(await socket.waitFor("welcome")).toMatchObject({ you: { userId: minji.user.id } });
  });

  test("a browser that offers nothing but its token gets that back, since it would fail otherwise", async () => {
    const response = await knock(room.id, { "sec-websocket-protocol": `bearer.${minji.token}` });
    expect(response.status).toBe(101);
    expect(response.headers.get("sec-websocket-protocol")).toBe(`bearer.${minji.token}`);
  });

  test.each([ORIGIN, "https://app.example"])("a page of %s", async (origin) => {
    expect((await knock(room.id, { ...bearer, origin })).status).toBe(101);
  });

  test("a participant of a room whose creation was cut off before its object was made", async () => {
    const row = await env.DB.prepare(
      "INSERT INTO chat_rooms (room_type, created_by_user_id) VALUES ('GROUP', ?) RETURNING id",
    )
      .bind(minji.user.id)
      .first<{ id: number }>();
    const id = row?.id ?? 0;
    await env.DB.prepare("INSERT INTO chat_participants (room_id, user_id, role) VALUES (?, ?, 'ADMIN')")
      .bind(id, minji.user.id)
      .run();
    expect((await enter(id, minji)).welcome).toMatchObject({ room: { id }, you: { role: "ADMIN" } });
  });
});

describe("turned away by the Worker", () => {
  test("what is not an upgrade, with 426, even without a token", async () => {
    const response = await call("GET", `/v1/rooms/${room.id}/socket`);
    expect(await refusal(response)).toBe("426 upgrade_required");
    expect(response.headers.get("upgrade")).toBe("websocket");
  });

  test.each(["https://evil.example", `${ORIGIN}.evil.example`, "null"])("a page of %j, with 403", async (origin) => {
    expect(await refusal(await knock(room.id, { ...bearer, origin }))).toBe("403 forbidden");
  });

  test("whoever brings no token, with 401", async () => {
    expect(await refusal(await knock(room.id))).toBe("401 unauthorized");
    expect(await refusal(await knock(room.id, { "sec-websocket-protocol": "studymate.v1.json" }))).toBe(
      "401 unauthorized",
    );
  });

  test("whoever brings a bad token, in either place, with 401", async () => {
    for (const [why, token] of await badTokens(minji.user.id)) {
      expect(await refusal(await knock(room.id, { authorization: `Bearer ${token}` })), why).toBe("401 unauthorized");
      const asSubprotocol = { "sec-websocket-protocol": `bearer.${token}, studymate.v1.json` };
      expect(await refusal(await knock(room.id, asSubprotocol)), why).toBe("401 unauthorized");
    }
  });

  test("a token in the URL, with 401", async () => {
    const query = `?token=${minji.token}&access_token=${minji.token}`;
    const response = await call("GET", `/v1/rooms/${room.id}/socket${query}`, { headers: { upgrade: "websocket" } });
    expect(await refusal(response)).toBe("401 unauthorized");
  });

  test("whoever knocks too often, with 429 and Retry-After; others are not affected", async () => {
    const eager = await signIn();
    const headers = { authorization: `Bearer ${eager.token}` };
    const answers = await Promise.all(Array.from({ length: 130 }, () => knock(999_999, headers)));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited.length).toBeLessThan(130);
    expect(limited[0]?.headers.get("retry-after")).toBe("60");
    expect((await knock(room.id, bearer)).status).toBe(101);
  });

  test("nobody for knocking often where limits are off, which needs DEV_LOGIN as well", async () => {
    const eager = await signIn();
    const request = () =>
      requestFor("GET", "/v1/rooms/999999/socket", { token: eager.token, headers: { upgrade: "websocket" } });
    const statuses = async (settings: object) => {
      const answers = Array.from({ length: 130 }, () => app.fetch(request(), { ...env, ...settings }));
      return new Set((await Promise.all(answers)).map(({ status }) => status));
    };
    expect(await statuses({ RATE_LIMITS: "off", DEV_LOGIN: "true" })).toEqual(new Set([404]));
    expect(await statuses({ RATE_LIMITS: "off", DEV_LOGIN: "false" })).toContain(429);
  });
});

describe("turned away by the room", () => {
  test("somebody who is not a participant, with 403", async () => {
    const stranger = await signIn();
    expect(await refusal(await knock(room.id, { authorization: `Bearer ${stranger.token}` }))).toBe("403 forbidden");
  });

  test("somebody who left, with 403", async () => {
    const tom = await signIn();
    const group = await groupOf([minji, tom]);
    await call("DELETE", `/v1/rooms/${group.id}/participants/${tom.user.id}`, { token: tom.token });
    expect(await refusal(await knock(group.id, { authorization: `Bearer ${tom.token}` }))).toBe("403 forbidden");
  });

  test("anybody from a room that is not there, with 404, and nothing is left in its storage", async () => {
    expect(await refusal(await knock(777_777, bearer))).toBe("404 not_found");
    const stub = env.CHAT_ROOM.getByName("777777");
    const tables = await runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
    const stored = await listDurableObjectIds(env.CHAT_ROOM);
    expect(stored.length).toBeGreaterThan(0);
  });

  test.each(["0", "-1", "abc", "1%2F2", "99999999999999999999"])(
    "anybody from %j, which is no id, with 404",
    async (id) => {
      expect(await refusal(await knock(id, bearer))).toBe("404 not_found");
    },
  );
});

describe("one's own socket", () => {
  const knockAtOwn = (headers: Readonly<Record<string, string>> = {}, query = "") =>
    call("GET", `/v1/me/socket${query}`, { headers: { upgrade: "websocket", ...headers } });

  test.each([
    ["studymate.v1.msgpack", "msgpack"],
    ["studymate.v1.json", "json"],
  ] as const)("is opened like a room's, with %s echoed", async (subprotocol, encoding) => {
    const response = await knockAtOwn({ "sec-websocket-protocol": `bearer.${minji.token}, ${subprotocol}` });
    expect(response.status).toBe(101);
    expect(response.headers.get("sec-websocket-protocol")).toBe(subprotocol);
    const socket = new TestSocket(response.webSocket ?? expect.fail("no socket"), encoding, "me");
    expect(await socket.waitFor("welcome")).toMatchObject({ status: "online", partners: [] });
    socket.close();
  });

  test("is refused like a room's: no upgrade, a foreign page, no token, a bad one, too many", async () => {
    expect(await refusal(await call("GET", "/v1/me/socket", { token: minji.token }))).toBe("426 upgrade_required");
    expect(await refusal(await knockAtOwn({ ...bearer, origin: "https://evil.example" }))).toBe("403 forbidden");
    expect(await refusal(await knockAtOwn())).toBe("401 unauthorized");
    expect(await refusal(await knockAtOwn({}, `?token=${minji.token}`))).toBe("401 unauthorized");
    for (const [why, token] of await badTokens(minji.user.id)) {
      expect(await refusal(await knockAtOwn({ authorization: `Bearer ${token}` })), why).toBe("401 unauthorized");
    }
    const eager = await signIn();
    const headers = { authorization: `Bearer ${eager.token}` };
    const answers = await Promise.all(Array.from({ length: 130 }, () => knockAtOwn(headers)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    for (const { webSocket } of answers) {
      webSocket?.accept();
      webSocket?.close();
    }
  });

  test("is nobody else's, whatever the request says", async () => {
    const tom = await signIn("Tom");
    const forged = btoa(JSON.stringify({ userId: minji.user.id, deviceId: "a", expiresAt: 9_999_999_999_999 }));
    const spoofed = {
      authorization: `Bearer ${tom.token}`,
      "x-partykit-room": String(minji.user.id),
      "x-studymate-identity": forged,
    };
    const response = await knockAtOwn(spoofed, `?_pk=${minji.user.id}`);
    const socket = new TestSocket(response.webSocket ?? expect.fail("no socket"), "json", "me");
    expect(await socket.waitFor("welcome")).toMatchObject({ inbox: [] });
    await socket.request({ type: "status.set", status: "busy" });
    expect((await socket.waitFor("presence")).userId).toBe(tom.user.id);
    socket.close();
  });
});

describe("spoofing", () => {
  test("neither partyserver's headers and `_pk` nor our own headers make anybody somebody else", async () => {
    const tom = await signIn("Tom");
    const group = await groupOf([minji, tom]);
    const hers = await enter(group.id, minji);
    const forged = btoa(JSON.stringify({ userId: minji.user.id, deviceId: "a", expiresAt: 9_999_999_999_999 }));
    const response = await call("GET", `/v1/rooms/${group.id}/socket?_pk=${minji.user.id}&_pk=x`, {
      headers: {
        upgrade: "websocket",
        authorization: `Bearer ${tom.token}`,
        "x-partykit-room": "1",
        "x-partykit-namespace": "CHAT_ROOM",
        "x-partykit-props": JSON.stringify({ userId: minji.user.id, role: "ADMIN" }),
        "x-studymate-identity": forged,
        "x-studymate-encoding": "msgpack",
        "x-request-id": "chosen",
      },
    });
    expect(response.status).toBe(101);
    const his = new TestSocket(response.webSocket ?? expect.fail("no socket"), "json");
    expect(await his.waitFor("welcome")).toMatchObject({
      room: { id: group.id },
      you: { userId: tom.user.id, role: "MEMBER" },
    });
    expect((await his.request({ type: "message.send", clientId: "1", content: "hi" })).type).toBe("ack");
    expect((await hers.waitFor("message.created")).message.senderId).toBe(tom.user.id);
  });
});
