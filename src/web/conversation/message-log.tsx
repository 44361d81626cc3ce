import { ArrowDown } from "lucide-react";
import { Fragment, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { RoomConnection, RoomSnapshot } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useVisible } from "../shell/use-visible.ts";
import { Announcer } from "./announcer.tsx";
import { logEntries } from "./log-entries.ts";
import type { JumpTarget, MessageForm, MessageHandlers } from "./message-handlers.ts";
import { MessageRow } from "./message-row.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import { useCurrentMessage } from "./use-current-message.ts";
import { useJump } from "./use-jump.ts";
import { useSteadyScroll } from "./use-steady-scroll.ts";
import { useUnread } from "./use-unread.ts";

interface MessageLogProps {
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  /** The message to go to. */
  readonly target: JumpTarget | undefined;
  /** It opens where the reading ended. */
  readonly startsAtMark: boolean;
  readonly form: MessageForm | undefined;
  readonly handlers: MessageHandlers;
  readonly onLost: () => void;
}

/** How near the top the next page is loaded. */
const NEAR_TOP_PX = 600;

export function MessageLog({ room, snapshot, target, startsAtMark, form, handlers, onLost }: MessageLogProps) {
  const { text, formats } = useLocale();
  const { messages, participants, you, outbox, hasOlder, isLoadingOlder, status } = snapshot;
  const { log, list, isAtEnd, goToEnd, goTo } = useSteadyScroll({ followsEnd: true });
  const highlightedId = useJump({ room, target, list, goTo, onLost });
  const isVisible = useVisible();
  const unread = useUnread(room, snapshot, isAtEnd && isVisible);
  const { currentId, hoveredId, listProps } = useCurrentMessage(messages);
  const entries = useMemo(
    () => logEntries({ messages, participants, you, formats, firstUnreadId: unread.firstId }),
    [messages, participants, you, formats, unread.firstId],
  );
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);

  const isLive = status.state === "live";
  // A refused page can be asked for again by the button.
  const loadOlder = () => void room.loadOlder().catch(() => {});
  const loadNearTop = () => {
    if (isLive && hasOlder && !isLoadingOlder && (log.current?.scrollTop ?? NEAR_TOP_PX) < NEAR_TOP_PX) loadOlder();
  };
  useEffect(loadNearTop);

  const mark = useRef<HTMLParagraphElement>(null);
  const hasLooked = useRef(false);
  useLayoutEffect(() => {
    if (hasLooked.current || !isLive) return;
    hasLooked.current = true;
    const isAbove = mark.current !== null && log.current !== null && topOf(mark.current) < topOf(log.current);
    if (isAbove && startsAtMark && mark.current !== null) goTo(mark.current, "start");
  }, [isLive, log, goTo, startsAtMark]);

  return (
    <div className="log-frame">
      <div
        className="log"
        role="log"
        aria-live="off"
        aria-label={text.conversation}
        aria-busy={isLoadingOlder}
        ref={log}
        onScroll={loadNearTop}
      >
        <div className="log-top">
          {hasOlder && messages.length > 0 && (
            <button type="button" className="button" disabled={isLoadingOlder || !isLive} onClick={loadOlder}>
              {isLoadingOlder ? text.loading : text.older}
            </button>
          )}
          {!hasOlder && snapshot.room !== null && <p className="quiet">{text.beginning}</p>}
        </div>
        <div className="log-list" ref={list} {...listProps}>
          {entries.map(({ message, day, isFirstUnread, continues, isLast, readBy, readers }) => (
            <Fragment key={message.id}>
              {day !== undefined && <h2 className="day">{day}</h2>}
              {isFirstUnread && (
                <p className="unread-mark" ref={mark}>
                  <span>{text.unreadFromHere}</span>
                </p>
              )}
              <MessageRow
                message={message}
                quoted={message.replyToId === null ? undefined : byId.get(message.replyToId)}
                participants={participants}
                yourId={you?.userId}
                isAdmin={you?.role === "ADMIN"}
                continues={continues}
                isLast={isLast}
                readBy={readBy}
                readers={readers}
                isCurrent={message.id === currentId}
                hasActions={message.id === currentId || message.id === hoveredId}
                isHighlighted={message.id === highlightedId}
                form={message.id === form?.id ? form.kind : undefined}
                handlers={handlers}
              />
            </Fragment>
          ))}
          {outbox.map((message) => (
            <OutgoingRow
              key={message.clientId}
              message={message}
              room={room}
              isLive={isLive}
              onTooLate={handlers.tooLate}
            />
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          className="button to-end"
          onClick={goToEnd}
          aria-label={unread.count > 0 ? undefined : text.newest}
        >
          <ArrowDown aria-hidden="true" size={16} /> {unread.count > 0 && text.newMessages(unread.count)}
        </button>
      )}
      <Announcer snapshot={snapshot} />
    </div>
  );
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}
