import { countryName } from "../fields/choices.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Partner } from "./partners.ts";
import { localTimes } from "./places.ts";
import { useSessionFormats } from "./session-formats.ts";
import type { Profiles } from "./use-profiles.ts";

interface LocalTimesProps {
  readonly people: readonly Partner[];
  readonly profiles: Profiles;
  /** Epoch milliseconds. */
  readonly moment: number;
}

/** What the clocks show then where the others live, as far as their country tells. */
export function LocalTimes({ people, profiles, moment }: LocalTimesProps) {
  const { language } = useLocale();
  const { form } = useSessionWords();
  const { momentIn } = useSessionFormats();
  const known = people.flatMap(({ userId, name }) => {
    const country = profiles.get(userId)?.country;
    const times = country ? localTimes(country, moment) : undefined;
    return country && times ? [{ userId, name, country, ...times }] : [];
  });
  if (known.length === 0) return null;
  return (
    <ul className="local-times" aria-live="polite">
      {known.map(({ userId, name, country, first, last }) => (
        <li key={userId}>
          {first === last
            ? form.localTime(name, momentIn(moment, first))
            : form.localSpan(name, momentIn(moment, first), momentIn(moment, last))}{" "}
          <small className="quiet">{form.byCountry(countryName(country, language))}</small>
        </li>
      ))}
    </ul>
  );
}
