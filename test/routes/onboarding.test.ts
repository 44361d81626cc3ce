/** Onboarding: saved step by step, in an order that makes sense, and then a profile. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { matchingPreferences } from "../../schema/api/matching.ts";
import { onboardingAnswer } from "../../schema/api/onboarding.ts";
import { meAnswer } from "../../schema/api/people.ts";
import { problem } from "../../schema/api/problem.ts";
import { STEP_EXAMPLES } from "../../src/api-documents/http/onboarding-operations.ts";
import { call, enter, groupOf, pathsOf, type SignedIn, signIn, signInMany } from "../support/http.ts";

const save = ({ token }: SignedIn, step: number | string, body: unknown) =>
  call("PUT", `/v1/onboarding/steps/${step}`, { token, body });
const complete = ({ token }: SignedIn) => call("POST", "/v1/onboarding/complete", { token });
const stateOf = async ({ token }: SignedIn) =>
  onboardingAnswer.parse(await (await call("GET", "/v1/onboarding", { token })).json());
const meOf = async ({ token }: SignedIn) => meAnswer.parse(await (await call("GET", "/v1/me", { token })).json());

async function saveAll(
  person: SignedIn,
  steps: readonly (1 | 2 | 3 | 4 | 5 | 6)[] = [1, 2, 3, 4, 5, 6],
): Promise<void> {
  for (const step of steps) expect((await save(person, step, STEP_EXAMPLES[step])).status).toBe(200);
}

describe("the steps", () => {
  test("are gone through one by one; who comes back goes on where they were", async () => {
    const minji = await signIn("Minji");
    expect(await stateOf(minji)).toMatchObject({ currentStep: 1, isCompleted: false, steps: { "1": null } });
    for (const step of [1, 2, 3, 4, 5, 6] as const) {
      const answer = onboardingAnswer.parse(await (await save(minji, step, STEP_EXAMPLES[step])).json());
      expect(answer.currentStep).toBe(Math.min(6, step + 1));
      expect(await stateOf(minji)).toEqual(answer);
    }
    expect((await stateOf(minji)).steps).toEqual(STEP_EXAMPLES);
    expect(await meOf(minji)).toMatchObject({ koreanName: null, languages: [], onboardingCompleted: false });
  });

  test("may be edited again, without leading back", async () => {
    const minji = await signIn("Minji");
    await saveAll(minji, [1, 2, 5]);
    await save(minji, 1, { englishName: "Min-ji" });
    expect(await stateOf(minji)).toMatchObject({
      currentStep: 6,
      steps: { "1": { englishName: "Min-ji", koreanName: null, gender: null } },
    });
  });

  test.each([
    [2, [], ["steps.1"]],
    [3, [1], ["steps.2"]],
    [4, [], ["steps.1", "steps.2"]],
    [5, [1], ["steps.2"]],
    [6, [1, 2], ["steps.5"]],
  ] as const)("step %i is refused with 409 where only %j are saved", async (step, before, missing) => {
    const minji = await signIn();
    await saveAll(minji, before);
    const response = await save(minji, step, STEP_EXAMPLES[step]);
    expect(response.status).toBe(409);
    expect(await pathsOf(response)).toEqual(missing);
    expect((await stateOf(minji)).steps[step]).toBeNull();
  });

  test.each([
    [1, { koreanName: "민지" }, "englishName"],
    [2, { residence: { country: "Korea" }, timeZone: "Asia/Seoul" }, "residence.country"],
    [2, { residence: { country: "KR" }, timeZone: "Seoul" }, "timeZone"],
    [3, { profileImageUrl: "https://elsewhere.example/a.png" }, "profileImageUrl"],
    [4, { intro: "x".repeat(2_001) }, "intro"],
    [5, { languages: [{ languageCode: "ko", languageType: "NATIVE" }] }, "languages"],
    [6, { interests: ["travel"], preferences: { preferredAgeMin: 12 } }, "preferences.preferredAgeMin"],
    [6, { interests: [], preferences: { preferredAgeMin: 40, preferredAgeMax: 30 } }, "preferences.preferredAgeMax"],
    [6, { interests: [], preferences: { preferredCountries: ["XX"] } }, "preferences.preferredCountries.0"],
  ] as const)("step %i refuses %j", async (step, body, path) => {
    const minji = await signIn();
    await saveAll(minji, [1, 2, 5]);
    const response = await save(minji, step, body);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([path]);
  });

  test.each(["0", "7", "one", "1/2"])("there is no step %s", async (step) => {
    expect((await save(await signIn(), step, {})).status).toBe(404);
  });
});

describe("completion", () => {
  test("makes the profile of what was saved, and can be asked for again", async () => {
    const [minji, daniel] = await signInMany("Old name", "Daniel");
    const { id } = await groupOf([minji, daniel]);
    const watcher = await enter(id, daniel);
    await saveAll(minji);
    const first = onboardingAnswer.parse(await (await complete(minji)).json());
    expect(first).toMatchObject({ isCompleted: true, currentStep: 6, steps: STEP_EXAMPLES });
    expect(await meOf(minji)).toMatchObject({
      ...{ englishName: "Minji", koreanName: "민지", gender: null, intro: "Coffee and grammar." },
      ...{ residence: STEP_EXAMPLES[2].residence, timeZone: "Asia/Seoul" },
      ...{ languages: STEP_EXAMPLES[5].languages, interests: ["hiking", "travel"], onboardingCompleted: true },
    });
    const preferences = await call("GET", "/v1/matching/preferences", { token: minji.token });
    expect(matchingPreferences.parse(await preferences.json())).toEqual(STEP_EXAMPLES[6].preferences);
    expect((await watcher.waitFor("participant.updated")).participant).toMatchObject({ name: "Minji" });

    await call("PATCH", "/v1/me", { token: minji.token, body: { englishName: "Newer" } });
    expect(await (await complete(minji)).json()).toEqual(first);
    expect(await meOf(minji)).toMatchObject({ englishName: "Newer" });
  });

  test("asks for what is missing by its name, and writes nothing", async () => {
    const minji = await signIn("Minji");
    await saveAll(minji, [1, 2]);
    const response = await complete(minji);
    expect(response.status).toBe(409);
    expect(problem.parse(await response.json()).errors?.map(({ path }) => path)).toEqual(["steps.5", "steps.6"]);
    expect(await meOf(minji)).toMatchObject({ koreanName: null, residence: null, onboardingCompleted: false });
  });

  test("goes without picture and introduction, and keeps those that were there", async () => {
    const minji = await signIn("Minji");
    await call("PATCH", "/v1/me", { token: minji.token, body: { intro: "Earlier." } });
    await saveAll(minji, [1, 2, 5, 6]);
    expect((await complete(minji)).status).toBe(200);
    expect(await meOf(minji)).toMatchObject({ intro: "Earlier.", onboardingCompleted: true });
  });

  test("ends the steps: what comes after it is a change of the profile", async () => {
    const minji = await signIn("Minji");
    await saveAll(minji);
    await complete(minji);
    expect((await save(minji, 1, STEP_EXAMPLES[1])).status).toBe(409);
  });

  test("asked for many times at once, and with steps saved in between, leaves a profile of one piece", async () => {
    const minji = await signIn("Minji");
    await saveAll(minji);
    const names = ["One", "Two", "Three"];
    const answers = await Promise.all([
      complete(minji),
      ...names.map((englishName) => save(minji, 1, { englishName })),
      complete(minji),
      complete(minji),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect((await complete(minji)).status).toBe(200);
    const { steps } = await stateOf(minji);
    const me = await meOf(minji);
    expect(me.englishName).toBe(steps["1"]?.englishName);
    expect(me.languages).toHaveLength(2);
    expect(me.interests).toHaveLength(2);
  });

  test("takes nothing that was saved under rules that no longer hold", async () => {
    const minji = await signIn("Minji");
    await saveAll(minji);
    await env.DB.prepare(
      'UPDATE onboarding_step_data SET data_json = \'{"languages":[{"languageCode":"xx"}]}\' WHERE user_id = ? AND step_num = 5',
    )
      .bind(minji.user.id)
      .run();
    const response = await complete(minji);
    expect(response.status).toBe(409);
    expect(await pathsOf(response)).toEqual(["steps.5"]);
  });

  test("is nothing for who is no more", async () => {
    const gone = await signIn();
    await saveAll(gone);
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(gone.user.id).run();
    expect([(await complete(gone)).status, (await save(gone, 1, STEP_EXAMPLES[1])).status]).toEqual([401, 401]);
  });
});

describe("whom one would like to meet", () => {
  test("holds without being said, is replaced as a whole, and is refused where it makes no sense", async () => {
    const minji = await signIn();
    const { token } = minji;
    const get = async () =>
      matchingPreferences.parse(await (await call("GET", "/v1/matching/preferences", { token })).json());
    const put = (body: object) => call("PUT", "/v1/matching/preferences", { token, body });
    const standard = matchingPreferences.parse({});
    expect(await get()).toEqual(standard);
    await put({ preferredAgeMin: 20, preferredCountries: ["gb", "GB"], maxDistanceKm: 50, minCompatibility: 0 });
    const said = {
      ...standard,
      preferredAgeMin: 20,
      preferredCountries: ["GB"],
      maxDistanceKm: 50,
      minCompatibility: 0,
    };
    expect(await get()).toEqual(said);
    expect((await put({ preferredAgeMin: 40, preferredAgeMax: 20 })).status).toBe(400);
    expect((await put({ minCompatibility: 101 })).status).toBe(400);
    expect(await get()).toEqual(said);
    await put({});
    expect(await get()).toEqual(standard);
  });
});
