/** What the lists and bookings of sessions cost D1: the rows of one person, never a table. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { sessionIdsOf } from "../../src/fan-outs/store.ts";
import { compareBookings } from "../../src/jobs/compare-bookings.ts";
import { expireRecordings } from "../../src/jobs/expire-recordings.ts";
import { makeSessions } from "../../src/jobs/make-sessions.ts";
import { book, unbook, unbookAll, unbookAskedAnew, unbookIfOver } from "../../src/planned-sessions/bookings.ts";
import { createSessions, type PlannedSessions } from "../../src/planned-sessions/creation.ts";
import { ownerOfFeed, renewFeed } from "../../src/sessions/calendar-store.ts";
import { followingIds, listSessions } from "../../src/sessions/store.ts";
import { listeningDatabase, type RecordedRead, recordedPrimary, scansOf } from "../support/recorded.ts";
import { makePeople } from "../support/rooms.ts";

const HOUR = 60 * 60_000;
const START = Date.UTC(2027, 4, 3, 9);
const OTHERS = 2_000;
const OWN = 60;
const wholePage = { after: null, limit: 20, from: null, to: null, status: null };

let minji = 0;
let daniel = 0;

/** One person's sessions among many more of others. */
beforeAll(async () => {
  [minji = 0, daniel = 0] = await makePeople(2);
  const [stranger = 0] = await makePeople(1);
  const sessions = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
    INSERT INTO learning_sessions (session_type, scheduled_start_time, scheduled_end_time, created_by_user_id, rev, primary_language)
    SELECT 'VIDEO_1V1', ?1 + i * ${HOUR}, ?1 + i * ${HOUR} + 1800000, ?2, 1, 'ko' FROM n`;
  const insert = (owner: number, count: number) => env.DB.prepare(sessions).bind(START, owner, count);
  const people = (host: number, guest: number) =>
    env.DB.prepare(
      `INSERT INTO session_participants (session_id, user_id, role, invitation)
       SELECT session.id, value, iif(value = ?1, 'HOST', 'PARTICIPANT'), 'CONFIRMED'
       FROM learning_sessions AS session, json_each(?2)
       WHERE created_by_user_id = ?1`,
    ).bind(host, JSON.stringify([host, guest]));
  await env.DB.batch([
    insert(stranger, OTHERS),
    insert(minji, OWN),
    people(stranger, daniel),
    people(minji, daniel),
    env.DB.prepare(
      `INSERT INTO session_bookings (user_id, session_id, starts_at, ends_at)
       SELECT own.user_id, session.id, scheduled_start_time, scheduled_end_time
       FROM learning_sessions AS session JOIN session_participants AS own ON own.session_id = session.id`,
    ),
  ]);
});

describe("a list", () => {
  test("reads one's own rows, and the people of the page, however many sessions others have", async () => {
    const reads: RecordedRead[] = [];
    const page = await listSessions(recordedPrimary(reads), minji, wholePage);
    expect(page).toHaveLength(21);
    expect(reads.map(({ rowsReturned }) => rowsReturned)).toEqual([21, 42]);
    // Of each of one's own its session; of the page two people each, with their names.
    expect(reads[0]?.rowsRead).toBeLessThanOrEqual(3 * OWN + 21);
    expect(reads[1]?.rowsRead).toBeLessThanOrEqual(2 * 3 * 21 + 2 * 21);
  });

  test("goes on behind its last session, and ends", async () => {
    const seen: number[] = [];
    let after: readonly [number, number] | null = null;
    for (let pages = 0; pages < 10; pages += 1) {
      const found = await listSessions(env.DB, minji, { ...wholePage, after });
      const items = found.slice(0, 20);
      seen.push(...items.map(({ id }) => id));
      const last = items.at(-1);
      if (found.length <= 20 || last === undefined) break;
      after = [Date.parse(last.scheduledStartTime), last.id];
    }
    expect(seen).toHaveLength(OWN);
    expect(new Set(seen).size).toBe(OWN);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});

test("no statement about sessions reads a table from end to end", async () => {
  const queries = new Set<string>();
  const database = listeningDatabase(queries);
  const listening = { ...env, DB: database };
  const [session] = await listSessions(database, minji, wholePage);
  const sessionId = session?.id ?? 0;
  const times = { start: START - 10 * HOUR, end: START - 9 * HOUR };
  await followingIds(database, sessionId, sessionId);
  await sessionIdsOf(database, { userId: minji, after: 0, limit: 5 }, "all");
  await sessionIdsOf(database, { userId: minji, after: 0, limit: 5 }, { before: START });
  await book(database, { userId: daniel, sessionId, ...times });
  await unbookAskedAnew(database, { sessionId, hostId: minji, mark: START });
  await unbookIfOver(database, sessionId);
  await unbook(database, { userId: daniel, sessionId });
  await unbookAll(database, sessionId);
  const secret = await renewFeed(database, minji);
  expect(await ownerOfFeed(database, secret ?? "")).toBe(minji);
  const plan: PlannedSessions = {
    hostId: daniel,
    sessionType: "VIDEO_1V1",
    title: null,
    description: null,
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    maxParticipants: 2,
    inviteeIds: [minji],
    occurrences: [times],
  };
  await createSessions(database, plan, { key: "a key", hash: "a hash" }, START);
  // Taken: it is found out why.
  await createSessions(database, plan, { key: "another key", hash: "a hash" }, START);
  for (const job of [makeSessions, expireRecordings]) await job.step(listening, job.first(START), START);
  for (const phase of [
    { phase: "over" },
    { phase: "booked", userId: 0, sessionId: 0 },
    { phase: "unbooked", start: START, sessionId: 0 },
  ]) {
    await compareBookings.step(listening, JSON.stringify({ begunAt: START, at: phase }), START);
  }
  expect(queries.size).toBeGreaterThan(20);
  // One looks through all bookings, a page at a time: that is what it is for.
  const scans = await scansOf(queries);
  expect(scans.filter((step) => !step.includes("booked USING"))).toEqual([]);
});
