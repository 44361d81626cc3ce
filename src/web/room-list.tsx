import type { RoomListItem } from "../client/index.ts";
import { Avatar } from "./avatar.tsx";
import { whenOf } from "./formats.ts";
import { nameOfListed } from "./room-name.ts";
import { text } from "./text.ts";

interface RoomListProps {
  readonly rooms: readonly RoomListItem[] | undefined;
  readonly currentId: number | undefined;
}

export function RoomList({ rooms, currentId }: RoomListProps) {
  if (rooms === undefined) return <p class="quiet padded">{text.loading}</p>;
  if (rooms.length === 0) return <p class="quiet padded">{text.noRooms}</p>;
  return (
    <nav aria-label={text.rooms}>
      <ul class="rooms">
        {rooms.map((room) => (
          <li key={room.id}>
            <RoomLink room={room} isCurrent={room.id === currentId} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function RoomLink({ room, isCurrent }: { readonly room: RoomListItem; readonly isCurrent: boolean }) {
  const name = nameOfListed(room);
  const last = room.lastMessage;
  const other = room.participants[0];
  // The open room is being read: the list is a few seconds behind.
  const unread = isCurrent ? 0 : room.unread;
  return (
    <a class="room" href={`#${room.id}`} aria-current={isCurrent ? "page" : undefined}>
      <Avatar name={name} id={room.roomType === "DIRECT" && other !== undefined ? other.userId : room.id} />
      <span class="room-text">
        <span class="room-name">{name}</span>
        <span class="room-last quiet">{last === null ? "" : (last.content ?? text.deleted)}</span>
      </span>
      <span class="room-side">
        {last !== null && <time class="quiet">{whenOf(last.createdAt)}</time>}
        {unread > 0 && (
          <span class="badge">
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span class="spoken">{text.unread(unread)}</span>
          </span>
        )}
      </span>
    </a>
  );
}
