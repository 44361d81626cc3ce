/** The routes of one's own profile, for the wizard and the editor. */
import type { MatchingPreferences } from "../../../schema/api/matching.ts";
import type { OnboardingAnswer, StepNumber } from "../../../schema/api/onboarding.ts";
import type { MeAnswer, PersonLanguage, PublicProfile, UpdateMeRequest } from "../../../schema/api/people.ts";
import type { StudyMateClient } from "../../client/index.ts";

export function loadMe(client: StudyMateClient): Promise<MeAnswer> {
  return client.request({ path: "/v1/me" });
}

export function changeMe(client: StudyMateClient, change: UpdateMeRequest): Promise<MeAnswer> {
  return client.request({ method: "PATCH", path: "/v1/me", body: change });
}

export function putLanguages(client: StudyMateClient, languages: readonly PersonLanguage[]): Promise<unknown> {
  return client.request({ method: "PUT", path: "/v1/me/languages", body: { languages } });
}

export function putInterests(client: StudyMateClient, interests: readonly string[]): Promise<{ interests: string[] }> {
  return client.request({ method: "PUT", path: "/v1/me/interests", body: { interests } });
}

export function loadPreferences(client: StudyMateClient): Promise<MatchingPreferences> {
  return client.request({ path: "/v1/matching/preferences" });
}

export function putPreferences(client: StudyMateClient, preferences: MatchingPreferences): Promise<unknown> {
  return client.request({ method: "PUT", path: "/v1/matching/preferences", body: preferences });
}

export function loadPublicProfile(client: StudyMateClient, userId: number): Promise<PublicProfile> {
  return client.request({ path: `/v1/users/${userId}` });
}

export function loadOnboarding(client: StudyMateClient): Promise<OnboardingAnswer> {
  return client.request({ path: "/v1/onboarding" });
}

export function putStep(client: StudyMateClient, step: StepNumber, body: object): Promise<OnboardingAnswer> {
  return client.request({ method: "PUT", path: `/v1/onboarding/steps/${step}`, body });
}

export function completeOnboarding(client: StudyMateClient): Promise<OnboardingAnswer> {
  return client.request({ method: "POST", path: "/v1/onboarding/complete" });
}
