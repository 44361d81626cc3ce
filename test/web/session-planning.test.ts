import { describe, expect, test } from "vitest";
import type { PersonLanguage } from "../../schema/api/people.ts";
import { createSessionRequest, type SessionAnswer } from "../../schema/api/sessions.ts";
import type { Invitation, SessionParticipant } from "../../schema/sessions.ts";
import {
  type BookingValues,
  bookingProblems,
  bookingToSend,
  lastDay,
  timesOf,
  withType,
} from "../../src/web/sessions/booking.ts";
import { presetLanguages } from "../../src/web/sessions/languages.ts";
import { localTimes } from "../../src/web/sessions/places.ts";
import {
  canJoin,
  canRate,
  expected,
  standingOf,
  switchesAt,
  takenBy,
  waitlistPlace,
} from "../../src/web/sessions/standing.ts";

const SEOUL = "Asia/Seoul";
const at = (iso: string) => Date.parse(iso);

function person(userId: number, invitation: Invitation, change: Partial<SessionParticipant> = {}): SessionParticipant {
  return {
    ...{ userId, name: `Person ${userId}`, imageUrl: null, role: "PARTICIPANT", invitation },
    ...{ joinedAt: null, leftAt: null, participationTime: 0, attendance: null, talk: [] },
    ...change,
  };
}

function planned(invitation: Invitation, change: Partial<SessionAnswer> = {}): SessionAnswer {
  return {
    ...{ id: 1, sessionType: "VIDEO_1V1", title: null, description: null, status: "SCHEDULED", endReason: null },
    ...{ scheduledStartTime: "2026-11-28T10:00:00.000Z", scheduledEndTime: "2026-11-28T11:00:00.000Z" },
    ...{ actualStartTime: null, actualEndTime: null, primaryLanguage: "en", secondaryLanguage: "ko" },
    ...{ maxParticipants: 2, createdByUserId: 1, seriesId: null, createdAt: "2026-11-20T10:00:00.000Z", rev: 1 },
    participants: [person(1, "CONFIRMED", { role: "HOST" }), person(2, invitation)],
    ownRating: null,
    ...change,
  };
}

describe("A session stands as", () => {
  test.each<[string, SessionAnswer, string]>([
    ["an invitation that waits", planned("INVITED"), "asked"],
    ["one that one comes to", planned("CONFIRMED"), "coming"],
    ["one that runs", planned("CONFIRMED", { status: "IN_PROGRESS" }), "running"],
    ["one whose place one waits for", planned("WAITLISTED"), "waiting"],
    ["one that one declined", planned("DECLINED", { status: "IN_PROGRESS" }), "declined"],
    ["one that is over, whatever was said", planned("INVITED", { status: "COMPLETED" }), "over"],
    ["one that was cancelled", planned("CONFIRMED", { status: "CANCELLED" }), "cancelled"],
  ])("%s", (_, session, standing) => {
    expect(standingOf(session, 2)).toBe(standing);
  });

  test("one that can be joined, from ten minutes before, by who is confirmed", () => {
    const opens = at("2026-11-28T09:50:00Z");
    expect(canJoin(planned("CONFIRMED"), 2, opens - 1)).toBe(false);
    expect(canJoin(planned("CONFIRMED"), 2, opens)).toBe(true);
    expect(canJoin(planned("INVITED"), 2, opens)).toBe(false);
    expect(canJoin(planned("WAITLISTED"), 2, opens)).toBe(false);
    expect(canJoin(planned("CONFIRMED", { status: "COMPLETED" }), 2, opens)).toBe(false);
    expect(canJoin(planned("CONFIRMED"), 3, opens)).toBe(false);
  });

  test("one to be rated, once, by who was there", () => {
    const there = [person(1, "CONFIRMED"), person(2, "CONFIRMED", { attendance: "ATTENDED" })];
    const over = planned("CONFIRMED", { status: "COMPLETED", participants: there });
    expect([canRate(over, 2), canRate(over, 1), canRate({ ...over, status: "CANCELLED" }, 2)]).toEqual([
      ...[true, false, false],
    ]);
    expect(canRate({ ...over, ownRating: { rating: 5, feedback: null } }, 2)).toBe(false);
  });

  test("people: the host first, nobody who was removed; those who wait, in their order", () => {
    const people = [
      ...[person(5, "WAITLISTED"), person(6, "REMOVED"), person(7, "WAITLISTED")],
      person(1, "CONFIRMED", { role: "HOST" }),
    ];
    expect(expected({ participants: people }).map(({ userId }) => userId)).toEqual([1, 5, 7]);
    expect([5, 7, 1].map((id) => waitlistPlace({ participants: people }, id))).toEqual([1, 2, undefined]);
  });

  test("two halves, where there are two languages", () => {
    expect(switchesAt(planned("INVITED"))).toBe(at("2026-11-28T10:30:00Z"));
    expect(switchesAt(planned("INVITED", { secondaryLanguage: null }))).toBeUndefined();
  });

  test("time that is taken, by what one has promised to come to", () => {
    const time = { from: at("2026-11-28T10:30:00Z"), to: at("2026-11-28T11:30:00Z") };
    const all = [
      planned("CONFIRMED", { id: 1 }),
      planned("WAITLISTED", { id: 2 }),
      planned("INVITED", { id: 3 }),
      planned("CONFIRMED", { id: 4, status: "CANCELLED" }),
      planned("CONFIRMED", { id: 5, scheduledEndTime: "2026-11-28T10:30:00.000Z" }),
    ];
    expect(takenBy(all, time, { userId: 2 }).map(({ id }) => id)).toEqual([1, 2]);
    expect(takenBy(all, time, { userId: 2, exceptIds: [1] }).map(({ id }) => id)).toEqual([2]);
  });
});

describe("The two languages of a session", () => {
  const speaks = (native: string, ...learning: string[]): PersonLanguage[] => [
    { languageCode: native, languageType: "NATIVE", proficiencyLevel: null, isPrimary: true },
    ...learning.map((languageCode, index) => ({
      ...{ languageCode, languageType: "LEARNING" as const, proficiencyLevel: null, isPrimary: index === 0 },
    })),
  ];
  const fallback = { primary: "en", secondary: "ko" };
  test.each<[string, PersonLanguage[], PersonLanguage[], string, string]>([
    ["are what each learns of the other", speaks("ko", "ja", "en"), speaks("en", "ko"), "en", "ko"],
    ["are what both learn, where neither knows it, and one's own", speaks("ko", "en"), speaks("ko", "en"), "en", "ko"],
    ["are one, where there is no other", speaks("ko"), speaks("ko"), "ko", ""],
    ["are both mother tongues else", speaks("ko", "fr"), speaks("en", "de"), "en", "ko"],
    ["are those of the page, where nothing is known", [], [], "en", "ko"],
    ["are the other one's and that of the page, where one said nothing", [], speaks("es"), "es", "ko"],
  ])("%s", (_, mine, theirs, primary, secondary) => {
    expect(presetLanguages(mine, theirs, fallback)).toEqual({ primary, secondary });
  });
});

describe("What is booked", () => {
  const values: BookingValues = {
    ...{ sessionType: "VIDEO_1V1", title: " 주말 계획 ", description: " ", primary: "en", secondary: "ko" },
    ...{ day: "2026-11-29", time: "09:30", minutes: 45, inviteeIds: [7], isWeekly: false, count: "4" },
  };
  const now = { now: at("2026-11-28T10:00:00Z"), zone: SEOUL };

  test("is what the server takes", () => {
    const sent = bookingToSend(values, SEOUL);
    expect(sent).toEqual({
      ...{ sessionType: "VIDEO_1V1", title: "주말 계획", description: null, inviteeIds: [7] },
      ...{ scheduledStartTime: "2026-11-29T00:30:00.000Z", scheduledEndTime: "2026-11-29T01:15:00.000Z" },
      ...{ primaryLanguage: "en", secondaryLanguage: "ko" },
    });
    const weekly = bookingToSend({ ...values, isWeekly: true, secondary: "" }, SEOUL);
    expect(weekly?.recurrence).toEqual({ frequency: "WEEKLY", count: 4, timeZone: SEOUL });
    for (const body of [sent, weekly]) expect(createSessionRequest.safeParse(body).success).toBe(true);
  });

  test.each<[string, Partial<BookingValues>, object]>([
    ["nothing, where all is well", {}, {}],
    ["that nobody is invited", { inviteeIds: [] }, { inviteeIds: "nobody" }],
    ["that a time is needed", { time: "" }, { scheduledStartTime: "noTime" }],
    ["that a day is needed", { day: "" }, { scheduledStartTime: "noTime" }],
    ["that it is past", { day: "2026-11-28", time: "19:00" }, { scheduledStartTime: "past" }],
    ["that it is too far away", { day: "2028-01-01" }, { scheduledStartTime: "tooFar" }],
    ["that once is not every week", { isWeekly: true, count: "1" }, { recurrence: "count" }],
    ["that it is too often", { isWeekly: true, count: "27" }, { recurrence: "count" }],
    ["that nobody comes half a time", { isWeekly: true, count: "2.5" }, { recurrence: "count" }],
    ["nothing of a count that does not count", { count: "" }, {}],
  ])("is told %s", (_, change, problems) => {
    expect(bookingProblems({ ...values, ...change }, now)).toEqual(problems);
  });

  test("ends as much later as it lasts, also where clocks are put forward", () => {
    const times = timesOf({ day: "2026-03-29", time: "01:30", minutes: 60 }, "Europe/Berlin");
    expect(times).toEqual({ start: at("2026-03-29T00:30:00Z"), end: at("2026-03-29T01:30:00Z") });
    expect(timesOf({ day: "", time: "01:30", minutes: 60 }, SEOUL)).toBeUndefined();
  });

  test("has a last day, where it is weekly", () => {
    expect(lastDay({ ...values, isWeekly: true })).toBe("2026-12-20");
    expect(lastDay(values)).toBeUndefined();
    expect(lastDay({ ...values, isWeekly: true, count: "" })).toBeUndefined();
  });

  test("is for two, where it is one to one", () => {
    const group: BookingValues = { ...values, sessionType: "GROUP_VIDEO", inviteeIds: [7, 8] };
    expect(withType(group, "AUDIO_1V1")).toMatchObject({ sessionType: "AUDIO_1V1", inviteeIds: [7] });
    expect(withType(values, "GROUP_VIDEO").inviteeIds).toEqual([7]);
  });
});

describe("The clocks of a country", () => {
  test("are the same everywhere, or differ from zone to zone", () => {
    const noon = at("2026-11-28T17:00:00Z");
    expect(localTimes("KR", noon)).toEqual({ first: SEOUL, last: SEOUL });
    const { first, last } = localTimes("US", noon) ?? {};
    const hour = (timeZone = "") => new Intl.DateTimeFormat("en", { timeZone, hour: "numeric" }).format(noon);
    expect([hour(first), hour(last)]).toEqual(["7 AM", "12 PM"]);
  });

  test("are not known of what is no country", () => {
    expect(localTimes("no country", 0)).toBeUndefined();
  });
});
