/** Bodies of `/v1/matching*`. */
import { z } from "zod";
import { countryCode } from "./people.ts";

export const matchingPreferences = z
  .object({
    preferredAgeMin: z.int().min(13).max(100).nullable().default(null),
    preferredAgeMax: z.int().min(13).max(100).nullable().default(null),
    preferredGender: z.enum(["MALE", "FEMALE", "ANY"]).default("ANY"),
    preferredCountries: z
      .array(countryCode)
      .max(50)
      .overwrite((codes) => [...new Set(codes)])
      .default([])
      .describe("ISO 3166-1 alpha-2; none: anywhere."),
    minCompatibility: z.int().min(0).max(100).default(70),
    maxDistanceKm: z.int().min(1).max(20_100).nullable().default(null).describe("Null: any distance."),
  })
  .refine(({ preferredAgeMin, preferredAgeMax }) => (preferredAgeMin ?? 0) <= (preferredAgeMax ?? 100), {
    message: "must not be below preferredAgeMin",
    path: ["preferredAgeMax"],
  })
  .describe("Whom one would like to meet.");
/** What of it is left out goes back to what holds without it. */
export const putMatchingPreferencesRequest = matchingPreferences.describe("All of it.");
export type MatchingPreferences = z.infer<typeof matchingPreferences>;
