/** What is allowed in a session, when what happens by the clock, and how talking is counted: tables of cases. */
import { describe, expect, test } from "vitest";
import { added, Ledger, toTalkTime } from "../../objects/learning-session/ledger.ts";
import type { CallState, StoredParticipant, StoredSession } from "../../objects/learning-session/rows.ts";
import {
  decideConfirm,
  decideDecline,
  decideHost,
  decideInvite,
  decidePlan,
  decideRate,
  decideRecord,
  decideSignal,
  decideStopRecording,
  decideUpload,
  isPolite,
  nextInLine,
  refuseSocket,
} from "../../objects/learning-session/rules.ts";
import { halfOf, isInTime, languageOf, passedReminders, stepsToCome } from "../../objects/learning-session/timeline.ts";
import { SESSION_LIMITS } from "../../schema/session-limits.ts";

const MINUTE = 60_000;
const START = 1_000 * MINUTE;
const END = START + 60 * MINUTE;

const SESSION: StoredSession = {
  ...{ id: 1, rev: 0, sessionType: "GROUP_VIDEO", title: null, description: null, scheduledStart: START },
  ...{ scheduledEnd: END, actualStart: null, actualEnd: null, status: "SCHEDULED", endReason: null },
  ...{ primaryLanguage: "ko", secondaryLanguage: "en", maxParticipants: 3, hostId: 1, seriesId: null, createdAt: 0 },
};
const RUNNING: StoredSession = { ...SESSION, status: "IN_PROGRESS", actualStart: START };

const CALL: CallState = {
  ...{ reminded: [1_440, 10], isSwitched: false, switchAt: halfOf(SESSION), languageAskedBy: [], isWarned: false },
  ...{ emptySince: null, recorderId: null, recordingSince: null, recordingUntil: null },
};

function person(userId: number, patch: Partial<StoredParticipant> = {}): StoredParticipant {
  return {
    ...{ userId, rev: 0, name: `Person ${userId}`, imageUrl: null, role: userId === 1 ? "HOST" : "PARTICIPANT" },
    ...{ invitation: "CONFIRMED", invitedAt: 0, firstJoinedAt: null, leftAt: null, participationMs: 0, talk: {} },
    ...{ attendance: null, rating: null, feedback: null, generation: 1, joinedSince: null, lostSince: null },
    ...{ media: { audio: false, video: false, screen: false }, hasConsented: false },
    ...patch,
  };
}

const outcome = <Value>(answer: { ok: true; value: Value } | { ok: false; error: string }) =>
  answer.ok ? answer.value : answer.error;

describe("a socket", () => {
  test.each([
    ["of somebody confirmed, when it opens", SESSION, person(2), START - 10 * MINUTE, null],
    ["of somebody confirmed, a moment before", SESSION, person(2), START - 10 * MINUTE - 1, "forbidden"],
    ["of who has not answered", SESSION, person(2, { invitation: "INVITED" }), START, "forbidden"],
    ["of who waits for a place", SESSION, person(2, { invitation: "WAITLISTED" }), START, "forbidden"],
    ["of who was removed", RUNNING, person(2, { invitation: "REMOVED" }), START, "forbidden"],
    ["of a stranger", RUNNING, undefined, START, "forbidden"],
    ["while it runs, also behind its end", RUNNING, person(2), END + 1, null],
    ["of one that is over", { ...RUNNING, status: "COMPLETED" as const }, person(2), START, "not_found"],
    ["of one that was called off", { ...SESSION, status: "CANCELLED" as const }, person(1), START, "not_found"],
  ])("%s", (_, session, caller, now, refusal) => {
    expect(refuseSocket(session, caller, now)).toBe(refusal);
  });
});

describe("planning", () => {
  const done = { ...RUNNING, status: "COMPLETED" as const };
  test.each([
    ["the host", SESSION, person(1), null, null],
    ["a guest", SESSION, person(2), "forbidden", "forbidden"],
    ["a stranger", SESSION, undefined, "forbidden", "forbidden"],
    ["the host, while it runs", RUNNING, person(1), null, "conflict"],
    ["the host, when it is over", done, person(1), "gone", "gone"],
  ])("%s may change it, and plan it anew: %#", (_, session, caller, mayChange, mayPlan) => {
    expect(outcome(decideHost(session, caller))).toBe(mayChange);
    expect(outcome(decidePlan(session, caller))).toBe(mayPlan);
  });

  const full = [person(1), person(2), person(3), person(4, { invitation: "INVITED" })];
  test.each([
    [
      "there is a place",
      full.filter(({ userId }) => userId !== 3),
      SESSION,
      person(4, { invitation: "INVITED" }),
      "CONFIRMED",
    ],
    ["it is full", full, SESSION, person(4, { invitation: "INVITED" }), "WAITLISTED"],
    ["they are in already", full, SESSION, person(2), "CONFIRMED"],
    ["they wait already", full, SESSION, person(4, { invitation: "WAITLISTED" }), "WAITLISTED"],
    ["they declined before", full.slice(0, 2), SESSION, person(4, { invitation: "DECLINED" }), "CONFIRMED"],
    ["they were removed", full.slice(0, 2), SESSION, person(4, { invitation: "REMOVED" }), "forbidden"],
    ["it runs", full.slice(0, 2), RUNNING, person(4, { invitation: "INVITED" }), "CONFIRMED"],
    ["it is over", full.slice(0, 2), done, person(4, { invitation: "INVITED" }), "gone"],
  ])("a yes where %s", (_, people, session, caller, expected) => {
    expect(outcome(decideConfirm(session, people, caller))).toBe(expected);
  });

  test("a no is anybody's but the host's", () => {
    expect(outcome(decideDecline(SESSION, person(2)))).toBeNull();
    expect(outcome(decideDecline(SESSION, person(1)))).toBe("conflict");
    expect(outcome(decideDecline(done, person(2)))).toBe("gone");
  });

  test("a free place is theirs who wait longest, and nobody's in a full session", () => {
    const waiting = [
      person(5, { invitation: "WAITLISTED", invitedAt: 9 }),
      person(6, { invitation: "WAITLISTED", invitedAt: 3 }),
    ];
    expect(nextInLine(SESSION, [person(1), ...waiting])?.userId).toBe(6);
    expect(nextInLine(SESSION, [person(1), person(2), person(3), ...waiting])).toBeUndefined();
    expect(nextInLine(done, [person(1), ...waiting])).toBeUndefined();
  });

  test("who declined is asked again, who is there is not, and twenty at most are asked", () => {
    const people = [person(1), person(2), person(3, { invitation: "DECLINED" })];
    expect(outcome(decideInvite(people, [2, 3, 3, 4]))).toEqual([3, 4]);
    const most = Array.from({ length: SESSION_LIMITS.invited - 2 }, (_, index) => index + 10);
    expect(outcome(decideInvite(people, most))).toHaveLength(SESSION_LIMITS.invited - 2);
    expect(outcome(decideInvite(people, [...most, 99]))).toBe("too_large");
  });

  test.each([
    ["by who was there", done, person(2, { firstJoinedAt: 1 }), "new"],
    ["the same again", done, person(2, { firstJoinedAt: 1, rating: 4, feedback: null }), "same"],
    ["another one", done, person(2, { firstJoinedAt: 1, rating: 5, feedback: null }), "conflict"],
    ["other words", done, person(2, { firstJoinedAt: 1, rating: 4, feedback: "good" }), "conflict"],
    ["by who never came", done, person(2), "forbidden"],
    ["before it is over", RUNNING, person(2, { firstJoinedAt: 1 }), "conflict"],
  ])("a rating %s", (_, session, caller, expected) => {
    expect(outcome(decideRate(session, caller, { rating: 4, feedback: null }))).toBe(expected);
  });
});

describe("the call", () => {
  const [a, b] = [person(1, { joinedSince: 1 }), person(2, { joinedSince: 1, generation: 3 })];

  test.each([
    ["to a peer of this generation", a, b, 3, 2],
    ["to an earlier generation", a, b, 2, null],
    ["to a later one", a, b, 4, null],
    ["to nobody", a, undefined, 1, "not_found"],
    ["to oneself", a, a, 1, "not_found"],
    ["to who is not in the call", a, person(2), 1, "not_found"],
    ["from who is not in the call", person(1), b, 3, "conflict"],
  ])("a signal %s", (_, sender, target, generation, expected) => {
    expect(outcome(decideSignal(sender, target, generation))).toBe(expected);
  });

  test("of two exactly one is polite", () => {
    for (const [one, other] of [
      [1, 2],
      [7, 3],
      [100, 99],
    ] as const)
      expect(isPolite(one, other)).toBe(!isPolite(other, one));
  });

  const agreed = (one: StoredParticipant) => ({ ...one, hasConsented: true });
  const recording = { ...CALL, recorderId: 2, recordingSince: 5 };
  test("is recorded where everybody in it agrees, by one at a time", () => {
    expect(outcome(decideRecord(CALL, [agreed(a), agreed(b), person(3)], b))).toBeNull();
    expect(outcome(decideRecord(CALL, [a, agreed(b)], b))).toBe("forbidden");
    expect(outcome(decideRecord(recording, [agreed(a), agreed(b)], a))).toBe("conflict");
    expect(outcome(decideRecord(CALL, [agreed(a)], person(2)))).toBe("conflict");
  });

  test("is recorded no more once its recorder or the host says so", () => {
    expect(outcome(decideStopRecording(recording, b))).toBe(true);
    expect(outcome(decideStopRecording(recording, a))).toBe(true);
    expect(outcome(decideStopRecording(recording, person(3)))).toBe("forbidden");
    expect(outcome(decideStopRecording(CALL, person(3)))).toBe(false);
  });

  test("gives its recording to its recorder alone, for five minutes", () => {
    const ended = { ...recording, recordingUntil: 100 };
    expect(outcome(decideUpload(recording, 2, 10 * MINUTE))).toBeNull();
    expect(outcome(decideUpload(recording, 1, 10))).toBe("forbidden");
    expect(outcome(decideUpload(ended, 2, 100 + 5 * MINUTE))).toBeNull();
    expect(outcome(decideUpload(ended, 2, 101 + 5 * MINUTE))).toBe("gone");
    expect(outcome(decideUpload(CALL, 2, 0))).toBe("forbidden");
  });
});

describe("the clock", () => {
  const steps = (session: StoredSession, call: Partial<CallState>, participants: StoredParticipant[]) =>
    stepsToCome({ session, call: { ...CALL, ...call }, participants }).map(({ at, step }) => {
      const detail =
        "minutes" in step
          ? `:${step.minutes}`
          : "reason" in step
            ? `:${step.reason}`
            : "userId" in step
              ? `:${step.userId}`
              : "";
      return `${step.kind}${detail} ${(at - START) / MINUTE}`;
    });

  test.each<[string, StoredSession, Partial<CallState>, StoredParticipant[], string[]]>([
    [
      "planned",
      SESSION,
      { reminded: [] },
      [person(1), person(2)],
      ["remind:1440 -1440", "remind:10 -10", "cancel:NO_SHOW 60"],
    ],
    ["planned late", SESSION, { reminded: [1_440] }, [person(1), person(2)], ["remind:10 -10", "cancel:NO_SHOW 60"]],
    ["with one yes alone", SESSION, {}, [person(1), person(2, { invitation: "WAITLISTED" })], ["cancel:UNCONFIRMED 0"]],
    [
      "with one who waits in it",
      SESSION,
      {},
      [person(1, { joinedSince: START, lostSince: START }), person(2)],
      ["lose:1 1", "cancel:NO_SHOW 60"],
    ],
    ["running", RUNNING, {}, [], ["switch 30", "warn 55", "complete:ENDED 61"]],
    ["running, switched by hand", RUNNING, { switchAt: null, isSwitched: true }, [], ["warn 55", "complete:ENDED 61"]],
    ["running, warned", RUNNING, { switchAt: null, isWarned: true }, [], ["complete:ENDED 61"]],
    [
      "running, begun too late to warn",
      { ...RUNNING, actualStart: END - 2 * MINUTE },
      { switchAt: null },
      [],
      ["complete:ENDED 61"],
    ],
    [
      "running, left by all",
      RUNNING,
      { switchAt: null, isWarned: true, emptySince: START },
      [],
      ["complete:EVERYBODY_LEFT 0.5", "complete:ENDED 61"],
    ],
    ["over", { ...RUNNING, status: "COMPLETED" }, { switchAt: null }, [], []],
  ])("%s", (_, session, call, people, expected) => {
    expect(steps(session, call, people)).toEqual(expected);
  });

  test("a reminder comes in time or not at all", () => {
    const step = { kind: "remind" as const, minutes: 10 };
    expect(isInTime({ at: 0, step }, 5 * MINUTE)).toBe(true);
    expect(isInTime({ at: 0, step }, 5 * MINUTE + 1)).toBe(false);
    expect(passedReminders(START, START - 1_440 * MINUTE - 1)).toEqual([]);
    expect(passedReminders(START, START - 20 * MINUTE)).toEqual([1_440]);
    expect(passedReminders(START, START)).toEqual([1_440, 10]);
  });

  test("the second language has its turn where there is one", () => {
    expect(languageOf(SESSION, { isSwitched: false })).toBe("ko");
    expect(languageOf(SESSION, { isSwitched: true })).toBe("en");
    expect(languageOf({ ...SESSION, secondaryLanguage: null }, { isSwitched: true })).toBe("ko");
  });
});

describe("the ledger", () => {
  const ko = (now: number) => ({ language: "ko", now });

  test("counts from a yes to a no, and a renewal changes nothing", () => {
    const ledger = new Ledger();
    ledger.say(1, true, ko(0));
    ledger.say(1, true, ko(20_000));
    ledger.say(1, false, ko(25_000));
    ledger.say(1, false, ko(90_000));
    expect(ledger.unwritten(1, ko(100_000))).toEqual({ ko: 25_000 });
  });

  test("counts a minute at most of what is not said again", () => {
    const ledger = new Ledger();
    ledger.say(1, true, ko(0));
    expect(ledger.unwritten(1, ko(59_000))).toEqual({ ko: 59_000 });
    expect(ledger.unwritten(1, ko(500_000))).toEqual({ ko: 60_000 });
    ledger.say(1, true, ko(500_000));
    ledger.say(1, false, ko(501_000));
    expect(ledger.unwritten(1, ko(501_000))).toEqual({ ko: 61_000 });
  });

  test("divides what is said over a turn, also one that is noticed late", () => {
    const ledger = new Ledger();
    ledger.say(1, true, ko(0));
    ledger.turn("ko", 10_000);
    ledger.say(1, false, { language: "en", now: 15_000 });
    ledger.say(2, true, ko(20_000));
    ledger.turn("ko", 5_000);
    ledger.say(2, false, { language: "en", now: 22_000 });
    expect(ledger.unwritten(1, ko(30_000))).toEqual({ ko: 10_000, en: 5_000 });
    expect(ledger.unwritten(2, ko(30_000))).toEqual({ en: 2_000 });
  });

  test("never counts backwards where the clock does", () => {
    const ledger = new Ledger();
    ledger.say(1, true, ko(10_000));
    ledger.say(1, false, ko(4_000));
    expect(ledger.unwritten(1, ko(4_000))).toEqual({});
  });

  test("is the same after it was kept with a socket", () => {
    const ledger = new Ledger();
    ledger.say(1, true, ko(0));
    ledger.say(1, false, ko(3_000));
    ledger.say(1, true, ko(5_000));
    const restored = new Ledger();
    restored.restore(1, ledger.memo(1) ?? "");
    expect(restored.isOpen(1)).toBe(true);
    expect(restored.unwritten(1, ko(9_000))).toEqual({ ko: 7_000 });
  });

  test("gives up what is written, and goes on", () => {
    const ledger = new Ledger();
    ledger.say(1, true, ko(0));
    expect(ledger.isToWrite(1, 20_000)).toBe(false);
    ledger.say(1, true, ko(20_000));
    expect(ledger.isToWrite(1, 20_000)).toBe(true);
    expect(ledger.take(1, ko(20_000))).toEqual({ ko: 20_000 });
    expect(ledger.unwritten(1, ko(22_000))).toEqual({ ko: 2_000 });
  });

  test("shows whole seconds, whose sum is the total", () => {
    const talk = toTalkTime(1, added({ ko: 1_999 }, { en: 2_999, ko: 1 }));
    expect(talk).toEqual({
      userId: 1,
      seconds: 4,
      languages: [
        { language: "ko", seconds: 2 },
        { language: "en", seconds: 2 },
      ],
    });
  });
});
