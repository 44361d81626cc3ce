/** What the documents say of each frame of a person's own socket, beside those that every socket has. */
import type { MeClientFrame } from "../../../schema/protocol/me/client-frames.ts";
import type { InboxEntry } from "../../../schema/protocol/me/entities.ts";
import type { MeServerFrame } from "../../../schema/protocol/me/server-frames.ts";
import { PROTOCOL_VERSION } from "../../../schema/protocol/version.ts";
import { messages, notifications, SAMPLE } from "../sample.ts";
import type { SharedClientType, SharedServerType } from "./channels.ts";
import type { ClientFrameEntry } from "./client-frames.ts";

export const ME_CLIENT_FRAMES = {
  "status.set": {
    example: { type: "status.set", ref: 1, status: "busy" },
    answer: "ack",
    ack: {},
    event: "presence",
    refusals: {},
  },
  watch: {
    example: { type: "watch", ref: 2, userIds: [SAMPLE.daniel] },
    answer: "ack",
    ack: {},
    refusals: {},
  },
  "notification.read": {
    example: { type: "notification.read", ref: 3, id: notifications.message.id },
    answer: "ack",
    ack: {},
    event: "notification.read",
    refusals: { not_found: "There is no notification of this number yet." },
  },
} as const satisfies {
  [Type in Exclude<MeClientFrame["type"], SharedClientType>]: ClientFrameEntry<Extract<MeClientFrame, { type: Type }>>;
};

const { daniels } = messages;

const entry: InboxEntry = {
  roomId: SAMPLE.room,
  lastMessageId: daniels.id,
  lastReadMessageId: 0,
  unread: 1,
  lastMessage: {
    senderId: daniels.senderId,
    messageType: daniels.messageType,
    isDeleted: false,
    preview: daniels.content,
    createdAt: daniels.createdAt,
  },
};

export const ME_SERVER_FRAMES: {
  readonly [Type in Exclude<MeServerFrame["type"], SharedServerType>]: Extract<MeServerFrame, { type: Type }>;
} = {
  welcome: {
    type: "welcome",
    protocol: PROTOCOL_VERSION,
    status: "online",
    inbox: [entry],
    partners: [{ userId: SAMPLE.daniel, status: "offline", lastSeen: "2026-11-22T09:28:00.000Z" }],
    unreadNotifications: 1,
    serverTime: "2026-11-22T09:31:00.000Z",
  },
  presence: { type: "presence", userId: SAMPLE.daniel, status: "online", lastSeen: null },
  "inbox.updated": { type: "inbox.updated", entry },
  "inbox.removed": { type: "inbox.removed", roomId: SAMPLE.room },
  "notification.created": { type: "notification.created", notification: notifications.message, unread: 1 },
  "notification.read": { type: "notification.read", ids: [notifications.message.id], unread: 0 },
  "session.reminder": {
    type: "session.reminder",
    sessionId: SAMPLE.session,
    title: "한국어와 영어",
    startsAt: "2026-11-22T09:40:00.000Z",
    minutes: 10,
  },
};
