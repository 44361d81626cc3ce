/** Bodies of `/v1/me*` and `/v1/users*`. */
import { z } from "zod";
import { COUNTRY_CODES } from "../people/countries.ts";
import { normalizeInterest } from "../people/interests.ts";
import { canonicalLanguage, isLanguage, LANGUAGE_CODES } from "../people/languages.ts";
import { PEOPLE_LIMITS } from "../people/limits.ts";
import { timeZoneName } from "../people/time-zones.ts";
import { LIMITS } from "../protocol/limits.ts";
import { boundedText, filledText, timestamp, userId } from "../values.ts";

/** To a tenth of a degree, about 11 km: near enough for distance, too far for an address. */
const rounded = (degrees: number) => Math.round(degrees * 10) / 10 + 0;

export const countryCode = z
  .string()
  .overwrite((code) => code.toUpperCase())
  .refine((code) => COUNTRY_CODES.has(code), "must be a country's ISO 3166-1 alpha-2 code")
  .describe("ISO 3166-1 alpha-2.");

const latitude = z.number().min(-90).max(90).overwrite(rounded);
const longitude = z.number().min(-180).max(180).overwrite(rounded);

export const residence = z
  .object({
    city: filledText(PEOPLE_LIMITS.cityCharacters).nullish().describe("As people there call it."),
    country: countryCode,
    latitude: latitude.nullish().describe("In degrees; kept rounded to 0.1."),
    longitude: longitude.nullish().describe("In degrees; kept rounded to 0.1."),
  })
  .refine((place) => (place.latitude ?? null) === null || (place.longitude ?? null) !== null, {
    message: "goes with latitude",
    path: ["longitude"],
  })
  .refine((place) => (place.longitude ?? null) === null || (place.latitude ?? null) !== null, {
    message: "goes with longitude",
    path: ["latitude"],
  });

export const timeZone = z
  .string()
  .refine((name) => timeZoneName(name) !== null, "must be the IANA name of a time zone")
  .overwrite((name) => timeZoneName(name) ?? name)
  .describe("IANA name: `Asia/Seoul`.");

export const personName = filledText(LIMITS.nameCharacters);
export const gender = z.enum(["MALE", "FEMALE", "OTHER"]);
export const intro = boundedText(PEOPLE_LIMITS.introCharacters);

export const languageCode = z
  .string()
  .overwrite(canonicalLanguage)
  .refine(isLanguage, "must be the BCP 47 code of a supported language")
  .describe(`BCP 47, one of ${LANGUAGE_CODES.join(", ")}.`);

export const proficiencyLevel = z.enum(["A1", "A2", "B1", "B2", "C1", "C2"]);

export const personLanguage = z.object({
  languageCode,
  languageType: z.enum(["NATIVE", "TEACHING", "LEARNING"]),
  proficiencyLevel: proficiencyLevel.nullable().default(null).describe("Null for a native language, or where unknown."),
  isPrimary: z.boolean().default(false).describe("The first of its type; at most one is."),
});
export type PersonLanguage = z.infer<typeof personLanguage>;

export const languageList = z.array(personLanguage).max(PEOPLE_LIMITS.languages);
export const putLanguagesRequest = z
  .object({ languages: languageList })
  .describe("All of them: they take the place of those of before. At least one NATIVE, and one LEARNING.");
export const languagesAnswer = z.object({ languages: z.array(personLanguage) });

export const interestList = z
  .array(z.string().overwrite(normalizeInterest).pipe(filledText(PEOPLE_LIMITS.interestCharacters)))
  .overwrite((tags) => [...new Set(tags)])
  .max(PEOPLE_LIMITS.interests)
  .describe("From the curated list, or free; kept in Unicode's form C, in lower case, each once.");
export const putInterestsRequest = z
  .object({ interests: interestList })
  .describe("All of them: they take the place of those of before.");
export const interestsAnswer = z.object({ interests: z.array(z.string()) });

/** A field that exists, and that nobody sets here: to send it is a mistake, or worse. */
const notHere = z.never("cannot be set here").optional();

export const updateMeRequest = z
  .object({
    englishName: personName.optional(),
    koreanName: personName.nullable().optional(),
    gender: gender.nullable().optional(),
    intro: intro.nullable().optional(),
    residence: residence.nullable().optional(),
    timeZone: timeZone.nullable().optional(),
    ...{ id: notHere, email: notHere, isEmailVerified: notHere, birthDate: notHere, age: notHere, role: notHere },
    ...{ isActive: notHere, profileImageUrl: notHere, oauthProvider: notHere, oauthId: notHere, country: notHere },
    ...{ latitude: notHere, longitude: notHere, languages: notHere, interests: notHere, onboardingCompleted: notHere },
    ...{ bannedAt: notHere, deletedAt: notHere, createdAt: notHere, updatedAt: notHere },
  })
  .describe("What is not named stays; null takes it away. The picture is set by its upload.");
export type UpdateMeRequest = z.infer<typeof updateMeRequest>;

export const meAnswer = z
  .object({
    id: userId,
    email: z.string(),
    isEmailVerified: z.boolean(),
    englishName: z.string(),
    koreanName: z.string().nullable(),
    birthDate: z.iso.date(),
    gender: gender.nullable(),
    profileImageUrl: z.string().nullable(),
    intro: z.string().nullable(),
    residence: z
      .object({
        city: z.string().nullable(),
        country: z.string().nullable(),
        latitude: z.number().nullable(),
        longitude: z.number().nullable(),
      })
      .nullable(),
    timeZone: z.string().nullable(),
    role: z.enum(["USER", "ADMIN"]),
    languages: z.array(personLanguage),
    interests: z.array(z.string()),
    onboardingCompleted: z.boolean(),
    createdAt: timestamp,
  })
  .describe("Everything that one has said of oneself.");
export type MeAnswer = z.infer<typeof meAnswer>;

export const publicProfile = z
  .object({
    id: userId,
    englishName: z.string(),
    koreanName: z.string().nullable(),
    profileImageUrl: z.string().nullable(),
    age: z.int().min(0).describe("In years. The birth date is nobody's business."),
    country: z.string().nullable(),
    intro: z.string().nullable(),
    languages: z.array(personLanguage),
    interests: z.array(z.string()),
  })
  .describe("What others may see of a person.");
export type PublicProfile = z.infer<typeof publicProfile>;
