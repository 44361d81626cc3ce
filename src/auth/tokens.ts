/** Issues access tokens: they name the user and the device, and nothing of them is stored. */
import { SignJWT } from "jose";
import { ACCESS_TOKEN, signingKey } from "../../objects/kernel/access-tokens.ts";

const ACCESS_TOKEN_SECONDS = 15 * 60;

/** A user on one device. */
export interface TokenHolder {
  readonly userId: number;
  readonly deviceId: string;
}

export interface AccessToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
}

export async function issueAccessToken(holder: TokenHolder, secret: string, now: Date): Promise<AccessToken> {
  const { issuer, audience, typ, algorithm } = ACCESS_TOKEN;
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const expiresAt = issuedAt + ACCESS_TOKEN_SECONDS;
  const accessToken = await new SignJWT({ sid: holder.deviceId })
    .setProtectedHeader({ alg: algorithm, typ })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(String(holder.userId))
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(signingKey(secret));
  return { accessToken, expiresAt: new Date(expiresAt * 1_000) };
}
