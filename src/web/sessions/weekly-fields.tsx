import { SESSION_LIMITS } from "../../../schema/session-limits.ts";
import { WordedField } from "../fields/field.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { type BookingValues, LEAST_WEEKS, lastDay } from "./booking.ts";
import { useSessionFormats } from "./session-formats.ts";

interface WeeklyFieldsProps {
  readonly values: BookingValues;
  readonly problem: string | undefined;
  readonly onChange: (change: Partial<BookingValues>) => void;
}

export function WeeklyFields({ values, problem, onChange }: WeeklyFieldsProps) {
  const { form } = useSessionWords();
  const formats = useSessionFormats();
  const last = lastDay(values);
  return (
    <>
      <label className="session-check">
        <input
          type="checkbox"
          checked={values.isWeekly}
          onChange={(event) => onChange({ isWeekly: event.currentTarget.checked })}
        />
        {form.weekly}
      </label>
      {values.isWeekly && (
        <WordedField label={form.count} hint={form.weeklyHint} problem={problem}>
          {(control) => (
            <div className="weekly-count">
              <input
                {...control}
                type="number"
                inputMode="numeric"
                min={LEAST_WEEKS}
                max={SESSION_LIMITS.occurrences}
                value={values.count}
                onChange={(event) => onChange({ count: event.currentTarget.value })}
              />
              <output>{last !== undefined && form.until(formats.longDayOf(last))}</output>
            </div>
          )}
        </WordedField>
      )}
    </>
  );
}
