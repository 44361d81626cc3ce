import { X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { normalizeInterest } from "../../../schema/people/interests.ts";
import { PEOPLE_LIMITS } from "../../../schema/people/limits.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { isFinalEnter } from "../ui/enter-key.ts";
import { interestChoices, isCurated } from "./choices.ts";
import { Field, Problem } from "./field.tsx";
import type { FieldsProps } from "./names-fields.tsx";
import { problemAt } from "./problems.ts";

/** The curated list to tick, and what is not in it. */
export function InterestsField({ values, problems, onChange }: FieldsProps<readonly string[]>) {
  const { language } = useLocale();
  const { interests: words, remove } = useProfileWords();
  const [own, setOwn] = useState("");
  const problemId = useId();
  const curated = useMemo(() => interestChoices(language), [language]);
  const free = values.filter((tag) => !isCurated(tag));
  const isFull = values.length >= PEOPLE_LIMITS.interests;
  const problem = problemAt(problems, "interests");

  const take = (tag: string) => onChange(values.filter((one) => one !== tag));
  const add = (tag: string) => {
    if (tag !== "" && !isFull && !values.includes(tag)) onChange([...values, tag]);
  };
  const addOwn = () => {
    add(normalizeInterest(own));
    setOwn("");
  };
  return (
    <>
      <p className="field-hint">{words.hint(PEOPLE_LIMITS.interests)}</p>
      <fieldset className="interests" aria-describedby={problem && problemId}>
        <legend className="spoken">{words.hint(PEOPLE_LIMITS.interests)}</legend>
        {curated.map(({ code, name }) => {
          const isChosen = values.includes(code);
          return (
            <label key={code} className="interest">
              <input
                type="checkbox"
                checked={isChosen}
                disabled={isFull && !isChosen}
                onChange={() => (isChosen ? take(code) : add(code))}
              />
              <span>{name}</span>
            </label>
          );
        })}
      </fieldset>
      {free.length > 0 && (
        <ul className="own-interests" aria-label={words.yours}>
          {free.map((tag) => (
            <li key={tag} className="chip is-set">
              <bdi className="chip-text">{tag}</bdi>
              <button type="button" className="chip-remove" aria-label={remove(tag)} onClick={() => take(tag)}>
                <X aria-hidden="true" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="add-own">
        <Field label={words.own} problem={undefined} isOptional>
          {(control) => (
            <input
              {...control}
              type="text"
              maxLength={PEOPLE_LIMITS.interestCharacters}
              value={own}
              disabled={isFull}
              onChange={(event) => setOwn(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (!isFinalEnter(event.nativeEvent) || own.trim() === "") return;
                event.preventDefault();
                addOwn();
              }}
            />
          )}
        </Field>
        <button type="button" className="button" disabled={isFull || own.trim() === ""} onClick={addOwn}>
          {words.add}
        </button>
      </div>
      <Problem id={problemId} problem={problem} />
      <p className="field-hint" role="status">
        {words.chosen(values.length, PEOPLE_LIMITS.interests)}
      </p>
    </>
  );
}
