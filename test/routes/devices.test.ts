/** Devices and their refresh tokens: rotation, repeats, reuse, and the end of a device. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { type Device, deviceList, tokenAnswer } from "../../schema/api/auth.ts";
import { app } from "../../src/app.ts";
import { call, enter, enterMe, groupOf, knock, requestFor, type SignedIn, signIn } from "../support/http.ts";
import { countingDatabase, listeningDatabase, scansOf } from "../support/recorded.ts";

const refresh = (refreshToken: string) => call("POST", "/v1/auth/refresh", { body: { refreshToken } });

async function refreshed(refreshToken: string): Promise<SignedIn> {
  const response = await refresh(refreshToken);
  expect(response.status).toBe(200);
  const { accessToken, refreshToken: next, user } = tokenAnswer.parse(await response.json());
  return { token: accessToken, refreshToken: next, user };
}

async function devicesOf({ token }: SignedIn): Promise<Device[]> {
  const response = await call("GET", "/v1/auth/devices", { token });
  return deviceList.parse(await response.json()).items;
}

const deviceOf = ({ token }: SignedIn) => String(decodeJwt(token).sid);

/** Everything that was used of the device was used so much earlier. */
async function letPass(person: SignedIn, ms: number): Promise<void> {
  await env.DB.prepare("UPDATE refresh_tokens SET used_at = used_at - ? WHERE device_id = ?")
    .bind(ms, deviceOf(person))
    .run();
}

async function tokensOf(person: SignedIn) {
  const { results } = await env.DB.prepare("SELECT token, is_used FROM refresh_tokens WHERE device_id = ? ORDER BY id")
    .bind(deviceOf(person))
    .all<{ token: string; is_used: number }>();
  return results;
}

async function activitiesOf({ user }: SignedIn): Promise<unknown[]> {
  const { results } = await env.DB.prepare("SELECT activity FROM user_activity_logs WHERE user_id = ? ORDER BY id")
    .bind(user.id)
    .all();
  return results.map(({ activity }) => activity);
}

describe("a refresh token", () => {
  test("is not stored, only its hash", async () => {
    const person = await signIn();
    const { refreshToken } = await refreshed(person.refreshToken);
    const [devices, tokens] = await env.DB.batch([
      env.DB.prepare("SELECT * FROM user_sessions WHERE user_id = ?").bind(person.user.id),
      env.DB.prepare("SELECT * FROM refresh_tokens WHERE user_id = ?").bind(person.user.id),
    ]);
    const stored = JSON.stringify([devices?.results, tokens?.results]);
    expect(tokens?.results).toHaveLength(2);
    for (const token of [person.refreshToken, refreshToken]) expect(stored).not.toContain(token);
  });

  test("is followed by another at each use, for as long as one comes back within thirty days", async () => {
    const seen = new Set<string>();
    let person = await signIn();
    for (let uses = 0; uses < 4; uses += 1) {
      seen.add(person.refreshToken);
      person = await refreshed(person.refreshToken);
    }
    expect(seen.has(person.refreshToken)).toBe(false);
    expect(seen.size).toBe(4);
    expect((await tokensOf(person)).map(({ is_used }) => is_used)).toEqual([1, 1, 1, 1, 0]);
    expect(await devicesOf(person)).toHaveLength(1);
  });

  test("that many tabs use at once has one successor, which all of them get", async () => {
    const person = await signIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(person.refreshToken)));
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect((await tokensOf(person)).map(({ is_used }) => is_used)).toEqual([1, 0]);
    for (const { token } of answers) expect((await call("GET", "/v1/rooms", { token })).status).toBe(200);
  });

  test("may be shown again for thirty seconds, while its successor is unused", async () => {
    const person = await signIn();
    const next = await refreshed(person.refreshToken);
    await letPass(person, 29_000);
    expect((await refreshed(person.refreshToken)).refreshToken).toBe(next.refreshToken);
    expect((await devicesOf(person)).length).toBe(1);
  });

  test.each([
    ["after thirty seconds", (person: SignedIn) => letPass(person, 30_500)],
    ["after its successor was used", (_: SignedIn, next: SignedIn) => refreshed(next.refreshToken)],
  ])("that is shown again %s ends the device, its sockets and its tokens", async (_, meanwhile) => {
    const person = await signIn();
    const { id } = await groupOf([person]);
    const next = await refreshed(person.refreshToken);
    const other = await signIn("Someone", person.user.email);
    const [socket, socketOfOther] = [await enter(id, person), await enter(id, other)];
    await meanwhile(person, next);

    expect((await refresh(person.refreshToken)).status).toBe(401);
    expect((await socket.waitForClose()).code).toBe(4401);
    expect((await refresh(next.refreshToken)).status).toBe(401);
    for (const { token } of [person, next]) expect((await call("GET", "/v1/rooms", { token })).status).toBe(401);
    expect(await activitiesOf(person)).toContain("refresh_token_reused");

    expect(socketOfOther.closed).toBeUndefined();
    expect((await devicesOf(other)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
    await refreshed(other.refreshToken);
  });

  test("that has expired is refused, without an alarm", async () => {
    const person = await signIn();
    await env.DB.prepare("UPDATE refresh_tokens SET expires_at = ? WHERE user_id = ?")
      .bind(Date.now(), person.user.id)
      .run();
    expect((await refresh(person.refreshToken)).status).toBe(401);
    expect(await activitiesOf(person)).toEqual(["signed_in"]);
    expect(await devicesOf(person)).toHaveLength(1);
  });

  test("outlives a change of the secret, also where its answer was lost in that moment", async () => {
    const person = await signIn();
    const next = { ...env, AUTH_SECRET: "the next secret, 32 bytes long or more" };
    const changing = { ...next, AUTH_SECRET_PREVIOUS: env.AUTH_SECRET };
    const ask = (refreshToken: string, deployment: Env) =>
      app.fetch(requestFor("POST", "/v1/auth/refresh", { body: { refreshToken } }), deployment);
    const tokenOf = async (response: Response) => tokenAnswer.parse(await response.json()).refreshToken;

    const lost = await refreshed(person.refreshToken);
    expect(await tokenOf(await ask(person.refreshToken, changing))).toBe(lost.refreshToken);
    // Without the previous secret it cannot be told; nobody is accused.
    expect((await ask(person.refreshToken, next)).status).toBe(503);
    const after = await tokenOf(await ask(lost.refreshToken, next));
    expect((await ask(after, next)).status).toBe(200);
    expect((await tokensOf(person)).map(({ is_used }) => is_used)).toEqual([1, 1, 1, 0]);
  });
});

describe("devices", () => {
  test("are listed with where they are from, the one seen last first", async () => {
    const person = await signIn();
    const login = await call("POST", "/v1/auth/dev-login", {
      body: { email: person.user.email },
      headers: { "user-agent": "A phone", "cf-connecting-ip": "203.0.113.7" },
    });
    expect(login.status).toBe(200);
    const [phone, first] = await devicesOf(person);
    expect(phone).toMatchObject({ userAgent: "A phone", ipAddress: "203.0.113.7", isCurrent: false });
    expect(first).toMatchObject({ isCurrent: true });
  });

  test("that are ended lose their sockets and tokens, and the others nothing", async () => {
    const person = await signIn();
    const lost = await signIn("Someone", person.user.email);
    const { id: roomId } = await groupOf([person]);
    const [socket, socketOfLost] = [await enter(roomId, person), await enter(roomId, lost)];
    const id = (await devicesOf(person)).find(({ isCurrent }) => !isCurrent)?.id;

    expect((await call("DELETE", `/v1/auth/devices/${id}`, { token: person.token })).status).toBe(204);
    expect((await socketOfLost.waitForClose()).code).toBe(4401);
    expect((await call("GET", "/v1/rooms", { token: lost.token })).status).toBe(401);
    expect((await knock(roomId, { authorization: `Bearer ${lost.token}` })).status).toBe(401);
    expect((await refresh(lost.refreshToken)).status).toBe(401);
    expect(await socket.request({ type: "auth.refresh", token: lost.token })).toMatchObject({ code: "unauthorized" });

    expect(socket.closed).toBeUndefined();
    expect((await devicesOf(person)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
    expect((await call("DELETE", `/v1/auth/devices/${id}`, { token: person.token })).status).toBe(404);
    expect(await activitiesOf(person)).toContain("device_ended");
  });

  test("of somebody else are not there", async () => {
    const [person, somebody] = [await signIn(), await signIn()];
    const [device] = await devicesOf(somebody);
    for (const id of [device?.id, 999_999, "x"]) {
      expect((await call("DELETE", `/v1/auth/devices/${id}`, { token: person.token })).status).toBe(404);
    }
    expect(await devicesOf(somebody)).toHaveLength(1);
  });

  test("are ended, and good, without KV: one that never answers holds up nobody", async () => {
    const person = await signIn();
    const { id } = await groupOf([person]);
    const socket = await enter(id, person);
    const silent = new Proxy(env.CACHE, { get: () => () => new Promise(() => {}) });
    const ask = (method: string, path: string) =>
      app.fetch(requestFor(method, path, { token: person.token }), { ...env, CACHE: silent });
    expect((await ask("GET", "/v1/rooms")).status).toBe(200);
    const answer = ask("POST", "/v1/auth/logout");
    expect((await socket.waitForClose()).code).toBe(4401);
    expect((await answer).status).toBe(204);
    expect((await refresh(person.refreshToken)).status).toBe(401);
  });

  test("are remembered as ended behind the answer, where KV is slow", async () => {
    const person = await signIn();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const slow = new Proxy(env.CACHE, {
      get: (real, property) => {
        const value: unknown = Reflect.get(real, property);
        if (property !== "put") return typeof value === "function" ? value.bind(real) : value;
        return async (key: string, text: string) => {
          await released;
          await real.put(key, text);
        };
      },
    });
    const execution = createExecutionContext();
    const request = requestFor("POST", "/v1/auth/logout", { token: person.token });
    expect((await app.fetch(request, { ...env, CACHE: slow }, execution)).status).toBe(204);
    release();
    await waitOnExecutionContext(execution);
    expect(await env.CACHE.get(`session:${deviceOf(person)}`)).not.toBeNull();
  });

  test("are remembered as ended in KV, which never says of one that it is good", async () => {
    const person = await signIn();
    const key = `session:${deviceOf(person)}`;
    await refreshed(person.refreshToken);
    expect(await env.CACHE.get(key)).toBeNull();
    expect((await call("POST", "/v1/auth/logout", { token: person.token })).status).toBe(204);
    expect(await env.CACHE.get(key, "json")).toEqual({ userId: person.user.id, revoked: true });
    const { keys } = await env.CACHE.list({ prefix: key });
    const leftSeconds = (keys[0]?.expiration ?? 0) - Date.now() / 1_000;
    expect(leftSeconds).toBeGreaterThan(900);
    expect(leftSeconds).toBeLessThan(1_000);
  });
});

describe("one device more than fifty", () => {
  const again = (person: SignedIn) => signIn("Someone", person.user.email);
  /** Fifty in all; the one that is asked for was used least lately, though it is not the oldest. */
  async function withFifty(): Promise<{ first: SignedIn; idle: SignedIn }> {
    const first = await signIn();
    const idle = await again(first);
    await env.DB.batch([
      env.DB.prepare("UPDATE user_sessions SET last_activity_at = last_activity_at - 5000 WHERE device_id = ?").bind(
        deviceOf(idle),
      ),
      env.DB.prepare(
        `INSERT INTO user_sessions (user_id, session_token, device_id, expires_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 48)
         SELECT ?1, 'token-' || ?1 || '-' || i, 'device-' || ?1 || '-' || i, 9e12 FROM n`,
      ).bind(first.user.id),
    ]);
    return { first, idle };
  }

  test("ends the one that was used least lately, with its sockets and tokens, and no other", async () => {
    const { first, idle } = await withFifty();
    const { id } = await groupOf([first]);
    const [kept, closed] = [await enter(id, first), await enter(id, idle)];
    const added = await again(first);
    expect((await closed.waitForClose()).code).toBe(4401);
    expect((await call("GET", "/v1/rooms", { token: idle.token })).status).toBe(401);
    expect((await refresh(idle.refreshToken)).status).toBe(401);
    await refreshed(first.refreshToken);
    await refreshed(added.refreshToken);
    expect(await kept.request({ type: "history", limit: 1 })).toMatchObject({ type: "ack" });
    expect(await devicesOf(first)).toHaveLength(50);
    expect(await activitiesOf(first)).toEqual(["signed_in", "signed_in", "device_ended", "signed_in"]);
    kept.close();
  });

  test("ends one for each, also of many at once; those that have ended or expired take no place", async () => {
    const { first } = await withFifty();
    await env.DB.prepare("UPDATE user_sessions SET is_active = 0 WHERE device_id LIKE 'device-' || ? || '-1_'")
      .bind(first.user.id)
      .run();
    await env.DB.prepare("UPDATE user_sessions SET expires_at = 1 WHERE device_id LIKE 'device-' || ? || '-2_'")
      .bind(first.user.id)
      .run();
    await Promise.all(Array.from({ length: 20 }, () => again(first)));
    expect(await devicesOf(first)).toHaveLength(50);
    expect(await activitiesOf(first)).not.toContain("device_ended");
    await Promise.all(Array.from({ length: 5 }, () => again(first)));
    const activities = await activitiesOf(first);
    expect(activities.filter((activity) => activity === "device_ended")).toHaveLength(5);
  });

  test("is owed where the rooms do not answer, in the batch of the sign-in", async () => {
    const { first, idle } = await withFifty();
    await groupOf([first]);
    await env.DB.prepare("DELETE FROM fan_outs").run();
    const deaf = new Proxy(env.CHAT_ROOM, {
      get() {
        throw new Error("Network connection lost.");
      },
    });
    const body = { email: first.user.email };
    const response = await app.fetch(requestFor("POST", "/v1/auth/dev-login", { body }), { ...env, CHAT_ROOM: deaf });
    expect(response.status).toBe(200);
    const left = await env.DB.prepare("SELECT task, details FROM fan_outs").first();
    expect(left).toEqual({ task: "END_SOCKETS", details: JSON.stringify({ deviceId: deviceOf(idle) }) });
  });
});

describe("logging out", () => {
  test("ends the device that asks, and no other", async () => {
    const person = await signIn();
    const other = await signIn("Someone", person.user.email);
    const { id } = await groupOf([person]);
    const socket = await enter(id, person);
    const [own, ownOfOther] = [await enterMe(person), await enterMe(other)];
    expect((await call("POST", "/v1/auth/logout", { token: person.token })).status).toBe(204);
    expect((await socket.waitForClose()).code).toBe(4401);
    expect((await own.waitForClose()).code).toBe(4401);
    expect(ownOfOther.closed).toBeUndefined();
    expect((await call("POST", "/v1/auth/logout", { token: person.token })).status).toBe(401);
    expect((await refresh(person.refreshToken)).status).toBe(401);
    await refreshed(other.refreshToken);
    expect(await activitiesOf(person)).toEqual(["signed_in", "signed_in", "signed_out"]);
  });

  test("needs a token", async () => {
    for (const [method, path] of [
      ["POST", "/v1/auth/logout"],
      ["GET", "/v1/auth/devices"],
      ["DELETE", "/v1/auth/devices/1"],
    ] as const) {
      expect((await call(method, path)).status).toBe(401);
    }
  });

  test("is owed where the rooms do not answer: the sockets are closed by the next tick", async () => {
    const person = await signIn();
    await env.DB.prepare("DELETE FROM fan_outs").run();
    const deaf = new Proxy(env.CHAT_ROOM, {
      get() {
        throw new Error("Network connection lost.");
      },
    });
    await groupOf([person]);
    const response = await app.fetch(requestFor("POST", "/v1/auth/logout", { token: person.token }), {
      ...env,
      CHAT_ROOM: deaf,
    });
    expect(response.status).toBe(204);
    const left = await env.DB.prepare("SELECT task, details FROM fan_outs").first();
    expect(left).toEqual({ task: "END_SOCKETS", details: JSON.stringify({ deviceId: deviceOf(person) }) });
  });
});

test("neither a sign-in, a refresh nor the list of devices reads through a table", async () => {
  const { token, refreshToken, user } = await signIn();
  const queries = new Set<string>();
  const asked = [
    requestFor("POST", "/v1/auth/dev-login", { body: { email: user.email } }),
    requestFor("POST", "/v1/auth/refresh", { body: { refreshToken } }),
    requestFor("GET", "/v1/auth/devices", { token }),
  ];
  for (const request of asked) {
    expect((await app.fetch(request, { ...env, DB: listeningDatabase(queries) })).status).toBe(200);
  }
  expect(queries.size).toBeGreaterThanOrEqual(6);
  expect(await scansOf(queries)).toEqual([]);
});

test("a refresh writes nine rows, and a sign-in fourteen", async () => {
  const person = await signIn();
  const written = async (path: string, body: object) => {
    const counted: number[] = [];
    const answer = await app.fetch(requestFor("POST", path, { body }), { ...env, DB: countingDatabase(counted) });
    expect(answer.status).toBe(200);
    return counted.reduce((sum, rows) => sum + rows, 0);
  };
  const rows = [
    await written("/v1/auth/refresh", { refreshToken: person.refreshToken }),
    await written("/v1/auth/dev-login", { email: person.user.email }),
  ];
  console.log(`rows written: ${rows[0]} by a refresh, ${rows[1]} by a sign-in`);
  expect(rows).toEqual([9, 14]);
});

describe("the activity log", () => {
  test("has one refresh a day of each device", async () => {
    const person = await signIn();
    await env.DB.prepare("UPDATE user_sessions SET last_activity_at = last_activity_at - 86400000 WHERE user_id = ?")
      .bind(person.user.id)
      .run();
    const next = await refreshed(person.refreshToken);
    await refreshed(next.refreshToken);
    expect(await activitiesOf(person)).toEqual(["signed_in", "tokens_refreshed"]);
  });
});
