import { describe, expect, test } from "vitest";
import { type CreateSessionRequest, createSessionRequest } from "../../schema/api/sessions.ts";
import {
  canonicalBody,
  languageProblem,
  planSession,
  recurrenceProblem,
  timesProblem,
  unknownInvitees,
} from "../../src/sessions/rules.ts";

const NOW = Date.UTC(2026, 10, 22, 9, 0, 0);
const HOST = 1;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const at = (offsetMs: number) => new Date(NOW + offsetMs).toISOString();

function request(change: Partial<CreateSessionRequest> = {}): CreateSessionRequest {
  return createSessionRequest.parse({
    sessionType: "VIDEO_1V1",
    title: "월요일 회화",
    scheduledStartTime: at(DAY),
    scheduledEndTime: at(DAY + 60 * MINUTE),
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    inviteeIds: [2],
    ...change,
  });
}

const pathOf = (change: Partial<CreateSessionRequest>) => {
  const plan = planSession(HOST, request(change), NOW);
  return plan.ok ? null : plan.error.path;
};
const startingAt = (offsetMs: number, minutes = 60) => ({
  scheduledStartTime: at(offsetMs),
  scheduledEndTime: at(offsetMs + minutes * MINUTE),
});

describe("a plan", () => {
  test("has everything of the request, each invitee once, and the size of its type", () => {
    expect(planSession(HOST, request({ inviteeIds: [3, 2, 3] }), NOW)).toEqual({
      ok: true,
      value: {
        hostId: HOST,
        sessionType: "VIDEO_1V1",
        title: "월요일 회화",
        description: null,
        primaryLanguage: "ko",
        secondaryLanguage: "en",
        maxParticipants: 2,
        inviteeIds: [3, 2],
        times: { start: NOW + DAY, end: NOW + DAY + 60 * MINUTE },
      },
    });
  });

  test.each<[name: string, change: Partial<CreateSessionRequest>, size: number]>([
    ["sound of two", { sessionType: "AUDIO_1V1" }, 2],
    ["two, said", { sessionType: "VIDEO_1V1", maxParticipants: 2 }, 2],
    ["a group", { sessionType: "GROUP_VIDEO" }, 4],
    ["a small group", { sessionType: "GROUP_VIDEO", maxParticipants: 3 }, 3],
    ["a group of two", { sessionType: "GROUP_VIDEO", maxParticipants: 2 }, 2],
  ])("of %s is of so many", (_, change, size) => {
    expect(planSession(HOST, request(change), NOW)).toMatchObject({ ok: true, value: { maxParticipants: size } });
  });

  test.each<[name: string, change: Partial<CreateSessionRequest>, path: string | null]>([
    ["two in one language", { secondaryLanguage: null }, null],
    ["more invitees than places", { inviteeIds: [2, 3, 4, 5, 6] }, null],
    ["nobody invited yet", { inviteeIds: [] }, null],
    ["the same language twice", { secondaryLanguage: "ko" }, "secondaryLanguage"],
    ["sound of three", { sessionType: "AUDIO_1V1", maxParticipants: 3 }, "maxParticipants"],
    ["video of four", { sessionType: "VIDEO_1V1", maxParticipants: 4 }, "maxParticipants"],
    ["oneself invited", { inviteeIds: [2, HOST] }, "inviteeIds.1"],
    ["a start just now", startingAt(-50_000), null],
    ["a start two minutes ago", startingAt(-2 * MINUTE), "scheduledStartTime"],
    ["a start in 366 days", startingAt(366 * DAY), null],
    ["a start in more than 366 days", startingAt(366 * DAY + 1), "scheduledStartTime"],
    ["one minute", startingAt(DAY, 1), null],
    ["less than a minute", startingAt(DAY, 0.99), "scheduledEndTime"],
    ["an end before the start", startingAt(DAY, -60), "scheduledEndTime"],
    ["four hours", startingAt(DAY, 240), null],
    ["more than four hours", startingAt(DAY, 240.01), "scheduledEndTime"],
  ])("of %s", (_, change, path) => {
    expect(pathOf(change)).toBe(path);
  });

  test("takes times in any offset", () => {
    const scheduledStartTime = "2026-11-23T18:00:00+09:00";
    const plan = planSession(HOST, request({ scheduledStartTime, scheduledEndTime: "2026-11-23T05:00:00-05:00" }), NOW);
    expect(plan).toMatchObject({
      value: { times: { start: Date.UTC(2026, 10, 23, 9), end: Date.UTC(2026, 10, 23, 10) } },
    });
  });
});

test("another time is judged as that of a new session", () => {
  expect(timesProblem({ start: NOW + DAY, end: NOW + DAY + MINUTE }, NOW)).toBeNull();
  expect(timesProblem({ start: NOW - DAY, end: NOW + DAY }, NOW)?.path).toBe("scheduledStartTime");
});

test("the last of a recurrence is as near as any other session", () => {
  const one = (days: number) => ({ start: NOW + days * DAY, end: NOW + days * DAY + MINUTE });
  expect(recurrenceProblem([one(350), one(357), one(364)], NOW)).toBeNull();
  expect(recurrenceProblem([one(355), one(362), one(369)], NOW)?.path).toBe("recurrence.count");
});

test("a session without a second language has nothing to differ from", () => {
  expect(languageProblem({ primaryLanguage: "ko", secondaryLanguage: null })).toBeNull();
});

test("unknown invitees are named where they stand, as often as they do", () => {
  expect(unknownInvitees([5, 6, 5], [5]).map(({ path }) => path)).toEqual(["inviteeIds.0", "inviteeIds.2"]);
});

describe("two bodies ask for the same", () => {
  const same = (a: Partial<CreateSessionRequest>, b: Partial<CreateSessionRequest>) =>
    canonicalBody(request(a)) === canonicalBody(request(b));

  test("whatever the order of the invitees, the offset of the times, and what is left out", () => {
    expect(same({ inviteeIds: [2, 3] }, { inviteeIds: [3, 2, 3] })).toBe(true);
    expect(same({ description: null }, {})).toBe(true);
    expect(same({ recurrence: null }, {})).toBe(true);
    const inSeoul = { scheduledStartTime: "2026-11-23T18:00:00+09:00", scheduledEndTime: "2026-11-23T19:00:00+09:00" };
    expect(same(inSeoul, startingAt(DAY))).toBe(true);
  });

  test("only where everything else is the same", () => {
    const weekly = { frequency: "WEEKLY", count: 4 } as const;
    const others: Partial<CreateSessionRequest>[] = [
      { title: null },
      { description: "x" },
      { sessionType: "AUDIO_1V1" },
      { primaryLanguage: "ja" },
      { secondaryLanguage: null },
      { maxParticipants: 2 },
      { inviteeIds: [3] },
      startingAt(DAY, 61),
      { recurrence: weekly },
      { recurrence: { ...weekly, count: 5 } },
      { recurrence: { ...weekly, timeZone: "Asia/Seoul" } },
    ];
    expect(new Set([{}, ...others].map((change) => canonicalBody(request(change)))).size).toBe(others.length + 1);
  });
});
