import { Menu, MenuButton, MenuItem, MenuProvider } from "@ariakit/react";
import { Ellipsis } from "lucide-react";
import type { Participant } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { demoPersonNamed } from "../session/session.ts";
import { Avatar } from "../ui/avatar.tsx";

interface PersonRowProps {
  readonly person: Participant;
  readonly isYou: boolean;
  readonly isGroup: boolean;
  /** You may change what this person is here. */
  readonly isManaged: boolean;
  readonly onRole: (role: Participant["role"]) => void;
  readonly onRemove: () => void;
}

export function PersonRow({ person, isYou, isGroup, isManaged, onRole, onRemove }: PersonRowProps) {
  const { text } = useLocale();
  const { userId, name, imageUrl, role, online } = person;
  const known = demoPersonNamed(name);
  return (
    <li className="person">
      <Avatar name={name} id={userId} imageUrl={imageUrl} online={online} />
      <div className="person-text">
        <p>
          <bdi className="person-name">{name}</bdi>
          {isYou && <span className="tag">{text.you}</span>}
          {isGroup && role === "ADMIN" && <span className="tag accent">{text.roles.ADMIN}</span>}
        </p>
        <p className="quiet">
          {online ? text.online : text.offline}
          {known !== undefined && ` · ${text.teaches[known.teaches]}`}
        </p>
      </div>
      {isManaged && !isYou && (
        <MenuProvider placement="bottom-end">
          <MenuButton className="icon-button" aria-label={text.personActions(name)}>
            <Ellipsis aria-hidden="true" size={18} />
          </MenuButton>
          <Menu className="menu" gutter={6} portal unmountOnHide modal aria-label={text.personActions(name)}>
            <MenuItem className="menu-item" onClick={() => onRole(role === "ADMIN" ? "MEMBER" : "ADMIN")}>
              {role === "ADMIN" ? text.makeMember : text.makeAdmin}
            </MenuItem>
            <MenuItem className="menu-item danger" onClick={onRemove}>
              {text.remove}
            </MenuItem>
          </Menu>
        </MenuProvider>
      )}
    </li>
  );
}
