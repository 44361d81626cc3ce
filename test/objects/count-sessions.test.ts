/** Sessions that took place are counted for each two who were in them: once, whoever counts, and however often. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { countSessions } from "../../src/jobs/count-sessions.ts";
import { listeningDatabase, scansOf } from "../support/recorded.ts";
import { makePeople } from "../support/rooms.ts";

const NOW = Date.UTC(2027, 2, 1, 12);
const HOUR = 60 * 60_000;

interface Took {
  readonly people: readonly number[];
  readonly noShows?: readonly number[];
  readonly status?: "COMPLETED" | "CANCELLED" | "SCHEDULED";
  readonly hoursAgo?: number;
}

async function took({ people, noShows = [], status = "COMPLETED", hoursAgo = 3 }: Took): Promise<number> {
  const start = NOW - hoursAgo * HOUR;
  const session = await env.DB.prepare(
    `INSERT INTO learning_sessions (session_type, scheduled_start_time, scheduled_end_time, actual_end_time, status,
       created_by_user_id) VALUES ('GROUP_VIDEO', ?1, ?2, ?3, ?4, ?5) RETURNING id`,
  )
    .bind(start, start + HOUR, start + HOUR + 1, status, people[0])
    .first<{ id: number }>();
  const id = session?.id ?? 0;
  await env.DB.batch(
    [...people, ...noShows].map((userId) =>
      env.DB.prepare(
        "INSERT INTO session_participants (session_id, user_id, invitation, attendance) VALUES (?, ?, 'CONFIRMED', ?)",
      ).bind(id, userId, noShows.includes(userId) ? "NO_SHOW" : "ATTENDED"),
    ),
  );
  return id;
}

/** A run to its end. Returns how many were counted. */
async function count(environment: Env = env): Promise<number> {
  let counted = 0;
  for (let progress: string | null = countSessions.first(NOW); progress !== null; ) {
    const outcome = await countSessions.step(environment, progress, NOW);
    counted += outcome.counts.sessions ?? 0;
    progress = outcome.progress;
  }
  return counted;
}

async function partnershipOf(one = 0, other = 0) {
  return env.DB.prepare(
    `SELECT total_sessions AS total, partnership_type AS type, last_session_at AS last, is_active AS isActive
     FROM user_partnerships WHERE user_id_1 = ? AND user_id_2 = ?`,
  )
    .bind(Math.min(one, other), Math.max(one, other))
    .first();
}

beforeEach(async () => {
  await count();
});

describe("a session that took place", () => {
  test("is counted for each two who were in it, and for nobody who did not come", async () => {
    const [minji = 0, daniel = 0, sofia = 0, absent = 0] = await makePeople(4);
    await took({ people: [sofia, minji, daniel], noShows: [absent] });
    expect(await count()).toBe(1);
    const once = { total: 1, type: "CASUAL", last: NOW - 2 * HOUR + 1, isActive: 1 };
    for (const [one, other] of [
      [minji, daniel],
      [minji, sofia],
      [daniel, sofia],
    ]) {
      expect(await partnershipOf(one, other)).toEqual(once);
    }
    expect(await partnershipOf(minji, absent)).toBeNull();
  });

  test("is counted once: by later runs, by several at the same moment, and by one that is done again", async () => {
    const [minji = 0, daniel = 0] = await makePeople(2);
    for (let made = 0; made < 3; made += 1) await took({ people: [minji, daniel] });
    const progress = countSessions.first(NOW);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => countSessions.step(env, progress, NOW)));
    expect(outcomes.reduce((sum, { counts }) => sum + (counts.sessions ?? 0), 0)).toBe(3);
    expect(await count()).toBe(0);
    expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 3 });
  });

  test("makes two people regular partners with the fifth", async () => {
    const [minji = 0, daniel = 0] = await makePeople(2);
    for (let made = 1; made <= 4; made += 1) {
      await took({ people: [minji, daniel] });
      await count();
    }
    expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 4, type: "CASUAL" });
    await took({ people: [daniel, minji], hoursAgo: 30 });
    await count();
    // The latest, not the one that was counted last.
    expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 5, type: "REGULAR", last: NOW - 2 * HOUR + 1 });
  });

  test("makes them regular where five are counted at once", async () => {
    const [minji = 0, daniel = 0] = await makePeople(2);
    for (let made = 0; made < 5; made += 1) await took({ people: [minji, daniel] });
    await count();
    expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 5, type: "REGULAR" });
  });

  test("leaves a partnership that matching made as it is but for its totals", async () => {
    const [minji = 0, daniel = 0] = await makePeople(2);
    await env.DB.prepare(
      "INSERT INTO user_partnerships (user_id_1, user_id_2, compatibility_score, is_active) VALUES (?, ?, 80, 0)",
    )
      .bind(minji, daniel)
      .run();
    await took({ people: [minji, daniel] });
    await count();
    expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 1, isActive: 0 });
  });
});

test.each<[name: string, took: Omit<Took, "people">]>([
  ["was called off", { status: "CANCELLED" }],
  ["is not over", { status: "SCHEDULED" }],
  ["was more than a week ago", { hoursAgo: 24 * 8 }],
])("a session that %s is not counted", async (_, what) => {
  const [minji = 0, daniel = 0] = await makePeople(2);
  await took({ people: [minji, daniel], ...what });
  expect(await count()).toBe(0);
  expect(await partnershipOf(minji, daniel)).toBeNull();
});

test("a session with somebody whose account is gone is counted for the others", async () => {
  const [minji = 0, daniel = 0, gone = 0] = await makePeople(3);
  await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(gone).run();
  await took({ people: [minji, daniel, gone] });
  expect(await count()).toBe(1);
  expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 1 });
  expect(await partnershipOf(minji, gone)).toBeNull();
});

test("more sessions than a step takes are all counted", async () => {
  const [minji = 0, daniel = 0] = await makePeople(2);
  await env.DB.prepare(
    `INSERT INTO learning_sessions (session_type, scheduled_start_time, scheduled_end_time, status)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)
     SELECT 'VIDEO_1V1', ?1 + i, ?1 + i + 60000, 'COMPLETED' FROM n`,
  )
    .bind(NOW - 24 * HOUR)
    .run();
  await env.DB.prepare(
    `INSERT INTO session_participants (session_id, user_id, invitation, attendance)
     SELECT session.id, person.value, 'CONFIRMED', 'ATTENDED' FROM learning_sessions AS session, json_each(?1) AS person
     WHERE session.scheduled_start_time BETWEEN ?2 AND ?2 + 450`,
  )
    .bind(JSON.stringify([minji, daniel]), NOW - 24 * HOUR + 1)
    .run();
  expect(await count()).toBeGreaterThanOrEqual(450);
  expect(await partnershipOf(minji, daniel)).toMatchObject({ total: 450, type: "REGULAR" });
});

test("no table is read from end to end for it", async () => {
  const [minji = 0, daniel = 0] = await makePeople(2);
  await took({ people: [minji, daniel] });
  const queries = new Set<string>();
  expect(await count({ ...env, DB: listeningDatabase(queries) })).toBe(1);
  expect(queries.size).toBe(3);
  expect(await scansOf(queries)).toEqual([]);
});
