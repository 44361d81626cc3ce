/** Onboarding in D1: how far somebody is, and what they saved of each step. */

import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { StepNumber } from "../../schema/api/onboarding.ts";
import { onboardingProgress, onboardingStepData } from "../../schema/tables/profiles.ts";
import { users } from "../../schema/tables/users.ts";
import { type SavedSteps, STEPS } from "./rules.ts";

export interface Onboarding {
  readonly currentStep: number;
  readonly isCompleted: boolean;
  readonly completedAt: number | null;
  /** When something was last saved; null where nothing was. */
  readonly updatedAt: number | null;
  readonly saved: SavedSteps;
  /** The picture that the person has. */
  readonly profileImageUrl: string | null;
}

/** Null for who is not there, or no more. */
export async function findOnboarding(database: D1Database, userId: number): Promise<Onboarding | null> {
  const db = drizzle(database);
  const { isActive, profileImageUrl } = users;
  const [[person], [progress], steps] = await db.batch([
    db.select({ isActive, profileImageUrl }).from(users).where(eq(users.id, userId)),
    db.select().from(onboardingProgress).where(eq(onboardingProgress.userId, userId)),
    db
      .select({ step: onboardingStepData.stepNum, json: onboardingStepData.dataJson })
      .from(onboardingStepData)
      .where(eq(onboardingStepData.userId, userId))
      .orderBy(asc(onboardingStepData.stepNum)),
  ]);
  if (!person?.isActive) return null;
  const saved = new Map<StepNumber, unknown>();
  for (const { step, json } of steps) {
    const number = STEPS.find((one) => one === step);
    if (number !== undefined) saved.set(number, JSON.parse(json));
  }
  return {
    currentStep: progress?.currentStep ?? 1,
    isCompleted: progress?.isCompleted ?? false,
    completedAt: progress?.completedAt ?? null,
    updatedAt: progress?.updatedAt ?? null,
    saved,
    profileImageUrl: person.profileImageUrl,
  };
}

export interface SavedStep {
  readonly step: StepNumber;
  readonly data: unknown;
  readonly next: number;
  readonly now: number;
}

/** Nothing once it is completed, or the account closed. Steps never lead back: who changes an earlier one goes on where they were. */
export async function saveStep(
  database: D1Database,
  userId: number,
  { step, data, next, now }: SavedStep,
): Promise<boolean> {
  const [, saved] = await database.batch([
    database
      .prepare(
        `INSERT INTO onboarding_progress (user_id, current_step, updated_at)
         SELECT id, ?2, ?3 FROM users WHERE id = ?1 AND is_active = 1
         ON CONFLICT (user_id) DO UPDATE SET current_step = max(current_step, excluded.current_step),
           updated_at = max(updated_at + 1, excluded.updated_at) WHERE is_completed = 0`,
      )
      .bind(userId, next, now),
    database
      .prepare(
        `INSERT INTO onboarding_step_data (user_id, step_num, data_json)
         SELECT ?1, ?2, ?3 FROM onboarding_progress WHERE user_id = ?1 AND is_completed = 0
         ON CONFLICT (user_id, step_num) DO UPDATE SET data_json = excluded.data_json`,
      )
      .bind(userId, step, JSON.stringify(data)),
  ]);
  return (saved?.meta.changes ?? 0) > 0;
}

/** The last of its batch: what the others write only while it is open, they write before this. */
export function finishStatement(
  database: D1Database,
  { userId, updatedAt, now }: { readonly userId: number; readonly updatedAt: number; readonly now: number },
): D1PreparedStatement {
  return database
    .prepare(
      `UPDATE onboarding_progress SET is_completed = 1, completed_at = ?3, updated_at = max(updated_at + 1, ?3)
       WHERE user_id = ?1 AND is_completed = 0 AND updated_at = ?2`,
    )
    .bind(userId, updatedAt, now);
}
