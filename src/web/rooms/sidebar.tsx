import { ArrowLeft, MessageSquarePlus, Search } from "lucide-react";
import { type KeyboardEvent, lazy, Suspense } from "react";
import type { RoomListSnapshot } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { Bell } from "../notifications/bell.tsx";
import { StatusMenu } from "../presence/status-menu.tsx";
import { movesFocus } from "../search/arrow-keys.ts";
import type { SearchBox } from "../search/use-search-box.ts";
import type { Session } from "../session/session.ts";
import { SessionsLink } from "../sessions/sessions-link.tsx";
import { Settings } from "../shell/settings.tsx";
import type { Place } from "../shell/use-place.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { RoomList } from "./room-list.tsx";

const SearchPanel = lazy(() => import("../search/search-panel.tsx"));
const Invitation = lazy(() => import("../account/invitation.tsx"));

interface SidebarProps {
  readonly session: Session;
  readonly list: RoomListSnapshot;
  readonly place: Place;
  readonly box: SearchBox;
  readonly onNewRoom: () => void;
  /** The message that the address names already is opened. */
  readonly onReopen: () => void;
}

/** The rooms, or in their place what is searched for. */
export function Sidebar({ session, list, place, box, onNewRoom, onReopen }: SidebarProps) {
  const { text } = useLocale();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // The input method's own Escape and arrows belong to the syllable; those of a menu, to the menu.
    if (event.nativeEvent.isComposing || event.defaultPrevented || !box.isOpen) return;
    if (event.key === "Escape") box.close();
    else if (!movesFocus(event, box.field.current)) return;
    event.preventDefault();
  };
  const roomList = <RoomList session={session} rooms={list.rooms} currentId={place.roomId} />;
  return (
    <aside className="sidebar">
      <header className="bar">
        <p className="brand">StudyMate</p>
        <StatusMenu session={session} />
        <Bell session={session} />
        <Settings session={session} />
      </header>
      <search className="search-area" {...{ onKeyDown }}>
        <div className="bar compact">
          {box.isOpen && <IconButton label={text.closeSearch} icon={ArrowLeft} onClick={box.close} />}
          <label className="search">
            <Search aria-hidden="true" size={16} />
            <span className="spoken">{text.search}</span>
            <input
              ref={box.field}
              type="search"
              enterKeyHint="search"
              autoComplete="off"
              aria-keyshortcuts="Control+K Meta+K /"
              placeholder={text.searchShort}
              value={box.text}
              onClick={() => box.isOpen || box.open()}
              onChange={(event) => box.setText(event.currentTarget.value)}
            />
            {!box.isOpen && (
              <span className="key" aria-hidden="true">
                /
              </span>
            )}
          </label>
          {!box.isOpen && (
            <IconButton
              label={text.newRoom}
              icon={MessageSquarePlus}
              className="icon-button primary"
              onClick={onNewRoom}
            />
          )}
        </div>
        {box.isOpen && (
          <Suspense fallback={roomList}>
            <SearchPanel session={session} rooms={list.rooms ?? []} place={place} box={box} onReopen={onReopen} />
          </Suspense>
        )}
      </search>
      {list.error !== undefined && (
        <p className="notice" role="status">
          {text.roomsFailed}
        </p>
      )}
      {!box.isOpen && session.demo === undefined && (
        <Suspense>
          <Invitation session={session} />
        </Suspense>
      )}
      {!box.isOpen && <SessionsLink session={session} isCurrent={place.sessions !== undefined} />}
      {!box.isOpen && roomList}
    </aside>
  );
}
