/** Sign-in with Naver: OAuth 2, and a profile that says who somebody is. It does not say whether an address is theirs. */
import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type Client,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  processAuthorizationCodeResponse,
  protectedResourceRequest,
  validateAuthResponse,
} from "oauth4webapi";
import { z } from "zod";
import { knownBirthDate, knownEmail, knownName } from "./identity-rules.ts";
import { callOptions } from "./provider-fetch.ts";
import type { Provider } from "./providers.ts";

export interface NaverSettings {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly profileUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** People choose what of it they hand on, the id apart. */
const profile = z.object({
  resultcode: z.literal("00"),
  response: z.object({
    id: z.string().min(1).max(255),
    email: z.unknown().optional(),
    name: z.unknown().optional(),
    birthyear: z.unknown().optional(),
    birthday: z.unknown().optional(),
  }),
});

export function naverProvider(settings: NaverSettings): Provider {
  const { clientId, clientSecret } = settings;
  const server: AuthorizationServer = {
    issuer: new URL(settings.authorizationUrl).origin,
    authorization_endpoint: settings.authorizationUrl,
    token_endpoint: settings.tokenUrl,
  };
  const client: Client = { client_id: clientId };

  return {
    name: "NAVER",
    takesNonce: false,

    async authorizationUrl({ state, codeVerifier }, redirectUri) {
      const url = new URL(settings.authorizationUrl);
      const parameters = {
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        state,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: "S256",
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url;
    },

    async identify(callback, { state, codeVerifier }, redirectUri) {
      const parameters = validateAuthResponse(server, client, callback, state);
      const tokenResponse = await authorizationCodeGrantRequest(
        server,
        client,
        ClientSecretPost(clientSecret),
        parameters,
        redirectUri,
        codeVerifier,
        // Naver asks for the state a second time.
        { ...callOptions(new URL(settings.tokenUrl)), additionalParameters: { state } },
      );
      const tokens = await processAuthorizationCodeResponse(server, client, tokenResponse);
      const address = new URL(settings.profileUrl);
      const answer = await protectedResourceRequest(
        tokens.access_token,
        "GET",
        address,
        new Headers(),
        null,
        callOptions(address),
      );
      const { response } = profile.parse(await answer.json());
      return {
        provider: "NAVER",
        subject: response.id,
        email: knownEmail(response.email),
        isEmailVerified: false,
        name: knownName(response.name),
        birthDate: knownBirthDate(response.birthyear, response.birthday),
      };
    },
  };
}
