import { MessagesSquare } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useRoomList } from "../../client/react/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { News } from "../notifications/news.tsx";
import { useKeptPush } from "../push/use-kept-push.ts";
import { Sidebar } from "../rooms/sidebar.tsx";
import { useSearchBox } from "../search/use-search-box.ts";
import type { Session } from "../session/session.ts";
import { Reminders } from "../sessions/reminders.tsx";
import { useUnreadTitle } from "./unread-title.ts";
import { goToRoom, type Place, placeOf } from "./use-place.ts";

const loadConversation = () => import("../conversation/conversation.tsx");
const Conversation = lazy(loadConversation);
// Who comes by the address of a room does not wait for it until they are signed in.
if (placeOf(location.href).roomId !== undefined) void loadConversation();
const AccountPane = lazy(() => import("../account/account-pane.tsx"));
const SessionsPane = lazy(() => import("../sessions/sessions-pane.tsx"));
const NewRoom = lazy(() => import("../rooms/new-room.tsx"));

interface WorkspaceProps {
  readonly session: Session;
  readonly place: Place;
}

export function Workspace({ session, place }: WorkspaceProps) {
  const { client } = session;
  const { roomId, messageId, sessions } = place;
  const panel = place.panel === "onboarding" ? undefined : place.panel;
  const { text } = useLocale();
  const list = useRoomList(client);
  const [isCreating, setIsCreating] = useState(false);
  const box = useSearchBox(roomId);
  /** The same message can be opened again, when one has gone elsewhere from there. */
  const [openings, setOpenings] = useState(0);
  const reopen = useCallback(() => setOpenings((times) => times + 1), []);
  const linked = useMemo(
    () => (messageId === undefined ? undefined : { id: messageId, openings }),
    [messageId, openings],
  );
  const isInList = roomId === undefined && panel === undefined && sessions === undefined;
  useUnreadTitle(list.rooms ?? [], roomId);
  useKeptPush(session);

  return (
    <div className="page">
      <Reminders session={session} shownId={sessions?.id} />
      <div className={isInList ? "workspace" : "workspace in-room"}>
        <Sidebar
          session={session}
          list={list}
          place={place}
          box={box}
          onNewRoom={() => setIsCreating(true)}
          onReopen={reopen}
        />
        {panel !== undefined && (
          <Suspense fallback={<main className="empty" aria-busy="true" />}>
            <AccountPane session={session} panel={panel} />
          </Suspense>
        )}
        {sessions !== undefined && (
          <Suspense fallback={<main className="empty" aria-busy="true" />}>
            <SessionsPane session={session} place={sessions} />
          </Suspense>
        )}
        {isInList && (
          <main className="empty">
            <MessagesSquare aria-hidden="true" size={48} />
            <h1>{text.pickRoom}</h1>
            <p className="quiet">{text.pickRoomHint}</p>
          </main>
        )}
        {roomId !== undefined && (
          <Suspense fallback={<main className="conversation" />}>
            <Conversation
              key={roomId}
              session={session}
              roomId={roomId}
              linked={linked}
              onSearch={() => box.open({ roomId })}
            />
          </Suspense>
        )}
        <News session={session} roomId={roomId} />
        {isCreating && (
          <Suspense>
            <NewRoom
              session={session}
              onClose={(created) => {
                setIsCreating(false);
                if (created === undefined) return;
                client.roomList.reload();
                goToRoom(created);
              }}
            />
          </Suspense>
        )}
      </div>
    </div>
  );
}
