/** What may still come once an account was closed, by its owner or by an operator. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { matchingPreferences } from "../../schema/api/matching.ts";
import { activityStatement } from "../../src/activity/store.ts";
import { deleteAccounts } from "../../src/jobs/delete-accounts.ts";
import { saveStep } from "../../src/onboarding/store.ts";
import {
  interestsStatements,
  languagesStatements,
  preferencesStatement,
  profileStatement,
} from "../../src/people/profile-store.ts";
import { banStatements } from "../../src/safety/bans.ts";
import { call, signIn } from "../support/http.ts";

async function erase(): Promise<void> {
  let progress: string | null = deleteAccounts.first(0);
  for (let steps = 0; progress !== null && steps < 50; steps += 1) {
    progress = (await deleteAccounts.step(env, progress, 0)).progress;
  }
}

test("what is written after the erasure is not kept", async () => {
  const { token, user } = await signIn("Minji");
  expect((await call("DELETE", "/v1/me", { token })).status).toBe(202);
  await erase();

  const { DB } = env;
  const request = new Request("https://example.org", { headers: { "user-agent": "late" } });
  const native = { languageCode: "ko", languageType: "NATIVE", proficiencyLevel: null, isPrimary: true } as const;
  await DB.batch([
    profileStatement(DB, user.id, { englishName: "Late", intro: "late" }),
    ...languagesStatements(DB, user.id, [native]),
    ...interestsStatements(DB, user.id, ["late"]),
    preferencesStatement(DB, user.id, matchingPreferences.parse({})),
    activityStatement(DB, { userId: user.id, activity: "profile_changed", request }),
  ]);
  expect(await saveStep(DB, user.id, { step: 1, data: { englishName: "Late" }, next: 2, now: Date.now() })).toBe(false);

  expect(await DB.prepare("SELECT english_name, intro FROM users WHERE id = ?").bind(user.id).first()).toEqual({
    english_name: "Deleted user",
    intro: null,
  });
  const tables = ["user_languages", "user_interests", "matching_preferences", "onboarding_progress"];
  for (const table of [...tables, "onboarding_step_data", "user_activity_logs"]) {
    const rows = await DB.prepare(`SELECT * FROM ${table} WHERE user_id = ?`).bind(user.id).all();
    expect(rows.results, table).toEqual([]);
  }
});

test("whoever is banned cannot be rid of the ban, nor of what was reported, by deleting the account", async () => {
  const { token, user } = await signIn("Minji");
  // An access token outlives the ban by the minute that KV takes.
  await env.DB.batch(banStatements(env.DB, user.id, Date.now()));
  expect((await call("DELETE", "/v1/me", { token })).status).toBe(401);
  const row = await env.DB.prepare("SELECT deleted_at FROM users WHERE id = ?").bind(user.id).first();
  expect(row).toEqual({ deleted_at: null });
});

test("nobody keeps an account from being erased by taking the address that it would get", async () => {
  const { token, user } = await signIn("Minji");
  await signIn("Evil", `deleted-${user.id}@deleted.invalid`);
  expect((await call("DELETE", "/v1/me", { token })).status).toBe(202);
  await erase();
  const row = await env.DB.prepare("SELECT english_name AS name, email FROM users WHERE id = ?").bind(user.id).first();
  expect(row).toEqual({ name: "Deleted user", email: expect.stringMatching(/^deleted-\d+-\w{16}@deleted\.invalid$/) });
});
