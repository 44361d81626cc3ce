import { useMemo } from "react";
import { SESSION_LIMITS } from "../../../schema/session-limits.ts";
import { languageChoices } from "../fields/choices.ts";
import { WordedField } from "../fields/field.tsx";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { BookingProblems, TopicValues } from "./booking.ts";

interface TopicFieldsProps {
  readonly values: TopicValues;
  readonly problems: BookingProblems;
  readonly onChange: (change: Partial<TopicValues>) => void;
}

export function LanguageFields({ values, problems, onChange }: TopicFieldsProps) {
  const { language } = useLocale();
  const { form, problems: problemWords } = useSessionWords();
  const choices = useMemo(() => languageChoices(language), [language]);
  const { primaryLanguage, secondaryLanguage } = problems;
  const options = choices.map(({ code, name }) => (
    <option key={code} value={code}>
      {name}
    </option>
  ));
  return (
    <>
      <div className="language-fields">
        <WordedField label={form.primary} problem={primaryLanguage && problemWords[primaryLanguage]}>
          {(control) => (
            <select
              {...control}
              value={values.primary}
              onChange={(event) => onChange({ primary: event.currentTarget.value })}
            >
              {options}
            </select>
          )}
        </WordedField>
        <WordedField label={form.secondary} problem={secondaryLanguage && problemWords[secondaryLanguage]}>
          {(control) => (
            <select
              {...control}
              value={values.secondary === values.primary ? "" : values.secondary}
              onChange={(event) => onChange({ secondary: event.currentTarget.value })}
            >
              <option value="">{form.noSecond}</option>
              {options.filter(({ key }) => key !== values.primary)}
            </select>
          )}
        </WordedField>
      </div>
      <p className="field-hint">{form.languagesHint}</p>
    </>
  );
}

export function WordsFields({ values, problems, onChange }: TopicFieldsProps) {
  const { form, problems: problemWords } = useSessionWords();
  const { title, description } = problems;
  return (
    <>
      <WordedField label={form.name} problem={title && problemWords[title]} isOptional>
        {(control) => (
          <input
            {...control}
            type="text"
            maxLength={SESSION_LIMITS.titleCharacters}
            placeholder={form.namePlaceholder}
            value={values.title}
            onChange={(event) => onChange({ title: event.currentTarget.value })}
          />
        )}
      </WordedField>
      <WordedField label={form.description} problem={description && problemWords[description]} isOptional>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            maxLength={SESSION_LIMITS.descriptionCharacters}
            value={values.description}
            onChange={(event) => onChange({ description: event.currentTarget.value })}
          />
        )}
      </WordedField>
    </>
  );
}
