/**
 * A real OpenID provider on this machine, and what an attacker or a bad day makes of it: any of its answers can be
 * replaced. Whoever signs in as "minji" is minji@example.org there.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import Provider from "oidc-provider";

export const GOOGLE_CLIENT = { id: "studymate", secret: "the secret of our registration" };

const KEY_ID = "key-1";
const ALGORITHM = "RS256";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export type SigningKey = "own" | "foreign" | "client secret" | "none";

export interface OpenIdProvider {
  readonly issuer: string;
  /** Answers in place of the provider, by path, until it is taken away. */
  readonly instead: Map<string, Answer>;
  /** An ID token signed with the provider's own key, or with what does not prove that it is the provider's. */
  sign(claims: JWTPayload, key?: SigningKey): Promise<string>;
  close(): Promise<void>;
}

export async function startOpenIdProvider(port: number, redirectUri: string): Promise<OpenIdProvider> {
  const issuer = `http://localhost:${port}`;
  const [own, foreign] = await Promise.all([keyPair(), keyPair()]);
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: GOOGLE_CLIENT.id,
        client_secret: GOOGLE_CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(own.privateKey)), kid: KEY_ID, alg: ALGORITHM, use: "sig" }] },
    pkce: { required: () => true },
    // As Google does: what was asked for is in the ID token.
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true, name: id }),
    }),
    cookies: { keys: ["a key of the tests"] },
  });
  const serve = provider.callback();
  const instead = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const answer = instead.get(new URL(request.url ?? "/", issuer).pathname);
    if (answer) answer(request, response);
    else serve(request, response);
  });
  await listen(server, port);
  return {
    issuer,
    instead,
    sign: async (claims, key = "own") => {
      if (key === "none") return new UnsecuredJWT(claims).encode();
      const isSecret = key === "client secret";
      return new SignJWT(claims)
        .setProtectedHeader({ alg: isSecret ? "HS256" : ALGORITHM, kid: KEY_ID })
        .sign(isSecret ? new TextEncoder().encode(GOOGLE_CLIENT.secret) : (key === "own" ? own : foreign).privateKey);
    },
    close: () => close(server),
  };
}

function keyPair() {
  return generateKeyPair(ALGORITHM, { extractable: true });
}

export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, "localhost", resolve));
}

export function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
