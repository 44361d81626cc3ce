import type { RoomListItem } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { nameOfListed } from "../rooms/room-name.ts";
import { DatesChip } from "./dates-chip.tsx";
import { ChoiceChip } from "./filter-chip.tsx";
import type { KnownNames } from "./known-names.ts";
import type { SearchFilters } from "./search-filters.ts";

interface FilterBarProps {
  readonly filters: SearchFilters;
  readonly rooms: readonly RoomListItem[];
  readonly names: KnownNames;
  readonly yourId: number;
  /** The room that is open. */
  readonly openId: number | undefined;
  readonly onChange: (filters: SearchFilters) => void;
}

export function FilterBar({ filters, rooms, names, yourId, openId, onChange }: FilterBarProps) {
  const { text, formats } = useLocale();
  const { title, room, anyRoom, thisRoom, person, anyPerson } = text.filters;
  const open = rooms.find(({ id }) => id === openId);
  const listed = rooms
    .filter(({ id }) => id !== openId)
    .map((one) => ({ id: one.id, name: nameOfListed(one, formats) }));
  const people = names.people(filters.roomId).map(({ userId, name }) => ({ id: userId, name }));
  return (
    <fieldset className="filters" aria-label={title}>
      <ChoiceChip
        label={room}
        none={anyRoom}
        choices={
          open === undefined
            ? listed
            : [{ id: open.id, name: `${thisRoom}: ${nameOfListed(open, formats)}` }, ...listed]
        }
        chosenId={filters.roomId}
        chosenName={filters.roomId === undefined ? undefined : (names.roomName(filters.roomId) ?? room)}
        onChoose={(roomId) => onChange({ ...filters, roomId })}
      />
      <ChoiceChip
        label={person}
        none={anyPerson}
        choices={[{ id: yourId, name: text.you }, ...people]}
        chosenId={filters.senderId}
        chosenName={names.people(undefined).find(({ userId }) => userId === filters.senderId)?.name ?? person}
        onChoose={(senderId) => onChange({ ...filters, senderId })}
      />
      <DatesChip filters={filters} onChange={onChange} />
    </fieldset>
  );
}
