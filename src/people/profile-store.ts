/**
 * Statements that write a profile, for the batch of whoever changes it. Each change of a person moves `users.updated_at`
 * on: it is the version that copies of the public profile carry.
 */
import type { MatchingPreferences } from "../../schema/api/matching.ts";
import type { PersonLanguage, UpdateMeRequest } from "../../schema/api/people.ts";

/** Only while an onboarding is as it was read: open, and last saved then. Null: in any case. */
export type OpenOnboarding = number | null;

/** Nor for somebody whose account was closed since the request was let in: what comes after the erasure would stay. */
const MAY_WRITE = `EXISTS (SELECT 1 FROM users WHERE id = ?1 AND is_active = 1) AND (?2 IS NULL OR EXISTS (
  SELECT 1 FROM onboarding_progress WHERE user_id = ?1 AND is_completed = 0 AND updated_at = ?2))`;

/** Never twice the same of one person, however fast changes come. */
const NEXT_VERSION = "max(updated_at + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER))";

export type ProfileChange = Pick<
  UpdateMeRequest,
  "englishName" | "koreanName" | "gender" | "intro" | "residence" | "timeZone"
>;

/** Without a change of its own, it marks that something else of the profile has changed. */
export function profileStatement(
  database: D1Database,
  userId: number,
  change: ProfileChange = {},
  open: OpenOnboarding = null,
): D1PreparedStatement {
  const columns = columnsOf(change);
  const assignments = columns.map(([name], index) => `${name} = ?${index + 3}`);
  return database
    .prepare(
      `UPDATE users SET ${[...assignments, `updated_at = ${NEXT_VERSION}`].join(", ")} WHERE id = ?1 AND ${MAY_WRITE}`,
    )
    .bind(userId, open, ...columns.map(([, value]) => value));
}

function columnsOf({ residence, ...change }: ProfileChange): [column: string, value: string | number | null][] {
  const columns: Record<string, string | number | null | undefined> = {
    english_name: change.englishName,
    korean_name: change.koreanName,
    gender: change.gender,
    intro: change.intro,
    time_zone: change.timeZone,
    ...(residence !== undefined && {
      residence: residence?.city ?? null,
      country: residence?.country ?? null,
      latitude: residence?.latitude ?? null,
      longitude: residence?.longitude ?? null,
    }),
  };
  return Object.entries(columns).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

export function languagesStatements(
  database: D1Database,
  userId: number,
  languages: readonly PersonLanguage[],
  open: OpenOnboarding = null,
): D1PreparedStatement[] {
  return [
    database.prepare(`DELETE FROM user_languages WHERE user_id = ?1 AND ${MAY_WRITE}`).bind(userId, open),
    database
      .prepare(
        `INSERT INTO user_languages (user_id, language_code, language_type, proficiency_level, is_primary)
         SELECT ?1, value ->> 'languageCode', value ->> 'languageType', value ->> 'proficiencyLevel', value ->> 'isPrimary'
         FROM json_each(?3) WHERE ${MAY_WRITE} ORDER BY key`,
      )
      .bind(userId, open, JSON.stringify(languages)),
  ];
}

export function interestsStatements(
  database: D1Database,
  userId: number,
  interests: readonly string[],
  open: OpenOnboarding = null,
): D1PreparedStatement[] {
  return [
    database.prepare(`DELETE FROM user_interests WHERE user_id = ?1 AND ${MAY_WRITE}`).bind(userId, open),
    database
      .prepare(
        `INSERT INTO user_interests (user_id, interest_tag) SELECT ?1, value FROM json_each(?3) WHERE ${MAY_WRITE} ORDER BY key`,
      )
      .bind(userId, open, JSON.stringify(interests)),
  ];
}

export function preferencesStatement(
  database: D1Database,
  userId: number,
  preferences: MatchingPreferences,
  open: OpenOnboarding = null,
): D1PreparedStatement {
  const { preferredAgeMin, preferredAgeMax, preferredGender, preferredCountries } = preferences;
  return database
    .prepare(
      `INSERT INTO matching_preferences (user_id, preferred_age_min, preferred_age_max, preferred_gender,
         preferred_countries, min_compatibility, max_distance_km)
       SELECT ?1, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ${MAY_WRITE}
       ON CONFLICT (user_id) DO UPDATE SET preferred_age_min = excluded.preferred_age_min,
         preferred_age_max = excluded.preferred_age_max, preferred_gender = excluded.preferred_gender,
         preferred_countries = excluded.preferred_countries, min_compatibility = excluded.min_compatibility,
         max_distance_km = excluded.max_distance_km, updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
    )
    .bind(
      ...[userId, open, preferredAgeMin, preferredAgeMax, preferredGender],
      ...[JSON.stringify(preferredCountries), preferences.minCompatibility, preferences.maxDistanceKm],
    );
}
