/** The ledger of talking: whose seconds in which language, through everything that may happen to the object meanwhile. */
import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import {
  ALL_MEDIA,
  agreedSession,
  type CallSocket,
  joinCall,
  MINUTE,
  openCall,
  peopleInD1,
  ring,
  sessionRows,
  sessionStub,
  type TestSession,
} from "../support/sessions.ts";
import type { AnyFrame } from "../support/sockets.ts";

const SECOND = 1_000;

/** Two in a call whose scheduled time has begun. */
async function running() {
  const session = await agreedSession(2);
  clock.advance(5 * MINUTE);
  const [host = 0, guest = 0] = session.userIds;
  const hers = await joinCall(session, host);
  const his = await joinCall(session, guest);
  await hers.waitFor("session.started");
  return { session, host, guest, hers, his };
}

/** The object has heard it. */
async function say(socket: CallSocket, active: boolean): Promise<void> {
  socket.send({ type: "speaking", active });
  await socket.request({ type: "media", ...ALL_MEDIA });
}

function latest(socket: CallSocket, userId: number): AnyFrame | undefined {
  return socket.of("talk.updated").findLast((frame) => frame.userId === userId);
}

async function talkInD1({ id, stub }: TestSession): Promise<unknown[]> {
  await stub.flush();
  return (await peopleInD1(id)).map(({ talk_time }) => JSON.parse(String(talk_time)));
}

it("turns reports into seconds by the server's clock, shown live and in the summary", async () => {
  const { session, host, guest, hers, his } = await running();
  await say(hers, true);
  expect(latest(his, host)).toMatchObject({ seconds: 0, speaking: true });
  clock.advance(12 * SECOND);
  await say(hers, false);
  expect(latest(his, host)).toMatchObject({
    seconds: 12,
    languages: [{ language: "ko", seconds: 12 }],
    speaking: false,
  });
  await say(his, true);
  clock.advance(30 * MINUTE - 20 * SECOND);
  // Said every twenty seconds, or it ends after a minute.
  await say(his, false);
  expect(latest(hers, guest)).toMatchObject({ seconds: 60 });
  await hers.request({ type: "end" });
  const { summary } = await hers.waitFor("session.ended");
  expect(summary.participants).toMatchObject([
    { userId: host, talk: [{ language: "ko", seconds: 12 }] },
    { userId: guest, talk: [{ language: "ko", seconds: 60 }] },
  ]);
  expect(await talkInD1(session)).toEqual([{ ko: 12 }, { ko: 60 }]);
});

it("divides what is said over the turn of the languages exactly there, however late the alarm", async () => {
  const { session, host, hers } = await running();
  clock.advance(30 * MINUTE - 10 * SECOND);
  await say(hers, true);
  clock.advance(30 * SECOND);
  await say(hers, false);
  const languages: AnyFrame[] = latest(hers, host)?.languages;
  const [en, ko] = ["en", "ko"].map((code) => languages.find(({ language }) => language === code)?.seconds);
  expect(ko).toBeGreaterThanOrEqual(8);
  expect(ko).toBeLessThanOrEqual(10);
  expect(en).toBeGreaterThanOrEqual(20);
  expect(en).toBeLessThanOrEqual(22);
  await ring(session);
  expect(hers.of("language.switched")).toHaveLength(1);
});

it("loses nothing to an eviction in the middle of what somebody says, and the call goes on", async () => {
  const { session, host, hers, his, guest } = await running();
  await say(hers, true);
  clock.advance(5 * SECOND);
  await say(hers, false);
  await say(hers, true);
  clock.advance(3 * SECOND);
  await evictDurableObject(session.stub);
  clock.advance(4 * SECOND);
  await say(hers, false);
  expect(latest(his, host)).toMatchObject({ seconds: 12 });
  await evictDurableObject(session.stub);
  hers.send({ type: "signal", to: guest, toGeneration: 1, description: { type: "offer", sdp: "v=0" } });
  expect(await his.waitFor("signal")).toMatchObject({ from: host });
  await evictDurableObject(session.stub);
  await hers.request({ type: "leave" });
  expect(await talkInD1(session)).toEqual([{ ko: 12 }, {}]);
});

it("keeps what was said by those whose sockets close while nobody runs, both at once", async () => {
  const { session, hers, his } = await running();
  for (const socket of [hers, his]) await say(socket, true);
  clock.advance(7 * SECOND);
  await evictDurableObject(session.stub);
  hers.close();
  his.close();
  await expect
    .poll(() =>
      sessionRows(session.stub, "SELECT talk FROM participants WHERE lost_since IS NOT NULL AND talk <> '{}'"),
    )
    .toHaveLength(2);
  clock.advance(2 * MINUTE);
  await ring(session);
  const talked = (await talkInD1(session)) as { ko: number }[];
  for (const { ko } of talked) expect([7, 8]).toContain(ko);
});

it("keeps what was said by whom a logout ends, or an expired token, while nobody runs", async () => {
  const { session, guest, hers, his } = await running();
  await say(his, true);
  clock.advance(7 * SECOND);
  await evictDurableObject(session.stub);
  expect(await session.stub.endSockets(guest)).toBe(1);
  await hers.until(() => hers.of("peer.updated").at(-1)?.peer.connected === false, "his loss");
  clock.advance(20 * SECOND);
  await say(hers, true);
  clock.advance(5 * SECOND);
  await evictDurableObject(session.stub);
  // Beyond the end of her token, which was to last for two days.
  clock.advance(49 * 60 * MINUTE);
  hers.send({ type: "speaking", active: false });
  expect((await hers.waitForClose()).code).toBe(4401);
  await ring(session);
  const [one, other] = (await talkInD1(session)) as Record<string, number>[];
  expect(other).toEqual({ ko: 7 });
  expect(one).toEqual({ ko: 60 });
});

it("loses at most the seconds since the last write to a kill", async () => {
  const { session, host, hers } = await running();
  for (let renewals = 0; renewals < 3; renewals += 1) {
    await say(hers, true);
    clock.advance(20 * SECOND);
  }
  await say(hers, true);
  await abortAllDurableObjects();
  const again = await openCall(session, host);
  const [{ seconds }] = again.welcome.talk;
  expect(seconds).toBeGreaterThanOrEqual(40);
  expect(seconds).toBeLessThanOrEqual(61);
});

it("writes at most every fifteen seconds, and D1 nothing before somebody leaves", async () => {
  const { session, hers } = await running();
  await session.stub.flush();
  const [before] = await sessionRows(session.stub, "SELECT max(rev) AS rev FROM participants");
  for (let utterances = 0; utterances < 10; utterances += 1) {
    await say(hers, true);
    clock.advance(3 * SECOND);
    await say(hers, false);
    clock.advance(3 * SECOND);
  }
  expect(await sessionRows(session.stub, "SELECT max(rev) AS rev FROM participants")).toEqual([before]);
  const [{ talk } = {}] = await sessionRows(session.stub, "SELECT talk FROM participants ORDER BY user_id LIMIT 1");
  const written = JSON.parse(String(talk)).ko / SECOND;
  expect(written).toBeGreaterThanOrEqual(18);
  expect(written).toBeLessThanOrEqual(31);
  await hers.request({ type: "leave" });
  expect(await talkInD1(session)).toEqual([{ ko: 30 }, {}]);
});

it("counts nobody who is not in the call, before two are, or who was lost", async () => {
  const session = await agreedSession(2);
  clock.advance(5 * MINUTE);
  const [host = 0, guest = 0] = session.userIds;
  const hers = await joinCall(session, host);
  await say(hers, true);
  clock.advance(10 * SECOND);
  const his = await openCall(session, guest);
  his.send({ type: "speaking", active: true });
  clock.advance(10 * SECOND);
  await his.request({ type: "join", media: ALL_MEDIA });
  expect(his.of("talk.updated")).toEqual([]);
  await say(his, true);
  clock.advance(5 * SECOND);
  his.close();
  await hers.until(() => hers.of("peer.updated").at(-1)?.peer.connected === false, "his loss");
  clock.advance(50 * SECOND);
  await sessionStub(session.id).flush();
  await hers.request({ type: "end" });
  expect(await talkInD1(session)).toEqual([{}, { ko: 5 }]);
});
