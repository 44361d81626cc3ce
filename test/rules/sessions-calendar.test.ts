/** Calendars of sessions, read by somebody else's parser. */
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import type { SessionAnswer } from "../../schema/api/sessions.ts";
import { feedFile, sessionFile } from "../../src/sessions/calendar.ts";

const reader = { userId: 2, origin: "https://studymate.example", now: Date.UTC(2026, 10, 22, 9, 30) };

function session(
  change: Partial<SessionAnswer> = {},
  invitation: "INVITED" | "CONFIRMED" | "WAITLISTED" | "DECLINED" = "CONFIRMED",
): SessionAnswer {
  const person = { imageUrl: null, joinedAt: null, leftAt: null, participationTime: 0, attendance: null, talk: [] };
  return {
    id: 12,
    sessionType: "VIDEO_1V1",
    title: "월요일 회화",
    description: "날씨와 여행",
    scheduledStartTime: "2026-11-23T09:00:00.000Z",
    scheduledEndTime: "2026-11-23T10:00:00.000Z",
    actualStartTime: null,
    actualEndTime: null,
    status: "SCHEDULED",
    endReason: null,
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    maxParticipants: 2,
    createdByUserId: 1,
    seriesId: null,
    createdAt: "2026-11-20T12:00:00.000Z",
    rev: 3,
    participants: [
      { ...person, userId: 1, name: "Minji", role: "HOST", invitation: "CONFIRMED" },
      { ...person, userId: 2, name: "Daniel", role: "PARTICIPANT", invitation },
    ],
    ownRating: null,
    ...change,
  };
}

function read(file: string) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
  return { calendar, events, method: calendar.getFirstPropertyValue("method") };
}

function onlyEvent(file: string) {
  const { events } = read(file);
  expect(events).toHaveLength(1);
  const [event] = events;
  if (event === undefined) throw new Error("no event");
  return event;
}

const statusOf = (file: string) => onlyEvent(file).component.getFirstPropertyValue("status");

describe("a session's file", () => {
  test("has its title, times in UTC, what it is about, and where it is", () => {
    const event = onlyEvent(sessionFile(session(), reader));
    expect(event.summary).toBe("월요일 회화");
    expect(event.description).toBe("날씨와 여행");
    expect(event.startDate.toString()).toBe("2026-11-23T09:00:00Z");
    expect(event.endDate.toString()).toBe("2026-11-23T10:00:00Z");
    expect(event.component.getFirstPropertyValue("url")).toBe("https://studymate.example/#sessions/12");
  });

  test("names nobody's address, and nobody", () => {
    expect(sessionFile(session(), reader)).not.toMatch(/ATTENDEE|ORGANIZER|mailto|Minji|Daniel/);
  });

  test("moves the event that a calendar has already, and does not make another", () => {
    const before = onlyEvent(sessionFile(session(), reader));
    const moved = session({
      scheduledStartTime: "2026-11-24T09:00:00.000Z",
      scheduledEndTime: "2026-11-24T10:00:00.000Z",
      rev: 5,
    });
    const after = onlyEvent(sessionFile(moved, { ...reader, origin: "https://another.example", now: reader.now + 1 }));
    expect(after.uid).toBe(before.uid);
    expect([before.sequence, after.sequence]).toEqual([3, 5]);
    expect(onlyEvent(sessionFile(session({ id: 13 }), reader)).uid).not.toBe(before.uid);
  });

  test("takes the event out again where it was called off", () => {
    const file = sessionFile(session({ status: "CANCELLED", endReason: "CANCELLED", rev: 6 }), reader);
    expect(read(file).method).toBe("CANCEL");
    expect(statusOf(file)).toBe("CANCELLED");
    expect(onlyEvent(file).uid).toBe(onlyEvent(sessionFile(session(), reader)).uid);
    expect(read(sessionFile(session(), reader)).method).toBe("PUBLISH");
  });

  test.each([
    ["CONFIRMED", "CONFIRMED"],
    ["INVITED", "TENTATIVE"],
    ["WAITLISTED", "TENTATIVE"],
    ["DECLINED", "CANCELLED"],
  ] as const)("is for somebody %s an event that is %s", (invitation, status) => {
    expect(statusOf(sessionFile(session({}, invitation), reader))).toBe(status);
  });

  test("is called after its languages where it has no title", () => {
    expect(onlyEvent(sessionFile(session({ title: null }), reader)).summary).toBe("한국어 ⇄ English");
    const alone = session({ title: "", description: null, primaryLanguage: "ja", secondaryLanguage: null });
    expect(onlyEvent(sessionFile(alone, reader)).summary).toBe("日本語");
  });
});

describe("texts", () => {
  const HOSTILE = [
    "A\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged",
    "a;b,c\\d:e\"f'g",
    "\\n is no line break, and neither is \\\\n",
    "BEGIN:VALARM",
    "가".repeat(255),
    "👩‍👩‍👧‍👦".repeat(40),
    "tab\there",
    "https://example.org/?a=1&b=2;c",
    " leading and trailing ",
  ];

  test.each(HOSTILE)("%j comes out as it went in", (text) => {
    const event = onlyEvent(sessionFile(session({ title: text, description: text }), reader));
    expect(event.summary).toBe(text.replaceAll("\r\n", "\n"));
    expect(event.description).toBe(text.replaceAll("\r\n", "\n"));
    expect(event.component.getAllSubcomponents()).toEqual([]);
  });

  test("with control characters and other line ends break no line", () => {
    const event = onlyEvent(sessionFile(session({ title: "a\u0007b\u001bc\u0085d\u2028e\rf" }), reader));
    expect(event.summary).toBe("abc\nd\ne\nf");
  });

  test.each(HOSTILE)("%j is folded into lines of at most 75 bytes, no character cut in two", (text) => {
    const bytes = new TextEncoder().encode(sessionFile(session({ title: text, description: text }), reader));
    const lines = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes).split("\r\n");
    for (const line of lines) {
      expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
      expect(line).not.toMatch(/[\r\n\ufffd]/);
      expect(line.isWellFormed()).toBe(true);
    }
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.slice(-2)).toEqual(["END:VCALENDAR", ""]);
  });
});

describe("a feed", () => {
  test("has each session, those that were called off too, and a name", () => {
    const { events, method, calendar } = read(feedFile([session(), session({ id: 13, status: "CANCELLED" })], reader));
    expect(method).toBe("PUBLISH");
    expect(calendar.getFirstPropertyValue("x-wr-calname")).toBe("StudyMate");
    expect(events.map(({ component }) => component.getFirstPropertyValue("status"))).toEqual([
      "CONFIRMED",
      "CANCELLED",
    ]);
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(2);
  });

  test("of nothing is a calendar all the same", () => {
    expect(read(feedFile([], reader)).events).toEqual([]);
  });
});
