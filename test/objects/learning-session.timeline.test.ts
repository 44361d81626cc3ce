/** What comes by the clock: reminders, the beginning and the end, whose language it is. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { objectsBehind, replaceBinding } from "../support/faults.ts";
import { openMe, presenceStub, rowsOf } from "../support/presence.ts";
import {
  ALL_MEDIA,
  agreedSession,
  granted,
  joinCall,
  MINUTE,
  openCall,
  peopleInD1,
  planSession,
  ring,
  sessionInD1,
  sessionRows,
  type TestSession,
} from "../support/sessions.ts";

const HOUR = 60 * MINUTE;

/** What somebody was told of, by its type and cause. */
async function causesOf(userId: number): Promise<string[]> {
  const rows = await rowsOf(presenceStub(userId), "SELECT cause FROM notification_causes ORDER BY cause").catch(
    () => [],
  );
  return rows.map(({ cause }) => String(cause));
}

async function told(session: TestSession): Promise<void> {
  await expect.poll(() => sessionRows(session.stub, "SELECT 1 FROM notices")).toEqual([]);
}

describe("before it begins", () => {
  it("invites, and asks anew for another time", async () => {
    const session = await planSession(2);
    const [host = 0, guest = 0] = session.userIds;
    await told(session);
    const first = await causesOf(guest);
    expect(first).toMatchObject([expect.stringMatching(/^session:\d+:invite:/)]);
    const start = Date.now() + 2 * 24 * HOUR;
    clock.advance(5);
    granted(await session.stub.reschedule(host, { start, end: start + HOUR }));
    await told(session);
    expect(await causesOf(guest)).toHaveLength(2);
    expect(await causesOf(host)).toEqual([]);
  });

  it("reminds who said yes, a day and ten minutes before, each once", async () => {
    const session = await agreedSession(3, { scheduledStartTime: Date.now() + 25 * HOUR, maxParticipants: 4 });
    const [host = 0, guest = 0, third = 0] = session.userIds;
    granted(await session.stub.decline(third));
    const own = (userId: number) => causesOf(userId).then((all) => all.filter((cause) => cause.includes("reminder")));
    for (const [elapsed, count] of [
      [HOUR - 1_000, 0],
      [1_000, 1],
      [10 * MINUTE, 1],
      [23 * HOUR + 40 * MINUTE, 2],
    ] as const) {
      clock.advance(elapsed);
      await ring(session);
      await ring(session);
      await told(session);
      expect([(await own(host)).length, (await own(guest)).length]).toEqual([count, count]);
    }
    expect(await own(third)).toEqual([]);
  });

  it("shows a reminder at once on devices that are open", async () => {
    const session = await agreedSession(2, { scheduledStartTime: Date.now() + 11 * MINUTE });
    const [host = 0] = session.userIds;
    const me = await openMe(host);
    clock.advance(MINUTE);
    await ring(session);
    expect(await me.waitFor("session.reminder")).toEqual({
      type: "session.reminder",
      sessionId: session.id,
      title: "Korean and English",
      startsAt: new Date(session.newSession.scheduledStartTime).toISOString(),
      minutes: 10,
    });
    await ring(session);
    await me.request({ type: "status.set", status: "busy" });
    expect([me.of("session.reminder").length, me.of("notification.created").length]).toEqual([1, 1]);
  });

  it("reminds nobody of what an outage made too late", async () => {
    const session = await agreedSession(2, { scheduledStartTime: Date.now() + 25 * HOUR });
    clock.advance(24 * HOUR + 56 * MINUTE);
    await ring(session);
    await told(session);
    expect((await causesOf(session.userIds[0] ?? 0)).filter((cause) => cause.includes("reminder"))).toEqual([]);
  });

  it("does not take place where fewer than two have said yes by its start, and says so", async () => {
    const session = await planSession(2, { scheduledStartTime: Date.now() + 5 * MINUTE });
    const hers = await openCall(session, session.userIds[0] ?? 0);
    clock.advance(5 * MINUTE);
    await ring(session);
    expect(await hers.waitFor("session.cancelled")).toMatchObject({ reason: "UNCONFIRMED" });
    expect((await hers.waitForClose()).code).toBe(4404);
    await session.stub.flush();
    expect(await sessionInD1(session.id)).toMatchObject({ status: "CANCELLED", end_reason: "UNCONFIRMED" });
    expect((await peopleInD1(session.id)).map(({ attendance }) => attendance)).toEqual([null, null]);
    await told(session);
    expect((await causesOf(session.userIds[1] ?? 0)).filter((cause) => cause.includes("cancelled"))).toHaveLength(1);
  });

  it("is over without having been, where two were never there; D1 knows who came", async () => {
    const session = await agreedSession(2);
    const hers = await joinCall(session, session.userIds[0] ?? 0);
    clock.advance(65 * MINUTE);
    await ring(session);
    expect(await hers.waitFor("session.cancelled")).toMatchObject({ reason: "NO_SHOW" });
    await session.stub.flush();
    expect(await sessionInD1(session.id)).toMatchObject({ status: "CANCELLED", end_reason: "NO_SHOW" });
    expect((await peopleInD1(session.id)).map(({ attendance }) => attendance)).toEqual(["ATTENDED", "NO_SHOW"]);
  });
});

/** Two in a call of an hour that began with its scheduled time. */
async function running(planned: Parameters<typeof agreedSession>[1] = {}) {
  const session = await agreedSession(2, planned);
  clock.advance(5 * MINUTE);
  const [host = 0, guest = 0] = session.userIds;
  const hers = await joinCall(session, host);
  const his = await joinCall(session, guest);
  await hers.waitFor("session.started");
  return { session, host, guest, hers, his };
}

describe("while it runs", () => {
  it("is the other language's turn at the half of the scheduled time, and five minutes before the end it is said", async () => {
    const { session, hers } = await running();
    clock.advance(30 * MINUTE - 2_000);
    await ring(session);
    expect(hers.of("language.switched")).toEqual([]);
    clock.advance(2_000);
    await ring(session);
    expect(await hers.waitFor("language.switched")).toMatchObject({ language: "en", nextSwitchAt: null });
    clock.advance(25 * MINUTE);
    await ring(session);
    await ring(session);
    expect(await hers.waitFor("session.ending")).toMatchObject({
      endsAt: new Date(session.newSession.scheduledEndTime + MINUTE).toISOString(),
    });
    expect([hers.of("session.ending").length, hers.of("language.switched").length]).toEqual([1, 1]);
  });

  it("switches on request once everybody asks, and by no clock after that", async () => {
    const { session, guest, hers, his } = await running();
    expect(await his.request({ type: "language.switch" })).toMatchObject({ switched: false });
    expect(await hers.waitFor("language.requested")).toMatchObject({ userIds: [guest] });
    expect(await hers.request({ type: "language.switch" })).toMatchObject({ switched: true });
    expect(await his.waitFor("language.switched")).toMatchObject({ language: "en", nextSwitchAt: null });
    clock.advance(31 * MINUTE);
    await ring(session);
    await hers.request({ type: "media", ...ALL_MEDIA });
    expect(hers.of("language.switched")).toHaveLength(1);
    expect(await hers.request({ type: "language.switch" })).toMatchObject({ switched: false });
    expect(await his.request({ type: "language.switch" })).toMatchObject({ switched: true });
    expect(hers.of("language.switched").at(-1)).toMatchObject({ language: "ko" });
  });

  it("counts those who asked anew when somebody leaves", async () => {
    const session = await agreedSession(3);
    const [a, b, c] = await Promise.all(session.userIds.map((userId) => joinCall(session, userId)));
    await a?.waitFor("session.started");
    await a?.request({ type: "language.switch" });
    expect(await b?.request({ type: "language.switch" })).toMatchObject({ switched: false });
    await c?.request({ type: "leave" });
    expect(await a?.waitFor("language.switched")).toMatchObject({ language: "en" });
  });

  it("has one language only where there is no second", async () => {
    const { session, hers } = await running({ secondaryLanguage: null });
    expect(await hers.request({ type: "language.switch" })).toMatchObject({ code: "conflict" });
    clock.advance(40 * MINUTE);
    await ring(session);
    await hers.request({ type: "media", ...ALL_MEDIA });
    expect(hers.of("language.switched")).toEqual([]);
  });

  it("begins with the second language where it begins in the second half", async () => {
    const session = await agreedSession(2);
    clock.advance(36 * MINUTE);
    const hers = await joinCall(session, session.userIds[0] ?? 0);
    await joinCall(session, session.userIds[1] ?? 0);
    expect(await hers.waitFor("session.started")).toMatchObject({ language: "en", nextSwitchAt: null });
  });

  it("ends a minute behind its time, however late that is noticed, with everybody's sums", async () => {
    const { session, hers, host, guest } = await running();
    clock.advance(75 * MINUTE);
    expect(await hers.request({ type: "chat", content: "still there?" })).toMatchObject({ code: "gone" });
    const { reason, summary } = await hers.waitFor("session.ended");
    expect(reason).toBe("ENDED");
    expect(Date.parse(summary.session.actualEndTime)).toBe(session.newSession.scheduledEndTime + MINUTE);
    expect(summary.participants).toMatchObject([
      { userId: host, attendance: "ATTENDED", participationTime: expect.closeTo(61 * 60, -1) },
      { userId: guest, attendance: "ATTENDED", participationTime: expect.closeTo(61 * 60, -1) },
    ]);
    await ring(session);
    await ring(session);
    expect(await sessionRows(session.stub, "SELECT status, end_reason FROM session")).toEqual([
      { status: "COMPLETED", end_reason: "ENDED" },
    ]);
    expect(await sessionRows(session.stub, "SELECT name FROM _due")).toEqual([]);
  });

  it("is over half a minute after everybody left, unless somebody comes back", async () => {
    const { session, hers, his } = await running();
    await hers.request({ type: "leave" });
    await his.request({ type: "leave" });
    clock.advance(29_000);
    await his.request({ type: "join", media: ALL_MEDIA });
    clock.advance(MINUTE);
    await ring(session);
    expect(his.of("session.ended")).toEqual([]);
    await his.request({ type: "leave" });
    clock.advance(30_000);
    await ring(session);
    expect(await his.waitFor("session.ended")).toMatchObject({ reason: "EVERYBODY_LEFT" });
  });

  it("is over where everybody was lost", async () => {
    const { session, hers, his } = await running();
    hers.close();
    his.close();
    await expect
      .poll(() => sessionRows(session.stub, "SELECT 1 FROM participants WHERE lost_since IS NOT NULL"))
      .toHaveLength(2);
    clock.advance(91_000);
    await ring(session);
    await session.stub.flush();
    expect(await sessionInD1(session.id)).toMatchObject({ status: "COMPLETED", end_reason: "EVERYBODY_LEFT" });
    const people = await peopleInD1(session.id);
    for (const { participation_time } of people) expect(participation_time).toBeLessThanOrEqual(5);
  });

  it("tells those who have not come that it has begun", async () => {
    const session = await agreedSession(3);
    const [host = 0, guest = 0, third = 0] = session.userIds;
    await joinCall(session, host);
    await joinCall(session, guest);
    await told(session);
    const started = (userId: number) => causesOf(userId).then((all) => all.includes(`session:${session.id}:started`));
    expect([await started(host), await started(guest), await started(third)]).toEqual([false, false, true]);
  });
});

describe("afterwards", () => {
  it("is rated once each by who was there, and the others hear of it", async () => {
    const { session, host, guest, hers } = await running();
    expect(await session.stub.rate(guest, { rating: 5, feedback: null })).toEqual({ ok: false, error: "conflict" });
    await hers.request({ type: "end" });
    const rated = granted(await session.stub.rate(guest, { rating: 4, feedback: "재미있었어요" }));
    expect(rated.ownRating).toEqual({ rating: 4, feedback: "재미있었어요" });
    granted(await session.stub.rate(guest, { rating: 4, feedback: "재미있었어요" }));
    expect(await session.stub.rate(guest, { rating: 5, feedback: null })).toEqual({ ok: false, error: "conflict" });
    expect((await peopleInD1(session.id)).map(({ rating_given, feedback }) => [rating_given, feedback])).toEqual([
      [null, null],
      [4, "재미있었어요"],
    ]);
    await told(session);
    expect(await causesOf(host)).toContain(`session:${session.id}:rated:${guest}`);
    expect(granted(await session.stub.describe(host)).ownRating).toBeNull();
  });

  it("tells everybody once, also where an answer was lost or somebody's object was away", async () => {
    const { session, host, guest, hers } = await running();
    await hers.request({ type: "end" });
    let calls = 0;
    const namespace = objectsBehind(env.USER_PRESENCE, async ({ carryOut }) => {
      calls += 1;
      if (calls === 1) throw new Error("Network connection lost.");
      const answer = await carryOut();
      if (calls === 2) throw new Error("Network connection lost.");
      return answer;
    });
    await replaceBinding(session.stub, "USER_PRESENCE", namespace);
    granted(await session.stub.rate(guest, { rating: 5, feedback: null }));
    await expect
      .poll(async () => {
        clock.advance(10_000);
        await ring(session);
        return sessionRows(session.stub, "SELECT 1 FROM notices");
      })
      .toEqual([]);
    expect(calls).toBe(3);
    const made = await rowsOf(presenceStub(host), "SELECT type FROM notifications WHERE type = 'SESSION_RATED'");
    expect(made).toHaveLength(1);
  });
});
