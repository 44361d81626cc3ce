import { memo } from "react";
import type { Message, Participant } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { Avatar } from "../ui/avatar.tsx";
import { CorrectionForm } from "./correction-form.tsx";
import { Corrections } from "./corrections.tsx";
import { EditForm } from "./edit-form.tsx";
import { MessageActions } from "./message-actions.tsx";
import { MessageFile } from "./message-file.tsx";
import type { MessageForm, MessageHandlers } from "./message-handlers.ts";
import { MessageText } from "./message-text.tsx";
import { Reactions } from "./reactions.tsx";
import { ReplyQuote } from "./reply-quote.tsx";

interface MessageRowProps {
  readonly message: Message;
  readonly quoted: Message | undefined;
  readonly participants: readonly Participant[];
  readonly yourId: number | undefined;
  readonly isAdmin: boolean;
  readonly continues: boolean;
  readonly isLast: boolean;
  readonly readBy: string;
  readonly readers: number;
  /** The one message of the log that Tab stops at. */
  readonly isCurrent: boolean;
  readonly hasActions: boolean;
  readonly isHighlighted: boolean;
  /** It can be read and gone on from, nothing else. */
  readonly isReadOnly?: boolean;
  readonly form: MessageForm["kind"] | undefined;
  readonly handlers: MessageHandlers;
}

/** More readers are counted; their names are in the tooltip. */
const MOST_NAMES = 2;

/** One message, remade only when something of it changes: a log may hold thousands. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, quoted, participants, yourId, continues, isCurrent, isHighlighted, form, handlers } = props;
  const { text } = useLocale();
  const { id, isDeleted } = message;
  const isMine = message.senderId === yourId;
  const author = participants.find(({ userId }) => userId === message.senderId);
  const name = isMine ? text.you : (author?.name ?? "");
  const content = message.content ?? "";
  if (message.messageType === "SYSTEM") return <p className="system quiet">{content}</p>;

  const classes = ["message", isMine && "mine", continues && "continues", isHighlighted && "highlighted"];
  const titleId = `message-${id}`;
  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      data-id={id}
      // The arrow keys move among the messages; Tab goes into the current one.
      tabIndex={isCurrent ? 0 : -1}
      aria-labelledby={titleId}
    >
      {!isMine && <Avatar name={name} id={message.senderId} imageUrl={author?.imageUrl} />}
      <div className="message-body">
        <div className="bubble-line">
          <div id={titleId} className="message-words">
            <p className={isMine || continues ? "spoken" : "author"}>
              <bdi>{name}</bdi>
            </p>
            <ReplyQuote
              message={message}
              quoted={quoted}
              participants={participants}
              isReachable={isCurrent}
              onJump={handlers.jump}
            />
            {form !== "edit" && (
              <div className={message.fileUrl === null ? "bubble" : "bubble with-file"}>
                {isDeleted ? (
                  <em className="quiet">{text.deleted}</em>
                ) : (
                  <>
                    {message.fileUrl !== null && (
                      <MessageFile message={message} author={name} isReachable={isCurrent} />
                    )}
                    {content !== "" && <MessageText content={content} isReachable={isCurrent} />}
                  </>
                )}
              </div>
            )}
          </div>
          {props.hasActions && !isDeleted && form === undefined && (
            <MessageActions message={message} isMine={isMine} mayDelete={isMine || props.isAdmin} handlers={handlers} />
          )}
        </div>
        {form === "edit" && (
          <EditForm
            content={content}
            onSave={(next) => handlers.edit(id, next)}
            onCancel={() => handlers.openForm(undefined)}
          />
        )}
        {!isDeleted && <Corrections message={message} participants={participants} yourId={yourId} />}
        {form === "correct" && <OwnCorrection message={message} yourId={yourId} handlers={handlers} />}
        {!isDeleted && (
          <Reactions
            message={message}
            participants={participants}
            yourId={yourId}
            isReachable={isCurrent}
            isReadOnly={props.isReadOnly ?? false}
            handlers={handlers}
          />
        )}
        <MessageMeta {...props} />
      </div>
    </article>
  );
});

/** The form starts with what one proposed before: a second proposal replaces the first. */
function OwnCorrection({ message, yourId, handlers }: Pick<MessageRowProps, "message" | "yourId" | "handlers">) {
  const own = message.corrections.find(({ userId }) => userId === yourId);
  const original = message.content ?? "";
  return (
    <CorrectionForm
      corrected={own?.corrected ?? original}
      note={own?.note ?? ""}
      original={original}
      onSave={(better, note) => handlers.correct(message.id, better, note)}
      onCancel={() => handlers.openForm(undefined)}
    />
  );
}

function MessageMeta({ message, isLast, readBy, readers }: MessageRowProps) {
  const { text, formats } = useLocale();
  const isEdited = message.isEdited && !message.isDeleted;
  if (!isLast && !isEdited && readers === 0) return null;
  return (
    <p className="meta">
      <time dateTime={message.createdAt}>{formats.timeOf(message.createdAt)}</time>
      {isEdited && <span> · {text.edited}</span>}
      {readers > 0 && (
        <span className="read" title={readBy}>
          {" · "}
          {readers > MOST_NAMES ? text.readByMany(readers) : text.readBy(readBy)}
        </span>
      )}
    </p>
  );
}
