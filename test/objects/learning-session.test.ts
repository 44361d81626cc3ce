/** A session's planning, and what D1 is told of it. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { SESSION_LIMITS } from "../../schema/session-limits.ts";
import { makePeople } from "../support/rooms.ts";
import {
  agreedSession,
  granted,
  MINUTE,
  openCall,
  peopleInD1,
  planSession,
  sessionInD1,
  sessionStub,
  type TestSession,
} from "../support/sessions.ts";
import { connect, upgrade } from "../support/sockets.ts";

const newcomer = (userId: number) => ({ userId, name: `Person ${userId}`, imageUrl: null });

function invitations(session: TestSession): Promise<Record<number, string>> {
  return session.stub
    .describe(session.userIds[0] ?? 0)
    .then((answer) =>
      Object.fromEntries(granted(answer).participants.map(({ userId, invitation }) => [userId, invitation])),
    );
}

it("is made once, and shows itself to its people alone", async () => {
  const session = await planSession(2);
  const [host = 0, guest = 0] = session.userIds;
  await session.stub.create({ ...session.newSession, title: "Another one" });
  expect(await session.stub.exists()).toBe(true);
  expect(granted(await session.stub.describe(guest))).toMatchObject({
    session: { id: session.id, title: "Korean and English", status: "SCHEDULED", createdByUserId: host, rev: 0 },
    participants: [
      { userId: host, role: "HOST", invitation: "CONFIRMED" },
      { userId: guest, role: "PARTICIPANT", invitation: "INVITED" },
    ],
    ownRating: null,
  });
  const [stranger = 0] = await makePeople(1);
  expect(await session.stub.describe(stranger)).toEqual({ ok: false, error: "forbidden" });
});

it("stays empty where nothing was planned", async () => {
  const nobody = sessionStub(999_999);
  expect(await nobody.exists()).toBe(false);
  expect(await nobody.describe(1)).toEqual({ ok: false, error: "not_found" });
  expect(await nobody.confirm(1)).toEqual({ ok: false, error: "not_found" });
  expect((await upgrade(nobody, { userId: 1 })).status).toBe(404);
  expect(await nobody.flush()).toEqual([]);
  expect(await nobody.exists()).toBe(false);
});

it("confirms whoever says yes, and D1 shows it when the answer is there", async () => {
  const session = await planSession(2);
  const [, guest = 0] = session.userIds;
  const confirmed = granted(await session.stub.confirm(guest));
  expect(confirmed).toMatchObject({ invitation: "CONFIRMED", view: { session: { status: "SCHEDULED" } } });
  expect((await peopleInD1(session.id)).map((one) => [one.user_id, one.invitation, one.is_confirmed])).toEqual([
    [session.userIds[0], "CONFIRMED", 1],
    [guest, "CONFIRMED", 1],
  ]);
  const again = granted(await session.stub.confirm(guest));
  expect(again.view.session.rev).toBe(confirmed.view.session.rev);
});

it("lets those wait who say yes to a full session, and gives a free place to whoever waits longest", async () => {
  const session = await planSession(4, { maxParticipants: 2, sessionType: "GROUP_VIDEO" });
  const [host = 0, first = 0, second = 0, third = 0] = session.userIds;
  expect(granted(await session.stub.confirm(first)).invitation).toBe("CONFIRMED");
  expect(granted(await session.stub.confirm(third)).invitation).toBe("WAITLISTED");
  expect(granted(await session.stub.confirm(second)).invitation).toBe("WAITLISTED");
  granted(await session.stub.decline(first));
  expect(await invitations(session)).toEqual({
    [host]: "CONFIRMED",
    [first]: "DECLINED",
    [second]: "WAITLISTED",
    [third]: "CONFIRMED",
  });
  expect(await session.stub.decline(host)).toEqual({ ok: false, error: "conflict" });
});

it("invites more people, asks again who declined, and no more than may be asked", async () => {
  const session = await planSession(2);
  const [host = 0, guest = 0] = session.userIds;
  const others = await makePeople(SESSION_LIMITS.invited);
  granted(await session.stub.decline(guest));
  const [one = 0, ...rest] = others;
  granted(await session.stub.invite(host, [newcomer(guest), newcomer(one), newcomer(one)]));
  expect(await invitations(session)).toEqual({ [host]: "CONFIRMED", [guest]: "INVITED", [one]: "INVITED" });
  expect(await session.stub.invite(guest, [newcomer(one)])).toEqual({ ok: false, error: "forbidden" });
  expect(await session.stub.invite(host, rest.map(newcomer))).toEqual({ ok: false, error: "too_large" });
  granted(await session.stub.invite(host, rest.slice(1).map(newcomer)));
  expect(await peopleInD1(session.id)).toHaveLength(SESSION_LIMITS.invited + 1);
});

it("changes what it is about, and asks everybody anew where its time changes", async () => {
  const session = await agreedSession(3);
  const [host = 0, guest = 0, other = 0] = session.userIds;
  expect(await session.stub.update(guest, { title: "Mine" })).toEqual({ ok: false, error: "forbidden" });
  const updated = granted(await session.stub.update(host, { title: "Travel", secondaryLanguage: null }));
  expect(updated.session).toMatchObject({ title: "Travel", secondaryLanguage: null, primaryLanguage: "ko" });
  expect(await sessionInD1(session.id)).toMatchObject({ title: "Travel", secondary_language: null });
  const unchanged = granted(await session.stub.update(host, { title: "Travel" }));
  expect(unchanged.session.rev).toBe(updated.session.rev);

  const start = Date.now() + 3 * 24 * 60 * MINUTE;
  const moved = granted(await session.stub.reschedule(host, { start, end: start + 30 * MINUTE }));
  expect(moved.session.scheduledStartTime).toBe(new Date(start).toISOString());
  expect(await invitations(session)).toEqual({ [host]: "CONFIRMED", [guest]: "INVITED", [other]: "INVITED" });
  expect(await sessionInD1(session.id)).toMatchObject({ scheduled_start_time: start });
  expect((await peopleInD1(session.id)).map(({ is_confirmed }) => is_confirmed)).toEqual([1, 0, 0]);
});

it("is called off once, by its host alone, and nobody comes in any more", async () => {
  const session = await agreedSession(2);
  const [host = 0, guest = 0] = session.userIds;
  const socket = await openCall(session, guest);
  expect(await session.stub.cancel(guest)).toEqual({ ok: false, error: "forbidden" });
  const cancelled = granted(await session.stub.cancel(host));
  expect(cancelled.session).toMatchObject({ status: "CANCELLED", endReason: "CANCELLED", actualEndTime: null });
  expect(await socket.waitFor("session.cancelled")).toMatchObject({ reason: "CANCELLED" });
  expect(await socket.waitForClose()).toEqual({ code: 4404, reason: "gone" });
  expect(granted(await session.stub.cancel(host)).session.rev).toBe(cancelled.session.rev);
  for (const answer of [session.stub.confirm(guest), session.stub.decline(guest), session.stub.update(host, {})]) {
    expect(await answer).toEqual({ ok: false, error: "gone" });
  }
  expect((await upgrade(session.stub, { userId: host })).status).toBe(404);
  expect(await sessionInD1(session.id)).toMatchObject({ status: "CANCELLED", end_reason: "CANCELLED" });
});

it("lets confirmed people in, from ten minutes before the start", async () => {
  const early = await agreedSession(2, { scheduledStartTime: Date.now() + 11 * MINUTE });
  expect((await upgrade(early.stub, { userId: early.userIds[0] ?? 0 })).status).toBe(403);
  const session = await planSession(2);
  const [host = 0, guest = 0] = session.userIds;
  expect((await upgrade(session.stub, { userId: guest })).status).toBe(403);
  const { welcome } = await connect(session.stub, { userId: host, of: "session" });
  expect(welcome).toMatchObject({
    session: { id: session.id, status: "SCHEDULED" },
    you: { userId: host, role: "HOST", generation: 1 },
    peers: [],
    language: "ko",
    messages: [],
    talk: [{ userId: host, seconds: 0, languages: [] }],
    recording: { isRecording: false, consentedUserIds: [] },
  });
});

it("names nobody in D1 whom it does not have, and has no stray rows there after its first flush", async () => {
  const session = await planSession(2);
  const [stranger = 0] = await makePeople(1);
  await env.DB.prepare("INSERT INTO session_participants (session_id, user_id) VALUES (?, ?)")
    .bind(session.id, stranger)
    .run();
  expect(await session.stub.flush()).toMatchObject([{ destination: "main", complete: true, rowsSent: 3 }]);
  expect((await peopleInD1(session.id)).map(({ user_id }) => user_id)).toEqual(session.userIds);
  expect(await session.stub.flush()).toMatchObject([{ complete: true, rowsSent: 0 }]);
});
