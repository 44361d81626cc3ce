import { describe, expect, test } from "vitest";
import type { Peer, SessionSnapshot, TalkTime } from "../../src/client/session/index.ts";
import { consentState, nameOf, otherLanguage, talkBars, timeUntil } from "../../src/web/call/call-rules.ts";
import { peerOf, planned } from "../client/support/scripted-session.ts";

const NOW = Date.parse("2026-11-28T10:00:00.000Z");

function snapshot(change: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    connection: { state: "live", reason: null, retryAt: null },
    ...{ session: planned, you: { userId: 1, role: "HOST", generation: 1 }, isJoined: true, peers: [], iceServers: [] },
    ...{ language: "ko", nextSwitchAt: null, languageRequestedBy: [], endsAt: null, talk: new Map(), messages: [] },
    recording: { isRecording: false, startedAt: null, startedByUserId: null, consentedUserIds: [] },
    ...{ end: null, clockSkewMs: 0 },
    ...change,
  };
}

describe("the other language", () => {
  test("is the one whose turn it is not, and none where there is one alone", () => {
    expect(otherLanguage(snapshot())).toBe("en");
    expect(otherLanguage(snapshot({ language: "en" }))).toBe("ko");
    expect(otherLanguage(snapshot({ session: { ...planned, secondaryLanguage: null } }))).toBeUndefined();
    expect(otherLanguage(snapshot({ session: null }))).toBeUndefined();
  });
});

describe("the time until a moment", () => {
  test("goes by the server's clock, and is never less than nothing", () => {
    const at = "2026-11-28T10:01:00.000Z";
    expect(timeUntil(at, { now: NOW, clockSkewMs: 0 })).toBe(60_000);
    expect(timeUntil(at, { now: NOW, clockSkewMs: 20_000 })).toBe(40_000);
    expect(timeUntil(at, { now: NOW + 90_000, clockSkewMs: 0 })).toBe(0);
  });
});

describe("who has talked how long", () => {
  const talk = (userId: number, seconds: number, isSpeaking = false) =>
    [userId, { userId, seconds, languages: [] as TalkTime["languages"], isSpeaking, toldAt: NOW }] as const;

  test("is oneself first, then who is in the call or has talked, as parts of the most", () => {
    const peers: Peer[] = [peerOf(2), peerOf(3, { joined: false }), peerOf(4, { joined: false })];
    const bars = talkBars(snapshot({ peers, talk: new Map([talk(2, 20), talk(3, 5), talk(1, 8, true)]) }), NOW + 2_000);
    expect(bars).toEqual([
      { userId: 1, seconds: 10, isSpeaking: true, part: 0.5 },
      { userId: 2, seconds: 20, isSpeaking: false, part: 1 },
      { userId: 3, seconds: 5, isSpeaking: false, part: 0.25 },
    ]);
  });

  test("is nothing at the start", () => {
    expect(talkBars(snapshot(), NOW)).toEqual([{ userId: 1, seconds: 0, isSpeaking: false, part: 0 }]);
    expect(talkBars(snapshot({ you: null }), NOW)).toEqual([]);
  });
});

describe("who agrees to be recorded", () => {
  const of = (consentedUserIds: number[], peers: readonly Peer[]) => {
    const recording = { isRecording: false, startedAt: null, startedByUserId: null, consentedUserIds };
    return consentState(snapshot({ recording, peers }));
  };
  const peers = [peerOf(2), peerOf(3), peerOf(4, { joined: false })];

  test("asks whoever has not agreed, once somebody has", () => {
    expect(of([], peers)).toEqual({ askedBy: [], hasAgreed: false, waitsFor: [2, 3] });
    expect(of([2], peers)).toEqual({ askedBy: [2], hasAgreed: false, waitsFor: [3] });
  });

  test("waits for those in the call alone", () => {
    expect(of([1], peers)).toEqual({ askedBy: [], hasAgreed: true, waitsFor: [2, 3] });
    expect(of([1, 2, 3], peers)).toEqual({ askedBy: [], hasAgreed: true, waitsFor: [] });
  });

  test("is not asked by who has left", () => {
    expect(of([4], peers).askedBy).toEqual([]);
  });
});

test("a name that is not known is what one says it is", () => {
  expect([nameOf([peerOf(2)], 2), nameOf([], 2), nameOf([], 2, "?")]).toEqual(["사람 2", "", "?"]);
});
