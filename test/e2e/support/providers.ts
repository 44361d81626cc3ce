/** A server with providers to sign in with: a real OpenID provider, and what Naver looks like from here. */
import { NAVER_CLIENT, type NaverServer, startNaver } from "./naver.ts";
import { GOOGLE_CLIENT, type OpenIdProvider, startOpenIdProvider } from "./openid-provider.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "./server.ts";

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
  const close = async () => {
    await cleanUp();
    await Promise.all([google.close(), naver.close()]);
  };
  const starting = startServer({
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
  // Nothing that was started outlives a server that did not.
  const { baseUrl } = await starting.catch(async (error) => {
    await close();
    throw error;
  });
  return { baseUrl, google, naver, close };
}
