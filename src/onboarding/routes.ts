/** `/v1/onboarding`: six steps that are saved one by one, and become a profile together. */
import { type Context, Hono } from "hono";
import {
  introStep,
  languagesStep,
  namesStep,
  type OnboardingAnswer,
  pictureStep,
  residenceStep,
  type StepNumber,
  wishesStep,
} from "../../schema/api/onboarding.ts";
import { activityStatement } from "../activity/store.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement } from "../fan-outs/store.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import {
  interestsStatements,
  languagesStatements,
  preferencesStatement,
  profileStatement,
} from "../people/profile-store.ts";
import { languageProblems } from "../people/rules.ts";
import { type CompleteSteps, completeSteps, missingBefore, stepAfter } from "./rules.ts";
import { findOnboarding, finishStatement, type Onboarding, saveStep } from "./store.ts";

export const onboarding = new Hono<HttpEnv>();
onboarding.use(authenticated);

onboarding.get("/", (c) => withOnboarding(c, (found) => c.json(toAnswer(found))));

onboarding.put("/steps/1", body(namesStep), (c) => save(c, 1, c.req.valid("json")));
onboarding.put("/steps/2", body(residenceStep), (c) => save(c, 2, c.req.valid("json")));
onboarding.put("/steps/3", body(pictureStep), (c) =>
  withOnboarding(c, ({ profileImageUrl }) => {
    const step = c.req.valid("json");
    if (step.profileImageUrl !== null && step.profileImageUrl !== profileImageUrl) {
      return refuseField(c, "profileImageUrl", "is not the picture that was uploaded");
    }
    return save(c, 3, step);
  }),
);
onboarding.put("/steps/4", body(introStep), (c) => save(c, 4, c.req.valid("json")));
onboarding.put("/steps/5", body(languagesStep), (c) => {
  const step = c.req.valid("json");
  const problems = languageProblems(step.languages);
  return problems.length > 0 ? refuseWith(c, "invalid_frame", { errors: problems }) : save(c, 5, step);
});
onboarding.put("/steps/6", body(wishesStep), (c) => save(c, 6, c.req.valid("json")));

onboarding.post("/complete", (c) =>
  withOnboarding(c, async (found) => {
    if (found.isCompleted) return c.json(toAnswer(found));
    const complete = completeSteps(found.saved);
    if ("problems" in complete || found.updatedAt === null) {
      return refuseWith(c, "conflict", "problems" in complete ? { errors: complete.problems } : {});
    }
    const { userId } = c.var.caller;
    await c.env.DB.batch(completion(c, complete.steps, found.updatedAt));
    await fanOutAfterAnswer(c, userId);
    // Where a step was saved in between, nothing of this was written.
    return withOnboarding(c, (now) => (now.isCompleted ? c.json(toAnswer(now)) : refuseWith(c, "conflict")));
  }),
);

/** Each of them only while the onboarding is as it was read; so all or nothing of it becomes the profile. */
function completion(c: Context<HttpEnv>, steps: CompleteSteps, updatedAt: number): D1PreparedStatement[] {
  const { DB } = c.env;
  const { userId } = c.var.caller;
  const { intro } = steps[4] ?? {};
  const profile = { ...steps[1], ...steps[2], ...(intro !== undefined && { intro }) };
  return [
    profileStatement(DB, userId, profile, updatedAt),
    ...languagesStatements(DB, userId, steps[5].languages, updatedAt),
    ...interestsStatements(DB, userId, steps[6].interests, updatedAt),
    preferencesStatement(DB, userId, steps[6].preferences, updatedAt),
    fanOutStatement(DB, { userId, task: "PROFILE" }),
    activityStatement(DB, {
      ...{ userId, activity: "profile_changed", request: c.req.raw },
      details: { fields: ["onboarding"] },
    }),
    finishStatement(DB, { userId, updatedAt, now: Date.now() }),
  ];
}

async function save(c: Context<HttpEnv>, step: StepNumber, data: unknown): Promise<Response> {
  return withOnboarding(c, async (found) => {
    const missing = missingBefore(step, found.saved);
    if (found.isCompleted || missing.length > 0) return refuseWith(c, "conflict", { errors: missing });
    const saved = { step, data, next: stepAfter(step), now: Date.now() };
    if (!(await saveStep(c.env.DB, c.var.caller.userId, saved))) return refuseWith(c, "conflict");
    return withOnboarding(c, (now) => c.json(toAnswer(now)));
  });
}

async function withOnboarding(
  c: Context<HttpEnv>,
  answer: (found: Onboarding) => Response | Promise<Response>,
): Promise<Response> {
  const found = await findOnboarding(c.env.DB, c.var.caller.userId);
  return found ? answer(found) : refuseWith(c, "unauthorized", { headers: CHALLENGE });
}

function toAnswer({ currentStep, isCompleted, completedAt, saved }: Onboarding): OnboardingAnswer {
  // What was saved passed the schema of its step.
  const dataOf = (step: StepNumber) => (saved.get(step) ?? null) as never;
  return {
    ...{ currentStep, isCompleted },
    completedAt: completedAt === null ? null : new Date(completedAt).toISOString(),
    steps: { 1: dataOf(1), 2: dataOf(2), 3: dataOf(3), 4: dataOf(4), 5: dataOf(5), 6: dataOf(6) },
  };
}
