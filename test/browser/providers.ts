/** How people go through the providers of `e2e/support/providers.ts` in a browser. */
import type { NaverProfile, NaverServer } from "../e2e/support/naver.ts";
import type { Person } from "./support.ts";

/** Through the two forms that the provider shows. */
export async function goThroughGoogle({ page }: Person, login: string): Promise<void> {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
}

/** With Naver, which asks nothing: whoever is signed in there comes back at once. */
export async function signInWithNaver(person: Person, naver: NaverServer, profile: NaverProfile): Promise<void> {
  naver.profile = profile;
  await person.page.getByRole("button", { name: person.account.signIn.continueWith.naver }).click();
}

/** A newcomer with what Naver knows of them: to the first step of the wizard. */
export async function signUpWithNaver(person: Person, naver: NaverServer, name: string): Promise<void> {
  await signInWithNaver(person, naver, {
    id: `naver-${name}`,
    email: `${name.toLowerCase()}@naver.example`,
    name,
    birthyear: "1999",
    birthday: "03-21",
  });
  await person.page.getByRole("button", { name: person.account.signUp.create }).click();
  await person.page.getByRole("heading", { name: person.profile.wizard.steps[1].title }).waitFor();
}
