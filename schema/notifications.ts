/** What people are notified of, what each kind carries, and what of it they want. */
import { z } from "zod";
import { timeZone } from "./api/people.ts";
import { jsonValue, messageId, messageType, roomId, timestamp, userId } from "./values.ts";

export const NOTIFICATION_LIMITS = {
  titleCharacters: 200,
  messageCharacters: 1_000,
  causeCharacters: 200,
  idsPerRequest: 500,
} as const;

const id = z.int().min(1);
const name = z.string();
const person = { userId, name };
const session = { sessionId: id, title: name.nullable() };
const request = { requestId: id, ...person };
const words = z.object({ title: z.string(), message: z.string() });

/** What a notification of each type carries in its `data`, beside `count`. */
export const NOTIFICATION_DATA = {
  MESSAGE: z.object({ roomId, messageId, senderId: userId, senderName: name, roomName: name.nullable(), messageType }),
  MATCH_REQUEST: z.object(request),
  MATCH_ACCEPTED: z.object(request),
  MATCH_REJECTED: z.object(request),
  MATCH_EXPIRED: z.object(request),
  SESSION_INVITE: z.object({ ...session, ...person, startsAt: timestamp }),
  SESSION_REMINDER: z.object({ ...session, startsAt: timestamp, minutes: z.int().min(1) }),
  SESSION_STARTED: z.object(session),
  SESSION_CANCELLED: z.object({ ...session, startsAt: timestamp }),
  SESSION_RATED: z.object({ ...session, ...person, rating: z.int().min(1).max(5) }),
  LEVEL_TEST_RESULT: z.object({ testId: id, languageCode: z.string(), level: z.string() }),
  SAFETY: z.object({ reportId: id, outcome: z.enum(["RESOLVED", "DISMISSED"]) }),
  SYSTEM: z.object({ ko: words, en: words, url: z.string().max(500).nullable() }),
} as const;

export type NotificationType = keyof typeof NOTIFICATION_DATA;
export type NotificationData<Type extends NotificationType> = z.infer<(typeof NOTIFICATION_DATA)[Type]>;

export const NOTIFICATION_TYPES = Object.keys(NOTIFICATION_DATA) as [NotificationType, ...NotificationType[]]; // its own keys
export const notificationType = z.enum(NOTIFICATION_TYPES);
export const notificationPriority = z.enum(["LOW", "NORMAL", "HIGH", "URGENT"]);
export type NotificationPriority = z.infer<typeof notificationPriority>;

export const notificationId = id.describe("Its number among one's own: 1, 2, 3 …");

export const notification = z
  .object({
    id: notificationId,
    rev: z
      .int()
      .min(0)
      .describe("The number of its latest change among one's own; 0: never changed. Of two, the higher holds."),
    type: notificationType,
    title: z.string(),
    message: z.string(),
    data: z
      .record(z.string(), jsonValue)
      .describe(
        "Where it leads, by its type; `count`: of how many things it tells, as one that takes another's place.",
      ),
    isRead: z.boolean(),
    readAt: timestamp.nullable(),
    priority: notificationPriority,
    expiresAt: timestamp.nullable().describe("From then on it is not shown any more, nor counted."),
    createdAt: timestamp.describe("A later one where it took the place of an earlier one, whose id it keeps."),
  })
  .describe("Something that one is told of, in one's language.");
export type Notification = z.infer<typeof notification>;

const choice = z.object({
  inApp: z.boolean().describe("False: none is made, nor pushed."),
  push: z.boolean().describe("Also to devices on which no page is open."),
});

const EVERY_CHOICE = Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, choice])) as Record<
  NotificationType,
  typeof choice
>; // from the list of all types

const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day: `22:30`");

const quietHours = z
  .object({ from: clockTime, to: clockTime.describe("The first minute that is not quiet any more.") })
  .refine(({ from, to }) => from !== to, { message: "must differ from `from`", path: ["to"] });

export const notificationLanguage = z.enum(["ko", "en"]);
export type NotificationLanguage = z.infer<typeof notificationLanguage>;

export const notificationSettings = z
  .object({
    types: z.object(EVERY_CHOICE),
    quietHours: quietHours.nullable().describe("By the clock of `timeZone`. Nothing is pushed but SAFETY and URGENT."),
    timeZone: timeZone.nullable().describe("IANA name; null: that of one's profile, else UTC."),
    language: notificationLanguage
      .nullable()
      .describe("Null: Korean for whose first native language it is, else English."),
    showsMessageText: z.boolean().describe("Whether a push may show what a message says, not only who wrote it."),
    quietWhileBusy: z.boolean().describe("While one shows `busy`, nothing is pushed but SAFETY and URGENT."),
  })
  .describe("What one wants to be told of, where, and when not.");
export type NotificationSettings = z.infer<typeof notificationSettings>;

const all = { inApp: true, push: true };

export const DEFAULT_SETTINGS: NotificationSettings = {
  types: Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, all])) as NotificationSettings["types"], // of all types
  quietHours: null,
  timeZone: null,
  language: null,
  showsMessageText: false,
  quietWhileBusy: true,
};

type RequestOf<Type extends NotificationType> = {
  readonly type: Type;
  /** Names what it is told of: the same again makes nothing new, also years later. */
  readonly cause: string;
  readonly data: NotificationData<Type>;
  /** That of the type unless given. */
  readonly priority?: NotificationPriority;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  /** Takes the place of an unread one with the same key. */
  readonly collapseKey?: string;
  /** Whose words are in it: it goes when their account does. Unless given, who is named in `data`. */
  readonly aboutUserId?: number | null;
};

/** What others ask a person's object to tell. Of messages the object knows by itself. */
export type NotificationRequest = {
  [Type in Exclude<NotificationType, "MESSAGE">]: RequestOf<Type>;
}[Exclude<NotificationType, "MESSAGE">];
