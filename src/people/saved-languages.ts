/** Languages and interests as they are stored, of one person. */
import { asc, eq } from "drizzle-orm";
import type { drizzle } from "drizzle-orm/d1";
import { userInterests, userLanguages } from "../../schema/tables/profiles.ts";

export function selectLanguages(db: ReturnType<typeof drizzle>, userId: number) {
  const { languageCode, languageType, proficiencyLevel, isPrimary } = userLanguages;
  return db
    .select({ languageCode, languageType, proficiencyLevel, isPrimary })
    .from(userLanguages)
    .where(eq(userLanguages.userId, userId))
    .orderBy(asc(userLanguages.id));
}

export function selectInterests(db: ReturnType<typeof drizzle>, userId: number) {
  return db
    .select({ tag: userInterests.interestTag })
    .from(userInterests)
    .where(eq(userInterests.userId, userId))
    .orderBy(asc(userInterests.id));
}
