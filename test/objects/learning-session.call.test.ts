/** A call: coming and going, signals, media, what is said beside it. */
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { ALL_MEDIA, agreedSession, joinCall, MINUTE, openCall, peopleInD1, sessionInD1 } from "../support/sessions.ts";

const OFFER = { type: "offer", sdp: "v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\ns=- é한글 \t\r\n" };
const CANDIDATE = {
  candidate: "candidate:842163049 1 udp 1677729535 203.0.113.7 51472 typ srflx raddr 0.0.0.0 rport 0",
  sdpMid: "0",
  sdpMLineIndex: 0,
  usernameFragment: "aB/+",
};

describe("coming and going", () => {
  it("shows each the others, of whom exactly one of two is polite", async () => {
    const session = await agreedSession(4);
    const sockets = [];
    for (const userId of session.userIds) sockets.push(await joinCall(session, userId));
    const welcomes = new Map<number, Map<number, boolean>>();
    for (const userId of session.userIds) {
      const { welcome } = await openCall(session, userId);
      expect(welcome.peers).toHaveLength(3);
      welcomes.set(
        userId,
        new Map(welcome.peers.map((peer: { userId: number; polite: boolean }) => [peer.userId, peer.polite])),
      );
    }
    for (const one of session.userIds) {
      for (const other of session.userIds) {
        if (one !== other) expect(welcomes.get(one)?.get(other)).not.toBe(welcomes.get(other)?.get(one));
      }
    }
  });

  it("begins when two are in the call, and tells everybody", async () => {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    const hers = await joinCall(session, host);
    const his = await openCall(session, guest);
    expect(await hers.waitFor("peer.updated")).toMatchObject({
      peer: { userId: guest, connected: true, joined: false, polite: false },
    });
    expect(await his.request({ type: "join", media: ALL_MEDIA })).toMatchObject({ type: "ack", generation: 1 });
    expect(await hers.waitFor("peer.joined")).toMatchObject({
      peer: { userId: guest, joined: true, media: ALL_MEDIA, generation: 1, polite: false },
    });
    expect(await his.waitFor("session.started")).toMatchObject({ session: { status: "IN_PROGRESS" }, language: "ko" });
    await hers.waitFor("session.started");
    expect(his.welcome.peers).toMatchObject([{ userId: host, joined: true, polite: true }]);
    await session.stub.flush();
    expect(await sessionInD1(session.id)).toMatchObject({
      status: "IN_PROGRESS",
      actual_start_time: expect.any(Number),
    });
  });

  it("adds up how long somebody was in the call, several times over", async () => {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    const hers = await joinCall(session, host);
    await joinCall(session, guest);
    for (const minutes of [3, 4]) {
      clock.advance(minutes * MINUTE);
      await hers.request({ type: "leave" });
      clock.advance(10_000);
      await hers.request({ type: "join", media: ALL_MEDIA });
    }
    await hers.request({ type: "leave" });
    await session.stub.flush();
    const [row] = await peopleInD1(session.id);
    expect(row?.participation_time).toBeGreaterThanOrEqual(7 * 60);
    expect(row?.participation_time).toBeLessThanOrEqual(7 * 60 + 2);
    expect(row?.left_at).toEqual(expect.any(Number));
  });

  it("tells what somebody sends, and only of who is in the call", async () => {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    const hers = await joinCall(session, host);
    const his = await openCall(session, guest);
    const change = { type: "media", audio: true, video: false, screen: true };
    expect(await his.request(change)).toMatchObject({ type: "error", code: "conflict" });
    await hers.request(change);
    expect(await his.waitFor("peer.updated")).toMatchObject({
      peer: { userId: host, media: { audio: true, video: false, screen: true } },
    });
    await hers.request({ type: "join", media: ALL_MEDIA });
    await his.until(() => his.of("peer.updated").length === 2, "the other media");
    expect(his.of("peer.joined")).toHaveLength(0);
  });

  it("lets a newer socket supersede the older, which joins anew", async () => {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    const hers = await joinCall(session, host);
    const his = await joinCall(session, guest);
    const again = await openCall(session, guest);
    expect(await his.waitForClose()).toEqual({ code: 4408, reason: "superseded" });
    expect(again.welcome.you).toMatchObject({ generation: 2 });
    expect(await hers.waitFor("peer.left")).toMatchObject({ userId: guest, reason: "superseded" });
    await hers.until(() => hers.of("peer.updated").length > 1, "his other socket");
    expect(hers.of("peer.updated").at(-1)).toMatchObject({ peer: { connected: true, joined: false, generation: 2 } });
    expect(await again.request({ type: "join", media: ALL_MEDIA })).toMatchObject({ generation: 2 });
    expect(hers.of("peer.joined").at(-1)).toMatchObject({ peer: { generation: 2, joined: true } });
  });

  it("says at once that a socket was lost, and a minute later that its holder left", async () => {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    const hers = await joinCall(session, host);
    const his = await joinCall(session, guest);
    his.close();
    await hers.until(() => hers.of("peer.updated").length === 2, "his loss");
    expect(hers.of("peer.updated").at(-1)).toMatchObject({
      peer: { userId: guest, connected: false, joined: true, media: ALL_MEDIA },
    });
    clock.advance(59_000);
    await hers.request({ type: "media", ...ALL_MEDIA });
    expect(hers.of("peer.left")).toEqual([]);
    clock.advance(1_000);
    await hers.request({ type: "media", ...ALL_MEDIA });
    expect(await hers.waitFor("peer.left")).toMatchObject({ userId: guest, reason: "lost" });
  });
});

describe("signals", () => {
  async function pair() {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    return { session, host, guest, hers: await joinCall(session, host), his: await joinCall(session, guest) };
  }

  it("go to the addressed peer alone, byte for byte, with who sent them", async () => {
    const session = await agreedSession(3);
    const [host = 0, guest = 0, third = 0] = session.userIds;
    const [hers, his, theirs] = [
      await joinCall(session, host),
      await joinCall(session, guest, { encoding: "msgpack" }),
      await joinCall(session, third),
    ];
    hers.send({ type: "signal", to: guest, toGeneration: 1, description: OFFER, from: third });
    hers.send({ type: "signal", to: guest, toGeneration: 1, candidate: CANDIDATE });
    hers.send({ type: "signal", to: guest, toGeneration: 1, candidate: null });
    await his.until(() => his.of("signal").length === 3, "her signals");
    expect(his.of("signal")).toEqual([
      { type: "signal", from: host, generation: 1, description: OFFER },
      { type: "signal", from: host, generation: 1, candidate: CANDIDATE },
      { type: "signal", from: host, generation: 1, candidate: null },
    ]);
    await theirs.request({ type: "media", ...ALL_MEDIA });
    expect([...theirs.of("signal"), ...hers.of("signal")]).toEqual([]);
  });

  it("to an earlier generation are dropped", async () => {
    const { session, guest, hers } = await pair();
    const again = await joinCall(session, guest);
    hers.send({ type: "signal", to: guest, toGeneration: 1, description: OFFER });
    hers.send({ type: "signal", to: guest, toGeneration: 2, description: { ...OFFER, sdp: "the second" } });
    expect(await again.waitFor("signal")).toMatchObject({ description: { sdp: "the second" } });
    expect(hers.of("error")).toEqual([]);
  });

  it("are refused to strangers, to who is not in the call, and from who is not", async () => {
    const { session, host, guest, hers, his } = await pair();
    const signal = { type: "signal", toGeneration: 1, description: OFFER };
    expect(await hers.request({ ...signal, to: 999_999 })).toMatchObject({ code: "not_found" });
    expect(await hers.request({ ...signal, to: host })).toMatchObject({ code: "not_found" });
    await his.request({ type: "leave" });
    expect(await hers.request({ ...signal, to: guest })).toMatchObject({ code: "not_found" });
    expect(await his.request({ ...signal, to: host })).toMatchObject({ code: "conflict" });
    const other = await agreedSession(2);
    expect(await hers.request({ ...signal, to: other.userIds[1] ?? 0 })).toMatchObject({ code: "not_found" });
    expect(session.id).not.toBe(other.id);
  });
});

describe("beside the call", () => {
  it("hands what is written to everybody, also to who comes later, and forgets it with the session", async () => {
    const session = await agreedSession(2);
    const [host = 0, guest = 0] = session.userIds;
    const hers = await joinCall(session, host);
    expect(await hers.request({ type: "chat", content: "안녕하세요" })).toMatchObject({ type: "ack", id: 1 });
    const his = await joinCall(session, guest);
    expect(his.welcome.messages).toMatchObject([{ id: 1, userId: host, content: "안녕하세요" }]);
    await his.request({ type: "reaction", emoji: "👏" });
    expect(await hers.waitFor("reaction")).toMatchObject({ userId: guest, emoji: "👏" });
    expect(await hers.request({ type: "chat", content: "  " })).toMatchObject({ code: "invalid_frame" });
  });

  it("lets the host alone mute, remove and end", async () => {
    const session = await agreedSession(3);
    const [host = 0, guest = 0, third = 0] = session.userIds;
    const hers = await joinCall(session, host);
    const his = await joinCall(session, guest);
    const theirs = await joinCall(session, third);
    for (const frame of [{ type: "mute", userId: third }, { type: "remove", userId: third }, { type: "end" }]) {
      expect(await his.request(frame)).toMatchObject({ type: "error", code: "forbidden" });
    }
    await hers.request({ type: "mute", userId: third });
    expect(await theirs.waitFor("mute.requested")).toMatchObject({ userId: host });
    expect(await hers.request({ type: "remove", userId: host })).toMatchObject({ code: "not_found" });
    await hers.request({ type: "remove", userId: third });
    expect(await theirs.waitForClose()).toEqual({ code: 4403, reason: "removed" });
    expect(await his.waitFor("peer.left")).toMatchObject({ userId: third, reason: "removed" });
    expect(await session.stub.confirm(third)).toEqual({ ok: false, error: "forbidden" });
    await hers.request({ type: "end" });
    expect(await his.waitFor("session.ended")).toMatchObject({
      reason: "HOST",
      summary: { session: { status: "COMPLETED", endReason: "HOST" } },
    });
    expect(await his.waitForClose()).toEqual({ code: 4404, reason: "gone" });
  });
});
