import { PEOPLE_LIMITS } from "../../../schema/people/limits.ts";
import { useProfileWords } from "../locale/profile/index.ts";
import { Field } from "./field.tsx";
import type { FieldsProps } from "./names-fields.tsx";
import { problemAt } from "./problems.ts";

/** When the end is near, it is shown how near. */
const COUNTED_FROM = PEOPLE_LIMITS.introCharacters * 0.8;

export function IntroField({ values, problems, onChange }: FieldsProps<string>) {
  const { intro: words, counted } = useProfileWords();
  const count = [...values].length;
  return (
    <>
      <Field label={words.label} hint={words.hint} isOptional problem={problemAt(problems, "intro")}>
        {(control) => (
          <textarea
            {...control}
            className="tall"
            rows={5}
            value={values}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Field>
      {count > COUNTED_FROM && <p className="field-hint">{counted(count, PEOPLE_LIMITS.introCharacters)}</p>}
    </>
  );
}
