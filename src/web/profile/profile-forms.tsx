import { type ReactNode, useId, useState } from "react";
import type { MatchingPreferences } from "../../../schema/api/matching.ts";
import type { MeAnswer } from "../../../schema/api/people.ts";
import { Form } from "../fields/form.tsx";
import {
  interestProblems,
  introProblems,
  languageProblems,
  nameProblems,
  residenceProblems,
  wishProblems,
} from "../fields/hints.ts";
import { InterestsField } from "../fields/interests-field.tsx";
import { IntroField } from "../fields/intro-field.tsx";
import { LanguagesFields } from "../fields/languages-fields.tsx";
import { type FieldsProps, NamesFields } from "../fields/names-fields.tsx";
import type { Problems } from "../fields/problems.ts";
import { introToSend, namesToSend, residenceToSend, valuesOfMe, wishesToSend } from "../fields/profile-values.ts";
import { ResidenceFields } from "../fields/residence-fields.tsx";
import { useSaving } from "../fields/use-saving.ts";
import { WishesFields } from "../fields/wishes-fields.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import type { Session } from "../session/session.ts";
import { changeMe, putInterests, putLanguages, putPreferences } from "./profile-calls.ts";

interface ProfileFormsProps {
  readonly session: Session;
  readonly me: MeAnswer;
  readonly preferences: MatchingPreferences;
}

export function ProfileForms({ session, me, preferences }: ProfileFormsProps) {
  const { sections } = useProfileWords();
  const { client, you } = session;
  const [initial] = useState(() => valuesOfMe(me, preferences));
  return (
    <>
      <PartForm
        title={sections.names}
        initial={initial.names}
        find={nameProblems}
        send={async (names) => you.change(await changeMe(client, namesToSend(names)))}
      >
        {(fields) => <NamesFields {...fields} />}
      </PartForm>
      <PartForm
        title={sections.intro}
        initial={initial.intro}
        find={introProblems}
        send={(intro) => changeMe(client, introToSend(intro))}
      >
        {(fields) => <IntroField {...fields} />}
      </PartForm>
      <PartForm
        title={sections.languages}
        initial={initial.languages}
        find={languageProblems}
        send={(languages) => putLanguages(client, languages)}
      >
        {(fields) => <LanguagesFields {...fields} />}
      </PartForm>
      <PartForm
        title={sections.interests}
        initial={initial.interests}
        find={interestProblems}
        send={(interests) => putInterests(client, interests)}
      >
        {(fields) => <InterestsField {...fields} />}
      </PartForm>
      <PartForm
        title={sections.residence}
        initial={initial.residence}
        find={residenceProblems}
        send={(residence) => changeMe(client, residenceToSend(residence))}
      >
        {(fields) => <ResidenceFields {...fields} />}
      </PartForm>
      <PartForm
        title={sections.wishes}
        initial={initial.wishes}
        find={wishProblems}
        send={(wishes) => putPreferences(client, wishesToSend(wishes))}
      >
        {(fields) => <WishesFields {...fields} />}
      </PartForm>
    </>
  );
}

interface PartFormProps<Values> {
  readonly title: string;
  readonly initial: Values;
  readonly find: (values: Values) => Problems;
  readonly send: (values: Values) => Promise<unknown>;
  readonly children: (fields: FieldsProps<Values>) => ReactNode;
}

function PartForm<Values>({ title, initial, find, send, children }: PartFormProps<Values>) {
  const words = useProfileWords();
  const saving = useSaving();
  const titleId = useId();
  const [values, setValues] = useState(initial);
  const change = (next: Values) => {
    saving.touch();
    setValues(() => next);
  };
  return (
    <section className="card-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      <Form saving={saving} action={words.save} onSubmit={() => void saving.attempt(find(values), () => send(values))}>
        {children({ values, problems: saving.problems, onChange: change })}
      </Form>
    </section>
  );
}
