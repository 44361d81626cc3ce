import { type ReactNode, useId, useState } from "react";
import type { NotificationSettings } from "../../../schema/notifications.ts";
import { Field } from "../fields/field.tsx";
import { Form } from "../fields/form.tsx";
import { useSaving } from "../fields/use-saving.ts";
import { useNotificationWords } from "../locale/notifications/index.ts";
import type { Session } from "../session/session.ts";
import { Check } from "./check.tsx";
import { QuietHoursField } from "./quiet-hours-field.tsx";
import { TypesTable } from "./types-table.tsx";

interface SettingsFormProps {
  readonly session: Session;
  readonly saved: NotificationSettings;
}

export function SettingsForm({ session, saved }: SettingsFormProps) {
  const { settings: words } = useNotificationWords();
  const [settings, setSettings] = useState(saved);
  const saving = useSaving();
  const change = (changed: Partial<NotificationSettings>) => {
    setSettings((before) => ({ ...before, ...changed }));
    saving.touch();
  };
  const { quietHours } = settings;
  const isSameTime = quietHours !== null && quietHours.from === quietHours.to;
  const save = () => {
    const send = () => session.client.request({ method: "PUT", path: "/v1/me/notification-settings", body: settings });
    void saving.attempt(isSameTime ? { quietHours: "notTaken" } : {}, send);
  };
  return (
    <Form saving={saving} action={words.save} onSubmit={save}>
      <Part title={words.what}>
        <p className="quiet">{words.whatHint}</p>
        <TypesTable types={settings.types} onChange={(types) => change({ types })} />
      </Part>
      <Part title={words.when}>
        <QuietHoursField settings={settings} isRefused={"quietHours" in saving.problems} onChange={change} />
        <Check
          label={words.quietWhileBusy}
          isChecked={settings.quietWhileBusy}
          onChange={(quietWhileBusy) => change({ quietWhileBusy })}
        />
      </Part>
      <Part title={words.how}>
        <Field label={words.language} problem={undefined}>
          {(control) => (
            <select
              {...control}
              value={settings.language ?? ""}
              onChange={({ currentTarget: { value } }) =>
                change({ language: value === "ko" || value === "en" ? value : null })
              }
            >
              <option value="">{words.automatic}</option>
              <option value="ko">{words.languages.ko}</option>
              <option value="en">{words.languages.en}</option>
            </select>
          )}
        </Field>
        <Check
          label={words.showsMessageText}
          hint={words.showsMessageTextHint}
          isChecked={settings.showsMessageText}
          onChange={(showsMessageText) => change({ showsMessageText })}
        />
      </Part>
    </Form>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="card-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
