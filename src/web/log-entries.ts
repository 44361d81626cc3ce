/** What the log shows, in order, out of a snapshot: days, messages, and who has read up to where. */
import type { Message, Participant, RoomSnapshot } from "../client/index.ts";
import { dayOf } from "./formats.ts";

export interface LogEntry {
  readonly message: Message;
  /** The day it begins, where it is the first of a day. */
  readonly day: string | undefined;
  /** The one before is by the same person, a moment ago: no need to name them again. */
  readonly continues: boolean;
  /** The next one does not continue it: the place for the time. */
  readonly isLast: boolean;
  /** The names of those whose reading ends here; its author and you left out. */
  readonly readBy: readonly string[];
}

const MOMENT_MS = 5 * 60_000;

export function logEntries({ messages, participants, you }: RoomSnapshot): readonly LogEntry[] {
  const readers = new Map<number, Participant[]>();
  for (const reader of participants) {
    if (!reader.isActive || reader.userId === you?.userId) continue;
    readers.set(reader.lastReadMessageId, [...(readers.get(reader.lastReadMessageId) ?? []), reader]);
  }
  return messages.map((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    const day = dayOf(message.createdAt);
    return {
      message,
      day: before === undefined || dayOf(before.createdAt) !== day ? day : undefined,
      continues: before !== undefined && isContinued(before, message),
      isLast: after === undefined || !isContinued(message, after),
      readBy: (readers.get(message.id) ?? [])
        .filter(({ userId }) => userId !== message.senderId)
        .map(({ name }) => name),
    };
  });
}

function isContinued(before: Message, message: Message): boolean {
  return (
    before.senderId === message.senderId &&
    before.messageType !== "SYSTEM" &&
    message.replyToId === null &&
    Date.parse(message.createdAt) - Date.parse(before.createdAt) < MOMENT_MS &&
    dayOf(before.createdAt) === dayOf(message.createdAt)
  );
}
