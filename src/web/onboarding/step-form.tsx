import type { OnboardingAnswer, StepNumber } from "../../../schema/api/onboarding.ts";
import { Form } from "../fields/form.tsx";
import {
  interestProblems,
  introProblems,
  languageProblems,
  nameProblems,
  residenceProblems,
  under,
  wishProblems,
} from "../fields/hints.ts";
import { InterestsField } from "../fields/interests-field.tsx";
import { IntroField } from "../fields/intro-field.tsx";
import { LanguagesFields } from "../fields/languages-fields.tsx";
import { NamesFields } from "../fields/names-fields.tsx";
import { NO_PROBLEMS, type Problems } from "../fields/problems.ts";
import {
  introToSend,
  namesToSend,
  type ProfileValues,
  residenceToSend,
  wishesToSend,
} from "../fields/profile-values.ts";
import { ResidenceFields } from "../fields/residence-fields.tsx";
import { useSaving } from "../fields/use-saving.ts";
import { WishesFields } from "../fields/wishes-fields.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { PictureField } from "../profile/picture-field.tsx";
import { putStep } from "../profile/profile-calls.ts";
import { useOwnPerson } from "../session/own-person.ts";
import type { Session } from "../session/session.ts";
import { maySkip, STEPS } from "./wizard-rules.ts";

interface StepFormProps {
  readonly session: Session;
  readonly step: StepNumber;
  readonly progress: OnboardingAnswer;
  readonly values: ProfileValues;
  readonly onChange: (values: ProfileValues) => void;
  readonly onBack: (() => void) | undefined;
  readonly onSaved: (answer: OnboardingAnswer) => Promise<void>;
}

/** One step, with what it sends and its ways on. */
export function StepForm({ session, step, progress, values, onChange, onBack, onSaved }: StepFormProps) {
  const { wizard } = useProfileWords();
  const saving = useSaving();
  const send = (body: object) => async () => onSaved(await putStep(session.client, step, body));
  const skip = () => saving.attempt(NO_PROBLEMS, send(step === 3 ? { profileImageUrl: null } : introToSend("")));
  const change = (next: ProfileValues) => {
    saving.touch();
    onChange(next);
  };
  const { profileImageUrl } = useOwnPerson(session.you);
  const isSkippable = maySkip(step, progress) && (step !== 3 || profileImageUrl === null);
  return (
    <Form
      saving={saving}
      action={step === STEPS.length ? wizard.finish : wizard.next}
      onSubmit={() => void saving.attempt(problemsOf(step, values), send(bodyOf(step, values, profileImageUrl)))}
      others={
        <>
          {onBack && (
            <button type="button" className="button" onClick={onBack}>
              {wizard.back}
            </button>
          )}
          {isSkippable && (
            <button type="button" className="button" onClick={() => void skip()}>
              {wizard.skip}
            </button>
          )}
        </>
      }
    >
      <StepFields {...{ session, step, values }} onChange={change} problems={saving.problems} />
    </Form>
  );
}

interface StepFieldsProps extends Pick<StepFormProps, "session" | "step" | "values" | "onChange"> {
  readonly problems: Problems;
}

function StepFields({ session, step, values, problems, onChange }: StepFieldsProps) {
  const words = useProfileWords();
  const of = <Part extends keyof ProfileValues>(part: Part) => ({
    values: values[part],
    problems,
    onChange: (next: ProfileValues[Part]) => onChange({ ...values, [part]: next }),
  });
  switch (step) {
    case 1:
      return <NamesFields {...of("names")} />;
    case 2:
      return <ResidenceFields {...of("residence")} />;
    case 3:
      return <PictureField session={session} />;
    case 4:
      return <IntroField {...of("intro")} />;
    case 5:
      return <LanguagesFields {...of("languages")} />;
    case 6:
      return (
        <>
          <InterestsField {...of("interests")} />
          <h2>{words.sections.wishes}</h2>
          <WishesFields {...of("wishes")} prefix="preferences." />
        </>
      );
  }
}

function problemsOf(
  step: StepNumber,
  { names, residence, intro, languages, interests, wishes }: ProfileValues,
): Problems {
  switch (step) {
    case 1:
      return nameProblems(names);
    case 2:
      return residenceProblems(residence);
    case 3:
      return NO_PROBLEMS;
    case 4:
      return introProblems(intro);
    case 5:
      return languageProblems(languages);
    case 6:
      return { ...interestProblems(interests), ...under("preferences", wishProblems(wishes)) };
  }
}

function bodyOf(step: StepNumber, values: ProfileValues, profileImageUrl: string | null): object {
  switch (step) {
    case 1:
      return namesToSend(values.names);
    case 2:
      return residenceToSend(values.residence);
    case 3:
      return { profileImageUrl };
    case 4:
      return introToSend(values.intro);
    case 5:
      return { languages: values.languages };
    case 6:
      return { interests: values.interests, preferences: wishesToSend(values.wishes) };
  }
}
