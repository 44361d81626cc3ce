import { useMemo } from "react";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { ChoiceField } from "./choice-field.tsx";
import { countryChoices, timeZoneChoices } from "./choices.ts";
import type { FieldsProps } from "./names-fields.tsx";
import { problemAt } from "./problems.ts";
import type { ResidenceValues } from "./profile-values.ts";
import { TextField } from "./text-field.tsx";

export function ResidenceFields({ values, problems, onChange }: FieldsProps<ResidenceValues>) {
  const { language } = useLocale();
  const { residence: words } = useProfileWords();
  const countries = useMemo(() => countryChoices(language), [language]);
  const zones = useMemo(() => timeZoneChoices(language, values.timeZone, new Date()), [language, values.timeZone]);
  /** Another place: where it lies is not known any more. */
  const move = (place: Partial<ResidenceValues>) => onChange({ ...values, latitude: null, longitude: null, ...place });
  return (
    <>
      <ChoiceField
        label={words.country}
        choices={countries}
        isNeeded
        value={values.country}
        onChoose={(country) => move({ country })}
        problem={problemAt(problems, "residence.country")}
      />
      <TextField
        label={words.city}
        hint={words.cityHint}
        autoComplete="address-level2"
        isOptional
        value={values.city}
        onChange={(city) => move({ city })}
        problem={problemAt(problems, "residence.city")}
      />
      <ChoiceField
        label={words.timeZone}
        hint={words.timeZoneHint}
        choices={zones}
        isNeeded
        value={values.timeZone}
        onChoose={(timeZone) => onChange({ ...values, timeZone })}
        problem={problemAt(problems, "timeZone")}
      />
    </>
  );
}
