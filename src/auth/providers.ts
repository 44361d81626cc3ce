/** Who people may sign in with. A provider without a client id does not exist here. */
import { type ProviderName, providerName } from "../../schema/api/auth.ts";
import type { HttpEnv } from "../http/context.ts";
import { googleProvider } from "./google.ts";
import { naverProvider } from "./naver.ts";

/** What a provider says of somebody who signed in with it. */
export interface ProviderIdentity {
  readonly provider: "GOOGLE" | "NAVER";
  /** Their name at the provider, which never changes. */
  readonly subject: string;
  readonly email: string | null;
  /** The provider vouches for the address. */
  readonly isEmailVerified: boolean;
  readonly name: string | null;
  readonly birthDate: string | null;
}

/** What ties the way to the provider to the way back. */
export interface SignInSecrets {
  readonly state: string;
  readonly codeVerifier: string;
  readonly nonce: string | null;
}

export interface Provider {
  readonly name: ProviderIdentity["provider"];
  /** Whether it takes a nonce, and gives it back in what it signs. */
  readonly takesNonce: boolean;
  /** Where the browser goes. */
  authorizationUrl(secrets: SignInSecrets, redirectUri: string): Promise<URL>;
  /** Who came back. Throws `ProviderUnavailable` where it does not answer, anything else where it does not vouch for them. */
  identify(callback: URL, secrets: SignInSecrets, redirectUri: string): Promise<ProviderIdentity>;
}

export function providerNamed(name: string, env: HttpEnv["Bindings"]): Provider | null {
  if (name === "google" && env.GOOGLE_CLIENT_ID) {
    return googleProvider({
      issuer: new URL(env.GOOGLE_ISSUER),
      clientId: env.GOOGLE_CLIENT_ID,
      clientSecret: env.GOOGLE_CLIENT_SECRET ?? "",
      cache: env.CACHE,
    });
  }
  if (name === "naver" && env.NAVER_CLIENT_ID) {
    return naverProvider({
      authorizationUrl: env.NAVER_AUTHORIZATION_URL,
      tokenUrl: env.NAVER_TOKEN_URL,
      profileUrl: env.NAVER_PROFILE_URL,
      clientId: env.NAVER_CLIENT_ID,
      clientSecret: env.NAVER_CLIENT_SECRET ?? "",
    });
  }
  return null;
}

/** Those that exist here, in the order in which they are offered. */
export function configuredProviders(env: HttpEnv["Bindings"]): ProviderName[] {
  return providerName.options.filter((name) => providerNamed(name, env) !== null);
}
