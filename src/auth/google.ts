/**
 * Sign-in with Google, or any other provider of OpenID Connect: its ID token says who somebody is, once issuer, audience,
 * nonce, times and signature are right. What the provider publishes of itself is cached in KV.
 */
import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type Client,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  discoveryRequest,
  type ExportedJWKSCache,
  getValidatedIdTokenClaims,
  jwksCache,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from "oauth4webapi";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import { knownEmail, knownName } from "./identity-rules.ts";
import { callOptions, ProviderUnavailable } from "./provider-fetch.ts";
import type { Provider } from "./providers.ts";

export interface GoogleSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cache: KVNamespace;
}

/** What the provider publishes of itself. */
interface Published {
  readonly server: AuthorizationServer;
  readonly keys: ExportedJWKSCache | null;
}

const PUBLISHED_SECONDS = 60 * 60;
/** How long KV has to answer: without it, the provider is asked. */
const CACHE_PATIENCE_MS = 1_000;

export function googleProvider({ issuer, clientId, clientSecret, cache }: GoogleSettings): Provider {
  const client: Client = { client_id: clientId };
  const options = callOptions(issuer);
  const cacheKey = `oidc:${issuer.href}`;

  async function published(): Promise<Published> {
    const known = await inTime(CACHE_PATIENCE_MS, cache.get<Published>(cacheKey, "json")).catch(() => null);
    if (known !== null) return known;
    try {
      const server = await processDiscoveryResponse(issuer, await discoveryRequest(issuer, options));
      const fresh = { server, keys: null };
      await keep(fresh);
      return fresh;
    } catch (error) {
      if (error instanceof ProviderUnavailable) throw error;
      throw new ProviderUnavailable(`${issuer.host} does not say how it signs people in`, { cause: error });
    }
  }

  async function keep(what: Published): Promise<void> {
    const kept = cache.put(cacheKey, JSON.stringify(what), { expirationTtl: PUBLISHED_SECONDS });
    await inTime(CACHE_PATIENCE_MS, kept).catch((error: unknown) =>
      logError({ event: "auth.provider-not-cached" }, error),
    );
  }

  return {
    name: "GOOGLE",
    takesNonce: true,

    async authorizationUrl({ state, codeVerifier, nonce }, redirectUri) {
      const { server } = await published();
      const url = new URL(server.authorization_endpoint ?? "");
      const parameters = {
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "openid email profile",
        state,
        nonce: nonce ?? "",
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: "S256",
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url;
    },

    async identify(callback, { state, codeVerifier, nonce }, redirectUri) {
      const { server, keys } = await published();
      const parameters = validateAuthResponse(server, client, callback, state);
      const response = await authorizationCodeGrantRequest(
        server,
        client,
        ClientSecretPost(clientSecret),
        parameters,
        redirectUri,
        codeVerifier,
        options,
      );
      const tokens = await processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: nonce ?? "",
        requireIdToken: true,
      });
      // The library fills it where it had to fetch the keys.
      const cachedKeys: ExportedJWKSCache | Record<string, never> = keys ?? {};
      await validateApplicationLevelSignature(server, response, { ...options, [jwksCache]: cachedKeys });
      if (isFilled(cachedKeys) && cachedKeys.uat !== keys?.uat) await keep({ server, keys: cachedKeys });
      const claims = getValidatedIdTokenClaims(tokens);
      if (claims === undefined) throw new Error("there is no ID token");
      const email = knownEmail(claims.email);
      return {
        provider: "GOOGLE",
        subject: claims.sub,
        email,
        isEmailVerified: email !== null && claims.email_verified === true,
        name: knownName(claims.name),
        birthDate: null,
      };
    },
  };
}

function isFilled(keys: ExportedJWKSCache | Record<string, never>): keys is ExportedJWKSCache {
  return typeof keys.uat === "number";
}
