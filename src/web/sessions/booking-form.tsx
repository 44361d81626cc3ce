import { AudioLines, UsersRound, Video } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { PersonLanguage } from "../../../schema/api/people.ts";
import { SESSION_LIMITS } from "../../../schema/session-limits.ts";
import { refusedFields } from "../fields/problems.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { goToSessions } from "../shell/use-place.ts";
import {
  type BookingProblems,
  type BookingValues,
  bookingProblems,
  bookingToSend,
  timesOf,
  withType,
} from "./booking.ts";
import { addDays, type Day } from "./clock.ts";
import { type LanguagePair, presetLanguages } from "./languages.ts";
import { LocalTimes } from "./local-times.tsx";
import type { Partner } from "./partners.ts";
import { PeopleField } from "./people-field.tsx";
import { createSession } from "./session-calls.ts";
import { TimeFields } from "./time-fields.tsx";
import { LanguageFields, WordsFields } from "./topic-fields.tsx";
import { isForbidden, useAttempt } from "./use-attempt.ts";
import { useConflict } from "./use-conflict.ts";
import { useProfiles } from "./use-profiles.ts";
import { WeeklyFields } from "./weekly-fields.tsx";

interface BookingFormProps {
  readonly session: Session;
  readonly zone: string;
  readonly start: { readonly day: Day; readonly time: string };
  readonly people: readonly Partner[];
  readonly ownLanguages: readonly PersonLanguage[];
}

const TYPES = [
  ["VIDEO_1V1", Video],
  ["AUDIO_1V1", AudioLines],
  ["GROUP_VIDEO", UsersRound],
] as const;
const USUAL_MINUTES = 60;

export function BookingForm({ session, zone, start, people, ownLanguages }: BookingFormProps) {
  const { language } = useLocale();
  const words = useSessionWords();
  const { form } = words;
  const { client } = session;
  const fallback: LanguagePair =
    language === "ko" ? { primary: "en", secondary: "ko" } : { primary: "ko", secondary: "en" };
  const [values, setValues] = useState<BookingValues>(() => ({
    ...{ ...start, minutes: USUAL_MINUTES, sessionType: "VIDEO_1V1", title: "", description: "" },
    ...presetLanguages(ownLanguages, [], fallback),
    ...{ inviteeIds: [], isWeekly: false, count: "4" },
  }));
  /** Chosen by hand: whoever is invited after that does not change them. */
  const [areLanguagesChosen, setAreLanguagesChosen] = useState(false);
  const [problems, setProblems] = useState<BookingProblems>({});
  const { isBusy, problem, attempt, clear } = useAttempt();
  const explain = useConflict(session);
  const requestKey = useRef(crypto.randomUUID());
  const element = useRef<HTMLFormElement>(null);
  const typeName = useId();
  const profiles = useProfiles(client, values.inviteeIds);
  const [partnerId] = values.inviteeIds;
  const theirs = partnerId === undefined ? undefined : profiles.get(partnerId)?.languages;
  const preset = presetLanguages(ownLanguages, theirs ?? [], fallback);
  const shown = areLanguagesChosen ? values : { ...values, ...preset };
  const times = timesOf(shown, zone);

  useEffect(() => {
    if (Object.keys(problems).length > 0) element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);

  const change = (next: Partial<BookingValues>) => {
    setValues((before) => ({ ...before, ...next }));
    setProblems((before) => (Object.keys(before).length > 0 ? {} : before));
    clear();
    // Another body is another request.
    requestKey.current = crypto.randomUUID();
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const found = bookingProblems(shown, { now: Date.now(), zone });
    setProblems(found);
    const body = bookingToSend(shown, zone);
    if (isBusy || body === undefined || Object.keys(found).length > 0) return;
    const isDone = await attempt(
      async () => goToSessions((await createSession(client, body, requestKey.current)).id),
      async (error) => {
        if (isForbidden(error)) return form.notInvited;
        const why = await explain(error, allTimes(shown, zone));
        if (why === undefined) setProblems(refusedValues(error));
        return why;
      },
    );
    if (!isDone) element.current?.querySelector<HTMLElement>(".problem")?.scrollIntoView({ block: "nearest" });
  };
  const worded = (path: string) => problems[path] && words.problems[problems[path]];
  const known = people.filter(({ userId }) => shown.inviteeIds.includes(userId));
  return (
    <form className="form" noValidate ref={element} onSubmit={(event) => void send(event)}>
      <section className="card-section">
        {people.length === 0 ? (
          <p>{form.nobodyKnown}</p>
        ) : (
          <PeopleField
            people={people}
            legend={form.with}
            hint={shown.sessionType === "GROUP_VIDEO" ? form.groupHint(SESSION_LIMITS.participants) : form.withHint}
            isSingle={shown.sessionType !== "GROUP_VIDEO"}
            chosen={shown.inviteeIds}
            problem={worded("inviteeIds")}
            onChange={(inviteeIds) => change({ inviteeIds })}
          />
        )}
        <fieldset>
          <legend className="field-legend">{form.type}</legend>
          <div className="session-types">
            {TYPES.map(([type, Icon]) => (
              <label key={type} className="session-type">
                <input
                  type="radio"
                  name={typeName}
                  checked={shown.sessionType === type}
                  onChange={() => change(withType(values, type))}
                />
                <Icon aria-hidden="true" size={20} />
                <span>{words.types[type]}</span>
              </label>
            ))}
          </div>
        </fieldset>
      </section>
      <section className="card-section">
        <h2>{form.when}</h2>
        <TimeFields values={shown} zone={zone} problem={worded("scheduledStartTime")} onChange={change} />
        {times !== undefined && <LocalTimes people={known} profiles={profiles} moment={times.start} />}
        <WeeklyFields values={shown} problem={worded("recurrence")} onChange={change} />
      </section>
      <section className="card-section">
        <h2>{form.languages}</h2>
        <LanguageFields
          values={shown}
          problems={problems}
          onChange={(chosen) => {
            setAreLanguagesChosen(true);
            change({ primary: shown.primary, secondary: shown.secondary, ...chosen });
          }}
        />
      </section>
      <section className="card-section">
        <h2>{form.topic}</h2>
        <WordsFields values={shown} problems={problems} onChange={change} />
      </section>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="form-end">
        <p role="status" className="quiet">
          {isBusy && form.sending}
        </p>
        <button type="submit" className="button primary" aria-disabled={isBusy}>
          {form.send}
        </button>
      </div>
    </form>
  );
}

function refusedValues(error: unknown): BookingProblems {
  return Object.fromEntries(Object.keys(refusedFields(error)).map((path) => [path, "notTaken"] as const));
}

/** Each time that would be taken. */
function allTimes(values: BookingValues, zone: string) {
  const weeks = values.isWeekly ? Number(values.count) : 1;
  return Array.from({ length: weeks }, (_, week) =>
    timesOf({ ...values, day: addDays(values.day, week * 7) }, zone),
  ).flatMap((times) => (times === undefined ? [] : [{ from: times.start, to: times.end }]));
}
