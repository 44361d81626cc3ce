/** Bodies of `/v1/matching*`. */
import { z } from "zod";
import { PEOPLE_LIMITS } from "../people/limits.ts";
import { countryCode } from "./people.ts";

const { least, most } = PEOPLE_LIMITS.ageYears;
const age = z.int().min(least).max(most).nullable().default(null);

export const matchingPreferences = z
  .object({
    preferredAgeMin: age,
    preferredAgeMax: age,
    preferredGender: z.enum(["MALE", "FEMALE", "ANY"]).default("ANY"),
    preferredCountries: z
      .array(countryCode)
      .max(PEOPLE_LIMITS.preferredCountries)
      .overwrite((codes) => [...new Set(codes)])
      .default([])
      .describe("ISO 3166-1 alpha-2; none: anywhere."),
    minCompatibility: z.int().min(0).max(100).default(70),
    maxDistanceKm: z
      .int()
      .min(1)
      .max(PEOPLE_LIMITS.distanceKm)
      .nullable()
      .default(null)
      .describe("Null: any distance."),
  })
  .refine(({ preferredAgeMin, preferredAgeMax }) => (preferredAgeMin ?? 0) <= (preferredAgeMax ?? most), {
    message: "must not be below preferredAgeMin",
    path: ["preferredAgeMax"],
  })
  .describe("Whom one would like to meet.");
/** What of it is left out goes back to what holds without it. */
export const putMatchingPreferencesRequest = matchingPreferences.describe("All of it.");
export type MatchingPreferences = z.infer<typeof matchingPreferences>;
