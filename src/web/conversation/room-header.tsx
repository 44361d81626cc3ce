import { ArrowLeft, Search, Users } from "lucide-react";
import type { Participant, RoomSnapshot } from "../../client/index.ts";
import type { Me } from "../../client/me/index.ts";
import { useMe } from "../../client/react/index.ts";
import type { Words } from "../locale/en.ts";
import { useLocale } from "../locale/locale.tsx";
import { shownStatus } from "../presence/presence.ts";
import { nameOfOpen } from "../rooms/room-name.ts";
import { goToRoom } from "../shell/use-place.ts";
import { Avatar } from "../ui/avatar.tsx";
import { IconButton } from "../ui/icon-button.tsx";

interface RoomHeaderProps {
  readonly me: Me;
  readonly snapshot: RoomSnapshot;
  readonly onPeople: () => void;
  readonly onSearch: () => void;
}

export function RoomHeader({ me, snapshot, onPeople, onSearch }: RoomHeaderProps) {
  const { text, formats } = useLocale();
  const { room, you, isStale } = snapshot;
  const people = snapshot.participants.filter((person) => person.isActive);
  const isDirect = room?.roomType === "DIRECT";
  const other = isDirect ? people.find(({ userId }) => userId !== you?.userId) : undefined;
  const name = nameOfOpen(snapshot, formats);
  const status = shownStatus(useMe(me), other?.userId, !isStale && other?.online === true);
  return (
    <header className="bar room-header">
      <IconButton className="icon-button back" label={text.back} icon={ArrowLeft} onClick={() => goToRoom(undefined)} />
      {room !== null && <Avatar name={name} id={other?.userId ?? room.id} imageUrl={other?.imageUrl} status={status} />}
      <div className="room-title">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        {room !== null && (
          <p className="quiet">{isDirect ? text.statuses[status ?? "offline"] : groupSummary(people, isStale, text)}</p>
        )}
      </div>
      <IconButton className="icon-button search-here" label={text.searchHere} icon={Search} onClick={onSearch} />
      {room !== null && <IconButton label={text.showPeople} icon={Users} onClick={onPeople} />}
    </header>
  );
}

/** Who is online is not known without a connection. */
function groupSummary(people: readonly Participant[], isStale: boolean, text: Words): string {
  if (isStale) return text.peopleCount(people.length);
  return text.summary(people.length, people.filter(({ online }) => online).length);
}
