import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import type { Message } from "../../client/index.ts";
import { useRoom } from "../../client/react/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import type { MessageForm, MessageHandlers } from "./message-handlers.ts";
import { MessageLog } from "./message-log.tsx";
import { RoomHeader } from "./room-header.tsx";
import { TypingLine } from "./typing-line.tsx";

const PeoplePanel = lazy(() => import("../people/people-panel.tsx"));

interface ConversationProps {
  readonly session: Session;
  readonly roomId: number;
  readonly messageId: number | undefined;
}

export function Conversation({ session, roomId, messageId }: ConversationProps) {
  const { text } = useLocale();
  const { room, snapshot } = useRoom(session.client, roomId);
  const [replyTo, setReplyTo] = useState<Message>();
  const [form, setForm] = useState<MessageForm>();
  const [deletingId, setDeletingId] = useState<number>();
  const [isPeopleOpen, setIsPeopleOpen] = useState(false);
  const [problem, setProblem] = useState<string>();

  const openForm = useCallback((next: MessageForm | undefined) => {
    setForm((open) => {
      if (next === undefined && open !== undefined) giveFocusBack(open.id);
      return next;
    });
  }, []);

  const handlers = useMemo<Omit<MessageHandlers, "jump">>(() => {
    /** Says why a command was refused; where it was not, what it said before is over. */
    const attempt = (command: Promise<unknown>) => {
      command.then(
        () => setProblem(undefined),
        (error) => setProblem(refusalText(error, text)),
      );
    };
    return {
      react: (id, emoji) => attempt(room.react(id, emoji)),
      unreact: (id, emoji) => attempt(room.unreact(id, emoji)),
      reply: (id) => setReplyTo(room.getSnapshot().messages.find((message) => message.id === id)),
      openForm,
      edit: (id, content) => {
        attempt(room.edit(id, content));
        openForm(undefined);
      },
      correct: (id, corrected, note) => {
        attempt(room.correct(id, corrected, note));
        openForm(undefined);
      },
      askDelete: setDeletingId,
      tooLate: () => setProblem(text.tooLate),
      copy: (words) => attempt(navigator.clipboard.writeText(words)),
    };
  }, [room, text, openForm]);

  const editLast = () => {
    const { messages, you } = room.getSnapshot();
    const last = messages.findLast(({ senderId, isDeleted }) => senderId === you?.userId && !isDeleted);
    if (last !== undefined) openForm({ id: last.id, kind: "edit" });
  };
  const onLost = useCallback(() => setProblem(text.linkBroken), [text]);

  return (
    <main className="conversation">
      <RoomHeader snapshot={snapshot} onPeople={() => setIsPeopleOpen(true)} />
      <Banner status={snapshot.status} onTryNow={() => room.reconnect()} />
      <MessageLog
        room={room}
        snapshot={snapshot}
        messageId={messageId}
        form={form}
        handlers={handlers}
        onLost={onLost}
      />
      <TypingLine snapshot={snapshot} />
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <Composer
        room={room}
        snapshot={snapshot}
        drafts={session.drafts}
        replyTo={replyTo}
        onReplyEnd={() => setReplyTo(undefined)}
        onEditLast={editLast}
      />
      {deletingId !== undefined && (
        <Confirm
          question={text.confirmDelete}
          hint={text.confirmDeleteHint}
          action={text.delete}
          finalFocus={rowOf(deletingId)}
          onConfirm={() => {
            room.delete(deletingId).catch((error) => setProblem(refusalText(error, text)));
          }}
          onClose={() => setDeletingId(undefined)}
        />
      )}
      {isPeopleOpen && (
        <Suspense>
          <PeoplePanel session={session} snapshot={snapshot} onClose={() => setIsPeopleOpen(false)} />
        </Suspense>
      )}
    </main>
  );
}

function rowOf(messageId: number): HTMLElement | null {
  return document.querySelector(`.log [data-id="${messageId}"]`);
}

/** To the message whose form is closed, unless one is somewhere else by now. */
function giveFocusBack(messageId: number): void {
  const row = rowOf(messageId);
  if (row?.contains(document.activeElement)) row.focus({ preventScroll: true });
}
