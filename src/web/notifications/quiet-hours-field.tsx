import type { NotificationSettings } from "../../../schema/notifications.ts";
import { Field } from "../fields/field.tsx";
import { useNotificationWords } from "../locale/notifications/index.ts";
import { Check } from "./check.tsx";

type QuietSettings = Pick<NotificationSettings, "quietHours" | "timeZone">;

interface QuietHoursFieldProps {
  readonly settings: QuietSettings;
  readonly isRefused: boolean;
  readonly onChange: (change: Partial<QuietSettings>) => void;
}

const USUAL = { from: "22:00", to: "07:00" };

export function QuietHoursField({ settings, isRefused, onChange }: QuietHoursFieldProps) {
  const { settings: words } = useNotificationWords();
  const { quietHours, timeZone } = settings;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([own, timeZone])].filter((zone) => zone !== null);
  return (
    <>
      <Check
        label={words.quietHours}
        hint={words.quietHoursHint}
        isChecked={quietHours !== null}
        onChange={(isOn) => onChange({ quietHours: isOn ? USUAL : null })}
      />
      {quietHours !== null && (
        <div className="quiet-hours">
          {(["from", "to"] as const).map((end) => (
            <Field key={end} label={words[end]} problem={undefined}>
              {(control) => (
                <input
                  {...control}
                  type="time"
                  required
                  aria-invalid={isRefused}
                  value={quietHours[end]}
                  onChange={({ currentTarget: { value } }) => {
                    // Half a time is none.
                    if (value !== "") onChange({ quietHours: { ...quietHours, [end]: value } });
                  }}
                />
              )}
            </Field>
          ))}
          <Field label={words.timeZone} problem={undefined}>
            {(control) => (
              <select
                {...control}
                value={timeZone ?? ""}
                onChange={({ currentTarget: { value } }) => onChange({ timeZone: value === "" ? null : value })}
              >
                <option value="">{words.ofProfile}</option>
                {zones.map((zone) => (
                  <option key={zone} value={zone}>
                    {zone === own ? words.ofDevice(zone) : zone}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {isRefused && (
            <p className="field-problem" role="alert">
              {words.sameTimes}
            </p>
          )}
        </div>
      )}
    </>
  );
}
