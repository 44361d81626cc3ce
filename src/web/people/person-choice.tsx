import type { DemoPerson } from "../../local/people.ts";
import { useLocale } from "../locale/locale.tsx";

interface PersonChoiceProps {
  readonly people: readonly DemoPerson[];
  readonly legend: string;
  /** One of them, or any number. */
  readonly isSingle: boolean;
  readonly chosen: readonly DemoPerson[];
  readonly onChange: (chosen: readonly DemoPerson[]) => void;
}

export function PersonChoice({ people, legend, isSingle, chosen, onChange }: PersonChoiceProps) {
  const { text, language } = useLocale();
  const toggle = (person: DemoPerson) => {
    if (isSingle) return onChange([person]);
    onChange(chosen.includes(person) ? chosen.filter((other) => other !== person) : [...chosen, person]);
  };
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {people.map((person) => {
        const [first, second] =
          language === "ko" ? [person.koreanName, person.englishName] : [person.englishName, person.koreanName];
        return (
          <label key={person.key} className="choice">
            <input
              type={isSingle ? "radio" : "checkbox"}
              name="person"
              checked={chosen.includes(person)}
              onChange={() => toggle(person)}
            />
            <span>
              {first} <span className="quiet">{second}</span>
              <small className="quiet">{text.teaches[person.teaches]}</small>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
