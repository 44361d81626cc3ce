import { useEffect, useRef, useState } from "react";
import type { OnboardingAnswer, StepNumber } from "../../../schema/api/onboarding.ts";
import { StudyMateError } from "../../client/index.ts";
import { namesToSend, type ProfileValues } from "../fields/profile-values.ts";
import { useProfileWords } from "../locale/profile/index.ts";
import { completeOnboarding } from "../profile/profile-calls.ts";
import type { Session } from "../session/session.ts";
import { goToPanel, goToRoom } from "../shell/use-place.ts";
import { StepForm } from "./step-form.tsx";
import { openStep, STEPS, stepAfter, stepBefore, stepToRepeat } from "./wizard-rules.ts";

interface WizardProps {
  readonly session: Session;
  readonly loaded: OnboardingAnswer;
  readonly initial: ProfileValues;
  readonly step: number | undefined;
}

/** Which step it is, is in the address: so a reload comes back to it, and the browser's own buttons work. */
export function Wizard({ session, loaded, initial, step: asked }: WizardProps) {
  const { wizard } = useProfileWords();
  const [progress, setProgress] = useState(loaded);
  const [values, setValues] = useState(initial);
  const [isRepeated, setIsRepeated] = useState(false);
  const step = openStep(asked, progress);
  const { title, hint } = wizard.steps[step];

  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(step);
  useEffect(() => {
    // Another step is read out from its heading; the first one is where the page begins anyway.
    if (last.current !== step) heading.current?.focus();
    last.current = step;
  }, [step]);

  const complete = async () => {
    try {
      await completeOnboarding(session.client);
      session.you.change(namesToSend(values.names));
      goToRoom(undefined);
    } catch (error) {
      const repeated = error instanceof StudyMateError ? stepToRepeat(error.fields) : undefined;
      if (repeated === undefined) throw error;
      setIsRepeated(true);
      goToPanel("onboarding", repeated);
    }
  };
  const goOn = async (from: StepNumber, next: OnboardingAnswer) => {
    setProgress(next);
    setIsRepeated(false);
    const after = stepAfter(from);
    if (after === undefined) return complete();
    goToPanel("onboarding", after);
  };
  const before = stepBefore(step);
  return (
    <>
      <Progress step={step} />
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p className="quiet">{hint}</p>
      {isRepeated && (
        <p className="notice rounded" role="status">
          {wizard.restarted}
        </p>
      )}
      <StepForm
        key={step}
        session={session}
        step={step}
        progress={progress}
        values={values}
        onChange={setValues}
        onBack={before && (() => goToPanel("onboarding", before))}
        onSaved={(answer) => goOn(step, answer)}
      />
    </>
  );
}

function Progress({ step }: { readonly step: StepNumber }) {
  const { wizard } = useProfileWords();
  return (
    <div className="progress">
      <p>{wizard.progress(step, STEPS.length)}</p>
      <progress max={STEPS.length} value={step} aria-label={wizard.title} />
    </div>
  );
}
