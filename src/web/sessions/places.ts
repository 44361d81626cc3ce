/**
 * What the clocks show where somebody lives. Of others the country alone is known, which may have many zones: then it is
 * a span. Pure.
 */
import { wallClockOf } from "./clock.ts";

export interface LocalTimes {
  /** Two zones of the country whose clocks differ most; the same one twice where they all agree. */
  readonly first: string;
  readonly last: string;
}

/** Undefined: the browser does not know. */
export function localTimes(country: string, moment: number): LocalTimes | undefined {
  const zones = zonesOf(country)
    .map((zone) => ({ zone, clock: wallClockOf(moment, zone) }))
    .toSorted((one, other) => key(one.clock).localeCompare(key(other.clock)));
  const [first, last] = [zones[0], zones.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return key(first.clock) === key(last.clock)
    ? { first: first.zone, last: first.zone }
    : { first: first.zone, last: last.zone };
}

const key = ({ day, time }: { readonly day: string; readonly time: string }) => `${day} ${time}`;

function zonesOf(country: string): readonly string[] {
  try {
    // Not in every browser yet, and in some a getter in place of the method.
    const region = new Intl.Locale("und", { region: country }) as Intl.Locale & {
      readonly getTimeZones?: () => readonly string[] | undefined;
      readonly timeZones?: readonly string[];
    };
    return region.getTimeZones?.() ?? region.timeZones ?? [];
  } catch {
    return [];
  }
}
