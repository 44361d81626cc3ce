/** What people are told of, and what they want to be told of. */
import {
  notificationList,
  notificationQuery,
  readNotificationsAnswer,
  readNotificationsRequest,
} from "../../../schema/api/notifications.ts";
import { DEFAULT_SETTINGS, type NotificationSettings, notificationSettings } from "../../../schema/notifications.ts";
import { notifications } from "../sample.ts";
import type { Operation } from "./operation.ts";

const MOVING = "The caller's own object is moving or too busy. Wait for `Retry-After` seconds.";

const minjis: NotificationSettings = {
  ...DEFAULT_SETTINGS,
  quietHours: { from: "22:30", to: "07:00" },
  timeZone: "Asia/Seoul",
  language: "ko",
};

export const NOTIFICATION_OPERATIONS = {
  "GET /v1/notifications": {
    id: "listNotifications",
    area: "Notifications",
    summary: "List what one was told of",
    description:
      "The latest first, those that have expired left out. One that took another's place keeps its `id`, and is where its " +
      "`createdAt` says. What is older than the latest 500 counts as read.",
    caller: "user",
    query: notificationQuery,
    answers: {
      200: {
        description: "One page of them.",
        schema: notificationList,
        example: { items: [notifications.message], nextCursor: null, unread: 1 },
      },
    },
    refusals: {
      invalid_frame: "The cursor is not one of this list, or another part of the query does not fit.",
      unavailable: `${MOVING} Or the database, which has what is older than the latest 500, does not answer.`,
    },
  },
  "POST /v1/notifications/read": {
    id: "readNotifications",
    area: "Notifications",
    summary: "Say that one has read them",
    description:
      "Those of these numbers, or all; all of one's devices hear of it. What was read, or does not exist, changes nothing.",
    caller: "user",
    body: readNotificationsRequest,
    examples: {
      one: { summary: "Minji read one", body: { ids: [notifications.message.id] }, status: 200 },
      all: { summary: "Minji read all", body: { all: true }, status: 200 },
    },
    answers: {
      200: { description: "How many are left.", schema: readNotificationsAnswer, example: { unread: 0 } },
    },
    refusals: { unavailable: MOVING },
  },
  "GET /v1/me/notification-settings": {
    id: "getNotificationSettings",
    area: "Notifications",
    summary: "What one wants to be told of",
    description: "As it was chosen; everything, at any time, where nothing was.",
    caller: "user",
    answers: {
      200: { description: "The settings.", schema: notificationSettings, example: DEFAULT_SETTINGS },
    },
    refusals: { unavailable: MOVING },
  },
  "PUT /v1/me/notification-settings": {
    id: "putNotificationSettings",
    area: "Notifications",
    summary: "Choose what one wants to be told of",
    description:
      "All of it takes the place of what was chosen before. In quiet hours and while `busy` notifications are made, but not " +
      "pushed, nor made up for later; SAFETY and URGENT are pushed all the same.",
    caller: "user",
    body: notificationSettings,
    examples: { night: { summary: "Minji sleeps at night", body: minjis, status: 200 } },
    answers: { 200: { description: "The settings.", schema: notificationSettings, example: minjis } },
    refusals: { unavailable: MOVING },
  },
} as const satisfies Record<string, Operation>;
