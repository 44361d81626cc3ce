/** Which step of the wizard is open, and what follows. Pure. */
import type { OnboardingAnswer, StepNumber } from "../../../schema/api/onboarding.ts";

export const STEPS = [1, 2, 3, 4, 5, 6] as const;
const MAY_BE_LEFT_OUT: ReadonlySet<StepNumber> = new Set([3, 4]);

type Progress = Pick<OnboardingAnswer, "currentStep" | "steps">;

/** The step of the address if one has come that far, else where the server says to go on. */
export function openStep(asked: number | undefined, { currentStep, steps }: Progress): StepNumber {
  const step = STEPS.find((one) => one === asked) ?? asStep(currentStep);
  // A step that others hang on comes before them.
  const missing = STEPS.find((one) => one < step && !MAY_BE_LEFT_OUT.has(one) && steps[one] === null);
  return missing ?? step;
}

export function stepBefore(step: StepNumber): StepNumber | undefined {
  return STEPS.find((one) => one === step - 1);
}

export function stepAfter(step: StepNumber): StepNumber | undefined {
  return STEPS.find((one) => one === step + 1);
}

/** There is nothing in it yet that leaving it out would take away. */
export function maySkip(step: StepNumber, { steps }: Pick<Progress, "steps">): boolean {
  if (step === 3) return !steps[3]?.profileImageUrl;
  return step === 4 && !steps[4]?.intro;
}

/** The first step that a refused completion names: `steps.2`. */
export function stepToRepeat(fields: readonly { readonly path: string }[]): StepNumber | undefined {
  return STEPS.find((step) => fields.some(({ path }) => path === `steps.${step}`));
}

function asStep(step: number): StepNumber {
  return STEPS.find((one) => one === step) ?? 1;
}
