/**
 * Sessions as calendars take them (RFC 5545): a file of one session, and the feed of all of somebody's. An event keeps its UID
 * for good, and its SEQUENCE only grows, so that whoever has it already sees it move, change and be called off.
 */
import ical, { ICalCalendarMethod, ICalEventBusyStatus, ICalEventStatus } from "ical-generator";
import type { SessionAnswer } from "../../schema/api/sessions.ts";

/** How long a calendar may wait until it asks again, if it listens to that. */
const ASK_AGAIN_SECONDS = 15 * 60;
const PRODUCT = { company: "StudyMate", product: "Learning sessions", language: "EN" };

export interface Reader {
  readonly userId: number;
  /** Where the page is: each event leads there. */
  readonly origin: string;
  readonly now: number;
}

/** One session. Called off, it takes itself out of the calendar that it was put into. */
export function sessionFile(session: SessionAnswer, reader: Reader): string {
  const method = session.status === "CANCELLED" ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH;
  const calendar = ical({ prodId: PRODUCT, method });
  calendar.createEvent(eventOf(session, reader));
  return fileOf(calendar);
}

export function feedFile(sessions: readonly SessionAnswer[], reader: Reader): string {
  const method = ICalCalendarMethod.PUBLISH;
  const calendar = ical({ prodId: PRODUCT, method, name: "StudyMate", ttl: ASK_AGAIN_SECONDS });
  for (const session of sessions) calendar.createEvent(eventOf(session, reader));
  return fileOf(calendar);
}

/** Every line ends, the last one too. */
function fileOf(calendar: { toString(): string }): string {
  return `${calendar.toString()}\r\n`;
}

function eventOf(session: SessionAnswer, { userId, origin, now }: Reader) {
  const status = statusFor(session, userId);
  const isFree = status === ICalEventStatus.CANCELLED;
  return {
    id: eventId(session),
    sequence: session.rev,
    start: new Date(session.scheduledStartTime),
    end: new Date(session.scheduledEndTime),
    stamp: new Date(now),
    created: new Date(session.createdAt),
    summary: plain(session.title || languagesOf(session)),
    ...(session.description && { description: plain(session.description) }),
    status,
    busystatus: isFree ? ICalEventBusyStatus.FREE : ICalEventBusyStatus.BUSY,
    url: `${origin}/#sessions/${session.id}`,
  };
}

/** The same wherever it is asked for, and of no other service that calls its sessions by numbers. */
function eventId({ id, createdAt }: SessionAnswer): string {
  return `session-${id}-${Date.parse(createdAt).toString(36)}@studymate`;
}

/** As it stands for the reader: what they have not said yes to, or have no place in yet, is not certain. */
function statusFor({ status, participants }: SessionAnswer, userId: number): ICalEventStatus {
  const own = participants.find((one) => one.userId === userId)?.invitation;
  if (status === "CANCELLED" || own === undefined || own === "DECLINED" || own === "REMOVED") {
    return ICalEventStatus.CANCELLED;
  }
  return own === "CONFIRMED" ? ICalEventStatus.CONFIRMED : ICalEventStatus.TENTATIVE;
}

/** Where there is no title: each language as its own speakers call it. */
function languagesOf({ primaryLanguage, secondaryLanguage }: SessionAnswer): string {
  const names = [primaryLanguage, secondaryLanguage].filter((code) => code !== null);
  return names.map((code) => new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code).join(" ⇄ ");
}

/** A calendar's text has line breaks and tabs, and no other control character; some readers break lines at these as well. */
function plain(text: string): string {
  return text.replace(/[\u0085\u2028\u2029]/g, "\n").replace(/(?![\t\r\n])\p{Cc}/gu, "");
}
