/** What becomes of what somebody is to be told, and how it is said. */
import { describe, expect, test } from "vitest";
import {
  isPushed,
  isWanted,
  LOOKING_MS,
  lapsedNotice,
  NO_NOTICE,
  nextNotice,
  pushTerms,
  type RoomNotice,
  type RoomStanding,
} from "../../objects/user-presence/notification-rules.ts";
import { notificationText, previewText } from "../../objects/user-presence/notification-texts.ts";
import {
  DEFAULT_SETTINGS,
  NOTIFICATION_TYPES,
  type NotificationData,
  type NotificationPriority,
  type NotificationSettings,
  type NotificationType,
  notificationSettings,
} from "../../schema/notifications.ts";
import { characters } from "../../schema/values.ts";

const SEOUL = "Asia/Seoul";
const at = (time: string) => Date.parse(time);

interface Case {
  readonly settings?: Partial<NotificationSettings>;
  readonly timeZone?: string;
  readonly chosenStatus?: "online" | "away" | "busy";
  readonly now?: number;
  readonly type?: NotificationType;
  readonly priority?: NotificationPriority;
}

function pushed({
  settings,
  timeZone = SEOUL,
  chosenStatus = "online",
  now = 0,
  type = "MESSAGE",
  priority = "HIGH",
}: Case) {
  const circumstances = { settings: { ...DEFAULT_SETTINGS, ...settings }, timeZone, chosenStatus, now };
  return isPushed({ type, priority }, circumstances);
}

describe("quiet hours", () => {
  const overnight = { quietHours: { from: "22:00", to: "07:00" } };
  const afternoon = { quietHours: { from: "13:00", to: "14:30" } };

  test.each<[when: string, settings: Partial<NotificationSettings>, timeZone: string, time: string, isPushed: boolean]>(
    [
      ["the last minute before them", overnight, SEOUL, "2026-11-28T21:59:59.999+09:00", true],
      ["their first", overnight, SEOUL, "2026-11-28T22:00:00.000+09:00", false],
      ["midnight", overnight, SEOUL, "2026-11-29T00:00:00.000+09:00", false],
      ["their last", overnight, SEOUL, "2026-11-29T06:59:59.999+09:00", false],
      ["the first after them", overnight, SEOUL, "2026-11-29T07:00:00.000+09:00", true],
      ["by day: before", afternoon, SEOUL, "2026-11-28T12:59:00.000+09:00", true],
      ["by day: within", afternoon, SEOUL, "2026-11-28T14:29:00.000+09:00", false],
      ["by day: after", afternoon, SEOUL, "2026-11-28T14:30:00.000+09:00", true],
      ["another zone at the same moment", overnight, "Europe/Berlin", "2026-11-28T22:00:00.000+09:00", true],
      ["a zone of half an hour", overnight, "Asia/Kolkata", "2026-11-28T22:00:00.000+05:30", false],
      ["a zone of half an hour: before", overnight, "Asia/Kolkata", "2026-11-28T21:59:00.000+05:30", true],
    ],
  )("%s", (_, settings, timeZone, time, expected) => {
    expect(pushed({ settings, timeZone, now: at(time) })).toBe(expected);
  });

  // Berlin goes from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
  const berlin = (from: string, to: string) => ({ quietHours: { from, to } });
  test.each<[when: string, settings: Partial<NotificationSettings>, time: string, isPushed: boolean]>([
    ["spring: the night is an hour shorter, and ends by the clock", overnight, "2026-03-29T04:59:00.000Z", false],
    ["spring: at 07:00 of summer time", overnight, "2026-03-29T05:00:00.000Z", true],
    ["spring: the day before, 07:00 is an hour later", overnight, "2026-03-28T05:00:00.000Z", false],
    ["spring: hours that are left out are not waited for", berlin("02:15", "02:45"), "2026-03-29T01:00:00.000Z", true],
    ["spring: they begin with the gap's end", berlin("02:30", "04:00"), "2026-03-29T01:00:00.000Z", false],
    ["spring: the minute before the gap", berlin("02:30", "04:00"), "2026-03-29T00:59:00.000Z", true],
    ["spring: they end in the gap", berlin("01:00", "02:30"), "2026-03-29T01:00:00.000Z", true],
    ["autumn: 02:30 for the first time", berlin("02:15", "02:45"), "2026-10-25T00:30:00.000Z", false],
    ["autumn: between the two", berlin("02:15", "02:45"), "2026-10-25T00:50:00.000Z", true],
    ["autumn: 02:30 for the second time", berlin("02:15", "02:45"), "2026-10-25T01:30:00.000Z", false],
    ["autumn: the night is an hour longer", overnight, "2026-10-25T05:59:00.000Z", false],
    ["autumn: at 07:00 of winter time", overnight, "2026-10-25T06:00:00.000Z", true],
  ])("in Berlin, %s", (_, settings, time, expected) => {
    expect(pushed({ settings, timeZone: "Europe/Berlin", now: at(time) })).toBe(expected);
  });

  test.each([
    ["both the same", { from: "22:00", to: "22:00" }],
    ["no time of day", { from: "24:00", to: "07:00" }],
    ["without its zero", { from: "7:00", to: "08:00" }],
  ])("are refused: %s", (_, quietHours) => {
    expect(notificationSettings.safeParse({ ...DEFAULT_SETTINGS, quietHours }).success).toBe(false);
  });

  test("their zone is an IANA name", () => {
    const parsed = (timeZone: string) => notificationSettings.safeParse({ ...DEFAULT_SETTINGS, timeZone }).success;
    expect(["Asia/Seoul", "America/New_York", "+09:00", "Seoul"].map(parsed)).toEqual([true, true, false, false]);
  });
});

describe("what is pushed", () => {
  const always = { quietHours: { from: "00:00", to: "23:59" } };
  const off = (type: NotificationType, choice: { inApp: boolean; push: boolean }) => ({
    types: { ...DEFAULT_SETTINGS.types, [type]: choice },
  });

  test.each<[what: string, one: Case, isPushed: boolean]>([
    ["anything, unless something was chosen", {}, true],
    ["nothing while busy", { chosenStatus: "busy" }, false],
    ["while away", { chosenStatus: "away" }, true],
    ["while busy, where that is not to be quiet", { chosenStatus: "busy", settings: { quietWhileBusy: false } }, true],
    ["SAFETY while busy", { chosenStatus: "busy", type: "SAFETY" }, true],
    ["SAFETY in quiet hours", { settings: always, type: "SAFETY" }, true],
    ["URGENT in quiet hours", { settings: always, type: "SYSTEM", priority: "URGENT" }, true],
    ["HIGH in quiet hours", { settings: always, type: "SYSTEM", priority: "HIGH" }, false],
    ["no type that is not to be", { settings: off("MESSAGE", { inApp: true, push: false }) }, false],
    [
      "URGENT of a type that is not to be",
      { settings: off("SYSTEM", { inApp: true, push: false }), type: "SYSTEM", priority: "URGENT" },
      false,
    ],
    ["another type", { settings: off("SYSTEM", { inApp: true, push: false }) }, true],
  ])("%s", (_, one, expected) => {
    expect(pushed(one)).toBe(expected);
  });

  test("a type that is turned off is not made", () => {
    const settings = { ...DEFAULT_SETTINGS, ...off("SESSION_RATED", { inApp: false, push: true }) };
    expect(NOTIFICATION_TYPES.filter((type) => !isWanted(type, settings))).toEqual(["SESSION_RATED"]);
  });

  test.each<[priority: NotificationPriority, expiresAt: number | null, terms: ReturnType<typeof pushTerms>]>([
    ["LOW", null, { urgency: "low", ttlSeconds: 43_200 }],
    ["NORMAL", null, { urgency: "normal", ttlSeconds: 86_400 }],
    ["HIGH", null, { urgency: "high", ttlSeconds: 86_400 }],
    ["URGENT", null, { urgency: "high", ttlSeconds: 259_200 }],
    ["HIGH", 61_999, { urgency: "high", ttlSeconds: 60 }],
    ["HIGH", 1_500, null],
    ["HIGH", 10 ** 15, { urgency: "high", ttlSeconds: 86_400 }],
  ])("%s that expires at %s is worth so much", (priority, expiresAt, terms) => {
    expect(pushTerms({ priority, expiresAt }, 1_000)).toEqual(terms);
  });
});

describe("a room's messages", () => {
  const message = (id: number) => ({ id, senderId: 2, senderName: "Daniel", messageType: "TEXT" as const });
  const told = (id: number): RoomNotice => ({ epoch: 1, notifiedId: id, noticeAt: null, latest: null });
  const waiting = (notifiedId: number, noticeAt: number, id: number): RoomNotice => ({
    ...{ epoch: 1, notifiedId, noticeAt },
    latest: message(id),
  });
  const room = (latest: number | null, standing: Partial<RoomStanding> = {}): RoomStanding => ({
    ...{ epoch: 1, lastReadMessageId: 0, isHere: false },
    latestUnread: latest === null ? null : message(latest),
    ...standing,
  });
  const here = { isHere: true };

  test.each<[what: string, known: RoomNotice, standing: RoomStanding, next: RoomNotice, tells: number | null]>([
    ["the first is told of at once", NO_NOTICE, room(1), told(1), 1],
    ["told again, it is not", told(1), room(1), told(1), null],
    ["the next one is", told(1), room(2), told(2), 2],
    ["what was deleted takes none back", told(3), room(2), told(3), null],
    ["where all is read, none", told(1), room(null), told(1), null],
    ["who is there may be looking", told(1), room(2, here), waiting(1, 1_000 + LOOKING_MS, 2), null],
    ["and is not waited for longer as more is said", waiting(1, 5_000, 2), room(3, here), waiting(1, 5_000, 3), null],
    ["who looks is not told", waiting(1, 5_000, 2), room(null, here), told(1), null],
    ["who goes without reading is told with the next one", waiting(1, 5_000, 2), room(3), told(3), 3],
    ["or with the room's next word", waiting(1, 5_000, 2), room(2), told(2), 2],
    [
      "after a restore numbers mean other messages",
      told(50),
      room(41, { epoch: 2, lastReadMessageId: 40 }),
      { ...told(41), epoch: 2 },
      41,
    ],
    [
      "of what was read then, none",
      told(50),
      room(null, { epoch: 2, lastReadMessageId: 41 }),
      { ...told(41), epoch: 2 },
      null,
    ],
  ])("%s", (_, known, standing, next, tells) => {
    const step = nextNotice(known, standing, 1_000);
    expect(step.notice).toEqual(next);
    expect(step.tell?.id ?? null).toBe(tells);
  });

  test("whoever has not looked in time is told", () => {
    expect(lapsedNotice(waiting(1, 5_000, 3))).toEqual({ notice: told(3), tell: message(3) });
    expect(lapsedNotice(told(3))).toEqual({ notice: told(3), tell: null });
  });
});

describe("texts", () => {
  const startsAt = "2026-11-28T12:30:00.000Z";
  const person = { userId: 2, name: "Daniel" };
  const session = { sessionId: 3, title: "한국어 회화" };
  const request = { requestId: 1, ...person };
  const DATA: { readonly [Type in NotificationType]: NotificationData<Type> } = {
    MESSAGE: { roomId: 1, messageId: 2, senderId: 2, senderName: "Daniel", roomName: null, messageType: "TEXT" },
    MATCH_REQUEST: request,
    MATCH_ACCEPTED: request,
    MATCH_REJECTED: request,
    MATCH_EXPIRED: request,
    SESSION_INVITE: { ...session, ...person, startsAt },
    SESSION_REMINDER: { ...session, startsAt, minutes: 10 },
    SESSION_STARTED: session,
    SESSION_CANCELLED: { ...session, startsAt },
    SESSION_RATED: { ...session, ...person, rating: 5 },
    LEVEL_TEST_RESULT: { testId: 4, languageCode: "en", level: "B2" },
    SAFETY: { reportId: 5, outcome: "RESOLVED" },
    SYSTEM: {
      ko: { title: "공지", message: "점검이 있어요." },
      en: { title: "Notice", message: "Maintenance." },
      url: null,
    },
  };
  const text = <Type extends NotificationType>(
    type: Type,
    language: "ko" | "en",
    change: Partial<NotificationData<Type>> = {},
    count = 1,
  ) => notificationText({ type, data: { ...DATA[type], ...change }, count }, { language, timeZone: SEOUL });

  test.each(NOTIFICATION_TYPES)("%s is said in both languages", (type) => {
    const ko = text(type, "ko");
    const en = text(type, "en");
    expect(`${ko.title} ${ko.message}`).toMatch(/\p{Script=Hangul}/u);
    expect(`${en.title} ${en.message}`.replaceAll("한국어 회화", "")).not.toMatch(/\p{Script=Hangul}/u);
    for (const said of [ko, en]) expect(`${said.title} ${said.message}`).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test.each<[said: string, text: { title: string; message: string }]>([
    ["Daniel님이 메시지를 보냈어요.", text("MESSAGE", "ko")],
    ["New message from Daniel", text("MESSAGE", "en")],
    ["새 메시지 3개", text("MESSAGE", "ko", {}, 3)],
    ["3 new messages", text("MESSAGE", "en", {}, 3)],
    ["새 메시지 100+개 · 마지막은 Daniel님", text("MESSAGE", "ko", { roomName: "스터디" }, 100)],
    ["100+ new messages, the latest from Daniel", text("MESSAGE", "en", { roomName: "Study" }, 100)],
    ["‘한국어 회화’가 10분 뒤에 시작돼요.", text("SESSION_REMINDER", "ko")],
    ["‘아침 수업’이 시작되었어요.", text("SESSION_STARTED", "ko", { title: "아침 수업" })],
    ["세션이 시작되었어요.", text("SESSION_STARTED", "ko", { title: null })],
    ["‘English with Jane’이 시작되었어요.", text("SESSION_STARTED", "ko", { title: "English with Jane" })],
    ["‘Coffee chat 2’가 시작되었어요.", text("SESSION_STARTED", "ko", { title: "Coffee chat 2" })],
    ["Your session starts in 1 minute.", text("SESSION_REMINDER", "en", { title: null, minutes: 1 })],
    ["“한국어 회화” has started.", text("SESSION_STARTED", "en")],
    ["Daniel님이 ‘한국어 회화’를 5점 만점에 5점으로 평가했어요.", text("SESSION_RATED", "ko")],
    ["영어 실력은 B2 수준이에요.", text("LEVEL_TEST_RESULT", "ko")],
    ["Your English is at level B2.", text("LEVEL_TEST_RESULT", "en")],
    ["점검이 있어요.", text("SYSTEM", "ko")],
    ["Maintenance.", text("SYSTEM", "en")],
  ])("%s", (said, { message }) => {
    expect(message).toBe(said);
  });

  test("a time is by the reader's clock", () => {
    expect(text("SESSION_CANCELLED", "ko").message).toContain("오후 9:30");
    expect(text("SESSION_CANCELLED", "en").message).toContain("9:30");
  });

  test("the title is the room's name, or whose message it is", () => {
    expect(text("MESSAGE", "ko").title).toBe("Daniel님");
    expect(text("MESSAGE", "en").title).toBe("Daniel");
    expect(text("MESSAGE", "en", { roomName: "Study" }).title).toBe("Study");
  });

  test("what is too long is cut, no character in two", () => {
    const { title } = text("SYSTEM", "ko", { ko: { title: "😀".repeat(300), message: "" } });
    expect(characters(title)).toBe(200);
    expect(title.endsWith("😀…")).toBe(true);
  });

  test("of a message, how it begins, or what it is", () => {
    expect(previewText({ preview: "안녕", messageType: "TEXT" }, "en")).toBe("안녕");
    expect(previewText({ preview: null, messageType: "VOICE" }, "ko")).toBe("음성 메시지");
    expect(previewText({ preview: null, messageType: "TEXT" }, "ko")).toBe(null);
  });
});
