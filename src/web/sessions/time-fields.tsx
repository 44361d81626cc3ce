import { WordedField } from "../fields/field.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { DURATIONS, type TimeValues, timesOf } from "./booking.ts";
import { isSkipped, wallClockOf } from "./clock.ts";
import { useSessionFormats } from "./session-formats.ts";

interface TimeFieldsProps {
  readonly values: TimeValues;
  readonly zone: string;
  readonly problem: string | undefined;
  readonly onChange: (change: Partial<TimeValues>) => void;
}

/** Day, time and length, by one's own clock. */
export function TimeFields({ values, zone, problem, onChange }: TimeFieldsProps) {
  const { form, week } = useSessionWords();
  const formats = useSessionFormats();
  const { day, time, minutes } = values;
  const times = timesOf(values, zone);
  const isGap = times !== undefined && isSkipped(day, time, zone);
  const lengths = [...new Set([...DURATIONS, minutes])].toSorted((one, other) => one - other);
  return (
    <>
      <div className="time-fields">
        <WordedField label={form.day} problem={problem}>
          {(control) => (
            <input
              {...control}
              type="date"
              required
              value={day}
              min={wallClockOf(Date.now(), zone).day}
              onChange={(event) => onChange({ day: event.currentTarget.value })}
            />
          )}
        </WordedField>
        <WordedField label={form.time} problem={undefined}>
          {(control) => (
            <input
              {...control}
              type="time"
              required
              aria-invalid={problem !== undefined}
              value={time}
              onChange={(event) => onChange({ time: event.currentTarget.value })}
            />
          )}
        </WordedField>
        <WordedField label={form.duration} problem={undefined}>
          {(control) => (
            <select
              {...control}
              value={minutes}
              onChange={(event) => onChange({ minutes: Number(event.currentTarget.value) })}
            >
              {lengths.map((length) => (
                <option key={length} value={length}>
                  {form.minutes(length)}
                </option>
              ))}
            </select>
          )}
        </WordedField>
      </div>
      {times !== undefined && (
        <p className="chosen-time" aria-live="polite">
          <strong>
            {formats.dayOf(times.start)}, {formats.timesOf(times.start, times.end)}
          </strong>{" "}
          <span className="quiet">{week.zone(formats.zoneName(zone, times.start))}</span>
          {isGap && <span className="chosen-gap">{form.skipped(formats.timeOf(times.start))}</span>}
        </p>
      )}
    </>
  );
}
