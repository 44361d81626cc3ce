import { Clock, Languages, Repeat } from "lucide-react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { languageName } from "../fields/choices.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { useSessionFormats } from "./session-formats.ts";
import { isOver, switchesAt } from "./standing.ts";

interface TimeAndLanguagesProps {
  readonly planned: SessionAnswer;
  readonly zone: string;
  readonly now: number;
}

export function TimeAndLanguages({ planned, zone, now }: TimeAndLanguagesProps) {
  const { language } = useLocale();
  const { details } = useSessionWords();
  const formats = useSessionFormats();
  const { scheduledStartTime, primaryLanguage, secondaryLanguage } = planned;
  const [start, end] = [Date.parse(scheduledStartTime), Date.parse(planned.scheduledEndTime)];
  const half = switchesAt(planned);
  const primary = languageName(primaryLanguage, language);
  return (
    <dl className="details-facts">
      <dt>
        <Clock aria-hidden="true" size={18} />
        <span className="spoken">{details.when}</span>
      </dt>
      <dd>
        <time className="details-time" dateTime={scheduledStartTime}>
          {formats.dayOf(start)}, {formats.timesOf(start, end)}
        </time>
        <span className="quiet">
          {details.zone(formats.zoneName(zone, start))}
          {!isOver(planned) && start > now && ` · ${details.begins(formats.relativeTo(start, now))}`}
        </span>
      </dd>
      <dt>
        <Languages aria-hidden="true" size={18} />
        <span className="spoken">{details.languages}</span>
      </dt>
      <dd>
        {half === undefined || secondaryLanguage === null
          ? details.only(primary)
          : `${details.first(primary, formats.timeOf(half))}, ${details.second(
              languageName(secondaryLanguage, language),
              formats.timeOf(end),
            )}`}
      </dd>
      {planned.seriesId !== null && (
        <>
          <dt>
            <Repeat aria-hidden="true" size={18} />
          </dt>
          <dd className="quiet">{details.series}</dd>
        </>
      )}
    </dl>
  );
}
