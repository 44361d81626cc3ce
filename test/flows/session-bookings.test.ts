/**
 * People who plan, confirm, decline, move and call off at the same moment, in every order that chance makes: whatever comes of
 * it, nobody is in two places at once, and every yes has its time.
 */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { compareBookings } from "../../src/jobs/compare-bookings.ts";
import { clock } from "../support/clock.ts";
import { call, type SignedIn, signInMany } from "../support/http.ts";
import { askForSession, listedFor, tell, timesIn } from "../support/planned.ts";

const ROUNDS = 12;
const AT_ONCE = 8;
/** Half an hour apart, an hour long: each overlaps with the next. */
const STARTS = [24, 24.5, 25, 25.5, 26];

/** Small and repeatable: the same seed tells the same story. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Held {
  readonly userId: number;
  readonly sessionId: number;
  readonly start: number;
  readonly end: number;
}

async function bookedBy(people: readonly SignedIn[]): Promise<Held[]> {
  const { results } = await env.DB.prepare(
    `SELECT user_id AS userId, session_id AS sessionId, starts_at AS start, ends_at AS "end" FROM session_bookings
     WHERE user_id IN (SELECT value FROM json_each(?)) ORDER BY user_id, session_id`,
  )
    .bind(JSON.stringify(people.map(({ user }) => user.id)))
    .all<Held>();
  return results;
}

/** What is promised: by each who said yes, of each session that is not over. */
async function promisedBy(people: readonly SignedIn[]): Promise<Held[]> {
  const promised: Held[] = [];
  for (const person of people) {
    for (const { id } of (await listedFor(person, "?limit=100")).items) {
      const response = await call("GET", `/v1/sessions/${id}`, { token: person.token });
      const session = await response.json<Awaited<ReturnType<typeof listedFor>>["items"][number]>();
      const own = session.participants.find(({ userId }) => userId === person.user.id)?.invitation;
      if (session.status !== "SCHEDULED" || (own !== "CONFIRMED" && own !== "WAITLISTED")) continue;
      const times = { start: Date.parse(session.scheduledStartTime), end: Date.parse(session.scheduledEndTime) };
      promised.push({ userId: person.user.id, sessionId: id, ...times });
    }
  }
  return promised.toSorted((a, b) => a.userId - b.userId || a.sessionId - b.sessionId);
}

const overlaps = (held: readonly Held[]) =>
  held.flatMap((one) =>
    held.filter(
      (other) =>
        one.userId === other.userId &&
        one.sessionId < other.sessionId &&
        one.start < other.end &&
        other.start < one.end,
    ),
  );

describe.each([1, 7, 19])("in story %i", (seed) => {
  test("nobody is in two places at once, every yes has its time, and the job leaves nothing else", {
    timeout: 30_000,
  }, async () => {
    const pick = chance(seed);
    const people = await signInMany("Minji", "Daniel", "Sofia");
    const anyone = () => people[pick(people.length)] ?? people[0];
    const ids: number[] = [];
    const someSession = () => ids[pick(ids.length)] ?? 0;
    const someTime = () => timesIn(STARTS[pick(STARTS.length)] ?? 24);
    const acts: readonly (() => Promise<Response>)[] = [
      () => {
        const host = anyone();
        const guests = people.filter((one) => one !== host);
        return askForSession(host, guests, { body: { ...someTime(), sessionType: "VIDEO_1V1" } });
      },
      () => tell(anyone(), someSession(), "confirm"),
      () => tell(anyone(), someSession(), "confirm"),
      () => tell(anyone(), someSession(), "confirm"),
      () => tell(anyone(), someSession(), "decline"),
      () => call("PATCH", `/v1/sessions/${someSession()}`, { token: anyone().token, body: someTime() }),
      () => call("PATCH", `/v1/sessions/${someSession()}`, { token: anyone().token, body: someTime() }),
      () => (pick(3) === 0 ? tell(anyone(), someSession(), "cancel") : tell(anyone(), someSession(), "confirm")),
    ];
    let agreed = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = Array.from({ length: AT_ONCE }, () => acts[pick(acts.length)]?.());
      for (const response of await Promise.all(begun)) {
        if (response === undefined) continue;
        expect(response.status).toBeLessThan(500);
        if (response.ok) agreed += 1;
        if (response.status === 201) ids.push((await response.json<{ id: number }>()).id);
      }
      const held = await bookedBy(people);
      expect(overlaps(held)).toEqual([]);
      const promised = await promisedBy(people);
      expect(overlaps(promised)).toEqual([]);
      expect(held).toEqual(expect.arrayContaining(promised));
    }
    expect(agreed).toBeGreaterThan(ROUNDS);
    clock.advance(11 * 60_000);
    for (let progress: string | null = compareBookings.first(Date.now()); progress !== null; ) {
      ({ progress } = await compareBookings.step(env, progress, Date.now()));
    }
    expect(await bookedBy(people)).toEqual(await promisedBy(people));
  });
});
