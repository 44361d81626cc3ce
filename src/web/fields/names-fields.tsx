import { useProfileWords } from "../locale/profile/index.ts";
import { Field } from "./field.tsx";
import { type Problems, problemAt } from "./problems.ts";
import type { NameValues } from "./profile-values.ts";
import { TextField } from "./text-field.tsx";

export interface FieldsProps<Values> {
  readonly values: Values;
  readonly problems: Problems;
  readonly onChange: (values: Values) => void;
}

const GENDERS = ["FEMALE", "MALE", "OTHER"] as const;

export function NamesFields({ values, problems, onChange }: FieldsProps<NameValues>) {
  const { names: words } = useProfileWords();
  return (
    <>
      <TextField
        label={words.english}
        autoComplete="name"
        isNeeded
        value={values.englishName}
        onChange={(englishName) => onChange({ ...values, englishName })}
        problem={problemAt(problems, "englishName")}
      />
      <TextField
        label={words.korean}
        isOptional
        value={values.koreanName}
        onChange={(koreanName) => onChange({ ...values, koreanName })}
        problem={problemAt(problems, "koreanName")}
      />
      <Field label={words.gender} hint={words.genderHint} isOptional problem={problemAt(problems, "gender")}>
        {(control) => (
          <select
            {...control}
            value={values.gender ?? ""}
            onChange={({ currentTarget: { value } }) =>
              onChange({ ...values, gender: GENDERS.find((gender) => gender === value) ?? null })
            }
          >
            <option value="">{words.unsaid}</option>
            {GENDERS.map((gender) => (
              <option key={gender} value={gender}>
                {words.genders[gender]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
