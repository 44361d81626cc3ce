/** What becomes of what somebody is to be told: made or not, pushed or not, when a message counts as unseen. Pure. */
import type { NotificationPriority, NotificationSettings, NotificationType } from "../../schema/notifications.ts";
import type { ChosenStatus } from "../../schema/protocol/me/entities.ts";
import type { PushMessage } from "../../schema/push.ts";
import type { InboxUpdate, UnreadMessage } from "../../schema/rpc.ts";

export const DEFAULT_PRIORITY: Readonly<Record<NotificationType, NotificationPriority>> = {
  MESSAGE: "HIGH",
  MATCH_REQUEST: "NORMAL",
  MATCH_ACCEPTED: "NORMAL",
  MATCH_REJECTED: "LOW",
  MATCH_EXPIRED: "LOW",
  SESSION_INVITE: "NORMAL",
  SESSION_REMINDER: "HIGH",
  SESSION_STARTED: "HIGH",
  SESSION_CANCELLED: "HIGH",
  SESSION_RATED: "LOW",
  LEVEL_TEST_RESULT: "NORMAL",
  SAFETY: "HIGH",
  SYSTEM: "NORMAL",
};

export interface Circumstances {
  readonly settings: NotificationSettings;
  /** That of the settings, else of the profile. */
  readonly timeZone: string;
  readonly chosenStatus: ChosenStatus;
  readonly now: number;
}

/** Whether it is made at all. */
export function isWanted(type: NotificationType, settings: NotificationSettings): boolean {
  return settings.types[type].inApp;
}

/** Whether it is pushed as well; it is decided once, when it is made. */
export function isPushed(
  { type, priority }: { readonly type: NotificationType; readonly priority: NotificationPriority },
  { settings, timeZone, chosenStatus, now }: Circumstances,
): boolean {
  if (!settings.types[type].push) return false;
  if (type === "SAFETY" || priority === "URGENT") return true;
  if (settings.quietWhileBusy && chosenStatus === "busy") return false;
  return settings.quietHours === null || !isQuiet(settings.quietHours, timeZone, now);
}

/**
 * By the clock on the wall, whatever daylight saving time does to it: an hour that is left out is not waited for, one that
 * comes twice is quiet twice.
 */
function isQuiet(
  { from, to }: NonNullable<NotificationSettings["quietHours"]>,
  timeZone: string,
  now: number,
): boolean {
  const time = wallClock(timeZone, now);
  return from < to ? from <= time && time < to : from <= time || time < to;
}

let clock: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

/** `HH:MM`, which sorts as text. Formats are slow to make. */
function wallClock(timeZone: string, now: number): string {
  if (clock?.timeZone !== timeZone) {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    clock = { timeZone, format };
  }
  return clock.format.format(now);
}

const HOUR = 3_600;

/** How long a push is worth something, and how urgent it is to a device on battery. */
const PUSHED: Readonly<Record<NotificationPriority, Pick<PushMessage, "urgency" | "ttlSeconds">>> = {
  LOW: { urgency: "low", ttlSeconds: 12 * HOUR },
  NORMAL: { urgency: "normal", ttlSeconds: 24 * HOUR },
  HIGH: { urgency: "high", ttlSeconds: 24 * HOUR },
  URGENT: { urgency: "high", ttlSeconds: 72 * HOUR },
};

/** Null where it is worth nothing any more. */
export function pushTerms(
  { priority, expiresAt }: { readonly priority: NotificationPriority; readonly expiresAt: number | null },
  now: number,
): Pick<PushMessage, "urgency" | "ttlSeconds"> | null {
  const { urgency, ttlSeconds } = PUSHED[priority];
  const leftSeconds = expiresAt === null ? ttlSeconds : Math.floor((expiresAt - now) / 1_000);
  return leftSeconds < 1 ? null : { urgency, ttlSeconds: Math.min(ttlSeconds, leftSeconds) };
}

/** Who has a room open may be looking, or may have left it open. */
export const LOOKING_MS = 10_000;

export interface RoomNotice {
  /** The room's history in which the numbers hold. */
  readonly epoch: number;
  /** Of messages up to this one there was a notification, or was to be none. */
  readonly notifiedId: number;
  /** When to look whether `latest` is still unread; null: nothing waits. */
  readonly noticeAt: number | null;
  readonly latest: UnreadMessage | null;
}

export const NO_NOTICE: RoomNotice = { epoch: 0, notifiedId: 0, noticeAt: null, latest: null };

export type RoomStanding = Pick<InboxUpdate, "epoch" | "lastReadMessageId" | "latestUnread" | "isHere">;

/** What a room's word does to its notice, and the message to tell of now. */
export interface NoticeStep {
  readonly notice: RoomNotice;
  readonly tell: UnreadMessage | null;
}

export function nextNotice(
  known: RoomNotice,
  { epoch, lastReadMessageId, latestUnread, isHere }: RoomStanding,
  now: number,
): NoticeStep {
  // After a restore the room's numbers mean other messages: what is unread is told of once more.
  const notice = known.epoch === epoch ? known : { ...NO_NOTICE, epoch, notifiedId: lastReadMessageId };
  if (latestUnread === null || latestUnread.id <= notice.notifiedId) {
    // Read, deleted, or told of before.
    return { notice: { ...notice, noticeAt: null, latest: null }, tell: null };
  }
  if (!isHere) return { notice: told(notice, latestUnread), tell: latestUnread };
  // The first one's time counts: a room in which much is said is not silent for that.
  return { notice: { ...notice, noticeAt: notice.noticeAt ?? now + LOOKING_MS, latest: latestUnread }, tell: null };
}

/** A room that is taken into the inbox with all that was said before: nobody is told of that. */
export function seenBefore({ epoch, lastMessageId }: Pick<InboxUpdate, "epoch" | "lastMessageId">): NoticeStep {
  return { notice: { ...NO_NOTICE, epoch, notifiedId: lastMessageId }, tell: null };
}

/** Its time has come, and it is unread. */
export function lapsedNotice(notice: RoomNotice): NoticeStep {
  const { latest } = notice;
  return { notice: latest === null ? { ...notice, noticeAt: null } : told(notice, latest), tell: latest };
}

function told({ epoch }: RoomNotice, { id }: UnreadMessage): RoomNotice {
  return { epoch, notifiedId: id, noticeAt: null, latest: null };
}
