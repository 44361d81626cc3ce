/** The six steps after signing up, and whom one would like to meet. */
import {
  type MatchingPreferences,
  matchingPreferences,
  putMatchingPreferencesRequest,
} from "../../../schema/api/matching.ts";
import {
  introStep,
  languagesStep,
  namesStep,
  type OnboardingAnswer,
  onboardingAnswer,
  pictureStep,
  residenceStep,
  type StepNumber,
  wishesStep,
} from "../../../schema/api/onboarding.ts";
import type { Operation } from "./operation.ts";
import { LANGUAGES, SEOUL } from "./people-operations.ts";

const PREFERENCES: MatchingPreferences = {
  preferredAgeMin: 20,
  preferredAgeMax: 35,
  preferredGender: "ANY",
  preferredCountries: ["GB", "US"],
  minCompatibility: 70,
  maxDistanceKm: null,
};

export const STEP_EXAMPLES = {
  1: { englishName: "Minji", koreanName: "민지", gender: null },
  2: { residence: SEOUL, timeZone: "Asia/Seoul" },
  3: { profileImageUrl: null },
  4: { intro: "Coffee and grammar." },
  5: { languages: LANGUAGES },
  6: { interests: ["hiking", "travel"], preferences: PREFERENCES },
} as const;

const NOTHING: OnboardingAnswer = {
  currentStep: 1,
  isCompleted: false,
  completedAt: null,
  steps: { 1: null, 2: null, 3: null, 4: null, 5: null, 6: null },
};

function savedUpTo(step: StepNumber): unknown {
  const steps = Object.entries(STEP_EXAMPLES).filter(([number]) => Number(number) <= step);
  return { ...NOTHING, currentStep: Math.min(6, step + 1), steps: { ...NOTHING.steps, ...Object.fromEntries(steps) } };
}

function step<const Step extends StepNumber>(
  number: Step,
  words: Pick<Operation, "summary" | "body">,
  more = "",
): Operation {
  return {
    ...words,
    id: `saveStep${number}`,
    area: "Onboarding",
    description: `What was saved of it before is replaced. ${more}`.trim(),
    caller: "user",
    examples: { minji: { summary: "Minji's", body: STEP_EXAMPLES[number], status: 200 } },
    answers: {
      200: { description: "How far one has come.", schema: onboardingAnswer, example: savedUpTo(number) },
    },
    refusals: { conflict: "It is completed, or a step that this one needs is not saved: `errors` names it." },
  };
}

export const ONBOARDING_OPERATIONS = {
  "GET /v1/onboarding": {
    id: "getOnboarding",
    area: "Onboarding",
    summary: "See how far one has come",
    description: "With what was saved of each step.",
    caller: "user",
    answers: { 200: { description: "How far one has come.", schema: onboardingAnswer, example: NOTHING } },
    refusals: {},
  },
  "PUT /v1/onboarding/steps/1": step(1, { summary: "Save names", body: namesStep }),
  "PUT /v1/onboarding/steps/2": step(2, { summary: "Save where one lives", body: residenceStep }),
  "PUT /v1/onboarding/steps/3": step(
    3,
    { summary: "Save the picture", body: pictureStep },
    "It is uploaded before; the step may be left out.",
  ),
  "PUT /v1/onboarding/steps/4": step(4, { summary: "Save a few words", body: introStep }, "It may be left out."),
  "PUT /v1/onboarding/steps/5": step(5, { summary: "Save languages", body: languagesStep }),
  "PUT /v1/onboarding/steps/6": step(6, { summary: "Save interests and wishes", body: wishesStep }),
  "POST /v1/onboarding/complete": {
    id: "completeOnboarding",
    area: "Onboarding",
    summary: "Make a profile of what was saved",
    description:
      "Names, residence, languages, interests and preferences are written together, or none of them. Asked again, it " +
      "answers the same and writes nothing.",
    caller: "user",
    answers: {
      200: {
        description: "It is completed.",
        schema: onboardingAnswer,
        example: {
          ...NOTHING,
          currentStep: 6,
          isCompleted: true,
          completedAt: "2026-11-22T09:40:00.000Z",
          steps: STEP_EXAMPLES,
        },
      },
    },
    refusals: { conflict: "A step is missing, or was saved in the meantime: `errors` names those that are missing." },
  },
  "GET /v1/matching/preferences": {
    id: "getPreferences",
    area: "Matching",
    summary: "See whom one would like to meet",
    description: "Where nothing was said, what holds without it.",
    caller: "user",
    answers: {
      200: {
        description: "Whom one would like to meet.",
        schema: matchingPreferences,
        example: { ...PREFERENCES, preferredAgeMin: null, preferredAgeMax: null, preferredCountries: [] },
      },
    },
    refusals: {},
  },
  "PUT /v1/matching/preferences": {
    id: "putPreferences",
    area: "Matching",
    summary: "Say whom one would like to meet",
    description: "All of it: what is left out goes back to what holds without it.",
    caller: "user",
    body: putMatchingPreferencesRequest,
    examples: { adults: { summary: "From 20 to 35", body: PREFERENCES, status: 200 } },
    answers: { 200: { description: "As it is kept.", schema: matchingPreferences, example: PREFERENCES } },
    refusals: {},
  },
} as const satisfies Record<string, Operation>;
