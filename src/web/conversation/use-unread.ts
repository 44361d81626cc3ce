import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RoomConnection, RoomSnapshot } from "../../client/index.ts";

export interface Unread {
  /** Where the mark stands: the first message that came while nobody looked. */
  readonly firstId: number | undefined;
  /** How many came since one looked last. */
  readonly count: number;
}

/** Tells the room what was read, and keeps the mark at the first message that was not. */
export function useUnread(room: RoomConnection, snapshot: RoomSnapshot, isReading: boolean): Unread {
  const { messages, you, status } = snapshot;
  const isKnown = status.state === "live" && you !== null;
  const lastId = messages.at(-1)?.id;
  const seenUpTo = useRef<number>(undefined);
  const [unread, setUnread] = useState<Unread>({ firstId: undefined, count: 0 });

  useLayoutEffect(() => {
    if (!isKnown) return;
    const isFirstLook = seenUpTo.current === undefined;
    const seen = seenUpTo.current ?? you.lastReadMessageId;
    const fresh = messages.filter(({ id, senderId }) => id > seen && senderId !== you.userId);
    const isAnswered = messages.at(-1)?.senderId === you.userId && (lastId ?? 0) > seen;
    if (isReading) seenUpTo.current = lastId ?? 0;
    else if (isFirstLook) seenUpTo.current = seen;
    // Where the first of them is not loaded, nothing here is the first.
    const isWhole = (messages[0]?.id ?? 1) <= seen + 1;
    setUnread((before) => {
      const marks = isWhole && fresh.length > 0 && (isFirstLook || !isReading);
      const firstId = marks ? fresh[0]?.id : isAnswered ? undefined : before.firstId;
      const count = isReading ? 0 : fresh.length;
      return firstId === before.firstId && count === before.count ? before : { firstId, count };
    });
  }, [isKnown, messages, you, lastId, isReading]);

  useEffect(() => {
    if (isReading && lastId !== undefined) room.markRead(lastId);
  }, [room, isReading, lastId]);

  return unread;
}
