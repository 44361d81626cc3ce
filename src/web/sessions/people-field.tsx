import { useId } from "react";
import { Avatar } from "../ui/avatar.tsx";
import type { Partner } from "./partners.ts";

interface PeopleFieldProps {
  readonly people: readonly Partner[];
  readonly legend: string;
  readonly hint?: string;
  /** One of them, or any number. */
  readonly isSingle: boolean;
  readonly chosen: readonly number[];
  readonly problem: string | undefined;
  readonly onChange: (userIds: readonly number[]) => void;
}

export function PeopleField({ people, legend, hint, isSingle, chosen, problem, onChange }: PeopleFieldProps) {
  const id = useId();
  const toggle = (userId: number) => {
    if (isSingle) return onChange([userId]);
    onChange(chosen.includes(userId) ? chosen.filter((one) => one !== userId) : [...chosen, userId]);
  };
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <fieldset className="session-people" aria-describedby={described || undefined}>
      <legend className="field-legend">{legend}</legend>
      <div className="person-chips">
        {people.map(({ userId, name, imageUrl }) => (
          <label key={userId} className="person-chip">
            <input
              type={isSingle ? "radio" : "checkbox"}
              name={id}
              checked={chosen.includes(userId)}
              aria-invalid={problem !== undefined}
              onChange={() => toggle(userId)}
            />
            <Avatar name={name} id={userId} imageUrl={imageUrl} />
            <bdi>{name}</bdi>
          </label>
        ))}
      </div>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}
