import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import type { Message, Participant, RoomSnapshot } from "../../client/index.ts";
import { useRoom } from "../../client/react/index.ts";
import { usePickedFiles } from "../files/use-picked-files.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Banner } from "./banner.tsx";
import { ClosedComposer } from "./closed-composer.tsx";
import { Composer } from "./composer.tsx";
import { FileDrop } from "./file-drop.tsx";
import type { ConcernAbout, JumpTarget, MessageForm, MessageHandlers } from "./message-handlers.ts";
import { MessageLog } from "./message-log.tsx";
import { RoomHeader } from "./room-header.tsx";
import { TypingLine } from "./typing-line.tsx";
import { useDestination } from "./use-destination.ts";

const PeoplePanel = lazy(() => import("../people/people-panel.tsx"));
const Concern = lazy(() => import("../safety/concern.tsx"));
const Passage = lazy(() => import("../passage/passage.tsx"));

interface ConversationProps {
  readonly session: Session;
  readonly roomId: number;
  /** Where the address leads to. */
  readonly linked: JumpTarget | undefined;
  readonly onSearch: () => void;
}

export default function Conversation({ session, roomId, linked, onSearch }: ConversationProps) {
  const { text } = useLocale();
  const { room, snapshot } = useRoom(session.client, roomId);
  const isLive = snapshot.status.state === "live";
  const { destination, jump, goToNewest } = useDestination({ room, isLive, linked });
  const [replyTo, setReplyTo] = useState<Message>();
  const [form, setForm] = useState<MessageForm>();
  const [deletingId, setDeletingId] = useState<number>();
  const [isPeopleOpen, setIsPeopleOpen] = useState(false);
  const [concern, setConcern] = useState<ConcernAbout>();
  const picked = usePickedFiles(session.client, roomId);
  const [problem, setProblem] = useState<string>();
  const [hasReturned, setHasReturned] = useState(false);

  const openForm = useCallback((next: MessageForm | undefined) => {
    setForm((open) => {
      if (next === undefined && open !== undefined) giveFocusBack(open.id);
      return next;
    });
  }, []);

  const handlers = useMemo<MessageHandlers>(() => {
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
      raise: setConcern,
      tooLate: () => setProblem(text.tooLate),
      jump,
      copy: (words) => attempt(navigator.clipboard.writeText(words)),
    };
  }, [room, text, openForm, jump]);

  const editLast = () => {
    const { messages, you } = room.getSnapshot();
    const last = messages.findLast(({ senderId, content }) => senderId === you?.userId && content !== null);
    if (last === undefined) return;
    if (destination.kind === "passage") goToNewest();
    openForm({ id: last.id, kind: "edit" });
  };
  const leavePassage = () => {
    goToNewest();
    setHasReturned(true);
  };
  useEffect(() => {
    if (!hasReturned) return;
    document.querySelector<HTMLElement>('.log [data-id][tabindex="0"]')?.focus({ preventScroll: true });
    setHasReturned(false);
  }, [hasReturned]);
  const onLost = useCallback(() => setProblem(text.linkBroken), [text]);

  const blockedOther = blockedInDirect(snapshot);
  return (
    <FileDrop onFiles={blockedOther === undefined ? picked.add : undefined}>
      <RoomHeader me={session.me} snapshot={snapshot} onPeople={() => setIsPeopleOpen(true)} onSearch={onSearch} />
      <Banner status={snapshot.status} onTryNow={() => room.reconnect()} />
      {destination.kind === "log" ? (
        <MessageLog
          room={room}
          snapshot={snapshot}
          target={destination.target}
          startsAtMark={linked === undefined}
          form={form}
          handlers={handlers}
          onLost={onLost}
        />
      ) : (
        <Suspense fallback={<div className="log-frame" />}>
          <Passage
            client={session.client}
            roomId={roomId}
            snapshot={snapshot}
            target={destination.target}
            handlers={handlers}
            onBack={leavePassage}
            onLost={onLost}
          />
        </Suspense>
      )}
      <TypingLine snapshot={snapshot} />
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {blockedOther === undefined ? (
        <Composer
          room={room}
          snapshot={snapshot}
          drafts={session.drafts}
          picked={picked}
          replyTo={replyTo}
          onReplyEnd={() => setReplyTo(undefined)}
          onSent={() => destination.kind === "passage" && goToNewest()}
          onEditLast={editLast}
        />
      ) : (
        <ClosedComposer client={session.client} other={blockedOther} />
      )}
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
          <PeoplePanel
            session={session}
            snapshot={snapshot}
            onConcern={setConcern}
            onClose={() => setIsPeopleOpen(false)}
          />
        </Suspense>
      )}
      {concern !== undefined && (
        <Suspense>
          <Concern
            client={session.client}
            snapshot={snapshot}
            about={concern}
            onClose={() => setConcern(undefined)}
            onProblem={(error) => setProblem(refusalText(error, text))}
          />
        </Suspense>
      )}
    </FileDrop>
  );
}

/** In a room of two, the other one, where you blocked them: there is nothing to write there. */
function blockedInDirect({ room, you, participants }: RoomSnapshot): Participant | undefined {
  if (room?.roomType !== "DIRECT") return undefined;
  return participants.find(({ userId }) => you?.blockedUserIds.includes(userId));
}

function rowOf(messageId: number): HTMLElement | null {
  return document.querySelector(`.log [data-id="${messageId}"]`);
}

/** To the message whose form is closed, unless one is somewhere else by now. */
function giveFocusBack(messageId: number): void {
  const row = rowOf(messageId);
  if (row?.contains(document.activeElement)) row.focus({ preventScroll: true });
}
