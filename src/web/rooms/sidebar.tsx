import { MessageSquarePlus, Search } from "lucide-react";
import { useState } from "react";
import type { RoomListSnapshot } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { Settings } from "../shell/settings.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { RoomList } from "./room-list.tsx";

interface SidebarProps {
  readonly session: Session;
  readonly list: RoomListSnapshot;
  readonly currentId: number | undefined;
  readonly onNewRoom: () => void;
}

export function Sidebar({ session, list, currentId, onNewRoom }: SidebarProps) {
  const { text, language } = useLocale();
  const [filter, setFilter] = useState("");
  const { person } = session;
  return (
    <aside className="sidebar">
      <header className="bar">
        <p className="brand">StudyMate</p>
        <span className="quiet whoami">
          <bdi>{language === "ko" ? person.koreanName : person.englishName}</bdi>
        </span>
        <Settings maySwitch />
      </header>
      <div className="bar compact">
        <label className="search">
          <Search aria-hidden="true" size={16} />
          <span className="spoken">{text.filter}</span>
          <input
            type="search"
            placeholder={text.filter}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <IconButton label={text.newRoom} icon={MessageSquarePlus} className="icon-button primary" onClick={onNewRoom} />
      </div>
      {list.error !== undefined && (
        <p className="notice" role="status">
          {text.roomsFailed}
        </p>
      )}
      <RoomList session={session} rooms={list.rooms} filter={filter} currentId={currentId} />
    </aside>
  );
}
