/** What the demo's people say of themselves, so far that a session finds its languages and their clocks. */
import type { MeAnswer, PersonLanguage } from "../../schema/api/people.ts";
import type { StudyMateClient } from "../client/index.ts";
import type { DemoPerson } from "./people.ts";

const HOMES = {
  minji: ["KR", "Asia/Seoul"],
  junho: ["KR", "Asia/Seoul"],
  seoyeon: ["KR", "Asia/Seoul"],
  emily: ["US", "America/New_York"],
  daniel: ["GB", "Europe/London"],
  sofia: ["US", "America/Los_Angeles"],
} as const satisfies Record<DemoPerson["key"], readonly [country: string, timeZone: string]>;

/** What somebody has said since stays. */
export async function seedProfile(client: StudyMateClient, { key, teaches }: DemoPerson): Promise<void> {
  const { languages, residence, timeZone } = await client.request<MeAnswer>({ path: "/v1/me" });
  if (languages.length === 0) {
    const said = [language(teaches, "NATIVE"), language(teaches === "ko" ? "en" : "ko", "LEARNING")];
    await client.request({ method: "PUT", path: "/v1/me/languages", body: { languages: said } });
  }
  if (residence === null && timeZone === null) {
    const [country, zone] = HOMES[key];
    await client.request({ method: "PATCH", path: "/v1/me", body: { residence: { country }, timeZone: zone } });
  }
}

function language(languageCode: string, languageType: PersonLanguage["languageType"]): PersonLanguage {
  return { languageCode, languageType, proficiencyLevel: languageType === "LEARNING" ? "B1" : null, isPrimary: true };
}
