import { X } from "lucide-react";
import { useMemo } from "react";
import type { PersonLanguage } from "../../../schema/api/people.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { languageChoices, languageName } from "./choices.ts";
import { added, LANGUAGE_TYPES, type LanguageType, ofType, withLevel, withMain, without } from "./language-list.ts";
import type { FieldsProps } from "./names-fields.tsx";
import { problemAt } from "./problems.ts";

type Languages = readonly PersonLanguage[];

export function LanguagesFields(props: FieldsProps<Languages>) {
  return (
    <>
      {LANGUAGE_TYPES.map((type) => (
        <LanguagesOfType key={type} type={type} {...props} />
      ))}
    </>
  );
}

function LanguagesOfType({
  type,
  values,
  problems,
  onChange,
}: FieldsProps<Languages> & { readonly type: LanguageType }) {
  const { language } = useLocale();
  const { languages: words } = useProfileWords();
  const all = useMemo(() => languageChoices(language), [language]);
  const chosen = ofType(values, type);
  const open = all.filter(({ code }) => chosen.every(({ languageCode }) => languageCode !== code));
  // The server names a language by its place in the list: it is said where it stands.
  const refused = values.findIndex((one, at) => one.languageType === type && problemAt(problems, `languages.${at}`));
  return (
    <fieldset className="language-type">
      <legend>{words.types[type]}</legend>
      {chosen.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <ul className="language-rows">
          {chosen.map((one) => (
            <LanguageRow key={one.languageCode} one={one} isAlone={chosen.length === 1} {...{ values, onChange }} />
          ))}
        </ul>
      )}
      <ChoiceField
        label={words.add[type]}
        hint={words.hints[type]}
        choices={open}
        value=""
        onChoose={(code) => onChange(added(values, type, code))}
        problem={problemAt(problems, `languages.${type}`) ?? (refused >= 0 ? "notTaken" : undefined)}
      />
    </fieldset>
  );
}

interface LanguageRowProps extends Pick<FieldsProps<Languages>, "values" | "onChange"> {
  readonly one: PersonLanguage;
  readonly isAlone: boolean;
}

const LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"] as const;

function LanguageRow({ one, isAlone, values, onChange }: LanguageRowProps) {
  const { language } = useLocale();
  const { languages: words, remove } = useProfileWords();
  const name = languageName(one.languageCode, language);
  return (
    <li className="language-row">
      <span className="language-name">
        {name}
        {!isAlone && one.isPrimary && <span className="tag accent">{words.main}</span>}
      </span>
      {!isAlone && !one.isPrimary && (
        <button
          type="button"
          className="text-button"
          aria-label={words.makeMain(name)}
          onClick={() => onChange(withMain(values, one))}
        >
          {words.makeMainShort}
        </button>
      )}
      {one.languageType !== "NATIVE" && (
        <select
          aria-label={words.level(name)}
          value={one.proficiencyLevel ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onChange(withLevel(values, one, LEVELS.find((level) => level === value) ?? null))
          }
        >
          <option value="">{words.noLevel}</option>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {words.levels[level]}
            </option>
          ))}
        </select>
      )}
      <IconButton label={remove(name)} icon={X} onClick={() => onChange(without(values, one))} />
    </li>
  );
}
