/** A learning session, from its booking to its rating, over HTTP and sockets alone. */

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { call, type SignedIn, signInMany } from "../support/http.ts";
import { type AnyFrame, TestSocket } from "../support/sockets.ts";

const MINUTE = 60_000;

async function ask(method: string, path: string, { token }: SignedIn, body?: unknown) {
  const response = await call(method, path, { token, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

const media = { audio: true, video: false, screen: false };

async function enter(sessionId: number, { token }: SignedIn): Promise<TestSocket & { welcome: AnyFrame }> {
  const headers = { upgrade: "websocket", authorization: `Bearer ${token}` };
  const response = await call("GET", `/v1/sessions/${sessionId}/socket`, { headers });
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const socket = new TestSocket(response.webSocket, "json", "session");
  return Object.assign(socket, { welcome: await socket.waitFor("welcome") });
}

async function book(host: SignedIn, guests: readonly SignedIn[], more: object = {}) {
  const start = Date.now() + MINUTE;
  const { status, body } = await ask("POST", "/v1/sessions", host, {
    sessionType: guests.length > 1 ? "GROUP_VIDEO" : "VIDEO_1V1",
    title: "한국어와 영어",
    scheduledStartTime: new Date(start).toISOString(),
    scheduledEndTime: new Date(start + 12 * MINUTE).toISOString(),
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    inviteeIds: guests.map(({ user }) => user.id),
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const stubOf = (id: number) => env.LEARNING_SESSION.getByName(String(id));

describe("a learning session", () => {
  it("is planned, takes place in both languages, and is rated", async () => {
    const [host, guest] = await signInMany("Minji", "Emily");
    const { id } = await book(host, [guest]);
    expect((await ask("POST", `/v1/sessions/${id}/confirm`, guest)).body.participants).toMatchObject([
      { userId: host.user.id, invitation: "CONFIRMED" },
      { userId: guest.user.id, invitation: "CONFIRMED" },
    ]);

    const one = await enter(id, host);
    const other = await enter(id, guest);
    expect(one.welcome).toMatchObject({ language: "ko", you: { role: "HOST", generation: 1 } });
    expect(await one.request({ type: "join", media })).toMatchObject({ type: "ack", generation: 1 });
    expect(await other.request({ type: "join", media })).toMatchObject({ type: "ack" });
    await one.waitFor("session.started");
    const joined = await one.waitFor("peer.joined");
    expect(joined.peer).toMatchObject({ userId: guest.user.id, polite: false, generation: 1 });
    const sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n";
    one.send({ type: "signal", to: guest.user.id, toGeneration: 1, description: { type: "offer", sdp } });
    expect(await other.waitFor("signal")).toEqual({
      type: "signal",
      from: host.user.id,
      generation: 1,
      description: { type: "offer", sdp },
    });

    one.send({ type: "speaking", active: true });
    await other.waitFor("talk.updated");
    clock.advance(20_000);
    one.send({ type: "speaking", active: false });
    const silent = await other.waitFor((frame) => frame.type === "talk.updated" && frame.speaking === false);
    expect(silent).toMatchObject({ userId: host.user.id, seconds: 20, languages: [{ language: "ko", seconds: 20 }] });

    clock.advance(7 * MINUTE);
    await runDurableObjectAlarm(stubOf(id));
    expect(await one.waitFor("language.switched")).toMatchObject({ language: "en", nextSwitchAt: null });
    clock.advance(MINUTE);
    await runDurableObjectAlarm(stubOf(id));
    await one.waitFor("session.ending");
    expect(await one.request({ type: "end" })).toMatchObject({ type: "ack" });
    const ended = await other.waitFor("session.ended");
    expect(ended.reason).toBe("HOST");
    expect((await other.waitForClose()).code).toBe(4404);
    expect((await ask("POST", `/v1/sessions/${id}/rating`, guest, { rating: 5, feedback: "고마워요" })).status).toBe(
      200,
    );
    expect((await ask("POST", `/v1/sessions/${id}/rating`, guest, { rating: 4 })).status).toBe(409);
    const listed = await ask("GET", "/v1/sessions?status=COMPLETED", guest);
    expect(listed.body.items).toMatchObject([{ id, status: "COMPLETED", ownRating: { rating: 5 } }]);
    const { results } = await env.DB.prepare("SELECT * FROM session_participants WHERE session_id = ?").bind(id).all();
    expect(results).toMatchObject([
      { user_id: host.user.id, attendance: "ATTENDED", talk_time: '{"ko":20}' },
      { user_id: guest.user.id, attendance: "ATTENDED", rating_given: 5 },
    ]);
  });

  it("is told of again to whoever comes back, and the earlier socket ends", async () => {
    const [host, guest] = await signInMany("Minji", "Emily");
    const { id } = await book(host, [guest]);
    await ask("POST", `/v1/sessions/${id}/confirm`, guest);
    const one = await enter(id, host);
    await one.request({ type: "join", media });
    const other = await enter(id, guest);
    await other.request({ type: "join", media });
    const again = await enter(id, host);
    expect((await one.waitForClose()).code).toBe(4408);
    expect(again.welcome.you.generation).toBe(2);
    expect(await other.waitFor("peer.left")).toMatchObject({ userId: host.user.id, reason: "superseded" });
    other.send({ type: "signal", to: host.user.id, toGeneration: 1, candidate: null });
    await again.request({ type: "join", media });
    expect(again.of("signal")).toEqual([]);
    again.close();
    await other.waitFor((frame) => frame.type === "peer.updated" && frame.peer.connected === false);
    clock.advance(2 * MINUTE);
    await runDurableObjectAlarm(stubOf(id));
    await other.waitFor((frame) => frame.type === "peer.left" && frame.reason === "lost");
    await runInDurableObject(stubOf(id), (_, { storage }) => {
      expect(storage.sql.exec("SELECT status FROM session").one()).toEqual({ status: "IN_PROGRESS" });
    });
  });
});
