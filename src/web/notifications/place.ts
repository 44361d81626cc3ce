/** Where a notification leads, whether it is still shown, and under which day. Pure. */
import type { Notification } from "../../client/me/index.ts";

/** A session that begins so soon is told of above everything. */
export const BANNER_MINUTES = 10;

/** An address; undefined: nowhere. */
export function linkOf({ type, data }: Notification): string | undefined {
  const { roomId, messageId, sessionId, url } = data;
  if (type === "MESSAGE" && isId(roomId)) return isId(messageId) ? `#${roomId}/${messageId}` : `#${roomId}`;
  if (type.startsWith("SESSION_") && isId(sessionId)) return `#sessions/${sessionId}`;
  // Operators write these; a script is no place.
  if (type === "SYSTEM" && typeof url === "string" && /^(?:https:\/\/|#)/.test(url)) return url;
  return undefined;
}

/** Somebody sees the room that it tells of. */
export function isOfRoom({ type, data }: Notification, roomId: number | undefined): boolean {
  return type === "MESSAGE" && roomId !== undefined && data.roomId === roomId;
}

/** Told above everything: `sessions/reminders.tsx`. */
export function hasBanner({ type, data }: Notification): boolean {
  return type === "SESSION_REMINDER" && typeof data.minutes === "number" && data.minutes <= BANNER_MINUTES;
}

export function isCurrent({ expiresAt }: Notification, now: number): boolean {
  return expiresAt === null || Date.parse(expiresAt) > now;
}

export interface NotificationDay {
  readonly name: string;
  readonly notifications: readonly Notification[];
}

/** In the order they are given in. */
export function byDay(
  notifications: readonly Notification[],
  dayOf: (iso: string) => string,
): readonly NotificationDay[] {
  const days = Map.groupBy(notifications, ({ createdAt }) => dayOf(createdAt));
  return [...days].map(([name, ofDay]) => ({ name, notifications: ofDay }));
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
