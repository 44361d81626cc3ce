import {
  Menu,
  MenuButton,
  MenuGroup,
  MenuGroupLabel,
  MenuItem,
  MenuItemRadio,
  MenuProvider,
  MenuSeparator,
} from "@ariakit/react";
import { Check, Settings as Cog } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { chosenLanguage, chosenTheme, type Preference, usePreference } from "./preferences.ts";
import { goToPanel, goToPerson } from "./use-place.ts";

const SignOut = lazy(() => import("../account/sign-out.tsx"));

/** Languages are named in themselves: whoever is in the wrong one must find out. */
const LANGUAGE_NAMES = { ko: "한국어", en: "English" };

const PANELS = ["profile", "notifications", "calendar", "devices", "privacy"] as const;

/** What one chooses for oneself: language, appearance; and for who is signed in their account, and the way out. */
export function Settings({ session }: { readonly session?: Session }) {
  const { text } = useLocale();
  const [isLeaving, setIsLeaving] = useState(false);
  const language = usePreference(chosenLanguage);
  const theme = usePreference(chosenTheme);
  return (
    <>
      <MenuProvider values={{ language, theme }} placement="bottom-end">
        <MenuButton className="icon-button" aria-label={text.settings} title={text.settings}>
          <Cog aria-hidden="true" size={20} />
        </MenuButton>
        <Menu className="menu" gutter={6} modal={false} portal={false} unmountOnHide aria-label={text.settings}>
          <Choices name="language" label={text.languageName} preference={chosenLanguage} names={LANGUAGE_NAMES} />
          <MenuSeparator className="separator" />
          <Choices name="theme" label={text.theme} preference={chosenTheme} names={text.themes} />
          {session && (
            <>
              <MenuSeparator className="separator" />
              {PANELS.map((panel) => (
                <MenuItem key={panel} className="menu-item" onClick={() => goToPanel(panel)}>
                  {text[panel]}
                </MenuItem>
              ))}
              <MenuSeparator className="separator" />
              {session.demo && (
                <MenuItem className="menu-item" onClick={() => goToPerson(undefined)}>
                  {text.switchPerson}
                </MenuItem>
              )}
              <MenuItem className="menu-item" onClick={() => setIsLeaving(true)}>
                {text.signOut}
              </MenuItem>
            </>
          )}
        </Menu>
      </MenuProvider>
      {session && isLeaving && (
        <Suspense>
          <SignOut session={session} onClose={() => setIsLeaving(false)} />
        </Suspense>
      )}
    </>
  );
}

interface ChoicesProps<Choice extends string> {
  readonly name: string;
  readonly label: string;
  readonly preference: Preference<Choice>;
  readonly names: Readonly<Record<Choice, string>>;
}

function Choices<Choice extends string>({ name, label, preference, names }: ChoicesProps<Choice>) {
  const chosen = usePreference(preference);
  return (
    <MenuGroup>
      <MenuGroupLabel className="menu-label">{label}</MenuGroupLabel>
      {preference.choices.map((choice) => (
        <MenuItemRadio
          key={choice}
          name={name}
          value={choice}
          checked={choice === chosen}
          className="menu-item"
          lang={name === "language" ? choice : undefined}
          onClick={() => preference.set(choice)}
        >
          {names[choice]}
          {choice === chosen && <Check aria-hidden="true" size={16} />}
        </MenuItemRadio>
      ))}
    </MenuGroup>
  );
}
