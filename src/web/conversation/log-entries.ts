/** What the log shows, in order, out of a snapshot: days, messages, the unread mark, and who has read up to where. */
import type { Message, Participant, RoomSnapshot } from "../../client/index.ts";
import type { Formats } from "../locale/formats.ts";

export interface LogEntry {
  readonly message: Message;
  /** The day it begins, where it is the first of a day. */
  readonly day: string | undefined;
  /** The mark for what is new stands before it. */
  readonly isFirstUnread: boolean;
  /** The one before is by the same person, a moment ago: no need to name them again. */
  readonly continues: boolean;
  /** The next one does not continue it: the place for the time. */
  readonly isLast: boolean;
  /** The names of those whose reading ends here, as one text; its author and you left out. */
  readonly readBy: string;
  readonly readers: number;
}

export interface LogContext extends Pick<RoomSnapshot, "messages" | "participants" | "you"> {
  readonly formats: Formats;
  /** The first one that came while nobody looked; undefined where nothing is marked. */
  readonly firstUnreadId: number | undefined;
}

const MOMENT_MS = 5 * 60_000;

export function logEntries({ messages, participants, you, formats, firstUnreadId }: LogContext): readonly LogEntry[] {
  const readers = new Map<number, Participant[]>();
  for (const reader of participants) {
    if (!reader.isActive || reader.userId === you?.userId) continue;
    readers.set(reader.lastReadMessageId, [...(readers.get(reader.lastReadMessageId) ?? []), reader]);
  }
  return messages.map((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    const isFirstUnread = message.id === firstUnreadId;
    const names = (readers.get(message.id) ?? []).filter(({ userId }) => userId !== message.senderId);
    return {
      message,
      day: before === undefined || !isSameDay(before, message) ? formats.dayOf(message.createdAt) : undefined,
      isFirstUnread,
      continues: !isFirstUnread && before !== undefined && isContinued(before, message),
      isLast: after === undefined || after.id === firstUnreadId || !isContinued(message, after),
      readers: names.length,
      readBy: formats.listNames(names.map(({ name }) => name)),
    };
  });
}

function isContinued(before: Message, message: Message): boolean {
  return (
    before.senderId === message.senderId &&
    before.messageType !== "SYSTEM" &&
    message.messageType !== "SYSTEM" &&
    message.replyToId === null &&
    Date.parse(message.createdAt) - Date.parse(before.createdAt) < MOMENT_MS &&
    isSameDay(before, message)
  );
}

function isSameDay(before: Message, message: Message): boolean {
  return new Date(before.createdAt).toDateString() === new Date(message.createdAt).toDateString();
}
