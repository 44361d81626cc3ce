import { MessagesSquare } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useRoomList } from "../../client/react/index.ts";
import { Conversation } from "../conversation/conversation.tsx";
import { useLocale } from "../locale/locale.tsx";
import { Sidebar } from "../rooms/sidebar.tsx";
import type { Session } from "../session/session.ts";
import { useUnreadTitle } from "./unread-title.ts";
import { goToRoom, type Place } from "./use-place.ts";

const NewRoom = lazy(() => import("../rooms/new-room.tsx"));

interface WorkspaceProps {
  readonly session: Session;
  readonly place: Place;
}

export function Workspace({ session, place }: WorkspaceProps) {
  const { client } = session;
  const { roomId, messageId } = place;
  const { text } = useLocale();
  const list = useRoomList(client);
  const [isCreating, setIsCreating] = useState(false);
  useUnreadTitle(list.rooms ?? [], roomId);

  return (
    <div className={roomId === undefined ? "workspace" : "workspace in-room"}>
      <Sidebar session={session} list={list} currentId={roomId} onNewRoom={() => setIsCreating(true)} />
      {roomId === undefined ? (
        <main className="empty">
          <MessagesSquare aria-hidden="true" size={48} />
          <h1>{text.pickRoom}</h1>
          <p className="quiet">{text.pickRoomHint}</p>
        </main>
      ) : (
        <Conversation key={roomId} session={session} roomId={roomId} messageId={messageId} />
      )}
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
  );
}
