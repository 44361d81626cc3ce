/** How much people may say of themselves, and from when on. Plain numbers: the page shows them before anything is sent. */
export const PEOPLE_LIMITS = {
  introCharacters: 2_000,
  cityCharacters: 100,
  interestCharacters: 100,
  interests: 20,
  languages: 20,
  preferredCountries: 50,
  ageYears: { least: 13, most: 100 },
  distanceKm: 20_100,
} as const;
