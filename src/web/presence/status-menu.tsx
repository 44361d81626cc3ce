import { Menu, MenuButton, MenuGroup, MenuGroupLabel, MenuItemRadio, MenuProvider } from "@ariakit/react";
import { Check } from "lucide-react";
import { useState } from "react";
import type { ChosenStatus } from "../../client/me/index.ts";
import { useMe } from "../../client/react/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { nameIn, useOwnPerson } from "../session/own-person.ts";
import type { Session } from "../session/session.ts";
import { StatusDot } from "./status-dot.tsx";

const CHOICES: readonly ChosenStatus[] = ["online", "away", "busy"];

/** Who one is, and what one shows to partners. */
export function StatusMenu({ session }: { readonly session: Session }) {
  const { text, language } = useLocale();
  const you = useOwnPerson(session.you);
  const { status, connection } = useMe(session.me);
  /** What was chosen, until the server says so too. */
  const [chosen, setChosen] = useState<ChosenStatus>();
  const shown = chosen ?? status ?? "online";
  const isThere = connection.state === "live";
  const choose = async (choice: ChosenStatus) => {
    setChosen(choice);
    await session.me.setStatus(choice).catch(() => {});
    setChosen(undefined);
  };
  return (
    <MenuProvider values={{ status: shown }} placement="bottom-end">
      <MenuButton className="whoami" title={text.yourStatus}>
        <StatusDot status={isThere ? shown : "offline"} />
        <bdi>{nameIn(language, you)}</bdi>
        <span className="spoken">
          {" "}
          {text.yourStatus}: {isThere ? text.statuses[shown] : text.notConnected}
        </span>
      </MenuButton>
      <Menu className="menu" gutter={6} modal={false} portal={false} unmountOnHide aria-label={text.yourStatus}>
        <MenuGroup>
          <MenuGroupLabel className="menu-label">{text.yourStatus}</MenuGroupLabel>
          {CHOICES.map((choice) => (
            <MenuItemRadio
              key={choice}
              name="status"
              value={choice}
              checked={choice === shown}
              className="menu-item"
              onClick={() => void choose(choice)}
            >
              <span className="status-choice">
                <StatusDot status={choice} /> {text.statuses[choice]}
              </span>
              {choice === shown && <Check aria-hidden="true" size={16} />}
            </MenuItemRadio>
          ))}
        </MenuGroup>
      </Menu>
    </MenuProvider>
  );
}
