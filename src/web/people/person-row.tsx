import { Menu, MenuButton, MenuItem, MenuProvider, MenuSeparator } from "@ariakit/react";
import { Ban, Ellipsis, Flag } from "lucide-react";
import type { Participant } from "../../client/index.ts";
import type { PresenceStatus } from "../../client/me/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { demoPersonNamed } from "../session/session.ts";
import { Avatar } from "../ui/avatar.tsx";

interface PersonRowProps {
  readonly person: Participant;
  readonly status: PresenceStatus | undefined;
  readonly isYou: boolean;
  readonly isGroup: boolean;
  /** You may change what this person is here. */
  readonly isManaged: boolean;
  readonly isBlocked: boolean;
  readonly onConcern: (kind: "block" | "report") => void;
  readonly onUnblock: () => void;
  readonly onRole: (role: Participant["role"]) => void;
  readonly onRemove: () => void;
}

export function PersonRow(props: PersonRowProps) {
  const { person, status, isYou, isGroup, isManaged, isBlocked, onConcern, onUnblock, onRole, onRemove } = props;
  const { text } = useLocale();
  const { userId, name, imageUrl, role } = person;
  const known = demoPersonNamed(name);
  return (
    <li className="person">
      <Avatar name={name} id={userId} imageUrl={imageUrl} status={status} />
      <div className="person-text">
        <p>
          <bdi className="person-name">{name}</bdi>
          {isYou && <span className="tag">{text.you}</span>}
          {isBlocked && <span className="tag">{text.blocked}</span>}
          {isGroup && role === "ADMIN" && <span className="tag accent">{text.roles.ADMIN}</span>}
        </p>
        <p className="quiet">
          {text.statuses[status ?? "offline"]}
          {known !== undefined && ` · ${text.teaches[known.teaches]}`}
        </p>
      </div>
      {!isYou && (
        <MenuProvider placement="bottom-end">
          <MenuButton className="icon-button" aria-label={text.personActions(name)}>
            <Ellipsis aria-hidden="true" size={18} />
          </MenuButton>
          <Menu className="menu" gutter={6} portal unmountOnHide modal aria-label={text.personActions(name)}>
            {isManaged && (
              <>
                <MenuItem className="menu-item" onClick={() => onRole(role === "ADMIN" ? "MEMBER" : "ADMIN")}>
                  {role === "ADMIN" ? text.makeMember : text.makeAdmin}
                </MenuItem>
                <MenuItem className="menu-item danger" onClick={onRemove}>
                  {text.remove}
                </MenuItem>
                <MenuSeparator className="separator" />
              </>
            )}
            <MenuItem className="menu-item" onClick={() => onConcern("report")}>
              {text.report} <Flag aria-hidden="true" size={16} />
            </MenuItem>
            {isBlocked ? (
              <MenuItem className="menu-item" onClick={onUnblock}>
                {text.unblock}
              </MenuItem>
            ) : (
              <MenuItem className="menu-item" onClick={() => onConcern("block")}>
                {text.block} <Ban aria-hidden="true" size={16} />
              </MenuItem>
            )}
          </Menu>
        </MenuProvider>
      )}
    </li>
  );
}
