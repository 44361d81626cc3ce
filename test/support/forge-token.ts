/** Signs tokens like ours, and unlike them where asked to. */
import { SignJWT } from "jose";
import { ACCESS_TOKEN, signingKey } from "../../objects/kernel/access-tokens.ts";

export interface Forgery {
  readonly userId: number;
  readonly secret: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly typ?: string;
  readonly lifetimeSeconds?: number;
}

export function forgeToken({ userId, secret, lifetimeSeconds = 900, ...claims }: Forgery): Promise<string> {
  return new SignJWT({ sid: "a-device" })
    .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: claims.typ ?? ACCESS_TOKEN.typ })
    .setIssuer(claims.issuer ?? ACCESS_TOKEN.issuer)
    .setAudience(claims.audience ?? ACCESS_TOKEN.audience)
    .setSubject(String(userId))
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetimeSeconds)
    .sign(signingKey(secret));
}
