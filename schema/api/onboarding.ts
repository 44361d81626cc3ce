/** Bodies of `/v1/onboarding*`: six steps, each with a form of its own. */
import { z } from "zod";
import { timestamp } from "../values.ts";
import { matchingPreferences } from "./matching.ts";
import { gender, interestList, intro, languageList, personName, residence, timeZone } from "./people.ts";

export const namesStep = z
  .object({
    englishName: personName,
    koreanName: personName.nullable().default(null),
    gender: gender.nullable().default(null),
  })
  .describe("Step 1: names.");
export const residenceStep = z.object({ residence, timeZone }).describe("Step 2: where one lives.");
export const pictureStep = z
  .object({
    profileImageUrl: z
      .string()
      .max(2_048)
      .nullable()
      .describe("The picture that was uploaded before; null: without one."),
  })
  .describe("Step 3: the picture. It may be left out.");
export const introStep = z.object({ intro: intro.nullable() }).describe("Step 4: a few words. It may be left out.");
export const languagesStep = z.object({ languages: languageList }).describe("Step 5: languages.");
export const wishesStep = z
  .object({ interests: interestList, preferences: matchingPreferences })
  .describe("Step 6: interests, and whom one would like to meet.");

export const STEP_SCHEMAS = {
  1: namesStep,
  2: residenceStep,
  3: pictureStep,
  4: introStep,
  5: languagesStep,
  6: wishesStep,
} as const;
export type StepNumber = keyof typeof STEP_SCHEMAS;
export type StepData = { readonly [Step in StepNumber]: z.infer<(typeof STEP_SCHEMAS)[Step]> };

const saved = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

export const onboardingAnswer = z
  .object({
    currentStep: z.int().min(1).max(6).describe("Where to go on."),
    isCompleted: z.boolean(),
    completedAt: timestamp.nullable(),
    steps: z
      .object({
        "1": saved(namesStep),
        "2": saved(residenceStep),
        "3": saved(pictureStep),
        "4": saved(introStep),
        "5": saved(languagesStep),
        "6": saved(wishesStep),
      })
      .describe("What was saved of each; null where nothing was."),
  })
  .describe("How far one has come, and what was saved on the way.");
export type OnboardingAnswer = z.infer<typeof onboardingAnswer>;
