import { useState } from "preact/hooks";
import { Conversation } from "./conversation.tsx";
import { NewRoom } from "./new-room.tsx";
import { RoomList } from "./room-list.tsx";
import type { Session } from "./session.ts";
import { text } from "./text.ts";
import { goToPerson, goToRoom } from "./use-location.ts";
import { useRoomList } from "./use-room-list.ts";

interface WorkspaceProps {
  readonly session: Session;
  readonly roomId: number | undefined;
}

export function Workspace({ session, roomId }: WorkspaceProps) {
  const { person, client } = session;
  const { rooms, hasFailed, reload } = useRoomList(client);
  const [isCreating, setIsCreating] = useState(false);

  return (
    <div class={roomId === undefined ? "workspace" : "workspace in-room"}>
      <aside class="sidebar">
        <header class="bar">
          <h1>StudyMate</h1>
          <button type="button" class="link" onClick={() => goToPerson(undefined)} title={text.someoneElse}>
            {person.teaches === "ko" ? person.koreanName : person.englishName}
          </button>
        </header>
        <div class="bar">
          <h2>{text.rooms}</h2>
          <button type="button" class="primary" onClick={() => setIsCreating(true)}>
            + {text.newRoom}
          </button>
        </div>
        {hasFailed && <p class="quiet padded">{text.roomsFailed}</p>}
        <RoomList rooms={rooms} currentId={roomId} />
      </aside>
      {roomId === undefined ? (
        <main class="empty quiet">{text.pickRoom}</main>
      ) : (
        <Conversation key={roomId} room={client.room(roomId)} />
      )}
      {isCreating && (
        <NewRoom
          session={session}
          onClose={(created) => {
            setIsCreating(false);
            if (created === undefined) return;
            reload();
            goToRoom(created);
          }}
        />
      )}
    </div>
  );
}
