import { useState } from "preact/hooks";
import type { Message, RoomConnection, RoomSnapshot } from "../client/index.ts";
import { Avatar } from "./avatar.tsx";
import { CorrectionForm } from "./correction-form.tsx";
import { Corrections } from "./corrections.tsx";
import { EditForm } from "./edit-form.tsx";
import { languageOf, listNames, timeOf } from "./formats.ts";
import type { LogEntry } from "./log-entries.ts";
import { MessageActions } from "./message-actions.tsx";
import { Reactions } from "./reactions.tsx";
import { text } from "./text.ts";

interface MessageRowProps {
  readonly entry: LogEntry;
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  readonly attempt: (command: Promise<unknown>) => void;
  readonly onReply: (message: Message) => void;
}

export function MessageRow({ entry, room, snapshot, attempt, onReply }: MessageRowProps) {
  const { message, continues } = entry;
  const [form, setForm] = useState<"edit" | "correct">();
  const isMine = message.senderId === snapshot.you?.userId;
  const author = snapshot.participants.find(({ userId }) => userId === message.senderId);
  const name = isMine ? text.you : (author?.name ?? "");
  const content = message.content ?? "";
  if (message.messageType === "SYSTEM") return <li class="system quiet">{content}</li>;

  const change = (command: Promise<unknown>) => {
    attempt(command);
    setForm(undefined);
  };
  const classes = ["message", isMine && "mine", continues && "continues"].filter(Boolean);
  return (
    <li class={classes.join(" ")} data-id={message.id}>
      {!isMine && <Avatar name={name} id={message.senderId} />}
      <div class="message-body">
        <p class={isMine ? "spoken" : "author"}>{name}</p>
        <ReplyQuote message={message} snapshot={snapshot} />
        {form === "edit" && (
          <EditForm
            content={content}
            onSave={(next) => change(room.edit(message.id, next))}
            onCancel={() => setForm(undefined)}
          />
        )}
        {form !== "edit" && (
          <div class="bubble" lang={languageOf(content)}>
            {message.isDeleted ? <em class="quiet">{text.deleted}</em> : content}
          </div>
        )}
        {!message.isDeleted && <Corrections message={message} participants={snapshot.participants} />}
        {form === "correct" && (
          <CorrectionForm
            content={content}
            onSave={(better, note) => change(room.correct(message.id, better, note))}
            onCancel={() => setForm(undefined)}
          />
        )}
        {!message.isDeleted && <Reactions message={message} room={room} snapshot={snapshot} attempt={attempt} />}
        <MessageMeta entry={entry} />
      </div>
      {!message.isDeleted && form === undefined && (
        <MessageActions
          isMine={isMine}
          mayDelete={isMine || snapshot.you?.role === "ADMIN"}
          onReact={(emoji) => attempt(room.react(message.id, emoji))}
          onReply={() => onReply(message)}
          onEdit={() => setForm("edit")}
          onCorrect={() => setForm("correct")}
          onDelete={() => confirm(text.confirmDelete) && attempt(room.delete(message.id))}
        />
      )}
    </li>
  );
}

function ReplyQuote({ message, snapshot }: { readonly message: Message; readonly snapshot: RoomSnapshot }) {
  const { replyToId } = message;
  if (replyToId === null) return null;
  const replied = snapshot.messages.find(({ id }) => id === replyToId);
  const author = snapshot.participants.find(({ userId }) => userId === replied?.senderId);
  return (
    <blockquote class="quiet">
      <strong>{author?.name}</strong> {replied === undefined ? "…" : (replied.content ?? text.deleted)}
    </blockquote>
  );
}

function MessageMeta({ entry }: { readonly entry: LogEntry }) {
  const { message, isLast, readBy } = entry;
  const isEdited = message.isEdited && !message.isDeleted;
  if (!isLast && !isEdited && readBy.length === 0) return null;
  return (
    <p class="meta quiet">
      <time dateTime={message.createdAt}>{timeOf(message.createdAt)}</time>
      {isEdited && <span> · {text.edited}</span>}
      {readBy.length > 0 && <span class="read"> · {text.readBy(listNames(readBy))}</span>}
    </p>
  );
}
