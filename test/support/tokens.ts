/** Access tokens as we issue them, and as nobody should accept them. */
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { ACCESS_TOKEN, signingKey } from "../../objects/kernel/access-tokens.ts";

interface Claims {
  readonly userId: number;
  readonly audience?: string;
  readonly issuer?: string;
  readonly typ?: string;
  readonly secret?: string;
  readonly lifetimeSeconds?: number;
}

export function forgeToken({
  userId,
  lifetimeSeconds = 900,
  secret = env.AUTH_SECRET,
  ...claims
}: Claims): Promise<string> {
  return new SignJWT({ sid: "a-device" })
    .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: claims.typ ?? ACCESS_TOKEN.typ })
    .setIssuer(claims.issuer ?? ACCESS_TOKEN.issuer)
    .setAudience(claims.audience ?? ACCESS_TOKEN.audience)
    .setSubject(String(userId))
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetimeSeconds)
    .sign(signingKey(secret));
}

/** Signed by nobody: `alg: none`. */
export function unsignedToken(userId: number): string {
  const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
  const payload = {
    iss: ACCESS_TOKEN.issuer,
    aud: ACCESS_TOKEN.audience,
    sub: String(userId),
    sid: "a-device",
    exp: Math.floor(Date.now() / 1_000) + 900,
  };
  return `${part({ alg: "none", typ: ACCESS_TOKEN.typ })}.${part(payload)}.`;
}

/** Each with why it must be refused. */
export async function badTokens(userId: number): Promise<[why: string, token: string][]> {
  return [
    ["garbage", "garbage"],
    ["unsigned", unsignedToken(userId)],
    ["expired", await forgeToken({ userId, lifetimeSeconds: -1 })],
    ["for another audience", await forgeToken({ userId, audience: "somebody-else" })],
    ["from another issuer", await forgeToken({ userId, issuer: "somebody-else" })],
    ["of another kind", await forgeToken({ userId, typ: "JWT" })],
    ["signed with another key", await forgeToken({ userId, secret: "another secret, 32 bytes long or more" })],
  ];
}
