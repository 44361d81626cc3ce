import { Combobox, ComboboxItem, ComboboxPopover, ComboboxProvider } from "@ariakit/react";
import { useMemo, useState } from "react";
import { useProfileWords } from "../locale/profile/index.ts";
import { type Choice, matching } from "./choices.ts";
import { Field } from "./field.tsx";
import type { ProblemKind } from "./problems.ts";

interface ChoiceFieldProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  /** The code of the one that is chosen; empty for none, and where each choice is added to a list. */
  readonly value: string;
  readonly onChoose: (code: string) => void;
  readonly problem: ProblemKind | undefined;
  readonly hint?: string | undefined;
  readonly isNeeded?: boolean;
  readonly isOptional?: boolean;
}

/** One of many, found by typing. What was typed and not chosen does not stay. */
export function ChoiceField({ label, choices, value, onChoose, problem, hint, ...kind }: ChoiceFieldProps) {
  const words = useProfileWords();
  /** Undefined: nobody is looking for anything. */
  const [typed, setTyped] = useState<string>();
  const chosen = choices.find(({ code }) => code === value)?.name ?? value;
  const matches = useMemo(() => matching(choices, typed ?? ""), [choices, typed]);
  return (
    <Field label={label} hint={hint} problem={problem} isOptional={kind.isOptional ?? false}>
      {(control) => (
        <ComboboxProvider
          value={typed ?? chosen}
          setValue={setTyped}
          setOpen={(isOpen) => {
            if (!isOpen) setTyped(undefined);
          }}
        >
          <Combobox
            {...control}
            required={kind.isNeeded ?? false}
            autoSelect
            autoComplete="list"
            onFocus={(event) => event.currentTarget.select()}
          />
          <ComboboxPopover className="menu choices-list" gutter={4} sameWidth portal={false} aria-label={label}>
            {matches.map(({ code, name }) => (
              <ComboboxItem
                key={code}
                className="menu-item"
                value={name}
                setValueOnClick={false}
                onClick={() => {
                  setTyped(undefined);
                  onChoose(code);
                }}
              />
            ))}
            {matches.length === 0 && <p className="padded quiet">{words.noMatch}</p>}
          </ComboboxPopover>
        </ComboboxProvider>
      )}
    </Field>
  );
}
