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
import { useLocale } from "../locale/locale.tsx";
import { chosenLanguage, chosenTheme, type Preference, usePreference } from "./preferences.ts";
import { goToPerson } from "./use-place.ts";

/** Languages are named in themselves: whoever is in the wrong one must find out. */
const LANGUAGE_NAMES = { ko: "한국어", en: "English" };

/** What one chooses for oneself: language, appearance, and in this demo who one is. */
export function Settings({ maySwitch = false }: { readonly maySwitch?: boolean }) {
  const { text } = useLocale();
  const language = usePreference(chosenLanguage);
  const theme = usePreference(chosenTheme);
  return (
    <MenuProvider values={{ language, theme }} placement="bottom-end">
      <MenuButton className="icon-button" aria-label={text.settings} title={text.settings}>
        <Cog aria-hidden="true" size={20} />
      </MenuButton>
      <Menu className="menu" gutter={6} modal={false} portal={false} unmountOnHide aria-label={text.settings}>
        <Choices name="language" label={text.languageName} preference={chosenLanguage} names={LANGUAGE_NAMES} />
        <MenuSeparator className="separator" />
        <Choices name="theme" label={text.theme} preference={chosenTheme} names={text.themes} />
        {maySwitch && (
          <>
            <MenuSeparator className="separator" />
            <MenuItem className="menu-item" onClick={() => goToPerson(undefined)}>
              {text.switchPerson}
            </MenuItem>
          </>
        )}
      </Menu>
    </MenuProvider>
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
