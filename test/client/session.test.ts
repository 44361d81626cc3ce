/** A session's connection: what it knows, what it sends, how it comes back. */
import { describe, expect, it, vi } from "vitest";
import type { SessionServerFrame } from "../../schema/protocol/session/server-frames.ts";
import { NOTHING, reduceSession, talkedSeconds, UNKNOWN_SESSION } from "../../src/client/session/session-state.ts";
import { pass, until } from "./support/devices.ts";
import { AT, peerOf, planned, scriptedSession, welcomeOf } from "./support/scripted-session.ts";

/** The test ends before the answer. */
const unanswered = () => {};
const now = Date.parse(AT);
const told = (...frames: readonly SessionServerFrame[]) =>
  frames.reduce((state, frame) => reduceSession(state, frame, now), reduceSession(UNKNOWN_SESSION, welcomeOf(), now));

describe("What a session has told", () => {
  it("begins anew with each welcome", () => {
    const known = told({ type: "peer.joined", peer: peerOf(2) });
    const peers = [peerOf(3)];
    const next = reduceSession(known, welcomeOf({ peers, language: "en", nextSwitchAt: null }), now);
    expect(next).toMatchObject({ peers: [{ userId: 3 }], language: "en", nextSwitchAt: null, isJoined: false });
  });

  it("has somebody once, as they are now, and out of the call when they have left it", () => {
    const there = told(
      { type: "peer.joined", peer: peerOf(2) },
      { type: "peer.updated", peer: peerOf(2, { generation: 2, media: { ...NOTHING, audio: true } }) },
    );
    expect(there.peers).toMatchObject([{ userId: 2, generation: 2, joined: true, media: { video: false } }]);
    const left = reduceSession(there, { type: "peer.left", userId: 2, reason: "left" }, now);
    expect(left.peers).toMatchObject([{ userId: 2, joined: false, connected: true, media: NOTHING }]);
    const lost = reduceSession(there, { type: "peer.left", userId: 2, reason: "lost" }, now);
    expect(lost.peers).toMatchObject([{ userId: 2, joined: false, connected: false }]);
    const removed = reduceSession(there, { type: "peer.left", userId: 2, reason: "removed" }, now);
    expect(removed.peers).toEqual([]);
  });

  it("counts on while somebody speaks, and no more when they have ended or left", () => {
    const speaks = { type: "talk.updated" as const, userId: 2, seconds: 10, languages: [], speaking: true };
    const speaking = told({ type: "peer.joined", peer: peerOf(2) }, speaks).talk.get(2);
    expect(speaking && [0, 2_500].map((ms) => talkedSeconds(speaking, now + ms))).toEqual([10, 12]);
    const ended = told(speaks, { ...speaks, seconds: 12, speaking: false }).talk.get(2);
    expect(ended && talkedSeconds(ended, now + 60_000)).toBe(12);
    const gone = reduceSession(told(speaks), { type: "peer.left", userId: 2, reason: "lost" }, now + 5_000).talk.get(2);
    expect(gone && talkedSeconds(gone, now + 60_000)).toBe(15);
  });

  it("forgets who asked for the other language once it is its turn", () => {
    const asked = told({ type: "language.requested", userIds: [2] });
    expect(asked.languageRequestedBy).toEqual([2]);
    const switched = reduceSession(asked, { type: "language.switched", language: "en", nextSwitchAt: null }, now);
    expect(switched).toMatchObject({ language: "en", nextSwitchAt: null, languageRequestedBy: [] });
  });

  it("has each message once", () => {
    const message = { id: 1, userId: 2, content: "안녕", createdAt: AT };
    expect(told({ type: "chat", message }, { type: "chat", message }).messages).toEqual([message]);
  });

  it("is over with its summary, or without one where it was called off", () => {
    const over = { ...planned, status: "COMPLETED" as const };
    const summary = { session: over, participants: [], duration: 60 };
    expect(told({ type: "session.ended", reason: "HOST", summary })).toMatchObject({
      ...{ end: { reason: "HOST", summary: { duration: 60 } }, session: { status: "COMPLETED" } },
    });
    const cancelled = { type: "session.cancelled", reason: "UNCONFIRMED", session: over } as const;
    expect(told(cancelled).end).toEqual({ reason: "UNCONFIRMED", summary: null });
  });

  it("is the same object where nothing changes", () => {
    const state = told();
    const signal = { type: "signal", from: 2, generation: 1, candidate: null } as const;
    for (const frame of [signal, { type: "ack", ref: 1 }, { type: "probe", n: 1 }] as const) {
      expect(reduceSession(state, frame, now)).toBe(state);
    }
  });
});

describe("A session's connection", () => {
  it("is opened at once, and live with the welcome; one is not in the call by that", async () => {
    const { session, wire, begin, sent } = scriptedSession();
    expect(session.getSnapshot()).toMatchObject({ connection: { state: "connecting" }, session: null });
    await begin({ peers: [peerOf(2)] });
    expect(wire.last.url).toBe("wss://studymate.example/v1/sessions/12/socket");
    expect(session.getSnapshot()).toMatchObject({ connection: { state: "live" }, isJoined: false, language: "ko" });
    expect(sent("join")).toEqual([]);
  });

  it("enters the call when it is asked to, and again by itself after a lost connection", async () => {
    const { session, wire, welcome, begin, sent, answer } = scriptedSession();
    await begin();
    const joined = session.join({ audio: true, video: false, screen: false });
    await pass(0);
    expect(session.getSnapshot().isJoined).toBe(false);
    answer("join", { generation: 1 });
    await joined;
    expect(session.getSnapshot().isJoined).toBe(true);
    wire.last.drop();
    expect(session.getSnapshot()).toMatchObject({ isJoined: false, connection: { state: "offline" } });
    void session.setMedia({ audio: true, video: true, screen: false });
    await until(() => wire.sockets.length === 2);
    welcome();
    await pass(0);
    expect(sent("join")).toMatchObject([{ media: { audio: true, video: true } }]);
    answer("join", { generation: 2 });
    expect(session.getSnapshot().isJoined).toBe(true);
  });

  it("does not enter again once one has left", async () => {
    const { session, wire, welcome, enter, sent, answer } = scriptedSession();
    await enter();
    const left = session.leave();
    await pass(0);
    answer("leave");
    await left;
    wire.last.drop();
    await until(() => wire.sockets.length === 2);
    welcome();
    await pass(0);
    expect(sent("join")).toEqual([]);
  });

  it("says what it sends as it changes, the last of it after a join that was on its way", async () => {
    const { session, begin, sent, answer } = scriptedSession();
    await begin();
    session.join(NOTHING).catch(unanswered);
    await pass(0);
    await session.setMedia({ audio: true, video: false, screen: false });
    expect(sent("media")).toEqual([]);
    answer("join", { generation: 1 });
    await pass(0);
    expect(sent("media")).toMatchObject([{ audio: true, video: false }]);
  });

  it("tells the others at once when it is closed", async () => {
    const { session, wire, enter, sent } = scriptedSession();
    await enter();
    session.close();
    expect(sent("leave")).toHaveLength(1);
    expect(wire.last.isClosed).toBe(true);
    expect(session.getSnapshot().connection).toMatchObject({ state: "denied", reason: "closed" });
  });

  it("ends where it was superseded, and is taken back on request", async () => {
    const { session, wire, enter } = scriptedSession();
    await enter();
    wire.last.drop(4408);
    expect(session.getSnapshot().connection).toMatchObject({ state: "denied", reason: "superseded" });
    await pass(60_000);
    expect(wire.sockets).toHaveLength(1);
    session.reconnect();
    await until(() => wire.sockets.length === 2);
  });

  it("says nothing of talking and no signals outside of the call", async () => {
    const { session, begin, sent } = scriptedSession();
    await begin({ peers: [peerOf(2)] });
    session.setSpeaking(true);
    session.signal({ to: 2, toGeneration: 1, candidate: null });
    expect([...sent("speaking"), ...sent("signal")]).toEqual([]);
  });

  it("tells of emoji and of the host's wishes as they come", async () => {
    const { session, wire, begin } = scriptedSession();
    await begin();
    const [reaction, mute] = [vi.fn(), vi.fn()];
    session.on("reaction", reaction);
    const stop = session.on("muteRequested", mute);
    wire.last.serve({ type: "reaction", userId: 2, emoji: "👏" }, { type: "mute.requested", userId: 2 });
    expect(reaction).toHaveBeenCalledWith(expect.objectContaining({ userId: 2, emoji: "👏" }));
    stop();
    wire.last.serve({ type: "mute.requested", userId: 2 });
    expect(mute).toHaveBeenCalledTimes(1);
  });
});

describe("What is not to arrive twice", () => {
  it("is a message whose answer was lost: it is found among those of the next welcome", async () => {
    const { session, wire, welcome, begin, sent } = scriptedSession();
    const earlier = { id: 4, userId: 1, content: "응", createdAt: AT };
    await begin({ messages: [earlier] });
    const written = [session.write("응"), session.write("응"), session.write("없는 말")];
    await pass(0);
    expect(sent("chat")).toHaveLength(3);
    wire.last.drop();
    await until(() => wire.sockets.length === 2);
    const messages = [earlier, { ...earlier, id: 5 }, { ...earlier, id: 6 }];
    welcome({ messages });
    await expect(Promise.all(written.slice(0, 2))).resolves.toEqual([5, 6]);
    expect(sent("chat")).toMatchObject([{ content: "없는 말" }]);
    wire.last.serve({ type: "ack", ref: sent("chat")[0]?.ref, id: 7, createdAt: AT });
    await expect(written[2]).resolves.toBe(7);
  });

  it("is a request for the other language: whether it was heard is not known, and it is not asked again", async () => {
    const { session, wire, welcome, begin, sent } = scriptedSession();
    await begin();
    const asked = session.requestLanguageSwitch();
    const refused = expect(asked).rejects.toMatchObject({ code: "unavailable" });
    await pass(0);
    wire.last.drop();
    await refused;
    await until(() => wire.sockets.length === 2);
    welcome();
    await pass(0);
    expect(sent("language.switch")).toEqual([]);
  });

  it("is not what waits for a connection: that is said once there is one", async () => {
    const { session, wire, welcome, begin, sent, answer } = scriptedSession();
    await begin();
    wire.last.drop();
    const asked = session.requestLanguageSwitch();
    await until(() => wire.sockets.length === 2);
    welcome();
    await pass(0);
    expect(sent("language.switch")).toHaveLength(1);
    answer("language.switch", { switched: true });
    await expect(asked).resolves.toBe(true);
  });
});
