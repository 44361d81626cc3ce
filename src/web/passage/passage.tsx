import { ArrowDown } from "lucide-react";
import { Fragment, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { RoomSnapshot, StudyMateClient } from "../../client/index.ts";
import { logEntries } from "../conversation/log-entries.ts";
import type { JumpTarget, MessageHandlers } from "../conversation/message-handlers.ts";
import { MessageRow } from "../conversation/message-row.tsx";
import { useArrival } from "../conversation/use-arrival.ts";
import { useCurrentMessage } from "../conversation/use-current-message.ts";
import { useSteadyScroll } from "../conversation/use-steady-scroll.ts";
import { useLocale } from "../locale/locale.tsx";
import { PassageLoader } from "./passage-loader.ts";

interface PassageProps {
  readonly client: StudyMateClient;
  readonly roomId: number;
  readonly snapshot: RoomSnapshot;
  readonly target: JumpTarget;
  readonly handlers: MessageHandlers;
  readonly onBack: () => void;
  readonly onLost: () => void;
}

/** How near an end the next page is loaded. */
const NEAR_PX = 600;

/** Messages of long ago, to read: in the place of the live log, which has everything from some message on. */
export default function Passage(props: PassageProps) {
  const { client, roomId, snapshot, target, handlers, onBack, onLost } = props;
  const { text, formats } = useLocale();
  const { participants, you } = snapshot;
  const [loader] = useState(() => new PassageLoader((page) => client.history(roomId, page)));
  const { messages, hasOlder, hasNewer, loading, hasFailed, lost } = useSyncExternalStore(
    loader.subscribe,
    loader.getSnapshot,
  );
  useEffect(() => loader.goTo(target.id), [loader, target]);

  const { log, list, goTo } = useSteadyScroll({ followsEnd: false });
  const isThere = messages.some(({ id }) => id === target.id);
  const highlightedId = useArrival({ target: isThere ? target : undefined, list, goTo, onLost });
  useEffect(() => {
    if (lost === undefined) return;
    const nearest = list.current?.querySelector(`[data-id="${lost.nearestId}"]`);
    if (nearest) goTo(nearest, "center");
    onLost();
  }, [lost, list, goTo, onLost]);
  const isGroup = snapshot.room?.roomType === "GROUP";
  const entries = useMemo(() => {
    // As in the live log: what people say whom one blocked is not shown.
    const shown = isGroup ? messages.filter(({ senderId }) => !you?.blockedUserIds.includes(senderId)) : messages;
    return logEntries({ messages: shown, participants, you, formats, firstUnreadId: undefined });
  }, [messages, participants, you, formats, isGroup]);
  const { currentId, listProps } = useCurrentMessage(messages);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);

  const firstLiveId = snapshot.messages[0]?.id;
  const lastId = messages.at(-1)?.id ?? 0;
  /** The live log goes on where this ends. */
  const isAtLog = firstLiveId !== undefined && messages.length > 0 && (lastId >= firstLiveId - 1 || !hasNewer);

  const loadNearEnds = () => {
    const element = log.current;
    if (element === null || !(isThere || lost)) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollTop < NEAR_PX) loader.loadOlder();
    if (scrollHeight - clientHeight - scrollTop < NEAR_PX && !isAtLog) loader.loadNewer();
  };
  useEffect(loadNearEnds);

  return (
    <div className="log-frame">
      <div
        className="log passage"
        role="log"
        aria-live="off"
        aria-label={text.passage.title}
        aria-busy={loading !== undefined}
        ref={log}
        onScroll={loadNearEnds}
      >
        <div className="log-top">
          {loading === "around" && messages.length === 0 && <p className="quiet">{text.loading}</p>}
          {hasOlder && (
            <button type="button" className="button" onClick={() => loader.loadOlder()}>
              {loading === "older" ? text.loading : text.older}
            </button>
          )}
          {!hasOlder && messages.length > 0 && <p className="quiet">{text.beginning}</p>}
        </div>
        <div className="log-list" ref={list} {...listProps}>
          {entries.map(({ message, day, continues, isLast, readBy, readers }) => (
            <Fragment key={message.id}>
              {day !== undefined && <h2 className="day">{day}</h2>}
              <MessageRow
                message={message}
                quoted={message.replyToId === null ? undefined : byId.get(message.replyToId)}
                participants={participants}
                yourId={you?.userId}
                isAdmin={false}
                continues={continues}
                isLast={isLast}
                readBy={readBy}
                readers={readers}
                isCurrent={message.id === currentId}
                hasActions={false}
                isReadOnly
                isHighlighted={message.id === highlightedId}
                form={undefined}
                handlers={handlers}
              />
            </Fragment>
          ))}
        </div>
        {messages.length > 0 && (
          <div className="log-bottom">
            {isAtLog ? (
              <button type="button" className="button" onClick={() => handlers.jump(Math.min(lastId + 1, firstLiveId))}>
                {text.passage.goOn}
              </button>
            ) : (
              <button type="button" className="button" onClick={() => loader.loadNewer()}>
                {loading === "newer" ? text.loading : text.passage.newer}
              </button>
            )}
          </div>
        )}
      </div>
      {hasFailed && (
        <div className="banner" role="alert">
          {text.passage.failed}
          <button type="button" className="button" onClick={() => loader.again()}>
            {text.tryAgain}
          </button>
        </div>
      )}
      <div className="passage-bar">
        <span>{text.passage.title}</span>
        <button type="button" className="button" onClick={onBack}>
          <ArrowDown aria-hidden="true" size={16} /> {text.passage.back}
        </button>
      </div>
    </div>
  );
}
