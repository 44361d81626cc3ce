/** Jobs and fan-outs that reach sessions: what was cut off is completed, what differs is settled, what people do reaches each of theirs. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sessionObject } from "../../schema/addresses.ts";
import { runFanOuts } from "../../src/fan-outs/runner.ts";
import { compareBookings } from "../../src/jobs/compare-bookings.ts";
import { deleteAccounts } from "../../src/jobs/delete-accounts.ts";
import type { Job } from "../../src/jobs/job.ts";
import { makeSessions } from "../../src/jobs/make-sessions.ts";
import { createSessions } from "../../src/planned-sessions/creation.ts";
import { callOf, enterSession, knockAt } from "../support/calls.ts";
import { clock } from "../support/clock.ts";
import { call, idsOf, type SignedIn, signIn, signInMany } from "../support/http.ts";
import { notificationsOf } from "../support/notifications.ts";
import { bookedBy, invitationsIn, planned, seenBy, timesIn, told } from "../support/planned.ts";
import { presenceStub } from "../support/presence.ts";

const MINUTE = 60_000;

async function runToEnd(job: Job): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let progress: string | null = job.first(Date.now()); progress !== null; ) {
    const outcome = await job.step(env, progress, Date.now());
    for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
    progress = outcome.progress;
  }
  return counts;
}

/** A creation that was cut off between D1 and the object. */
async function cutShort(host: SignedIn, ...guests: readonly SignedIn[]): Promise<number> {
  const { scheduledStartTime, scheduledEndTime } = timesIn(24);
  const created = await createSessions(
    env.DB,
    {
      ...{ hostId: host.user.id, sessionType: "VIDEO_1V1", title: "여행", description: null, maxParticipants: 2 },
      ...{ primaryLanguage: "ko", secondaryLanguage: "en", inviteeIds: idsOf(...guests) },
      occurrences: [{ start: Date.parse(scheduledStartTime), end: Date.parse(scheduledEndTime) }],
    },
    { key: crypto.randomUUID(), hash: "a hash" },
    Date.now(),
  );
  if (!created.ok) throw new Error(created.error.code);
  return created.value.sessions[0]?.id ?? 0;
}

const bookingOf = (person: SignedIn, sessionId: number) =>
  env.DB.prepare(
    "SELECT starts_at AS start, ends_at AS end_ FROM session_bookings WHERE user_id = ? AND session_id = ?",
  )
    .bind(person.user.id, sessionId)
    .first<{ start: number; end_: number }>();

function changeBooking(sql: string, ...values: number[]) {
  return env.DB.prepare(sql)
    .bind(...values)
    .run();
}

describe("a creation that was cut short", () => {
  test("is completed by whoever opens the session", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const id = await cutShort(minji, daniel);
    expect(await sessionObject(env, id).exists()).toBe(false);
    expect(invitationsIn(await seenBy(daniel, id), minji, daniel)).toEqual(["CONFIRMED", "INVITED"]);
    const another = await cutShort(await signIn("Another"), daniel);
    expect((await knockAt(another, daniel)).status).toBe(403);
    expect(await sessionObject(env, another).exists()).toBe(true);
    for (const one of [id, another]) await sessionObject(env, one).flush();
  });

  test("is completed by the job, once a request had its time, and others are left alone", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const id = await cutShort(minji, daniel);
    const { id: whole } = await planned(daniel, [minji]);
    await runToEnd(makeSessions);
    expect(await sessionObject(env, id).exists()).toBe(false);
    clock.advance(2 * MINUTE);
    // What was made reaches D1 by itself.
    expect(await runDurableObjectAlarm(env.LEARNING_SESSION.getByName(String(whole)))).toBe(true);
    expect(await runToEnd(makeSessions)).toEqual({ made: 1, failed: 0 });
    expect(await sessionObject(env, id).exists()).toBe(true);
    await sessionObject(env, id).flush();
    expect(await runToEnd(makeSessions)).toEqual({ made: 0, failed: 0 });
  });
});

describe("bookings that nobody needs, or that are missing", () => {
  test("are settled as the sessions say, and those that are right stay", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const session = await planned(minji, [daniel, sofia], { body: { sessionType: "GROUP_VIDEO" } });
    await told(daniel, session.id, "confirm");
    const right = await bookingOf(daniel, session.id);
    // Sofia's request was cut off before the session heard of it; the host's was while it moved.
    await changeBooking(
      "INSERT INTO session_bookings (user_id, session_id, starts_at, ends_at) VALUES (?, ?, ?, ?)",
      ...[sofia.user.id, session.id, right?.start ?? 0, right?.end_ ?? 1],
    );
    await changeBooking(
      "UPDATE session_bookings SET starts_at = starts_at + 1, ends_at = ends_at + 1 WHERE user_id = ? AND session_id = ?",
      ...[minji.user.id, session.id],
    );
    const missing = await planned(sofia, [], { inHours: 48 });
    await changeBooking("DELETE FROM session_bookings WHERE session_id = ?", missing.id);

    // Whoever is still at it is left alone.
    await runToEnd(compareBookings);
    expect(await bookingOf(sofia, session.id)).not.toBeNull();
    clock.advance(11 * MINUTE);
    await runToEnd(compareBookings);
    expect(await bookedBy(sofia)).toEqual([missing.id]);
    expect(await bookingOf(minji, session.id)).toEqual(right);
    expect(await bookingOf(daniel, session.id)).toEqual(right);
    expect(await runToEnd(compareBookings)).toMatchObject({ over: 0, changed: 0 });
  });

  test("go with what is over", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const session = await planned(minji, [daniel]);
    const right = await bookingOf(minji, session.id);
    await told(minji, session.id, "cancel");
    await changeBooking(
      "INSERT INTO session_bookings (user_id, session_id, starts_at, ends_at) VALUES (?, ?, ?, ?)",
      ...[daniel.user.id, session.id, right?.start ?? 0, right?.end_ ?? 1],
    );
    expect((await runToEnd(compareBookings)).over).toBe(1);
    expect(await bookedBy(daniel)).toEqual([]);
  });
});

describe("what somebody does reaches their sessions", () => {
  test("another name", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id } = await planned(minji, [daniel]);
    await call("PATCH", "/v1/me", { token: daniel.token, body: { englishName: "Dan" } });
    // Behind the answer.
    const names = async () => (await seenBy(minji, id)).participants.map(({ name }) => name);
    await expect.poll(names).toEqual(["Minji", "Dan"]);
  });

  test("signing out of a device ends its socket", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id, sockets } = await callOf(minji, daniel);
    await call("POST", "/v1/auth/logout", { token: daniel.token });
    expect(await sockets[1]?.waitForClose()).toMatchObject({ code: 4401 });
    expect(sockets[0]?.closed).toBeUndefined();
    expect((await seenBy(minji, id)).status).toBe("IN_PROGRESS");
  });

  test("a ban ends all of them", async () => {
    const [minji, daniel, admin] = await signInMany("Minji", "Daniel", "Admin");
    await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(admin.user.id).run();
    const { sockets } = await callOf(minji, daniel);
    await call("POST", `/v1/admin/users/${daniel.user.id}/ban`, { token: admin.token });
    expect(await sockets[1]?.waitForClose()).toMatchObject({ code: 4401 });
  });

  test("a block takes the guest out of what is to come, and frees their time", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const hers = await planned(minji, [daniel]);
    const his = await planned(daniel, [minji], { inHours: 48 });
    await told(daniel, hers.id, "confirm");
    await told(minji, his.id, "confirm");
    await call("PUT", `/v1/me/blocks/${daniel.user.id}`, { token: minji.token });
    await expect.poll(() => bookedBy(minji)).toEqual([hers.id]);
    await expect.poll(() => bookedBy(daniel)).toEqual([his.id]);
    expect(invitationsIn(await seenBy(minji, hers.id), daniel)[0]).not.toBe("CONFIRMED");
    expect((await knockAt(hers.id, daniel)).status).toBe(403);
    // Nobody is let in again by an answer.
    expect((await call("POST", `/v1/sessions/${hers.id}/confirm`, { token: daniel.token })).status).toBe(403);
  });

  test("the end of an account calls off what they host, and frees everybody's time", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const hers = await planned(minji, [daniel]);
    const his = await planned(daniel, [minji], { inHours: 48 });
    await told(daniel, hers.id, "confirm");
    await told(minji, his.id, "confirm");
    await call("DELETE", "/v1/me", { token: minji.token });
    await runToEnd(deleteAccounts);
    expect(await runFanOuts(env, { userId: minji.user.id })).toMatchObject({ failed: 0 });
    expect(await seenBy(daniel, hers.id)).toMatchObject({ status: "CANCELLED" });
    expect(await bookedBy(daniel)).toEqual([his.id]);
    expect(await bookedBy(minji)).toEqual([]);
    expect(JSON.stringify(await seenBy(daniel, his.id))).not.toContain("Minji");
    // Of hers he hears that it does not take place, without her words; the invitation goes with her, though D1 had not heard of it.
    await expect
      .poll(async () => (await notificationsOf(daniel.user.id)).map(({ type }) => type))
      .toContain("SESSION_CANCELLED");
    await presenceStub(daniel.user.id).flush();
    await expect
      .poll(async () => (await notificationsOf(daniel.user.id)).map(({ type }) => type))
      .toEqual(["SESSION_CANCELLED"]);
    expect(JSON.stringify(await notificationsOf(daniel.user.id))).not.toContain("여행");
  });

  test("each of many, also where one does not answer", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const ids: number[] = [];
    for (let index = 0; index < 12; index += 1)
      ids.push((await planned(minji, [daniel], { inHours: 24 + 2 * index })).id);
    const [silent = 0, ...others] = ids;
    const failing = new Proxy(env.LEARNING_SESSION, {
      get(namespace, property) {
        const value: unknown = Reflect.get(namespace, property);
        if (property !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
        return (name: string) => {
          if (Number(name) === silent) throw new Error("Network connection lost.");
          return namespace.getByName(name);
        };
      },
    });
    await env.DB.batch([
      env.DB.prepare("UPDATE users SET english_name = 'Dan' WHERE id = ?").bind(daniel.user.id),
      env.DB.prepare(`INSERT INTO fan_outs (user_id, task, details) VALUES (?, 'PROFILE', '{"in":"sessions"}')`).bind(
        daniel.user.id,
      ),
    ]);
    let now = Date.now();
    const run = { userId: daniel.user.id, now: () => now };
    expect(await runFanOuts({ ...env, LEARNING_SESSION: failing }, run)).toMatchObject({ reached: 11, failed: 1 });
    const nameIn = async (id: number) => (await seenBy(minji, id)).participants[1]?.name;
    for (const id of others) expect(await nameIn(id)).toBe("Dan");
    expect(await nameIn(silent)).toBe("Daniel");
    now += MINUTE;
    expect(await runFanOuts(env, run)).toMatchObject({ reached: 1, failed: 0, isDone: true });
    expect(await nameIn(silent)).toBe("Dan");
  });
});

test("a socket is not opened too early, and not by who did not say yes", async () => {
  const [minji, daniel] = await signInMany("Minji", "Daniel");
  const early = await planned(minji, [daniel]);
  expect((await knockAt(early.id, minji)).status).toBe(403);
  const { id } = await planned(minji, [daniel], { inHours: 0.1 });
  expect((await knockAt(id, daniel)).status).toBe(403);
  await told(daniel, id, "confirm");
  expect((await enterSession(id, daniel)).welcome).toMatchObject({ session: { id }, you: { userId: daniel.user.id } });
  expect((await knockAt(999_999_999, minji)).status).toBe(404);
});
