import { CalendarHeart } from "lucide-react";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { addDays, type Day, startOf, wallClockOf } from "./clock.ts";
import { useSessionFormats } from "./session-formats.ts";
import { SessionLine } from "./session-line.tsx";
import type { ShownWeek } from "./week-grid.tsx";

interface AgendaProps extends ShownWeek {
  /** Why is said above. */
  readonly isFailed: boolean;
}

/** The week as a list, day by day; days with nothing in them are left out. */
export function Agenda({ userId, sessions, days, zone, now, isLoaded, isFailed }: AgendaProps) {
  const { text } = useLocale();
  const { week } = useSessionWords();
  const formats = useSessionFormats();
  const today = wallClockOf(now, zone).day;
  const ofDay = (day: Day) => {
    const [from, to] = [startOf(day, zone), startOf(addDays(day, 1), zone)];
    return sessions.filter(
      ({ scheduledStartTime, scheduledEndTime }) =>
        Date.parse(scheduledStartTime) < to && Date.parse(scheduledEndTime) > from,
    );
  };
  const shown = days.map((day) => ({ day, planned: ofDay(day) })).filter(({ planned }) => planned.length > 0);
  if (shown.length === 0 && !isLoaded) return <p className="padded quiet agenda">{!isFailed && text.loading}</p>;
  if (shown.length === 0) {
    return (
      <div className="agenda-empty">
        <CalendarHeart aria-hidden="true" size={40} />
        <p>{week.empty}</p>
        <p className="quiet">{week.emptyHint}</p>
      </div>
    );
  }
  return (
    <div className="agenda">
      {shown.map(({ day, planned }) => (
        <section key={day} aria-label={formats.longDayOf(day)}>
          <h3>
            {formats.longDayOf(day)}
            {day === today && <span className="tag accent">{week.today}</span>}
          </h3>
          <ul>
            {planned.map((one) => (
              <li key={one.id}>
                <SessionLine planned={one} userId={userId} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
