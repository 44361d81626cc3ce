/** What a person's own socket has told, frame by frame. Pure. */
import type { Notification } from "../../../schema/notifications.ts";
import type { ChosenStatus, InboxEntry, PartnerPresence } from "../../../schema/protocol/me/entities.ts";
import type { MeServerFrame } from "../../../schema/protocol/me/server-frames.ts";
import type { RoomListItem } from "../index.ts";
import type { ShownConnection } from "../shown-connection.ts";

export interface MeSnapshot {
  /** `live`: what is here is right. Else it is what was known last, and of who is there nothing is known. */
  readonly connection: ShownConnection;
  /** What one shows to partners; null until it is known. */
  readonly status: ChosenStatus | null;
  /** One's rooms, the latest first: 200 at least, where there are as many. */
  readonly inbox: readonly InboxEntry[];
  /** Who is there, by their id: partners, and those who were asked for with `watch`. */
  readonly presence: ReadonlyMap<number, PartnerPresence>;
  readonly unreadNotifications: number;
  /** Those that came while one was connected, and those that `loadNotifications` brought; the latest first. */
  readonly notifications: readonly Notification[];
  /** Undefined: `loadNotifications` was not called yet, or somebody has to call it again. */
  readonly hasOlderNotifications: boolean | undefined;
}

export type MeState = Omit<MeSnapshot, "connection">;

export const NOBODY: MeState = {
  status: null,
  inbox: [],
  presence: new Map(),
  unreadNotifications: 0,
  notifications: [],
  hasOlderNotifications: undefined,
};

export interface NotificationPage {
  readonly type: "page";
  readonly items: readonly Notification[];
  readonly unread: number;
  readonly hasOlder: boolean;
  /** What is older and known here may have something between it and this page, and goes. */
  readonly isFirst: boolean;
}

/** The same object where nothing changes. */
export function reduceMe(state: MeState, frame: MeServerFrame | NotificationPage, now: number): MeState {
  switch (frame.type) {
    case "welcome":
      return {
        ...state,
        status: frame.status,
        inbox: frame.inbox,
        presence: new Map(frame.partners.map((partner) => [partner.userId, partner])),
        unreadNotifications: frame.unreadNotifications,
        // What came meanwhile is not here.
        hasOlderNotifications: undefined,
      };
    case "presence": {
      const { userId, status, lastSeen } = frame;
      return { ...state, presence: new Map(state.presence).set(userId, { userId, status, lastSeen }) };
    }
    case "inbox.updated":
      return { ...state, inbox: [...withoutRoom(state.inbox, frame.entry.roomId), frame.entry].sort(byLastMessage) };
    case "inbox.removed":
      return { ...state, inbox: withoutRoom(state.inbox, frame.roomId) };
    case "notification.created":
      return {
        ...state,
        unreadNotifications: frame.unread,
        notifications: merged(state.notifications, [frame.notification]),
      };
    case "notification.read": {
      const readAt = new Date(now).toISOString();
      const isMeant = ({ id, isRead }: Notification) => !isRead && (frame.all === true || frame.ids?.includes(id));
      const notifications = state.notifications.map((one) => (isMeant(one) ? { ...one, isRead: true, readAt } : one));
      return { ...state, unreadNotifications: frame.unread, notifications };
    }
    case "page":
      return {
        ...state,
        unreadNotifications: frame.unread,
        notifications: merged(frame.isFirst ? inReachOf(frame, state.notifications) : state.notifications, frame.items),
        hasOlderNotifications: frame.hasOlder,
      };
    default:
      return state;
  }
}

/** How listed rooms stand by what one's inbox says; those that one is not in any more are left out. */
export function withInbox(
  rooms: readonly RoomListItem[],
  inbox: ReadonlyMap<number, InboxEntry>,
  left: ReadonlySet<number>,
): readonly RoomListItem[] {
  return rooms.flatMap((room) => {
    const entry = inbox.get(room.id);
    if (left.has(room.id)) return [];
    return [entry === undefined ? room : stoodAt(room, entry)];
  });
}

function stoodAt(room: RoomListItem, { lastMessageId: id, lastMessage, lastReadMessageId, unread }: InboxEntry) {
  if (lastMessage === null) return { ...room, lastReadMessageId, unread };
  const { senderId, messageType, isDeleted, preview, createdAt } = lastMessage;
  return {
    ...room,
    lastMessage: { id, senderId, messageType, content: preview, isDeleted, createdAt },
    lastMessageAt: createdAt,
    lastReadMessageId,
    unread,
  };
}

function withoutRoom(inbox: readonly InboxEntry[], roomId: number): InboxEntry[] {
  return inbox.filter((entry) => entry.roomId !== roomId);
}

function byLastMessage(one: InboxEntry, other: InboxEntry): number {
  const [first, second] = [one, other].map(({ lastMessage }) => Date.parse(lastMessage?.createdAt ?? "") || 0);
  return (second ?? 0) - (first ?? 0);
}

/** Of two states of one number the later holds; the latest come first. */
function merged(known: readonly Notification[], come: readonly Notification[]): readonly Notification[] {
  const byId = new Map(known.map((one) => [one.id, one]));
  for (const one of come) if (one.rev >= (byId.get(one.id)?.rev ?? 0)) byId.set(one.id, one);
  return [...byId.values()].sort(byTime);
}

function inReachOf({ items, hasOlder }: NotificationPage, known: readonly Notification[]): readonly Notification[] {
  const last = items.at(-1);
  return hasOlder && last !== undefined ? known.filter((one) => byTime(one, last) < 0) : known;
}

/** The latest first. */
function byTime(one: Notification, other: Notification): number {
  return Date.parse(other.createdAt) - Date.parse(one.createdAt) || other.id - one.id;
}
