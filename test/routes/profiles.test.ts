/** Profiles: what people say of themselves, what others see, and what becomes of it in open rooms. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { meAnswer, publicProfile } from "../../schema/api/people.ts";
import { app } from "../../src/app.ts";
import { call, enter, groupOf, pathsOf, requestFor, type SignedIn, signIn, signInMany } from "../support/http.ts";

const patch = ({ token }: SignedIn, body: unknown) => call("PATCH", "/v1/me", { token, body });
const get = ({ token }: SignedIn, path: string) => call("GET", path, { token });

async function profileOf(viewer: SignedIn, { user }: SignedIn) {
  const response = await get(viewer, `/v1/users/${user.id}`);
  return publicProfile.strict().parse(await response.json());
}

describe("oneself", () => {
  test("what was changed is what is read, and the rest stays", async () => {
    const minji = await signIn("Minji");
    const changed = await patch(minji, {
      koreanName: "민지",
      gender: "FEMALE",
      intro: "Coffee and grammar.",
      residence: { city: "서울", country: "kr", latitude: 37.5665, longitude: 126.978 },
      timeZone: "asia/seoul",
    });
    expect(changed.status).toBe(200);
    const me = meAnswer.parse(await (await get(minji, "/v1/me")).json());
    expect(me).toMatchObject({
      id: minji.user.id,
      email: minji.user.email,
      englishName: "Minji",
      koreanName: "민지",
      gender: "FEMALE",
      residence: { city: "서울", country: "KR", latitude: 37.6, longitude: 127 },
      timeZone: "Asia/Seoul",
    });
    const cleared = await patch(minji, { koreanName: null, residence: null });
    expect(meAnswer.parse(await cleared.json())).toMatchObject({ koreanName: null, residence: null, gender: "FEMALE" });
  });

  test("an empty change changes nothing", async () => {
    const minji = await signIn("Minji");
    const before = await (await get(minji, "/v1/me")).json();
    const answer = await patch(minji, { somethingUnknown: 1 });
    expect(await answer.json()).toEqual(before);
    const logs = await env.DB.prepare(
      "SELECT 1 FROM user_activity_logs WHERE user_id = ? AND activity = 'profile_changed'",
    )
      .bind(minji.user.id)
      .all();
    expect(logs.results).toEqual([]);
  });

  test("a change is written down by the names of its fields, without their values", async () => {
    const minji = await signIn("Minji");
    await patch(minji, { intro: "A secret sentence.", koreanName: "민지" });
    const entry = await env.DB.prepare(
      "SELECT details FROM user_activity_logs WHERE user_id = ? AND activity = 'profile_changed'",
    )
      .bind(minji.user.id)
      .first<{ details: string }>();
    expect(JSON.parse(entry?.details ?? "")).toEqual({ fields: ["intro", "koreanName"] });
  });

  test.each([
    ["role", { role: "ADMIN" }],
    ["isActive", { isActive: true }],
    ["id", { id: 1 }],
    ["email", { email: "other@example.org" }],
    ["isEmailVerified", { isEmailVerified: true }],
    ["birthDate", { birthDate: "1990-01-01" }],
    ["profileImageUrl", { profileImageUrl: "https://elsewhere.example/a.png" }],
    ["oauthId", { oauthId: "1" }],
    ["bannedAt", { bannedAt: null }],
    ["country", { country: "KR" }],
    ["createdAt", { createdAt: "2020-01-01T00:00:00.000Z" }],
  ])("%s is nothing that one sets, and nothing else of the body is taken", async (field, body) => {
    const minji = await signIn("Minji");
    const response = await patch(minji, { intro: "Not kept.", ...body });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([field]);
    const me = meAnswer.parse(await (await get(minji, "/v1/me")).json());
    expect(me).toMatchObject({ intro: null, role: "USER", email: minji.user.email });
  });

  test.each([
    ["a blank name", { englishName: " \u3164 " }, "englishName"],
    ["no name", { englishName: null }, "englishName"],
    ["a name of 101 characters", { englishName: "가".repeat(101) }, "englishName"],
    ["another gender", { gender: "male" }, "gender"],
    ["an unknown country", { residence: { country: "ZZ" } }, "residence.country"],
    [
      "a latitude beyond the pole",
      { residence: { country: "KR", latitude: 90.1, longitude: 0 } },
      "residence.latitude",
    ],
    ["a latitude alone", { residence: { country: "KR", latitude: 37 } }, "residence.longitude"],
    ["a longitude alone", { residence: { country: "KR", longitude: 127 } }, "residence.latitude"],
    ["an unknown time zone", { timeZone: "Asia/Pyongchang" }, "timeZone"],
    ["an offset as time zone", { timeZone: "+09:00" }, "timeZone"],
    ["a long introduction", { intro: "x".repeat(2_001) }, "intro"],
  ])("%s is refused", async (_, body, path) => {
    const response = await patch(await signIn(), body);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual([path]);
  });

  test("a token of somebody who is no more is nobody's", async () => {
    const gone = await signIn();
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(gone.user.id).run();
    expect((await get(gone, "/v1/me")).status).toBe(401);
    expect((await patch(gone, { intro: "Hello" })).status).toBe(401);
  });
});

describe("languages", () => {
  const put = ({ token }: SignedIn, languages: unknown) =>
    call("PUT", "/v1/me/languages", { token, body: { languages } });
  const native = { languageCode: "ko", languageType: "NATIVE" };
  const learning = { languageCode: "en", languageType: "LEARNING", proficiencyLevel: "B1" };

  test("they replace those of before, in their order, with one spelling for each", async () => {
    const minji = await signIn();
    await put(minji, [native, learning]);
    const answer = await put(minji, [
      { languageCode: "ZH-hans", languageType: "NATIVE", isPrimary: true },
      { ...learning, languageCode: "KO" },
      { languageCode: "zh-Hans", languageType: "TEACHING", proficiencyLevel: "C2" },
    ]);
    const expected = [
      { languageCode: "zh-Hans", languageType: "NATIVE", proficiencyLevel: null, isPrimary: true },
      { languageCode: "ko", languageType: "LEARNING", proficiencyLevel: "B1", isPrimary: false },
      { languageCode: "zh-Hans", languageType: "TEACHING", proficiencyLevel: "C2", isPrimary: false },
    ];
    expect(await answer.json()).toEqual({ languages: expected });
    expect(meAnswer.parse(await (await get(minji, "/v1/me")).json()).languages).toEqual(expected);
  });

  test.each([
    [
      "a language that is not supported",
      [native, learning, { ...learning, languageCode: "tlh" }],
      ["languages.2.languageCode"],
    ],
    ["one twice", [native, learning, learning], ["languages.2.languageCode"]],
    ["no native one", [learning], ["languages"]],
    ["none to learn", [native], ["languages"]],
    ["a native one to learn", [native, learning, { ...learning, languageCode: "ko" }], ["languages.2.languageType"]],
    ["a level of a native one", [{ ...native, proficiencyLevel: "C2" }, learning], ["languages.0.proficiencyLevel"]],
    [
      "two first ones",
      [
        { ...native, isPrimary: true },
        { ...native, languageCode: "en", isPrimary: true },
        { ...learning, languageCode: "fr" },
      ],
      ["languages.1.isPrimary"],
    ],
    ["no list", "ko", ["languages"]],
    ["twenty-one", Array.from({ length: 21 }, () => learning), ["languages"]],
  ])("%s is refused, and those of before stay", async (_, languages, paths) => {
    const minji = await signIn();
    await put(minji, [native, learning]);
    const response = await put(minji, languages);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(paths);
    expect(meAnswer.parse(await (await get(minji, "/v1/me")).json()).languages).toHaveLength(2);
  });
});

describe("interests", () => {
  const put = ({ token }: SignedIn, interests: unknown) =>
    call("PUT", "/v1/me/interests", { token, body: { interests } });

  test("each is kept once, in one spelling, in the order in which they were given", async () => {
    const minji = await signIn();
    const decomposed = "한강 산책".normalize("NFD");
    const answer = await put(minji, ["  K-Pop ", "여행", "Travel", decomposed, "Board   Games"]);
    const expected = ["k-pop", "travel", "한강 산책", "board games"];
    expect(await answer.json()).toEqual({ interests: expected });
    expect(meAnswer.parse(await (await get(minji, "/v1/me")).json()).interests).toEqual(expected);
    expect((await put(minji, [])).status).toBe(200);
    expect(meAnswer.parse(await (await get(minji, "/v1/me")).json()).interests).toEqual([]);
  });

  test.each([
    ["a blank one", ["  "], ["interests.0"]],
    ["one of 101 characters", ["x".repeat(101)], ["interests.0"]],
    ["twenty-one", Array.from({ length: 21 }, (_, index) => `tag ${index}`), ["interests"]],
    ["a number", [5], ["interests.0"]],
  ])("%s is refused", async (_, interests, paths) => {
    const response = await put(await signIn(), interests);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(paths);
  });
});

describe("somebody's public profile", () => {
  test("shows what strangers may see, and nothing else", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    await patch(daniel, {
      gender: "MALE",
      intro: "Hi.",
      residence: { city: "Leeds", country: "GB", latitude: 53.8, longitude: -1.5 },
      timeZone: "Europe/London",
    });
    const profile = await profileOf(minji, daniel);
    expect(profile).toMatchObject({ id: daniel.user.id, englishName: "Daniel", country: "GB", intro: "Hi." });
    expect(profile.age).toBe(new Date().getUTCFullYear() - 2000);
  });

  test("shows a change at once, also to who has just looked", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    for (const englishName of ["Dan", "Danny", "Daniel K"]) {
      await profileOf(minji, daniel);
      await patch(daniel, { englishName });
      expect((await profileOf(minji, daniel)).englishName).toBe(englishName);
    }
    await call("PUT", "/v1/me/interests", { token: daniel.token, body: { interests: ["chess"] } });
    expect((await profileOf(minji, daniel)).interests).toEqual(["chess"]);
  });

  test("is read from the copy while that is of the version that holds", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    await profileOf(minji, daniel);
    // A change beside the version, which no route makes, is not seen: it was the copy that answered.
    await env.DB.prepare("UPDATE users SET intro = 'unseen' WHERE id = ?").bind(daniel.user.id).run();
    expect((await profileOf(minji, daniel)).intro).toBeNull();
    await patch(daniel, { koreanName: "다니엘" });
    expect((await profileOf(minji, daniel)).intro).toBe("unseen");
  });

  test("comes from the database where KV never answers", async () => {
    const minji = await signIn("Minji");
    const silent = new Proxy(env.CACHE, { get: () => () => new Promise(() => {}) });
    const request = requestFor("GET", `/v1/users/${minji.user.id}`, { token: minji.token });
    const response = await app.fetch(request, { ...env, CACHE: silent });
    expect(publicProfile.parse(await response.json())).toMatchObject({ englishName: "Minji" });
  });

  test("is nowhere for who does not exist, and for who is no more, whatever was copied", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    await profileOf(minji, daniel);
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(daniel.user.id).run();
    expect((await get(minji, `/v1/users/${daniel.user.id}`)).status).toBe(404);
    expect((await get(minji, "/v1/users/999999999")).status).toBe(404);
    expect((await get(minji, "/v1/users/abc")).status).toBe(404);
  });
});

describe("a new name", () => {
  test("reaches every open room as participant.updated, and those that are opened later", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const [first, second] = [await groupOf([minji, daniel], "One"), await groupOf([daniel, minji], "Two")];
    const socket = await enter(first.id, daniel);
    await patch(minji, { englishName: "Minji Kim" });
    const updated = await socket.waitFor("participant.updated");
    expect(updated.participant).toMatchObject({ userId: minji.user.id, name: "Minji Kim" });
    const later = await enter(second.id, daniel);
    await later.until(
      () =>
        later.welcome.participants.some((one: { name: string }) => one.name === "Minji Kim") ||
        later.of("participant.updated").some(({ participant }) => participant.name === "Minji Kim"),
      "the new name",
    );
    const owed = async () => env.DB.prepare("SELECT 1 FROM fan_outs WHERE user_id = ?").bind(minji.user.id).first();
    await expect.poll(owed).toBeNull();
  });
});
