import { Popover, PopoverDisclosure, PopoverProvider } from "@ariakit/react";
import { useState } from "react";
import type { Words } from "../locale/en.ts";
import type { Formats } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { ChipLabel, FilterChip } from "./filter-chip.tsx";
import { FIRST_DAY, inOrder, isDay, LAST_DAY, type SearchFilters, startOf } from "./search-filters.ts";

interface DatesChipProps {
  readonly filters: SearchFilters;
  readonly onChange: (filters: SearchFilters) => void;
}

export function DatesChip({ filters, onChange }: DatesChipProps) {
  const { text, formats } = useLocale();
  const { dates, fromDay, toDay } = text.filters;
  const value = rangeName(filters, text, formats);
  return (
    <FilterChip
      label={dates}
      value={value}
      onRemove={() => onChange({ ...filters, fromDay: undefined, toDay: undefined })}
    >
      <PopoverProvider placement="bottom-end">
        <PopoverDisclosure className="chip-button">
          <ChipLabel label={dates} value={value} />
        </PopoverDisclosure>
        <Popover
          className="popover dates"
          gutter={6}
          portal={false}
          unmountOnHide
          aria-label={dates}
          overflowPadding={8}
        >
          <DayField label={fromDay} day={filters.fromDay} onChange={(day) => onChange({ ...filters, fromDay: day })} />
          <DayField label={toDay} day={filters.toDay} onChange={(day) => onChange({ ...filters, toDay: day })} />
        </Popover>
      </PopoverProvider>
    </FilterChip>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly day: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function DayField({ label, day, onChange }: DayFieldProps) {
  /** Until it is a day, the one before it holds. */
  const [unfinished, setUnfinished] = useState<string>();
  return (
    <label className="field">
      {label}
      <input
        type="date"
        min={FIRST_DAY}
        max={LAST_DAY}
        value={unfinished ?? day ?? ""}
        onChange={({ currentTarget: { value, validity } }) => {
          // A part of a day has no value either.
          const isFinished = value === "" ? !validity.badInput : isDay(value);
          setUnfinished(isFinished ? undefined : value);
          if (isFinished) onChange(value === "" ? undefined : value);
        }}
      />
    </label>
  );
}

/** "May 1 – May 3", or what is open at one end. */
function rangeName(filters: SearchFilters, { filters: { since, until } }: Words, formats: Formats): string | undefined {
  const { fromDay, toDay } = inOrder(filters);
  const nameOf = (day: string) => formats.calendarDayOf(startOf(day, 0));
  if (fromDay !== undefined && fromDay === toDay) return nameOf(fromDay);
  if (fromDay !== undefined && toDay !== undefined) return `${nameOf(fromDay)} – ${nameOf(toDay)}`;
  if (fromDay !== undefined) return since(nameOf(fromDay));
  return toDay === undefined ? undefined : until(nameOf(toDay));
}
