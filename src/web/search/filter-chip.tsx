import { Menu, MenuButton, MenuItemRadio, MenuProvider } from "@ariakit/react";
import { Check, ChevronDown, X } from "lucide-react";
import type { ReactNode } from "react";
import { useLocale } from "../locale/locale.tsx";

interface FilterChipProps {
  /** What is filtered, and what for. */
  readonly label: string;
  readonly value: string | undefined;
  readonly onRemove: () => void;
  /** The button that opens the choice. */
  readonly children: ReactNode;
}

/** A filter, with a way to take it away where it is set. */
export function FilterChip({ label, value, onRemove, children }: FilterChipProps) {
  const { text } = useLocale();
  return (
    <span className={value === undefined ? "chip" : "chip is-set"}>
      {children}
      {value !== undefined && (
        <button
          type="button"
          className="chip-remove"
          aria-label={text.filters.remove(`${label}, ${value}`)}
          onClick={(event) => {
            // This button goes; the other one stays.
            event.currentTarget.parentElement?.querySelector("button")?.focus();
            onRemove();
          }}
        >
          <X aria-hidden="true" size={14} />
        </button>
      )}
    </span>
  );
}

/** What stands on the button of a chip. */
export function ChipLabel({ label, value }: { readonly label: string; readonly value: string | undefined }) {
  if (value === undefined) {
    return (
      <>
        {label} <ChevronDown aria-hidden="true" size={14} />
      </>
    );
  }
  return (
    <>
      <span className="spoken">{label}: </span>
      <bdi>{value}</bdi>
    </>
  );
}

export interface Choice {
  readonly id: number;
  readonly name: string;
}

interface ChoiceChipProps {
  readonly label: string;
  /** What it is called to choose none of them. */
  readonly none: string;
  readonly choices: readonly Choice[];
  readonly chosenId: number | undefined;
  /** The name of the chosen one, where it is not among the choices. */
  readonly chosenName: string | undefined;
  readonly onChoose: (id: number | undefined) => void;
}

export function ChoiceChip({ label, none, choices, chosenId, chosenName, onChoose }: ChoiceChipProps) {
  const value = chosenId === undefined ? undefined : (choices.find(({ id }) => id === chosenId)?.name ?? chosenName);
  const all = [{ id: undefined, name: none }, ...choices];
  return (
    <FilterChip label={label} value={value} onRemove={() => onChoose(undefined)}>
      <MenuProvider values={{ choice: String(chosenId) }} placement="bottom-start">
        <MenuButton className="chip-button">
          <ChipLabel label={label} value={value} />
        </MenuButton>
        <Menu className="menu" gutter={6} modal={false} portal={false} unmountOnHide aria-label={label}>
          {all.map(({ id, name }) => (
            <MenuItemRadio
              key={String(id)}
              name="choice"
              value={String(id)}
              checked={id === chosenId}
              className="menu-item"
              hideOnClick
              onClick={() => onChoose(id)}
            >
              <bdi>{name}</bdi>
              {id === chosenId && <Check aria-hidden="true" size={16} />}
            </MenuItemRadio>
          ))}
        </Menu>
      </MenuProvider>
    </FilterChip>
  );
}
