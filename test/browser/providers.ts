/** A server with providers to sign in with: a real OpenID provider, and what Naver looks like from here. */

import { NAVER_CLIENT, type NaverProfile, type NaverServer, startNaver } from "../e2e/support/naver.ts";
import { GOOGLE_CLIENT, type OpenIdProvider, startOpenIdProvider } from "../e2e/support/openid-provider.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "../e2e/support/server.ts";
import type { Person } from "./support.ts";

export interface ServerWithProviders {
  readonly baseUrl: string;
  readonly google: OpenIdProvider;
  readonly naver: NaverServer;
  close(): Promise<void>;
}

export async function startWithProviders(
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerWithProviders> {
  const [port, googlePort, naverPort] = [await freePort(), await freePort(), await freePort()];
  const google = await startOpenIdProvider(googlePort, `http://localhost:${port}/v1/auth/google/callback`);
  const naver = await startNaver(naverPort);
  const { baseUrl } = await startServer({
    stateFolder: newStateFolder(),
    port,
    environment: {
      GOOGLE_ISSUER: google.issuer,
      GOOGLE_CLIENT_ID: GOOGLE_CLIENT.id,
      GOOGLE_CLIENT_SECRET: GOOGLE_CLIENT.secret,
      NAVER_AUTHORIZATION_URL: `${naver.baseUrl}/oauth2.0/authorize`,
      NAVER_TOKEN_URL: `${naver.baseUrl}/oauth2.0/token`,
      NAVER_PROFILE_URL: `${naver.baseUrl}/v1/nid/me`,
      NAVER_CLIENT_ID: NAVER_CLIENT.id,
      NAVER_CLIENT_SECRET: NAVER_CLIENT.secret,
      RATE_LIMITS: "off",
      ...environment,
    },
  });
  const close = async () => {
    await cleanUp();
    await Promise.all([google.close(), naver.close()]);
  };
  return { baseUrl, google, naver, close };
}

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
