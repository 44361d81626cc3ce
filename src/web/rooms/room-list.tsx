import type { RoomListItem } from "../../client/index.ts";
import type { MeSnapshot } from "../../client/me/index.ts";
import { useMe } from "../../client/react/index.ts";
import { messageWords } from "../conversation/message-words.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { shownStatus } from "../presence/presence.ts";
import type { Session } from "../session/session.ts";
import { Avatar } from "../ui/avatar.tsx";
import { nameOfListed } from "./room-name.ts";
import { useDraft } from "./use-draft.ts";

interface RoomListProps {
  readonly session: Session;
  readonly rooms: readonly RoomListItem[] | undefined;
  readonly currentId: number | undefined;
}

export function RoomList({ session, rooms, currentId }: RoomListProps) {
  const { text } = useLocale();
  const me = useMe(session.me);
  if (rooms === undefined) return <p className="quiet padded">{text.loading}</p>;
  if (rooms.length === 0) {
    return (
      <div className="padded">
        <p>{text.noRooms}</p>
        <p className="quiet">{text.noRoomsHint}</p>
      </div>
    );
  }
  return (
    <nav aria-label={text.rooms} className="rooms">
      <ul>
        {rooms.map((room) => (
          <li key={room.id}>
            <RoomLink session={session} me={me} room={room} isCurrent={room.id === currentId} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface RoomLinkProps {
  readonly session: Session;
  readonly me: MeSnapshot;
  readonly room: RoomListItem;
  readonly isCurrent: boolean;
}

function RoomLink({ session, me, room, isCurrent }: RoomLinkProps) {
  const { text, formats } = useLocale();
  const name = nameOfListed(room, formats);
  const last = room.lastMessage;
  const [other] = room.roomType === "DIRECT" ? room.participants : [];
  const status = shownStatus(me, other?.userId);
  // The open room is being read: what came just now is seen.
  const unread = isCurrent ? 0 : room.unread;
  return (
    <a className="room" href={`#${room.id}`} aria-current={isCurrent ? "page" : undefined}>
      <Avatar name={name} id={other?.userId ?? room.id} imageUrl={other?.imageUrl} status={status} />
      <span className="room-text">
        <bdi className="room-name">{name}</bdi>
        {status !== undefined && <span className="spoken"> ({text.statuses[status]}) </span>}
        <LastWords session={session} room={room} hidesDraft={isCurrent} />
      </span>
      <span className="room-side">
        {last !== null && (
          <time className="quiet" dateTime={last.createdAt}>
            {formats.whenOf(last.createdAt)}
          </time>
        )}
        {unread > 0 && (
          <span className="badge">
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span className="spoken">{text.unread(unread)}</span>
          </span>
        )}
      </span>
    </a>
  );
}

interface LastWordsProps {
  readonly session: Session;
  readonly room: RoomListItem;
  readonly hidesDraft: boolean;
}

/** The draft that waits in the room, or else what was said last. */
function LastWords({ session, room, hidesDraft }: LastWordsProps) {
  const { text } = useLocale();
  const [draft] = useDraft(session.drafts, room.id);
  if (draft !== "" && !hidesDraft) {
    return (
      <span className="room-last">
        <span className="draft-mark">{text.draft}</span> <bdi className="quiet">{draft}</bdi>
      </span>
    );
  }
  const last = room.lastMessage;
  if (last === null) return <span className="room-last" />;
  const words = messageWords(last, text);
  return (
    <span className="room-last quiet">
      {last.senderId === session.userId && `${text.you}: `}
      <bdi lang={languageOf(words)}>{words}</bdi>
    </span>
  );
}
