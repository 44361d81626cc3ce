import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { RoomListItem, SearchHit } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { matchingRooms } from "../rooms/matching-rooms.ts";
import { RoomList } from "../rooms/room-list.tsx";
import type { Session } from "../session/session.ts";
import type { Place } from "../shell/use-place.ts";
import { FilterBar } from "./filter-bar.tsx";
import { FoundMessages } from "./found-messages.tsx";
import { useKnownNames } from "./known-names.ts";
import { MessageSearch } from "./message-search.ts";
import { hasFilters, isUnfinished, queryOf } from "./search-filters.ts";
import { SearchHelp } from "./search-help.tsx";
import type { SearchBox } from "./use-search-box.ts";

interface SearchPanelProps {
  readonly session: Session;
  readonly rooms: readonly RoomListItem[];
  readonly place: Place;
  readonly box: SearchBox;
  /** The message that the address names already is opened. */
  readonly onReopen: () => void;
}

/** Rooms are found by their names at once; there are messages to be found. */
const MOST_ROOMS = 3;
const NO_HITS: readonly SearchHit[] = [];

/** What stands in the place of the rooms while one searches. */
export default function SearchPanel({ session, rooms, place, box, onReopen }: SearchPanelProps) {
  const { text, formats } = useLocale();
  const { client, userId } = session;
  const { filters } = box;
  const query = useMemo(() => queryOf(box.text, filters), [box.text, filters]);
  const [search] = useState(() => new MessageSearch((asked, options) => client.searchMessages(asked, options)));
  const state = useSyncExternalStore(search.subscribe, search.getSnapshot);
  useEffect(() => search.lookFor(query), [search, query]);
  useEffect(() => () => search.close(), [search]);
  useEffect(() => {
    // What had no answer without a network gets one.
    const onOnline = () => search.getSnapshot().problem !== undefined && search.again();
    addEventListener("online", onOnline);
    return () => removeEventListener("online", onOnline);
  }, [search]);

  const names = useKnownNames(session, rooms, { hits: state.found?.items ?? NO_HITS, roomId: filters.roomId });
  const named = hasFilters(filters) ? [] : matchingRooms(rooms, box.text, formats).slice(0, MOST_ROOMS);

  // On a narrow screen the room was in front: the focus comes back to where it went in.
  const opened = useRef<HTMLAnchorElement>(null);
  const onOpen = useCallback(
    (link: HTMLAnchorElement, isCurrent: boolean) => {
      opened.current = link;
      if (isCurrent) onReopen();
    },
    [onReopen],
  );
  useEffect(() => {
    if (place.roomId === undefined) opened.current?.focus();
  }, [place.roomId]);

  return (
    <>
      <FilterBar
        filters={filters}
        rooms={rooms}
        names={names}
        yourId={userId}
        openId={place.roomId}
        onChange={box.setFilters}
      />
      <div className="search-found">
        {query === undefined && <SearchHelp />}
        {named.length > 0 && (
          <>
            <h2 className="found-title">{text.rooms}</h2>
            <RoomList session={session} rooms={named} currentId={place.roomId} />
          </>
        )}
        {query !== undefined && (
          <FoundMessages
            state={state}
            names={names}
            yourId={userId}
            place={place}
            hasFilters={hasFilters(filters)}
            isUnfinished={isUnfinished(query.q)}
            onMore={() => search.more()}
            onAgain={() => search.again()}
            onOpen={onOpen}
          />
        )}
      </div>
    </>
  );
}
