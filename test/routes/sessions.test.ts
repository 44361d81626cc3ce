/** Planning sessions over HTTP: made, answered, moved, called off, listed. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { problem } from "../../schema/api/problem.ts";
import { createSessionAnswer } from "../../schema/api/sessions.ts";
import { app } from "../../src/app.ts";
import { clock } from "../support/clock.ts";
import { call, idsOf, ORIGIN, pathsOf, type SignedIn, signIn, signInMany } from "../support/http.ts";
import {
  askForSession,
  bookedBy,
  invitationsIn,
  listedFor,
  planned,
  seenBy,
  tell,
  timesIn,
  told,
} from "../support/planned.ts";

const block = ({ token }: SignedIn, other: SignedIn) => call("PUT", `/v1/me/blocks/${other.user.id}`, { token });
const patch = ({ token }: SignedIn, id: number, body: object) => call("PATCH", `/v1/sessions/${id}`, { token, body });
const statusesOf = (responses: readonly Response[]) => responses.map(({ status }) => status);

describe("POST /v1/sessions", () => {
  test("makes a session whose host is confirmed, and whose guests are asked", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const session = await planned(minji, [daniel], { body: { description: "사진을 가져오세요" } });
    expect(session).toMatchObject({
      sessionType: "VIDEO_1V1",
      title: "여행 이야기",
      description: "사진을 가져오세요",
      status: "SCHEDULED",
      primaryLanguage: "ko",
      secondaryLanguage: "en",
      maxParticipants: 2,
      createdByUserId: minji.user.id,
      seriesId: null,
      ownRating: null,
    });
    expect(session.participants.map(({ name, role, invitation }) => [name, role, invitation])).toEqual([
      ["Minji", "HOST", "CONFIRMED"],
      ["Daniel", "PARTICIPANT", "INVITED"],
    ]);
    const { id, scheduledStartTime, scheduledEndTime } = session;
    expect(session.occurrences).toEqual([{ id, scheduledStartTime, scheduledEndTime }]);
    expect([await bookedBy(minji), await bookedBy(daniel)]).toEqual([[id], []]);
    const { occurrences: _, ...seen } = session;
    expect(await seenBy(minji, id)).toEqual(seen);
    expect(await seenBy(daniel, id)).toEqual(seen);
  });

  test("answers a repeated Idempotency-Key with the first one, also when its time has come", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const wish = { key: crypto.randomUUID(), body: timesIn(1) };
    const first = await planned(minji, [daniel], wish);
    clock.advance(10 * 60 * 60_000);
    const again = await askForSession(minji, [daniel], wish);
    expect(again.status).toBe(200);
    expect(createSessionAnswer.parse(await again.json()).id).toBe(first.id);
    expect((await askForSession(minji, [], wish)).status).toBe(409);
    // Keys are everybody's own.
    clock.set(0);
    expect((await askForSession(daniel, [minji], wish)).status).toBe(201);
  });

  test("makes one of requests that come at the same moment with one key", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const wish = { key: crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 5 }, () => askForSession(minji, [daniel], wish)));
    expect(statusesOf(answers).sort()).toEqual([200, 200, 200, 200, 201]);
    const ids = await Promise.all(answers.map(async (one) => createSessionAnswer.parse(await one.json()).id));
    expect(new Set(ids).size).toBe(1);
    expect(await bookedBy(minji)).toHaveLength(1);
  });

  test.each<[name: string, path: string, body: object]>([
    ["a start that is past", "scheduledStartTime", timesIn(-1)],
    ["a start in more than a year", "scheduledStartTime", timesIn(24 * 370)],
    ["more than four hours", "scheduledEndTime", timesIn(24, 241)],
    ["one language twice", "secondaryLanguage", { secondaryLanguage: "ko" }],
    ["a language that nobody teaches", "primaryLanguage", { primaryLanguage: "tlh" }],
    ["four on the phone", "maxParticipants", { sessionType: "AUDIO_1V1", maxParticipants: 4 }],
    ["five in a group", "maxParticipants", { sessionType: "GROUP_VIDEO", maxParticipants: 5 }],
    ["a time without an offset", "scheduledStartTime", { scheduledStartTime: "2026-12-24T10:00:00" }],
    ["a week of 27", "recurrence.count", { recurrence: { frequency: "WEEKLY", count: 27 } }],
    [
      "weeks that reach too far",
      "recurrence.count",
      { ...timesIn(24 * 300), recurrence: { frequency: "WEEKLY", count: 26 } },
    ],
    [
      "a place that has no clocks",
      "recurrence.timeZone",
      { recurrence: { frequency: "WEEKLY", count: 2, timeZone: "Mars" } },
    ],
    ["21 guests", "inviteeIds", { inviteeIds: Array.from({ length: 21 }, (_, index) => index + 1) }],
  ])("refuses %s", async (_, path, body) => {
    const response = await askForSession(await signIn("Minji"), [], { body });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([path]);
  });

  test("names the guests who are not there, and oneself", async () => {
    const [minji, daniel, gone] = await signInMany("Minji", "Daniel", "Gone");
    await call("DELETE", "/v1/me", { token: gone.token });
    const unknown = await askForSession(minji, [daniel, gone]);
    expect(unknown.status).toBe(400);
    expect(await pathsOf(unknown)).toEqual(["inviteeIds.1"]);
    expect(await pathsOf(await askForSession(minji, [daniel, minji]))).toEqual(["inviteeIds.1"]);
  });

  test("is refused with somebody between whom and the host there is a block", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    await block(daniel, minji);
    expect(statusesOf([await askForSession(minji, [daniel]), await askForSession(daniel, [minji])])).toEqual([
      403, 403,
    ]);
    expect(await bookedBy(minji)).toEqual([]);
  });

  test("is refused where the host is in another one then, which is named", async () => {
    const minji = await signIn("Minji");
    await planned(minji, []);
    const response = await askForSession(minji, [], { inHours: 24.5 });
    expect(response.status).toBe(409);
    const { code, errors } = problem.parse(await response.json());
    expect({ code, errors }).toEqual({
      code: "conflict",
      errors: [{ path: "scheduledStartTime", message: "another session of yours is then (occurrence 1)" }],
    });
    expect((await askForSession(minji, [], { inHours: 25 })).status).toBe(201);
  });

  test("makes a series of weekly sessions, each of its own", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    await call("PATCH", "/v1/me", { token: minji.token, body: { timeZone: "Europe/Berlin" } });
    const body = {
      scheduledStartTime: "2027-03-15T19:00:00+01:00",
      scheduledEndTime: "2027-03-15T20:00:00+01:00",
      recurrence: { frequency: "WEEKLY", count: 3 },
    };
    clock.set(Date.parse("2027-03-01T00:00:00Z") - Date.now());
    const fresh = await signIn("Fresh");
    await call("PATCH", "/v1/me", { token: fresh.token, body: { timeZone: "Europe/Berlin" } });
    const series = await planned(fresh, [daniel], { body });
    expect(series.occurrences.map(({ scheduledStartTime }) => scheduledStartTime)).toEqual([
      "2027-03-15T18:00:00.000Z",
      "2027-03-22T18:00:00.000Z",
      "2027-03-29T17:00:00.000Z",
    ]);
    expect(series.seriesId).toBe(series.id);
    const ids = series.occurrences.map(({ id }) => id);
    const [, second = 0] = ids;
    expect((await seenBy(fresh, second)).seriesId).toBe(series.id);
    expect(await bookedBy(fresh)).toEqual(ids);
    clock.set(0);
  });

  test("tells whoever is asked to a series once, and of every other session each time", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const recurrence = { frequency: "WEEKLY", count: 4, timeZone: "Asia/Seoul" };
    const series = await planned(minji, [daniel], { body: { recurrence } });
    const alone = await planned(minji, [daniel], { inHours: 50 });
    const told = async () => {
      for (const { id } of [...series.occurrences, alone]) {
        await runDurableObjectAlarm(env.LEARNING_SESSION.getByName(String(id)));
      }
      const answer = await call("GET", "/v1/notifications", { token: daniel.token });
      const { items } = await answer.json<{ items: { type: string; data: { sessionId: number } }[] }>();
      return items.map(({ type, data }) => [type, data.sessionId]).sort();
    };
    await expect.poll(told, { timeout: 5_000 }).toEqual([
      ["SESSION_INVITE", series.id],
      ["SESSION_INVITE", alone.id],
    ]);
  });
});

describe("a yes", () => {
  test("has the place where there is one, else waits for it and keeps the time; a no gives it on", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await planned(minji, [daniel, sofia]);
    expect(invitationsIn(await told(daniel, id, "confirm"), daniel)).toEqual(["CONFIRMED"]);
    expect(invitationsIn(await told(sofia, id, "confirm"), sofia)).toEqual(["WAITLISTED"]);
    expect(await bookedBy(sofia)).toEqual([id]);
    await told(daniel, id, "decline");
    expect(await bookedBy(daniel)).toEqual([]);
    expect(invitationsIn(await seenBy(minji, id), minji, daniel, sofia)).toEqual([
      "CONFIRMED",
      "DECLINED",
      "CONFIRMED",
    ]);
    expect(await bookedBy(sofia)).toEqual([id]);
  });

  test("may be said again, and after a no", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    for (const answer of ["confirm", "confirm", "decline", "decline", "confirm"]) await told(daniel, id, answer);
    expect(invitationsIn(await seenBy(minji, id), daniel)).toEqual(["CONFIRMED"]);
    expect(await bookedBy(daniel)).toEqual([id]);
  });

  test("is refused where one is in another session then, until that one is declined", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const [first, second] = [await planned(minji, [sofia]), await planned(daniel, [sofia], { inHours: 24.5 })];
    await told(sofia, first.id, "confirm");
    const refused = await tell(sofia, second.id, "confirm");
    expect(refused.status).toBe(409);
    expect(await pathsOf(refused)).toEqual(["scheduledStartTime"]);
    expect(invitationsIn(await seenBy(daniel, second.id), sofia)).toEqual(["INVITED"]);
    await told(sofia, first.id, "decline");
    await told(sofia, second.id, "confirm");
    expect(await bookedBy(sofia)).toEqual([second.id]);
  });

  test("is one of many at the same moment, whether one confirms or plans", async () => {
    const guest = await signIn("Guest");
    const hosts = await Promise.all(Array.from({ length: 6 }, () => signIn("Host")));
    const sessions = await Promise.all(hosts.map((host) => planned(host, [guest])));
    const responses = await Promise.all([
      ...sessions.map(({ id }) => tell(guest, id, "confirm")),
      ...Array.from({ length: 6 }, () => askForSession(guest, [], { inHours: 24.25 })),
    ]);
    const won = responses.filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    expect(statusesOf(responses.filter(({ ok }) => !ok))).toEqual(Array.from({ length: 11 }, () => 409));
    const [booked, ...others] = await bookedBy(guest);
    expect(others).toEqual([]);
    // Whoever holds the time is who said yes to.
    const answers = await Promise.all(
      sessions.map(async ({ id }, index) => {
        const host = hosts[index];
        return host && invitationsIn(await seenBy(host, id), guest)[0] === "CONFIRMED" ? [id] : [];
      }),
    );
    const isOwn = !sessions.some(({ id }) => id === booked);
    expect(answers.flat()).toEqual(isOwn ? [] : [booked]);
  });

  test("is for those who were asked: others are refused, and nothing of theirs is taken", async () => {
    const [minji, daniel, stranger] = await signInMany("Minji", "Daniel", "Stranger");
    const { id } = await planned(minji, [daniel]);
    expect(statusesOf([await tell(stranger, id, "confirm"), await tell(stranger, id, "decline")])).toEqual([403, 403]);
    expect((await tell(stranger, 999_999_999, "confirm")).status).toBe(404);
    expect((await tell(minji, id, "decline")).status).toBe(409);
    expect([await bookedBy(stranger), await bookedBy(minji)]).toEqual([[], [id]]);
  });
});

describe("PATCH /v1/sessions/{id}", () => {
  test("changes what it is about, and asks nobody anew", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    await told(daniel, id, "confirm");
    const response = await patch(minji, id, { title: "음식 이야기", description: null, secondaryLanguage: "ja" });
    expect(await response.json()).toMatchObject({ title: "음식 이야기", description: null, secondaryLanguage: "ja" });
    expect(invitationsIn(await seenBy(daniel, id), daniel)).toEqual(["CONFIRMED"]);
  });

  test("with another time asks everybody anew, and frees the time of before", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    await told(daniel, id, "confirm");
    const times = timesIn(48);
    const response = await patch(minji, id, { ...times, title: "다음 날" });
    expect(await response.json()).toMatchObject({ ...times, title: "다음 날" });
    expect(invitationsIn(await seenBy(daniel, id), minji, daniel)).toEqual(["CONFIRMED", "INVITED"]);
    expect([await bookedBy(minji), await bookedBy(daniel)]).toEqual([[id], []]);
    // The time of before is free for both.
    const other = await planned(daniel, [minji]);
    await told(minji, other.id, "confirm");
    expect((await listedFor(daniel)).items.find((one) => one.id === id)).toMatchObject(times);
  });

  test("with the time that it has asks nobody anew", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id, scheduledStartTime, scheduledEndTime } = await planned(minji, [daniel]);
    await told(daniel, id, "confirm");
    expect((await patch(minji, id, { scheduledStartTime, scheduledEndTime })).status).toBe(200);
    expect(invitationsIn(await seenBy(daniel, id), daniel)).toEqual(["CONFIRMED"]);
  });

  test("leaves all as it was where the host is somewhere else then", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id, scheduledStartTime } = await planned(minji, [daniel]);
    const other = await planned(minji, [], { inHours: 48 });
    await told(daniel, id, "confirm");
    const response = await patch(minji, id, { ...timesIn(47.5), title: "never" });
    expect(response.status).toBe(409);
    expect(await seenBy(minji, id)).toMatchObject({ scheduledStartTime, title: "여행 이야기" });
    expect(invitationsIn(await seenBy(minji, id), daniel)).toEqual(["CONFIRMED"]);
    expect(await bookedBy(minji)).toEqual([id, other.id]);
  });

  test.each<[name: string, body: object, path: string]>([
    ["a start without an end", { scheduledStartTime: timesIn(48).scheduledStartTime }, "scheduledEndTime"],
    ["a time that is past", timesIn(-3), "scheduledStartTime"],
    ["the language that it has already", { secondaryLanguage: "ko" }, "secondaryLanguage"],
    ["the first language as the second has it", { primaryLanguage: "en" }, "secondaryLanguage"],
  ])("refuses %s", async (_, body, path) => {
    const minji = await signIn("Minji");
    const { id } = await planned(minji, []);
    const response = await patch(minji, id, body);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([path]);
  });

  test("is for the host, and over with the session", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    expect((await patch(daniel, id, { title: "mine" })).status).toBe(403);
    expect((await patch(daniel, id, timesIn(48))).status).toBe(403);
    await told(minji, id, "cancel");
    expect((await patch(minji, id, timesIn(48))).status).toBe(410);
  });
});

describe("calling off", () => {
  test("frees everybody's time, and may be said again", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    await told(daniel, id, "confirm");
    for (const _ of [1, 2]) {
      expect(await told(minji, id, "cancel")).toMatchObject({ status: "CANCELLED", endReason: "CANCELLED" });
    }
    expect([await bookedBy(minji), await bookedBy(daniel)]).toEqual([[], []]);
    expect((await tell(daniel, id, "confirm")).status).toBe(410);
    expect((await listedFor(daniel, "?status=CANCELLED")).items.map((one) => one.id)).toEqual([id]);
  });

  test("of what follows leaves what was before, and what was called off already", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const body = { recurrence: { frequency: "WEEKLY", count: 5, timeZone: "Asia/Seoul" } };
    const { occurrences } = await planned(minji, [daniel], { body });
    const ids = occurrences.map(({ id }) => id);
    const [first = 0, second = 0, third = 0, fourth = 0] = ids;
    await told(minji, fourth, "cancel");
    await told(daniel, third, "confirm");
    await told(minji, second, "cancel", { scope: "FOLLOWING" });
    const statuses = await Promise.all(ids.map(async (id) => (await seenBy(minji, id)).status));
    expect(statuses).toEqual(["SCHEDULED", "CANCELLED", "CANCELLED", "CANCELLED", "CANCELLED"]);
    expect([await bookedBy(minji), await bookedBy(daniel)]).toEqual([[first], []]);
  });

  test("is for the host, and takes a body that says something, or none", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    expect((await tell(daniel, id, "cancel")).status).toBe(403);
    const send = (body: string, headers: Readonly<Record<string, string>>) =>
      app.fetch(
        new Request(`${ORIGIN}/v1/sessions/${id}/cancel`, {
          ...{ method: "POST", body, headers: { authorization: `Bearer ${minji.token}`, ...headers } },
        }),
        env,
      );
    const json = { "content-type": "application/json" };
    expect((await send('{"scope":"ALL"}', json)).status).toBe(400);
    expect((await send("", json)).status).toBe(400);
    expect((await send('{"scope":"THIS"}', { "content-type": "text/plain" })).status).toBe(415);
    // As a client sends it that has nothing to say.
    const nothing = new Request(`${ORIGIN}/v1/sessions/${id}/cancel`, {
      ...{ method: "POST", body: new Uint8Array(0), headers: { authorization: `Bearer ${minji.token}` } },
    });
    expect((await app.fetch(nothing, env)).status).toBe(200);
  });
});

describe("inviting", () => {
  test("asks more people, and again who declined", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id } = await planned(minji, [daniel]);
    await told(daniel, id, "decline");
    const session = await told(minji, id, "invite", { inviteeIds: idsOf(sofia, daniel, sofia) });
    expect(invitationsIn(session, daniel, sofia)).toEqual(["INVITED", "INVITED"]);
    expect((await listedFor(sofia)).items.map((one) => one.id)).toEqual([id]);
  });

  test("is refused with who is not there, who is oneself, and who is blocked", async () => {
    const [minji, daniel, blocked] = await signInMany("Minji", "Daniel", "Blocked");
    const { id } = await planned(minji, [daniel]);
    await block(blocked, minji);
    const invite = (...inviteeIds: number[]) => tell(minji, id, "invite", { inviteeIds });
    expect(await pathsOf(await invite(daniel.user.id, 999_999_999))).toEqual(["inviteeIds.1"]);
    expect(await pathsOf(await invite(minji.user.id))).toEqual(["inviteeIds.0"]);
    expect((await invite(blocked.user.id)).status).toBe(403);
    expect((await tell(daniel, id, "invite", { inviteeIds: [blocked.user.id] })).status).toBe(403);
  });
});

describe("GET /v1/sessions", () => {
  test("has what one hosts and was asked to, the earliest first, and nothing of others", async () => {
    const [minji, daniel, stranger] = await signInMany("Minji", "Daniel", "Stranger");
    const later = await planned(minji, [daniel], { inHours: 72 });
    const sooner = await planned(daniel, [minji], { inHours: 30 });
    const declined = await planned(minji, [daniel], { inHours: 50 });
    await told(daniel, declined.id, "decline");
    for (const person of [minji, daniel]) {
      const { items, nextCursor } = await listedFor(person);
      expect(items.map(({ id }) => id)).toEqual([sooner.id, declined.id, later.id]);
      expect(nextCursor).toBeNull();
    }
    expect((await listedFor(stranger)).items).toEqual([]);
  });

  test("has each session as the session itself answers, right behind what changed", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    for (const change of [
      () => told(daniel, id, "confirm"),
      () => patch(minji, id, { title: "바뀐 제목" }),
      () => told(minji, id, "cancel"),
    ]) {
      await change();
      expect((await listedFor(daniel)).items).toEqual([await seenBy(daniel, id)]);
    }
  });

  test("is cut by times and by status, and goes on with its cursor", async () => {
    const minji = await signIn("Minji");
    const ids: number[] = [];
    for (const inHours of [24, 48, 72, 96, 120]) ids.push((await planned(minji, [], { inHours })).id);
    const [, second = 0, third = 0, fourth = 0] = ids;
    await told(minji, third, "cancel");
    const idsIn = async (query: string) => (await listedFor(minji, query)).items.map(({ id }) => id);
    const from = encodeURIComponent(timesIn(48.5).scheduledStartTime);
    const to = timesIn(96.5).scheduledStartTime;
    expect(await idsIn(`?from=${from}&to=${to}`)).toEqual([second, third, fourth]);
    expect(await idsIn(`?from=${from}&to=${to}&status=SCHEDULED`)).toEqual([second, fourth]);
    const seen: number[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await listedFor(minji, `?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  test.each(["limit=0", "cursor=x", "status=NOTHING", "from=yesterday", "to=2026-13-01"])(
    "refuses %s",
    async (query) => {
      const { token } = await signIn();
      expect((await call("GET", `/v1/sessions?${query}`, { token })).status).toBe(400);
    },
  );
});

test("GET /v1/ice-servers gives STUN, and a relay where there is one", async () => {
  const { token } = await signIn();
  const response = await call("GET", "/v1/ice-servers", { token });
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({
    iceServers: [{ urls: ["stun:stun.cloudflare.com:3478"] }],
    expiresAt: null,
  });
  expect((await call("GET", "/v1/ice-servers")).status).toBe(401);
});

test("an operator flushes a session, sees how far it is, and renews its epoch", async () => {
  const [minji, admin] = await signInMany("Minji", "Admin");
  await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(admin.user.id).run();
  const { id } = await planned(minji, []);
  const ask = (method: string, what: string, { token } = admin) =>
    call(method, `/v1/admin/sessions/${id}/${what}`, { token });
  expect(await (await ask("POST", "flush")).json()).toMatchObject({ items: [{ destination: "main", complete: true }] });
  expect(await (await ask("GET", "flush")).json()).toMatchObject({ items: [{ destination: "main", complete: true }] });
  const { epoch } = await (await ask("POST", "epoch")).json<{ epoch: number }>();
  expect(epoch).toBeGreaterThan(0);
  expect((await ask("POST", "flush", minji)).status).toBe(403);
  expect((await call("POST", "/v1/admin/sessions/999999999/flush", { token: admin.token })).status).toBe(404);
});
