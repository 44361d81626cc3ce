/** A person in D1: what they see of themselves, and what others may see. */
import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { MeAnswer, PublicProfile } from "../../schema/api/people.ts";
import { onboardingProgress, userInterests, userLanguages } from "../../schema/tables/profiles.ts";
import { users } from "../../schema/tables/users.ts";

type Db = ReturnType<typeof drizzle>;

/** Null for who is not there, or no more. */
export async function findMe(database: D1Database, userId: number): Promise<MeAnswer | null> {
  const db = drizzle(database);
  const [[row], languages, interests, [onboarding]] = await db.batch([
    db.select().from(users).where(eq(users.id, userId)),
    selectLanguages(db, userId),
    selectInterests(db, userId),
    db
      .select({ isCompleted: onboardingProgress.isCompleted })
      .from(onboardingProgress)
      .where(eq(onboardingProgress.userId, userId)),
  ]);
  if (!row?.isActive) return null;
  const { id, email, isEmailVerified, englishName, koreanName, birthDate, gender, profileImageUrl, intro } = row;
  const { residence: city, country, latitude, longitude, timeZone, role, createdAt } = row;
  return {
    ...{ id, email, isEmailVerified, englishName, koreanName, birthDate, gender, profileImageUrl, intro },
    residence: city === null && country === null ? null : { city, country, latitude, longitude },
    ...{ timeZone, role, languages },
    interests: interests.map(({ tag }) => tag),
    onboardingCompleted: onboarding?.isCompleted ?? false,
    createdAt: new Date(createdAt).toISOString(),
  };
}

/** What must never be old: whether the person is there, for this viewer, and which state of their profile holds. */
export interface Standing {
  readonly isVisible: boolean;
  readonly version: number;
  readonly birthDate: string;
  readonly profileImageUrl: string | null;
}

const STANDING = `
  SELECT updated_at AS version, birth_date AS birthDate, profile_image_url AS profileImageUrl, is_active = 1 AND NOT EXISTS (
    SELECT 1 FROM user_blocks WHERE user_id = ?1 AND blocked_user_id = ?2) AS isVisible
  FROM users WHERE id = ?1`;

/** Whoever blocked somebody is not there for them; who was blocked can still be seen by who blocked them. */
export async function findStanding(database: D1Database, userId: number, viewerId: number): Promise<Standing | null> {
  const row = await database
    .prepare(STANDING)
    .bind(userId, viewerId)
    .first<Omit<Standing, "isVisible"> & { readonly isVisible: number }>();
  return row && { ...row, isVisible: row.isVisible === 1 };
}

/** The public profile but for the age and the picture, which change apart; with the version that it is of. */
export interface StoredProfile {
  readonly version: number;
  readonly profile: Omit<PublicProfile, "age" | "profileImageUrl">;
}

export async function readProfile(database: D1Database, userId: number): Promise<StoredProfile | null> {
  const db = drizzle(database);
  const { id, englishName, koreanName, country, intro, updatedAt: version } = users;
  const [[row], languages, interests] = await db.batch([
    db.select({ id, englishName, koreanName, country, intro, version }).from(users).where(eq(users.id, userId)),
    selectLanguages(db, userId),
    selectInterests(db, userId),
  ]);
  if (row === undefined) return null;
  const { version: readVersion, ...person } = row;
  return { version: readVersion, profile: { ...person, languages, interests: interests.map(({ tag }) => tag) } };
}

function selectLanguages(db: Db, userId: number) {
  const { languageCode, languageType, proficiencyLevel, isPrimary } = userLanguages;
  return db
    .select({ languageCode, languageType, proficiencyLevel, isPrimary })
    .from(userLanguages)
    .where(eq(userLanguages.userId, userId))
    .orderBy(asc(userLanguages.id));
}

function selectInterests(db: Db, userId: number) {
  return db
    .select({ tag: userInterests.interestTag })
    .from(userInterests)
    .where(eq(userInterests.userId, userId))
    .orderBy(asc(userInterests.id));
}
