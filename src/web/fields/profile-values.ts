/** What forms hold while somebody fills them in, made from what the server has, and back. Pure. */
import type { MatchingPreferences } from "../../../schema/api/matching.ts";
import type { OnboardingAnswer, StepData } from "../../../schema/api/onboarding.ts";
import type { MeAnswer, PersonLanguage } from "../../../schema/api/people.ts";
import type { Language } from "../locale/formats.ts";

export interface NameValues {
  readonly englishName: string;
  readonly koreanName: string;
  readonly gender: MeAnswer["gender"];
}

export interface ResidenceValues {
  readonly country: string;
  readonly city: string;
  readonly timeZone: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Numbers as they are typed. */
export interface WishValues {
  readonly ageMin: string;
  readonly ageMax: string;
  readonly gender: MatchingPreferences["preferredGender"];
  readonly countries: readonly string[];
  readonly distanceKm: string;
  readonly compatibility: number;
}

export interface ProfileValues {
  readonly names: NameValues;
  readonly residence: ResidenceValues;
  readonly intro: string;
  readonly languages: readonly PersonLanguage[];
  readonly interests: readonly string[];
  readonly wishes: WishValues;
}

/** What the browser tells of where somebody is. */
export interface Surroundings {
  readonly language: Language;
  readonly timeZone: string;
  readonly country: string;
}

export function surroundings(language: Language): Surroundings {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { language, timeZone, country: new Intl.Locale(navigator.language).region ?? "" };
}

const ANYBODY: MatchingPreferences = {
  preferredAgeMin: null,
  preferredAgeMax: null,
  preferredGender: "ANY",
  preferredCountries: [],
  minCompatibility: 70,
  maxDistanceKm: null,
};

export function valuesOfMe(me: MeAnswer, preferences: MatchingPreferences): ProfileValues {
  const { city, country, latitude, longitude } = me.residence ?? {};
  return {
    names: { englishName: me.englishName, koreanName: me.koreanName ?? "", gender: me.gender },
    residence: {
      country: country ?? "",
      city: city ?? "",
      timeZone: me.timeZone ?? "",
      latitude: latitude ?? null,
      longitude: longitude ?? null,
    },
    intro: me.intro ?? "",
    languages: me.languages,
    interests: me.interests,
    wishes: wishValues(preferences),
  };
}

/** Saved steps, else what is known from the sign-up, else a guess from the browser: to be looked at, not to be typed. */
export function valuesOfSteps({ steps }: OnboardingAnswer, me: MeAnswer, around: Surroundings): ProfileValues {
  const known = valuesOfMe(me, steps[6]?.preferences ?? ANYBODY);
  const [names, residence] = [steps[1], steps[2]];
  return {
    ...known,
    names: names ? { ...names, koreanName: names.koreanName ?? "" } : known.names,
    residence: residence
      ? { ...known.residence, ...placeValues(residence.residence), timeZone: residence.timeZone }
      : {
          ...known.residence,
          country: known.residence.country || around.country,
          timeZone: known.residence.timeZone || around.timeZone,
        },
    intro: steps[4]?.intro ?? known.intro,
    languages: steps[5]?.languages ?? (known.languages.length > 0 ? known.languages : [native(around.language)]),
    interests: steps[6]?.interests ?? known.interests,
  };
}

function placeValues({
  country,
  city,
  latitude,
  longitude,
}: StepData[2]["residence"]): Omit<ResidenceValues, "timeZone"> {
  return { country, city: city ?? "", latitude: latitude ?? null, longitude: longitude ?? null };
}

function native(languageCode: string): PersonLanguage {
  return { languageCode, languageType: "NATIVE", proficiencyLevel: null, isPrimary: true };
}

function wishValues(preferences: MatchingPreferences): WishValues {
  const { preferredAgeMin, preferredAgeMax, maxDistanceKm } = preferences;
  return {
    ageMin: preferredAgeMin?.toString() ?? "",
    ageMax: preferredAgeMax?.toString() ?? "",
    gender: preferences.preferredGender,
    countries: preferences.preferredCountries,
    distanceKm: maxDistanceKm?.toString() ?? "",
    compatibility: preferences.minCompatibility,
  };
}

export function namesToSend({ englishName, koreanName, gender }: NameValues): StepData[1] {
  return { englishName: englishName.trim(), koreanName: orNull(koreanName), gender };
}

export function residenceToSend({ country, city, latitude, longitude, timeZone }: ResidenceValues): StepData[2] {
  return { residence: { country, city: orNull(city), latitude, longitude }, timeZone };
}

export function introToSend(intro: string): StepData[4] {
  return { intro: orNull(intro) };
}

export function wishesToSend(wishes: WishValues): MatchingPreferences {
  return {
    preferredAgeMin: numberOrNull(wishes.ageMin),
    preferredAgeMax: numberOrNull(wishes.ageMax),
    preferredGender: wishes.gender,
    preferredCountries: [...wishes.countries],
    minCompatibility: wishes.compatibility,
    maxDistanceKm: numberOrNull(wishes.distanceKm),
  };
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

function numberOrNull(typed: string): number | null {
  return typed.trim() === "" ? null : Number(typed);
}
