/** Somebody's own connection over fake sockets, in the test's own time; the server is the test's. You are user 1. */
import { onTestFinished, vi } from "vitest";
import type { Notification } from "../../../schema/notifications.ts";
import type { MeClientFrame } from "../../../schema/protocol/me/client-frames.ts";
import type { InboxEntry } from "../../../schema/protocol/me/entities.ts";
import type { MeWelcome } from "../../../schema/protocol/me/server-frames.ts";
import type { RoomListItem } from "../../../src/client/index.ts";
import { type ClientOptions, createClient } from "../../../src/client/index.ts";
import { connectMe } from "../../../src/client/me/index.ts";
import { ownTime, pass } from "./devices.ts";
import { fakeSockets } from "./fake-socket.ts";

type Sent<Type> = Extract<MeClientFrame, { type: Type }>;

export function entry(roomId: number, change: Partial<InboxEntry> = {}): InboxEntry {
  return {
    ...{ roomId, lastMessageId: 3, lastReadMessageId: 1, unread: 2 },
    lastMessage: {
      ...{ senderId: 2, messageType: "TEXT", isDeleted: false, preview: "셋" },
      createdAt: `2026-11-10T00:00:${String(roomId).padStart(2, "0")}.000Z`,
    },
    ...change,
  };
}

export function listed(id: number, change: Partial<RoomListItem> = {}): RoomListItem {
  return {
    ...{ id, roomType: "GROUP", name: `room ${id}`, description: null, createdByUserId: 1, isActive: true, rev: 0 },
    createdAt: "2026-11-01T00:00:00.000Z",
    ...{ lastMessageAt: null, lastMessage: null, lastReadMessageId: 0, unread: 0, participants: [] },
    ...change,
  };
}

export function notice(id: number, change: Partial<Notification> = {}): Notification {
  return {
    ...{ id, rev: 0, type: "MESSAGE", title: `사람 ${id}`, message: "새 메시지", data: { roomId: 7, messageId: id } },
    ...{ isRead: false, readAt: null, priority: "HIGH", expiresAt: null },
    createdAt: `2026-11-10T00:00:${String(id).padStart(2, "0")}.000Z`,
    ...change,
  };
}

export interface MeScript extends Partial<ClientOptions> {
  /** What `GET /v1/rooms` lists. */
  readonly rooms?: () => readonly RoomListItem[];
  /** What `GET /v1/notifications` lists, the latest first. */
  readonly notifications?: () => readonly Notification[];
}

export function scriptedMe({ rooms = () => [], notifications = () => [], ...options }: MeScript = {}) {
  ownTime();
  const asked: string[] = [];
  const wire = fakeSockets();
  const fetch = vi.fn(async (input: string | URL | Request) => {
    const url = new URL(String(input));
    asked.push(url.pathname + url.search);
    if (url.pathname === "/v1/rooms") return Response.json({ items: rooms(), nextCursor: null });
    if (url.pathname !== "/v1/notifications") return Response.json({ id: 1 });
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const to = from + Number(url.searchParams.get("limit"));
    const items = notifications().slice(from, to);
    const unread = notifications().filter(({ isRead }) => !isRead).length;
    return Response.json({ items, unread, nextCursor: to < notifications().length ? String(to) : null });
  });
  const client = createClient({
    baseUrl: "https://studymate.example",
    userId: 1,
    token: () => "token",
    encoding: "json",
    WebSocket: wire.WebSocket,
    random: () => 0.5,
    fetch,
    ...options,
  });
  const me = connectMe(client);
  onTestFinished(() => {
    me.close();
    client.close();
  });
  const welcome = (change: Partial<MeWelcome> = {}) => {
    const { last } = wire;
    last.accept();
    last.serve({
      ...{ type: "welcome", protocol: 1, status: "online", inbox: [], partners: [], unreadNotifications: 0 },
      serverTime: "2026-11-10T00:00:00.000Z",
      ...change,
    });
  };
  /** Connected, and welcomed. */
  const begin = async (change: Partial<MeWelcome> = {}) => {
    await pass(0);
    welcome(change);
    await pass(0);
  };
  /** The frames of a type, in the order they were sent over the newest socket. */
  const sent = <Type extends MeClientFrame["type"]>(type: Type): Sent<Type>[] => {
    const frames = wire.last.sent as readonly { type: string }[]; // of one's own socket, whatever the kit says
    return frames.filter((frame): frame is Sent<Type> => frame.type === type);
  };
  return { client, me, wire, asked, welcome, begin, sent };
}
