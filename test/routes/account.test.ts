/** What people may ask of all that is kept about them. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { app } from "../../src/app.ts";
import { runFanOuts } from "../../src/fan-outs/runner.ts";
import { countSessions } from "../../src/jobs/count-sessions.ts";
import { deleteAccounts } from "../../src/jobs/delete-accounts.ts";
import { tellOwed } from "../../src/owed-notifications/runner.ts";
import { endCall, recordedCallOf } from "../support/calls.ts";
import { clock } from "../support/clock.ts";
import { call, enter, groupOf, requestFor, type SignedIn, say, signIn } from "../support/http.ts";
import { ascii, joined } from "../support/pictures.ts";
import { listedFor, planned, told } from "../support/planned.ts";
import { introduce, leave, online, presenceStub, ring, rowsOf, sayIn } from "../support/presence.ts";
import { listeningDatabase, scansOf } from "../support/recorded.ts";
import { roomStub } from "../support/rooms.ts";

const MARKER = "표식-marker-7f3a";
const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x84], ascii("webm"), new Uint8Array(60));

/** Something of theirs in every place that is kept of a person. */
async function leaveTraces({ user }: SignedIn, other: SignedIn): Promise<void> {
  const insert = (sql: string, ...values: (string | number)[]) => env.DB.prepare(sql).bind(...values);
  await env.DB.batch([
    insert(
      `UPDATE users SET korean_name = ?2, residence = ?2, intro = ?2, profile_image_url = ?2, oauth_provider = 'GOOGLE', oauth_id = ?2,
         country = 'KR', latitude = 37.5, longitude = 127, time_zone = 'Asia/Seoul' WHERE id = ?1`,
      user.id,
      MARKER,
    ),
    insert("INSERT INTO user_languages (user_id, language_code, language_type) VALUES (?, 'ko', 'NATIVE')", user.id),
    insert("INSERT INTO user_interests (user_id, interest_tag) VALUES (?, ?)", user.id, MARKER),
    insert("INSERT INTO onboarding_progress (user_id) VALUES (?)", user.id),
    insert(
      "INSERT INTO onboarding_step_data (user_id, step_num, data_json) VALUES (?, 1, json_object('a', ?))",
      user.id,
      MARKER,
    ),
    insert("INSERT INTO matching_preferences (user_id, preferred_age_min) VALUES (?, 20)", user.id),
    insert(
      "INSERT INTO user_sessions (user_id, session_token, device_id, user_agent, expires_at) VALUES (?1, ?2, hex(randomblob(8)), ?2, 9e12)",
      user.id,
      MARKER,
    ),
    insert(
      `INSERT INTO push_subscriptions (user_id, device_id, endpoint, p256dh_key, auth_key, user_agent)
       SELECT user_id, device_id, ?2 || device_id, ?2, ?2, ?2 FROM user_sessions WHERE user_id = ?1 LIMIT 1`,
      user.id,
      MARKER,
    ),
    insert("INSERT INTO user_blocks (user_id, blocked_user_id) VALUES (?, ?)", user.id, (await signIn()).user.id),
    insert(
      "INSERT INTO reports (reporter_id, reported_user_id, reason, details) VALUES (?, ?, 'SPAM', ?)",
      user.id,
      other.user.id,
      MARKER,
    ),
    insert(
      "INSERT INTO reports (reporter_id, reported_user_id, reason, evidence) VALUES (?, ?, 'SPAM', json_object('a', ?))",
      other.user.id,
      user.id,
      MARKER,
    ),
    insert(
      "INSERT INTO user_activity_logs (user_id, activity, details, user_agent) VALUES (?1, 'x', json_object('a', ?2), ?2)",
      user.id,
      MARKER,
    ),
    insert(
      "INSERT INTO user_activity_logs_archive (id, user_id, activity, user_agent) VALUES (?1, ?1, 'x', ?2)",
      user.id,
      MARKER,
    ),
    insert(
      "INSERT INTO idempotency_keys (key, body_hash, answer, expires_at) VALUES (?1, 'h', json_object('a', ?2), 9e12)",
      `${user.id}:POST /v1/reports:x`,
      MARKER,
    ),
    insert(
      "INSERT INTO media_files (key, owner_id, purpose, content_type, size_bytes, file_name) VALUES (?, ?, 'avatar', 'image/png', 1, ?)",
      `avatar/${user.id}/one`,
      user.id,
      MARKER,
    ),
  ]);
  await env.MEDIA.put(`avatar/${user.id}/one`, MARKER);
  await env.MEDIA.put(`voice/${user.id}/two`, MARKER);
}

/** Notifications of their own, and with their name in it, in objects and in D1. */
async function tell({ user }: SignedIn, other: SignedIn): Promise<void> {
  const words = { title: MARKER, message: MARKER };
  await presenceStub(user.id).notify({ type: "SYSTEM", cause: MARKER, data: { ko: words, en: words, url: MARKER } });
  const request = { requestId: 1, userId: user.id, name: MARKER };
  await presenceStub(other.user.id).notify({ type: "MATCH_REQUEST", cause: "match-request:1", data: request });
  for (const { id } of [user, other.user]) await presenceStub(id).flush();
}

/** What somebody's own object has told them. */
async function toldTo({ user }: SignedIn): Promise<string> {
  const tables = ["notifications", "notification_causes", "notification_settings"];
  return JSON.stringify(
    await Promise.all(tables.map((name) => rowsOf(presenceStub(user.id), `SELECT * FROM ${name}`))),
  );
}

/** Learned with others: said how it was, recorded it, and has more to come, in a calendar of their own. Returns the session. */
async function learn(person: SignedIn, other: SignedIn): Promise<number> {
  const held = await recordedCallOf(person, other);
  const [hers] = held.sockets;
  await hers?.request({ type: "chat", content: MARKER });
  const recordings = `/v1/sessions/${held.id}/recordings`;
  const { token } = person;
  await call("POST", recordings, { token, body: { contentType: "video/webm" } });
  await call("PUT", `${recordings}/1/parts/1`, { token, body: joined(WEBM, new TextEncoder().encode(MARKER)) });
  await call("POST", `${recordings}/1/complete`, { token, body: { duration: 1 } });
  await call("POST", recordings, { token, body: { contentType: "video/webm" } });
  await endCall(held);
  await told(person, held.id, "rating", { rating: 5, feedback: MARKER });
  await planned(person, [other]);
  await call("POST", "/v1/me/calendar-feed", { token });
  await countSessions.step(env, countSessions.first(Date.now()), Date.now());
  return held.id;
}

/** What is kept of somebody's sessions by the Worker, by table. */
async function ofSessions({ user }: SignedIn): Promise<Record<string, number>> {
  const counted = await env.DB.prepare(
    `SELECT (SELECT count(*) FROM session_bookings WHERE user_id = ?1) AS bookings,
       (SELECT count(*) FROM calendar_feeds WHERE user_id = ?1) AS feeds,
       (SELECT count(*) FROM user_partnerships WHERE user_id_1 = ?1 OR user_id_2 = ?1) AS partnerships,
       (SELECT count(*) FROM session_recordings WHERE recorded_by_user_id = ?1) AS recordings,
       (SELECT count(*) FROM learning_sessions WHERE created_by_user_id = ?1) AS hosted`,
  )
    .bind(user.id)
    .first<Record<string, number>>();
  return counted ?? {};
}

const sessionTables = (id: number) =>
  runInDurableObject(env.LEARNING_SESSION.getByName(String(id)), (_, { storage }) =>
    ["session", "participants", "messages", "recordings"].map((table) =>
      storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
    ),
  );

/** Everything in the main database, in the objects of a room and of a person, in R2 and in KV, as text. */
async function everything(roomId: number, userId: number): Promise<string> {
  const tables = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name <> 'd1_migrations'",
  ).all<{ name: string }>();
  const rows = await env.DB.batch(tables.results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
  const room = await runInDurableObject(roomStub(roomId), (_, { storage }) =>
    ["room", "participants", "messages"].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
  );
  const own = await runInDurableObject(presenceStub(userId), (_, { storage }) =>
    ["me", "inbox"].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
  );
  const { objects } = await env.MEDIA.list();
  const files = await Promise.all(objects.map(async ({ key }) => [key, await (await env.MEDIA.get(key))?.text()]));
  const { keys } = await env.CACHE.list();
  const cached = await Promise.all(keys.map(async ({ name }) => [name, await env.CACHE.get(name)]));
  return JSON.stringify([rows.map(({ results }) => results), room, own, files, cached]);
}

async function finishJob(): Promise<void> {
  let progress: string | null = deleteAccounts.first(0);
  for (let steps = 0; progress !== null; steps += 1) {
    expect(steps).toBeLessThan(50);
    // Each step twice, as after a kill before its progress was saved.
    await deleteAccounts.step(env, progress, 0);
    progress = (await deleteAccounts.step(env, progress, 0)).progress;
  }
}

test("neither an export nor a deletion reads through a table", async () => {
  const [person, other] = [await signIn(), await signIn()];
  await groupOf([person, other]);
  const queries = new Set<string>();
  const listening = { ...env, DB: listeningDatabase(queries) };
  const answer = await app.fetch(requestFor("GET", "/v1/me/export", { token: person.token }), listening);
  expect((await answer.text()).length).toBeGreaterThan(0);
  await call("DELETE", "/v1/me", { token: person.token });
  let progress: string | null = deleteAccounts.first(0);
  while (progress !== null) ({ progress } = await deleteAccounts.step(listening, progress, 0));
  expect(queries.size).toBeGreaterThanOrEqual(25);
  expect(await scansOf(queries)).toEqual([]);
});

test("an account that is deleted leaves nothing behind but its messages, whose author is a deleted user", async () => {
  const [minji, daniel] = [await signIn(MARKER, `${MARKER.replace("표식", "x")}@example.org`), await signIn("Daniel")];
  const room = await groupOf([daniel, minji], "A group");
  await say(await enter(room.id, minji), "이 말은 남아요");
  await roomStub(room.id).flush();
  // In her inbox: what others wrote to her, and when she was there.
  const direct = await introduce(daniel.user.id, minji.user.id);
  await sayIn(direct, daniel.user.id, `${MARKER} of another`);
  await direct.stub.flush();
  await leave(minji.user.id, await online(minji.user.id));
  expect((await env.CACHE.list({ prefix: `online:${minji.user.id}` })).keys).toHaveLength(1);
  await leaveTraces(minji, daniel);
  await tell(minji, daniel);
  const sessionId = await learn(minji, daniel);
  expect(await ofSessions(minji)).toEqual({ bookings: 2, feeds: 1, partnerships: 1, recordings: 2, hosted: 2 });
  expect(JSON.stringify(await sessionTables(sessionId))).toContain(MARKER);
  expect(await everything(room.id, minji.user.id)).toContain(MARKER);
  for (const person of [minji, daniel]) expect(await toldTo(person)).toContain(MARKER);

  const deletion = await call("DELETE", "/v1/me", { token: minji.token });
  expect(deletion.status).toBe(202);
  expect((await call("DELETE", "/v1/me")).status).toBe(401);
  // Partners are still to hear that she went: until then the rest is done, and this is owed on.
  await finishJob();
  expect(await runFanOuts(env)).toMatchObject({ failed: 0 });
  expect(
    await env.DB.prepare("SELECT count(*) AS owed FROM fan_outs WHERE task = 'LEAVE'").first("owed"),
  ).toBeGreaterThan(0);
  clock.advance(60_000);
  await ring(minji.user.id);
  expect(await runFanOuts(env)).toMatchObject({ failed: 0, isDone: true });
  expect(await env.DB.prepare("SELECT count(*) AS owed FROM fan_outs").first("owed")).toBe(0);
  // A DIRECT room is not left: what is said in it later is not kept in her inbox.
  await sayIn(direct, daniel.user.id, `${MARKER} later`);
  await direct.stub.flush();
  await roomStub(room.id).flush();
  expect((await env.CACHE.list({ prefix: `online:${minji.user.id}` })).keys).toEqual([]);
  expect(await rowsOf(presenceStub(minji.user.id), "SELECT * FROM inbox")).toEqual([]);
  // His own words stay his.
  await env.DB.batch(
    ["chat_messages", "chat_messages_archive"].map((table) =>
      env.DB.prepare(`DELETE FROM ${table} WHERE room_id = ?`).bind(direct.id),
    ),
  );
  expect(await tellOwed(env)).toMatchObject({ failed: 0, isDone: true });
  for (const person of [minji, daniel]) expect(await toldTo(person)).not.toContain(MARKER);
  expect(await ofSessions(minji)).toEqual({ bookings: 0, feeds: 0, partnerships: 0, recordings: 0, hosted: 0 });
  expect(JSON.stringify(await sessionTables(sessionId))).not.toContain(MARKER);
  expect((await env.MEDIA.list({ prefix: "recording/" })).objects).toEqual([]);
  expect((await listedFor(daniel)).items.map(({ status, createdByUserId }) => [status, createdByUserId])).toEqual([
    ["COMPLETED", null],
    ["CANCELLED", null],
  ]);
  const left = await everything(room.id, minji.user.id);
  expect(left).not.toContain(MARKER);
  expect(left).not.toContain("x-marker-7f3a");
  expect(left).toContain("이 말은 남아요");

  const seen = await (await call("GET", `/v1/rooms/${room.id}`, { token: daniel.token })).json();
  expect(seen).toMatchObject({
    participants: expect.arrayContaining([
      expect.objectContaining({ userId: minji.user.id, name: "Deleted user", imageUrl: null, isActive: false }),
    ]),
  });
  // The address is free again, and is somebody new.
  const again = await signIn("Another", "x-marker-7f3a@example.org");
  expect(again.user.id).not.toBe(minji.user.id);
});

test("of thousands of rows each step takes some of every table, and the last empties the account", async () => {
  const { user, token } = await signIn("Minji");
  const numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)";
  const log = (table: string) =>
    `INSERT INTO ${table} (id, user_id, activity) ${numbers} SELECT 1000000 + i, ?1, 'tokens_refreshed' FROM n`;
  const statements = [
    `INSERT INTO refresh_tokens (user_id, device_id, token, expires_at) ${numbers}
     SELECT ?1, (SELECT device_id FROM user_sessions WHERE user_id = ?1), 'token-' || i, 9e12 FROM n`,
    log("user_activity_logs"),
    log("user_activity_logs_archive"),
  ];
  await env.DB.batch(statements.map((sql) => env.DB.prepare(sql).bind(user.id)));
  const left = () =>
    env.DB.prepare(
      `SELECT (SELECT count(*) FROM refresh_tokens WHERE user_id = ?1) AS tokens,
         (SELECT count(*) FROM user_activity_logs WHERE user_id = ?1) AS log,
         (SELECT count(*) FROM user_activity_logs_archive WHERE user_id = ?1) AS archive,
         (SELECT erased_at IS NOT NULL FROM users WHERE id = ?1) AS isErased`,
    )
      .bind(user.id)
      .first();
  await call("DELETE", "/v1/me", { token });
  const states = [];
  for (let progress: string | null = deleteAccounts.first(0); progress !== null; ) {
    progress = (await deleteAccounts.step(env, progress, 0)).progress;
    states.push(await left());
  }
  const [begun, first, second, last, end] = states;
  expect(begun).toEqual({ tokens: 4_501, log: 4_501, archive: 4_500, isErased: 0 });
  expect(first).toEqual({ tokens: 2_501, log: 2_501, archive: 2_500, isErased: 0 });
  expect(second).toEqual({ tokens: 501, log: 501, archive: 500, isErased: 0 });
  expect(last).toEqual({ tokens: 0, log: 0, archive: 0, isErased: 1 });
  expect(end).toEqual(last);
  expect(states).toHaveLength(5);
});

test("an export holds everything of one person, and nothing of others", async () => {
  const [minji, daniel] = [await signIn("Minji"), await signIn("Daniel")];
  await leaveTraces({ ...minji, user: { ...minji.user } }, daniel);
  await tell(minji, daniel);
  const room = await groupOf([daniel, minji], "A group");
  const theirs = await enter(room.id, daniel);
  await say(theirs, "Daniel wrote this");
  const own = await enter(room.id, minji);
  await say(own, "내가 쓴 말");
  await own.request({ type: "message.correct", id: 1, corrected: "Daniel has written this" });
  await own.request({ type: "reaction.add", id: 1, emoji: "👍" });
  await roomStub(room.id).flush();

  const response = await call("GET", "/v1/me/export", { token: minji.token });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const lines = (await response.text())
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
  const types = new Set(lines.map(({ type }) => type));
  expect([...types].sort()).toEqual(
    [
      ...[
        "activity",
        "block",
        "correction",
        "device",
        "interest",
        "language",
        "matchingPreferences",
        "media",
        "message",
      ],
      ...["notification", "notificationSettings"],
      ...["onboarding", "onboardingStep", "pushSubscription", "reaction", "report", "room", "user"],
    ].sort(),
  );
  expect(lines.filter(({ type }) => type === "message")).toMatchObject([
    { roomId: room.id, id: 2, content: "내가 쓴 말" },
  ]);
  expect(lines.find(({ type }) => type === "correction")).toMatchObject({
    messageId: 1,
    corrected: "Daniel has written this",
  });
  expect(JSON.stringify(lines)).not.toContain("Daniel wrote this");
  expect(JSON.stringify(lines)).not.toMatch(/session_token|sessionToken|bodyHash|p256dh|auth_key|authKey/);
  expect((await call("GET", "/v1/me/export")).status).toBe(401);
});
