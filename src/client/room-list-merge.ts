/** A room of the list and the same room as it is open here, made one: whichever knows more, in each field. Pure. */
import type { RoomListItem } from "../../schema/api/rooms.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { RoomSnapshot } from "./snapshot.ts";

/** The part of an open room that a list shows. */
export type RoomView = Pick<RoomSnapshot, "room" | "you" | "participants" | "messages">;

/** As the server counts: no more than this, and among no more than these. */
const MOST_UNREAD = 1_000;
const LISTED_PARTICIPANTS = 4;

/** Undefined: the room is not known yet. */
export function withRoom(listed: RoomListItem | undefined, view: RoomView): RoomListItem | undefined {
  const { room, you, messages } = view;
  if (room === null || you === null) return listed;
  const item = listed ?? newItem(view, room);
  const head = messages.at(-1);
  const listedHead = item.lastMessage?.id ?? 0;
  const isHead = head !== undefined && head.id >= listedHead;
  const lastReadMessageId = Math.max(item.lastReadMessageId, you.lastReadMessageId);
  return {
    ...item,
    ...(room.rev >= item.rev && room),
    ...(isHead && { lastMessage: shortOf(head), lastMessageAt: head.createdAt }),
    lastReadMessageId,
    unread: unreadOf(item, messages, { userId: you.userId, lastReadMessageId }),
  };
}

/** The latest first, as the server orders them. */
export function byActivity(a: RoomListItem, b: RoomListItem): number {
  const [first, second] = [a, b].map(({ lastMessageAt, createdAt }) => Date.parse(lastMessageAt ?? createdAt));
  return (second ?? 0) - (first ?? 0) || b.id - a.id;
}

interface Reader {
  readonly userId: number;
  readonly lastReadMessageId: number;
}

function unreadOf(item: RoomListItem, messages: readonly Message[], { userId, lastReadMessageId }: Reader): number {
  const first = messages[0]?.id ?? Number.POSITIVE_INFINITY;
  const head = messages.at(-1)?.id ?? 0;
  const listedHead = item.lastMessage?.id ?? 0;
  const countAfter = (id: number) => {
    let count = 0;
    for (let at = messages.length - 1; at >= 0; at -= 1) {
      const message = messages[at];
      if (message === undefined || message.id <= id) break;
      if (message.senderId !== userId && !message.isDeleted) count += 1;
    }
    return count;
  };
  if (lastReadMessageId >= Math.max(head, listedHead)) return 0;
  const isCounted = lastReadMessageId + 1 >= first && head >= listedHead;
  if (isCounted) return Math.min(countAfter(lastReadMessageId), MOST_UNREAD);
  // The list has counted up to its own last message; what came after that is here.
  const isContinued = item.lastReadMessageId === lastReadMessageId && (listedHead + 1 >= first || head <= listedHead);
  if (isContinued) return Math.min(item.unread + countAfter(listedHead), MOST_UNREAD);
  // Between what was read and what is here, and beyond it, nobody has counted: each number may be unread.
  const before = Math.max(0, (head === 0 ? listedHead + 1 : first) - 1 - lastReadMessageId);
  const after = head === 0 ? 0 : Math.max(0, listedHead - Math.max(head, lastReadMessageId));
  return Math.min(before + countAfter(lastReadMessageId) + after, MOST_UNREAD);
}

function shortOf({ id, senderId, messageType, content, isDeleted, createdAt }: Message): RoomListItem["lastMessage"] {
  return { id, senderId, messageType, content, isDeleted, createdAt };
}

function newItem({ you, participants }: RoomView, room: NonNullable<RoomView["room"]>): RoomListItem {
  return {
    ...room,
    lastMessageAt: null,
    lastMessage: null,
    lastReadMessageId: you?.lastReadMessageId ?? 0,
    unread: 0,
    participants: participants
      .filter(({ userId, isActive }) => isActive && userId !== you?.userId)
      .slice(0, LISTED_PARTICIPANTS)
      .map(({ userId, name, imageUrl }) => ({ userId, name, imageUrl })),
  };
}
