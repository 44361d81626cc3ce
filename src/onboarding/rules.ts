/** The order of the steps, and what is still missing. Pure. */
import { STEP_SCHEMAS, type StepData, type StepNumber } from "../../schema/api/onboarding.ts";

export const STEPS: readonly StepNumber[] = [1, 2, 3, 4, 5, 6];

/** What must be saved before a step is: what one looks for hangs on where one lives and what one speaks. */
const NEEDS: Readonly<Record<StepNumber, readonly StepNumber[]>> = {
  1: [],
  2: [1],
  3: [1, 2],
  4: [1, 2],
  5: [1, 2],
  6: [1, 2, 5],
};

/** The picture and the introduction may be left out. */
const REQUIRED: readonly StepNumber[] = [1, 2, 5, 6];

/** What was saved, as it was saved: checked again before it is used. */
export type SavedSteps = ReadonlyMap<StepNumber, unknown>;

export interface StepProblem {
  readonly path: string;
  readonly message: string;
}

export function missingBefore(step: StepNumber, saved: SavedSteps): StepProblem[] {
  return notSaved(NEEDS[step], saved);
}

/** Where one goes on after having saved this step. */
export function stepAfter(step: StepNumber): number {
  return Math.min(step + 1, STEPS.length);
}

export type CompleteSteps = Pick<StepData, 1 | 2 | 5 | 6> & Partial<Pick<StepData, 3 | 4>>;

/** All of it, or why it is not all. A step that was saved under other rules, and would be refused now, is missing. */
export function completeSteps(
  saved: SavedSteps,
): { readonly steps: CompleteSteps } | { readonly problems: StepProblem[] } {
  const problems = notSaved(REQUIRED, saved);
  const names = STEP_SCHEMAS[1].safeParse(saved.get(1));
  const residence = STEP_SCHEMAS[2].safeParse(saved.get(2));
  const intro = STEP_SCHEMAS[4].safeParse(saved.get(4));
  const languages = STEP_SCHEMAS[5].safeParse(saved.get(5));
  const wishes = STEP_SCHEMAS[6].safeParse(saved.get(6));
  if (problems.length === 0 && names.success && residence.success && languages.success && wishes.success) {
    return {
      steps: {
        ...{ 1: names.data, 2: residence.data, 5: languages.data, 6: wishes.data },
        ...(intro.success && { 4: intro.data }),
      },
    };
  }
  const outdated = Object.entries({ 1: names, 2: residence, 5: languages, 6: wishes })
    .filter(([step, { success }]) => !success && !problems.some(({ path }) => path === `steps.${step}`))
    .map(([step]) => ({ path: `steps.${step}`, message: "must be saved again" }));
  return { problems: [...problems, ...outdated] };
}

function notSaved(steps: readonly StepNumber[], saved: SavedSteps): StepProblem[] {
  return steps
    .filter((step) => !saved.has(step))
    .map((step) => ({ path: `steps.${step}`, message: "must be saved first" }));
}
