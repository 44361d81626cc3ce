/** What a session does with those who mean it no good. */
import { expect, it } from "vitest";
import { SESSION_LIMITS } from "../../schema/session-limits.ts";
import { clock } from "../support/clock.ts";
import { makePeople } from "../support/rooms.ts";
import { ALL_MEDIA, agreedSession, joinCall, MINUTE, openCall, planSession } from "../support/sessions.ts";
import { type AnyFrame, upgrade } from "../support/sockets.ts";

async function pair() {
  const session = await agreedSession(2);
  const [host = 0, guest = 0] = session.userIds;
  return { session, host, guest, hers: await joinCall(session, host), his: await joinCall(session, guest) };
}

it("never wakes for strangers, those who declined or were removed, or anybody too early", async () => {
  const session = await agreedSession(3, { scheduledStartTime: Date.now() + 20 * MINUTE });
  const [host = 0, guest = 0, third = 0] = session.userIds;
  const [stranger = 0] = await makePeople(1);
  expect((await upgrade(session.stub, { userId: host })).status).toBe(403);
  clock.advance(10 * MINUTE);
  const hers = await joinCall(session, host);
  await session.stub.decline(guest);
  await hers.request({ type: "remove", userId: third });
  for (const userId of [stranger, guest, third]) {
    expect((await upgrade(session.stub, { userId })).status).toBe(403);
  }
});

it("has no place for a fifth", async () => {
  const session = await planSession(5, { maxParticipants: 4, sessionType: "GROUP_VIDEO" });
  const answers = await Promise.all(session.userIds.slice(1).map((userId) => session.stub.confirm(userId)));
  const invitations = answers.map((answer) => answer.ok && answer.value.invitation);
  expect(invitations.filter((one) => one === "WAITLISTED")).toHaveLength(1);
  const fifth = session.userIds[1 + invitations.indexOf("WAITLISTED")] ?? 0;
  expect((await upgrade(session.stub, { userId: fifth })).status).toBe(403);
});

it("closes on a description of a megabyte, and refuses one that is only too large", async () => {
  const { guest, hers, his, host } = await pair();
  const offer = (sdp: string) => ({ type: "signal", to: guest, toGeneration: 1, description: { type: "offer", sdp } });
  const most = "a".repeat(SESSION_LIMITS.descriptionBytes);
  expect(await hers.request(offer(`${most}a`))).toMatchObject({ code: "invalid_frame" });
  // As many characters, but more bytes.
  expect(await hers.request(offer("가".repeat(SESSION_LIMITS.descriptionBytes / 2)))).toMatchObject({
    code: "too_large",
  });
  hers.send(offer(most));
  expect((await his.waitFor("signal")).description.sdp).toHaveLength(SESSION_LIMITS.descriptionBytes);
  hers.send(offer("a".repeat(1024 * 1024)));
  expect((await hers.waitForClose()).code).toBe(4413);
  await his.until(() => his.of("peer.updated").some(({ peer }) => peer.userId === host && !peer.connected), "her loss");
  expect(his.of("signal")).toHaveLength(1);
});

it("slows a flood of candidates, and closes on one that does not stop", async () => {
  const { guest, hers, his } = await pair();
  const candidate = { candidate: "candidate:1 1 udp 1 203.0.113.7 9 typ host", sdpMid: "0" };
  for (let n = 0; n < 400; n += 1) hers.send({ type: "signal", to: guest, toGeneration: 1, candidate });
  expect(await hers.waitFor("error")).toMatchObject({ code: "rate_limited", retryAfterMs: expect.any(Number) });
  await his.until(() => his.of("signal").length > 100, "what was let through");
  for (let n = 0; n < 1_200; n += 1) hers.send({ type: "signal", to: guest, toGeneration: 1, candidate });
  expect((await hers.waitForClose()).code).toBe(4429);
  expect(his.of("signal").length).toBeLessThan(400);
});

it("takes nobody's word for who they are", async () => {
  const { host, guest, hers, his } = await pair();
  const forged = { from: 1, userId: 1, generation: 99 };
  hers.send({ type: "signal", to: guest, toGeneration: 1, description: { type: "answer", sdp: "x" }, ...forged });
  expect(await his.waitFor("signal")).toEqual({
    ...{ type: "signal", from: host, generation: 1 },
    description: { type: "answer", sdp: "x" },
  });
  await hers.request({ type: "chat", content: "hello", ...forged });
  expect(await his.waitFor("chat")).toMatchObject({ message: { userId: host } });
  hers.send({ type: "speaking", active: true, ...forged });
  expect(await his.waitFor("talk.updated")).toMatchObject({ userId: host });
});

it("hears nothing more from a socket that another one took the place of", async () => {
  const { session, host, guest, hers, his } = await pair();
  // Sent in the same moment as the other one opens: in whichever order they come.
  const again = openCall(session, guest);
  for (let n = 0; n < 20; n += 1) {
    his.send({ type: "signal", to: host, toGeneration: 1, candidate: { candidate: `${n}` } });
  }
  const theirs = await again;
  await his.waitForClose();
  await theirs.request({ type: "join", media: ALL_MEDIA });
  const left = hers.frames.findIndex(({ type }) => type === "peer.left");
  expect(left).toBeGreaterThan(0);
  const late = hers.frames.slice(left).filter(({ type, generation }) => type === "signal" && generation === 1);
  expect(late).toEqual([]);
});

it.each<[string, object]>([
  ["neither a description nor a candidate", { type: "signal", to: 1, toGeneration: 1 }],
  ["both", { type: "signal", to: 1, toGeneration: 1, description: { type: "offer", sdp: "" }, candidate: {} }],
  ["a kind of description that there is not", { type: "signal", to: 1, toGeneration: 1, description: { type: "bid" } }],
  ["a peer that is no number", { type: "signal", to: "1", toGeneration: 1, candidate: null }],
  [
    "a candidate that is too long",
    { type: "signal", to: 1, toGeneration: 1, candidate: { candidate: "c".repeat(3_000) } },
  ],
  ["media that are no flags", { type: "join", media: { audio: 1, video: "yes", screen: null } }],
  ["an emoji that is none", { type: "reaction", emoji: "ha" }],
  ["more to say than fits", { type: "chat", content: "a".repeat(SESSION_LIMITS.chatCharacters + 1) }],
])("refuses %s, and stays open", async (_, frame) => {
  const session = await agreedSession(2);
  const hers = await joinCall(session, session.userIds[0] ?? 0);
  expect(await hers.request(frame)).toMatchObject({ type: "error", code: "invalid_frame" });
  expect(await hers.request({ type: "media", ...ALL_MEDIA })).toMatchObject({ type: "ack" });
});

it("ends the sockets of a device that was logged out, and of who may not be there any more", async () => {
  const { session, host, guest, hers, his } = await pair();
  expect(await session.stub.endSockets(guest, "another device")).toBe(0);
  expect(await session.stub.endSockets(guest, "device-1")).toBe(1);
  expect((await his.waitForClose()).code).toBe(4401);
  const again = await joinCall(session, guest);
  await session.stub.separate(guest, host);
  expect((await again.waitForClose()).code).toBe(4403);
  expect(hers.of("peer.left").at(-1)).toMatchObject({ userId: guest });
  expect((await upgrade(session.stub, { userId: guest })).status).toBe(403);
});

it("keeps nothing of somebody whose account is gone", async () => {
  const { session, host, guest, hers, his } = await pair();
  await his.request({ type: "chat", content: "my words" });
  await session.stub.erase(guest);
  await session.stub.erase(guest);
  const view = await session.stub.describe(host);
  const erased = view.ok && view.value.participants.find(({ userId }) => userId === guest);
  expect(erased === false || erased === undefined || erased.name !== `Person ${guest}`).toBe(true);
  const again = await openCall(session, host);
  expect(again.welcome.messages).toEqual([]);
  expect(again.welcome.peers.filter((peer: AnyFrame) => peer.userId === guest)).toEqual([]);
  expect((await hers.waitForClose()).code).toBe(4408);
});

it("does not take place any more where its host's account is gone", async () => {
  const session = await agreedSession(2);
  const [host = 0, guest = 0] = session.userIds;
  await session.stub.erase(host);
  const view = await session.stub.describe(guest);
  expect(view.ok && view.value.session).toMatchObject({ status: "CANCELLED", createdByUserId: null, title: null });
});
