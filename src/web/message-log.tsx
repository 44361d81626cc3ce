import { Fragment } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Message, RoomConnection, RoomSnapshot } from "../client/index.ts";
import { logEntries } from "./log-entries.ts";
import { MessageRow } from "./message-row.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import { text } from "./text.ts";
import { useLogScroll } from "./use-log-scroll.ts";

interface MessageLogProps {
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  readonly attempt: (command: Promise<unknown>) => void;
  readonly onReply: (message: Message) => void;
}

export function MessageLog({ room, snapshot, attempt, onReply }: MessageLogProps) {
  const { messages, participants, you, outbox, hasOlder, isLoadingOlder, status } = snapshot;
  const entries = useMemo(() => logEntries(snapshot), [messages, participants, you]);
  const loadOlder = () => attempt(room.loadOlder());
  const { log, isAtEnd, goToEnd } = useLogScroll({
    firstId: messages[0]?.id,
    onTop: () => {
      if (hasOlder && status.state === "live") loadOlder();
    },
  });

  const lastId = messages.at(-1)?.id;
  useEffect(() => {
    const read = () => {
      if (lastId !== undefined && isAtEnd && document.visibilityState === "visible") room.markRead(lastId);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [room, lastId, isAtEnd]);

  return (
    <div class="log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div class="log" role="log" aria-label={text.conversation} aria-busy={isLoadingOlder} ref={log} tabIndex={0}>
        {hasOlder && messages.length > 0 && (
          <button type="button" class="older" disabled={isLoadingOlder} onClick={loadOlder}>
            {isLoadingOlder ? text.loading : text.older}
          </button>
        )}
        {!hasOlder && snapshot.room !== null && <p class="quiet beginning">{text.beginning}</p>}
        <ol>
          {entries.map((entry) => (
            <Fragment key={entry.message.id}>
              {entry.day !== undefined && <li class="day quiet">{entry.day}</li>}
              <MessageRow entry={entry} room={room} snapshot={snapshot} attempt={attempt} onReply={onReply} />
            </Fragment>
          ))}
          {outbox.map((message) => (
            <OutgoingRow key={message.clientId} message={message} room={room} isLive={status.state === "live"} />
          ))}
        </ol>
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={goToEnd}>
          ↓ {text.newest}
        </button>
      )}
    </div>
  );
}
