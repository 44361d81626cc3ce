/** Whom people would like to meet, in D1. */
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { type MatchingPreferences, matchingPreferences } from "../../schema/api/matching.ts";
import { matchingPreferences as table } from "../../schema/tables/profiles.ts";
import { users } from "../../schema/tables/users.ts";

const countries = z.array(z.string());

/** Where nothing was said, what holds without it. Null for who is not there, or no more. */
export async function findPreferences(database: D1Database, userId: number): Promise<MatchingPreferences | null> {
  const row = await drizzle(database)
    .select()
    .from(users)
    .leftJoin(table, eq(table.userId, users.id))
    .where(eq(users.id, userId))
    .get();
  if (!row?.users.isActive) return null;
  const stored = row.matching_preferences;
  if (stored === null) return matchingPreferences.parse({});
  const { preferredAgeMin, preferredAgeMax, preferredGender, minCompatibility, maxDistanceKm } = stored;
  return {
    ...{ preferredAgeMin, preferredAgeMax, minCompatibility, maxDistanceKm },
    preferredGender: preferredGender ?? "ANY",
    preferredCountries:
      stored.preferredCountries === null ? [] : countries.parse(JSON.parse(stored.preferredCountries)),
  };
}
