/** One person is in one place at a time: what D1 alone decides about planned sessions. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
  type Booking,
  book as bookMarked,
  unbook,
  unbookAll,
  unbookAskedAnew,
} from "../../src/planned-sessions/bookings.ts";
import {
  createSessions,
  findCreated,
  findNewSession,
  type PlannedSessions,
} from "../../src/planned-sessions/creation.ts";
import { countingDatabase, planOf, type RecordedRead, recordedPrimary } from "../support/recorded.ts";
import { makePeople } from "../support/rooms.ts";

const HOUR = 60 * 60_000;
/** The session and its indexes, each of its people with theirs, the host's booking. */
const MOST_ROWS = 25;
const NOW = Date.UTC(2027, 0, 4, 9);
const at = (hours: number, length = 1) => ({ start: NOW + hours * HOUR, end: NOW + (hours + length) * HOUR });

function planOfHost(hostId: number, change: Partial<PlannedSessions> = {}): PlannedSessions {
  return {
    hostId,
    sessionType: "GROUP_VIDEO",
    title: "회화",
    description: null,
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    maxParticipants: 4,
    inviteeIds: [],
    occurrences: [at(24)],
    ...change,
  };
}

const book = async (database: D1Database, booking: Booking) => (await bookMarked(database, booking)) !== null;
const mark = (key: string = crypto.randomUUID(), hash = "a hash") => ({ key, hash });
const create = (plan: PlannedSessions, one = mark()) => createSessions(env.DB, plan, one, NOW);

async function created(plan: PlannedSessions): Promise<readonly [number, ...number[]]> {
  const outcome = await create(plan);
  if (!outcome.ok) throw new Error(`not created: ${outcome.error.code}`);
  const [first, ...others] = outcome.value.sessions.map(({ id }) => id);
  if (first === undefined) throw new Error("nothing created");
  return [first, ...others];
}

interface Booked {
  readonly sessionId: number;
  readonly start: number;
  readonly end: number;
}

async function bookingsOf(userId: number): Promise<Booked[]> {
  const { results } = await env.DB.prepare(
    'SELECT session_id AS sessionId, starts_at AS start, ends_at AS "end" FROM session_bookings WHERE user_id = ? ORDER BY starts_at',
  )
    .bind(userId)
    .all<Booked>();
  return results;
}

async function onePerson(): Promise<number> {
  const [person = 0] = await makePeople(1);
  return person;
}

/** Sessions of other people, at these times. */
async function sessionsAt(...times: readonly { start: number; end: number }[]): Promise<number[]> {
  const hosts = await makePeople(times.length);
  const ids = await Promise.all(
    times.map((one, index) => created(planOfHost(hosts[index] ?? 0, { occurrences: [one] }))),
  );
  return ids.map(([id]) => id);
}

describe("of fifty at the same moment, exactly one gets the time", () => {
  test("where somebody makes fifty sessions", async () => {
    const host = await onePerson();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => create(planOfHost(host))));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
    expect(refusals).toEqual(Array.from({ length: 49 }, () => ({ code: "taken", occurrences: [0] })));
    expect(await bookingsOf(host)).toHaveLength(1);
  });

  test("where somebody says yes to fifty sessions that overlap", async () => {
    const guest = await onePerson();
    const times = Array.from({ length: 50 }, (_, index) => at(24 + index / 100));
    const sessionIds = await sessionsAt(...times);
    const outcomes = await Promise.all(
      sessionIds.map((sessionId, index) => book(env.DB, { userId: guest, sessionId, ...(times[index] ?? at(24)) })),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await bookingsOf(guest)).toHaveLength(1);
  });

  test("where somebody says yes to some and makes others", async () => {
    const person = await onePerson();
    const sessionIds = await sessionsAt(...Array.from({ length: 25 }, () => at(24)));
    const outcomes = await Promise.all(
      sessionIds.flatMap((sessionId) => [
        book(env.DB, { userId: person, sessionId, ...at(24) }),
        create(planOfHost(person)).then(({ ok }) => ok),
      ]),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await bookingsOf(person)).toHaveLength(1);
  });

  test("where somebody moves fifty bookings to it", async () => {
    const guest = await onePerson();
    const times = Array.from({ length: 50 }, (_, index) => at(100 + 2 * index));
    const sessionIds = await sessionsAt(...times);
    for (const [index, sessionId] of sessionIds.entries()) {
      expect(await book(env.DB, { userId: guest, sessionId, ...(times[index] ?? at(100)) })).toBe(true);
    }
    const moved = await Promise.all(
      sessionIds.map((sessionId) => book(env.DB, { userId: guest, sessionId, ...at(24) })),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect((await bookingsOf(guest)).filter(({ start }) => start === at(24).start)).toHaveLength(1);
    expect(await bookingsOf(guest)).toHaveLength(50);
  });
});

describe("a booking", () => {
  test.each([
    ["ends where another begins", at(23), true],
    ["begins where another ends", at(25), true],
    ["begins within another", at(24.99), false],
    ["ends within another", at(23.01), false],
    ["is around another", at(23, 3), false],
    ["is inside another", at(24.25, 0.5), false],
    ["is the same", at(24), false],
  ])("is taken by whether it overlaps: it %s", async (_, times, isFree) => {
    const guest = await onePerson();
    const [first = 0, second = 0] = await sessionsAt(at(24), times);
    expect(await book(env.DB, { userId: guest, sessionId: first, ...at(24) })).toBe(true);
    expect(await book(env.DB, { userId: guest, sessionId: second, ...times })).toBe(isFree);
  });

  test("of the longest session is seen until its end", async () => {
    const guest = await onePerson();
    const [first = 0, second = 0, third = 0] = await sessionsAt(at(24, 4), at(27.99), at(28));
    await book(env.DB, { userId: guest, sessionId: first, ...at(24, 4) });
    expect(await book(env.DB, { userId: guest, sessionId: second, ...at(27.99) })).toBe(false);
    expect(await book(env.DB, { userId: guest, sessionId: third, ...at(28) })).toBe(true);
  });

  test.each(["COMPLETED", "CANCELLED"])("of a session that is %s already takes nobody's time", async (status) => {
    const guest = await onePerson();
    const [first = 0, second = 0] = await sessionsAt(at(24), at(24.5));
    await book(env.DB, { userId: guest, sessionId: first, ...at(24) });
    await env.DB.prepare("UPDATE learning_sessions SET status = ? WHERE id = ?").bind(status, first).run();
    expect(await book(env.DB, { userId: guest, sessionId: second, ...at(24.5) })).toBe(true);
    expect(await create(planOfHost(guest, { occurrences: [at(24)] }))).toMatchObject({ ok: false });
  });

  test("is in nobody else's way", async () => {
    const [tom = 0, jane = 0] = await makePeople(2);
    const [session = 0] = await sessionsAt(at(24));
    expect(await book(env.DB, { userId: tom, sessionId: session, ...at(24) })).toBe(true);
    expect(await book(env.DB, { userId: jane, sessionId: session, ...at(24) })).toBe(true);
  });

  test("may be made again, and moved within its own time", async () => {
    const guest = await onePerson();
    const [session = 0] = await sessionsAt(at(24));
    const booking = { userId: guest, sessionId: session };
    for (const times of [at(24), at(24), at(24.5)]) expect(await book(env.DB, { ...booking, ...times })).toBe(true);
    expect(await bookingsOf(guest)).toEqual([{ sessionId: session, ...at(24.5) }]);
  });

  test("stays where it was, if it cannot be moved", async () => {
    const guest = await onePerson();
    const [first = 0, second = 0] = await sessionsAt(at(24), at(26));
    await book(env.DB, { userId: guest, sessionId: first, ...at(24) });
    await book(env.DB, { userId: guest, sessionId: second, ...at(26) });
    expect(await book(env.DB, { userId: guest, sessionId: first, ...at(25.5) })).toBe(false);
    expect(await bookingsOf(guest)).toEqual([
      { sessionId: first, ...at(24) },
      { sessionId: second, ...at(26) },
    ]);
  });

  test("is given back: one's own, all of a session, or those of who is asked anew", async () => {
    const [tom = 0, jane = 0, kim = 0] = await makePeople(3);
    const [session = 0] = await sessionsAt(at(24));
    for (const userId of [tom, jane, kim]) await book(env.DB, { userId, sessionId: session, ...at(24) });
    await unbook(env.DB, { userId: tom, sessionId: session });
    expect(await bookingsOf(tom)).toEqual([]);
    await book(env.DB, { userId: tom, sessionId: session, ...at(24) });
    // Jane has said yes again, to the time that it has now; Kim has not.
    const mark = (await bookMarked(env.DB, { userId: tom, sessionId: session, ...at(30) })) ?? 0;
    await env.DB.prepare(
      "INSERT INTO session_participants (session_id, user_id, invitation) VALUES (?1, ?2, 'CONFIRMED'), (?1, ?3, 'INVITED')",
    )
      .bind(session, jane, kim)
      .run();
    await env.DB.prepare("UPDATE session_bookings SET created_at = ? WHERE user_id = ?")
      .bind(mark + 1, jane)
      .run();
    await unbookAskedAnew(env.DB, { sessionId: session, hostId: tom, mark });
    expect([await bookingsOf(kim), await bookingsOf(tom)]).toEqual([[], [{ sessionId: session, ...at(30) }]]);
    expect(await bookingsOf(jane)).toHaveLength(1);
    await unbookAll(env.DB, session);
    expect(await bookingsOf(jane)).toEqual([]);
  });
});

test("a booking is taken back as it was made: one that was made again since stays", async () => {
  const guest = await onePerson();
  const [session = 0] = await sessionsAt(at(24));
  const booking = { userId: guest, sessionId: session };
  const first = await bookMarked(env.DB, { ...booking, ...at(24) });
  const again = await bookMarked(env.DB, { ...booking, ...at(24) });
  expect(again).toBeGreaterThan(first ?? 0);
  await unbook(env.DB, { ...booking, mark: first });
  expect(await bookingsOf(guest)).toHaveLength(1);
  await unbook(env.DB, { ...booking, mark: again });
  expect(await bookingsOf(guest)).toEqual([]);
});

describe("the creation of sessions", () => {
  test("leaves everything in D1 that the object is told: the host confirmed and booked, the others asked", async () => {
    const [host = 0, guest = 0] = await makePeople(2);
    const [id] = await created(planOfHost(host, { inviteeIds: [guest] }));
    expect(await findNewSession(env.DB, id)).toMatchObject({
      id,
      title: "회화",
      hostId: host,
      seriesId: null,
      scheduledStartTime: at(24).start,
      participants: [{ userId: host }, { userId: guest }],
    });
    const people = await env.DB.prepare(
      "SELECT role, invitation, is_confirmed AS isConfirmed FROM session_participants WHERE session_id = ? ORDER BY id",
    )
      .bind(id)
      .all();
    expect(people.results).toEqual([
      { role: "HOST", invitation: "CONFIRMED", isConfirmed: 1 },
      { role: "PARTICIPANT", invitation: "INVITED", isConfirmed: 0 },
    ]);
    expect([await bookingsOf(host), await bookingsOf(guest)]).toEqual([[{ sessionId: id, ...at(24) }], []]);
  });

  test("makes all of a recurrence in one series, each with its own time", async () => {
    const host = await onePerson();
    const occurrences = [at(24), at(24 + 168), at(24 + 336)];
    const ids = await created(planOfHost(host, { occurrences }));
    const sessions = await Promise.all(ids.map((id) => findNewSession(env.DB, id)));
    expect(sessions.map((one) => [one?.scheduledStartTime, one?.seriesId])).toEqual(
      occurrences.map(({ start }) => [start, ids[0]]),
    );
    const names = await env.DB.prepare("SELECT room_id AS name FROM learning_sessions WHERE series_id = ? ORDER BY id")
      .bind(ids[0])
      .all<{ name: string }>();
    expect(names.results.map(({ name }) => name)).toEqual(ids.map((id) => `learning-session:${id}`));
  });

  test("makes nothing of a recurrence that overlaps once", async () => {
    const host = await onePerson();
    await created(planOfHost(host, { occurrences: [at(24 + 168.5)] }));
    const outcome = await create(planOfHost(host, { occurrences: [at(24), at(24 + 168), at(24 + 336)] }));
    expect(outcome).toEqual({ ok: false, error: { code: "taken", occurrences: [1] } });
    expect(await bookingsOf(host)).toHaveLength(1);
  });

  test("finds what a request made before, also where both came at the same moment", async () => {
    const [host = 0, guest = 0] = await makePeople(2);
    const one = mark();
    const plan = planOfHost(host, { inviteeIds: [guest], occurrences: [at(24), at(24 + 168)] });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => create(plan, one)));
    const made = outcomes.map((outcome) => (outcome.ok ? outcome.value : null));
    expect(made.filter((each) => each?.isNew)).toHaveLength(1);
    expect(new Set(made.map((each) => each?.sessions.map(({ id }) => id).join())).size).toBe(1);
    expect(await bookingsOf(host)).toHaveLength(2);
    expect(await create(plan, { ...one, hash: "of another body" })).toEqual({ ok: false, error: { code: "conflict" } });
    expect(await findCreated(env.DB, guest, one)).toBeNull();
  });

  test("is refused with people who are not there, or are no longer", async () => {
    const [host = 0, gone = 0] = await makePeople(2);
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(gone).run();
    const outcome = await create(planOfHost(host, { inviteeIds: [gone, 999_999_999] }));
    expect(outcome).toEqual({ ok: false, error: { code: "unknown", userIds: [gone, 999_999_999] } });
    expect(await bookingsOf(host)).toEqual([]);
  });

  test.each([
    ["the host blocked", true],
    ["who blocked the host", false],
  ])("is refused with somebody %s", async (_, isByHost) => {
    const [host = 0, other = 0] = await makePeople(2);
    await env.DB.prepare("INSERT INTO user_blocks (user_id, blocked_user_id) VALUES (?, ?)")
      .bind(...(isByHost ? [host, other] : [other, host]))
      .run();
    expect(await create(planOfHost(host, { inviteeIds: [other] }))).toEqual({ ok: false, error: { code: "blocked" } });
  });

  test("leaves somebody a hundred sessions to come, those that are past not counted", async () => {
    const host = await onePerson();
    await created(planOfHost(host, { occurrences: [at(-2)] }));
    for (let made = 0; made < 100; made += 25) {
      await created(
        planOfHost(host, { occurrences: Array.from({ length: 25 }, (_, index) => at(24 + 2 * (made + index))) }),
      );
    }
    expect(await create(planOfHost(host, { occurrences: [at(1_000)] }))).toEqual({
      ok: false,
      error: { code: "too_many" },
    });
  });
});

test("a session of two costs D1 a bounded number of rows", async () => {
  const [host = 0, guest = 0] = await makePeople(2);
  const counts: number[] = [];
  const plan = planOfHost(host, { inviteeIds: [guest] });
  const created = await createSessions(countingDatabase(counts), plan, mark(), NOW);
  expect(created.ok).toBe(true);
  const [sessions = 0, people = 0, bookings = 0, names = 0] = counts;
  console.log(`rows written by a session of two: ${sessions} + ${people} + ${bookings} + ${names}`);
  expect(sessions + people + bookings + names).toBeLessThanOrEqual(MOST_ROWS);
});

describe("what D1 reads", () => {
  const READS_OF_A_BOOKING = 6;

  test("of a person with many bookings is those about the time that is asked for", async () => {
    const guest = await onePerson();
    const times = Array.from({ length: 60 }, (_, index) => at(24 + 5 * index));
    const sessionIds = await sessionsAt(...times);
    for (const [index, sessionId] of sessionIds.entries()) {
      await book(env.DB, { userId: guest, sessionId, ...(times[index] ?? at(24)) });
    }
    const [session = 0] = await sessionsAt(at(151));
    const reads: RecordedRead[] = [];
    expect(await book(recordedPrimary(reads), { userId: guest, sessionId: session, ...at(151) })).toBe(true);
    const [read = { query: "", bindings: [], rowsRead: 0, rowsReturned: 0 }] = reads;
    expect(read.rowsRead).toBeLessThanOrEqual(READS_OF_A_BOOKING);
    const plan = (await planOf(read)).join("; ");
    expect(plan).toContain(
      "SEARCH taken USING COVERING INDEX idx_session_bookings_time (user_id=? AND starts_at>? AND starts_at<?)",
    );
    expect(plan).not.toContain("SCAN taken");
  });
});
