import { X } from "lucide-react";
import { useId, useMemo } from "react";
import { PEOPLE_LIMITS } from "../../../schema/people/limits.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { ChoiceField } from "./choice-field.tsx";
import { countryChoices, countryName } from "./choices.ts";
import { Field } from "./field.tsx";
import type { FieldsProps } from "./names-fields.tsx";
import { problemAt } from "./problems.ts";
import type { WishValues } from "./profile-values.ts";
import { TextField } from "./text-field.tsx";

const GENDERS = ["ANY", "FEMALE", "MALE"] as const;

interface WishesFieldsProps extends FieldsProps<WishValues> {
  /** Where they are part of something: `preferences.`. */
  readonly prefix?: string;
}

/** Whom one would like to meet. */
export function WishesFields({ values, problems, onChange, prefix = "" }: WishesFieldsProps) {
  const { language } = useLocale();
  const { wishes: words, remove } = useProfileWords();
  const genderName = useId();
  const countries = useMemo(() => countryChoices(language), [language]);
  const open = countries.filter(({ code }) => !values.countries.includes(code));
  const at = (path: string) => problemAt(problems, prefix + path);
  const { least, most } = PEOPLE_LIMITS.ageYears;
  const age = { type: "number", inputMode: "numeric", min: least, max: most } as const;
  return (
    <>
      <fieldset className="ages">
        <legend>{words.age}</legend>
        <TextField
          {...age}
          label={words.ageMin}
          value={values.ageMin}
          onChange={(ageMin) => onChange({ ...values, ageMin })}
          problem={at("preferredAgeMin")}
        />
        <TextField
          {...age}
          label={words.ageMax}
          value={values.ageMax}
          onChange={(ageMax) => onChange({ ...values, ageMax })}
          problem={at("preferredAgeMax")}
        />
      </fieldset>
      <fieldset>
        <legend className="field-legend">{words.gender}</legend>
        <div className="segments">
          {GENDERS.map((gender) => (
            <label key={gender}>
              <input
                type="radio"
                name={genderName}
                checked={values.gender === gender}
                onChange={() => onChange({ ...values, gender })}
              />
              <span>{words.genders[gender]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="countries">
        <ChoiceField
          label={words.addCountry}
          hint={words.countriesHint}
          choices={open}
          value=""
          onChoose={(code) => onChange({ ...values, countries: [...values.countries, code] })}
          problem={at("preferredCountries")}
        />
        {values.countries.length > 0 && (
          <ul className="own-interests" aria-label={words.countries}>
            {values.countries.map((code) => {
              const name = countryName(code, language);
              const rest = values.countries.filter((one) => one !== code);
              return (
                <li key={code} className="chip is-set">
                  <span className="chip-text">{name}</span>
                  <button
                    type="button"
                    className="chip-remove"
                    aria-label={remove(name)}
                    onClick={() => onChange({ ...values, countries: rest })}
                  >
                    <X aria-hidden="true" size={14} />
                  </button>
                </li>
              );
            })}
          </ul>
        )}
      </div>
      <TextField
        label={words.distance}
        hint={words.distanceHint}
        type="number"
        inputMode="numeric"
        min={1}
        max={PEOPLE_LIMITS.distanceKm}
        isOptional
        value={values.distanceKm}
        onChange={(distanceKm) => onChange({ ...values, distanceKm })}
        problem={at("maxDistanceKm")}
      />
      <Field label={words.compatibility} hint={words.compatibilityHint} problem={at("minCompatibility")}>
        {(control) => (
          <div className="slider">
            <input
              {...control}
              type="range"
              min={0}
              max={100}
              step={5}
              value={values.compatibility}
              aria-valuetext={words.percent(values.compatibility)}
              onChange={(event) => onChange({ ...values, compatibility: event.currentTarget.valueAsNumber })}
            />
            <output>{words.percent(values.compatibility)}</output>
          </div>
        )}
      </Field>
    </>
  );
}
