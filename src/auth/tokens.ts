/**
 * Issues access and refresh tokens. A refresh token has a `typ` and an audience of its own, so that neither passes for
 * the other; both name the user and the device. Refreshing keeps the device; nothing is stored about either yet.
 */
import { SignJWT } from "jose";
import { ACCESS_TOKEN, signingKey, type TokenKind, verifyToken } from "../../objects/kernel/access-tokens.ts";

const REFRESH_TOKEN = { ...ACCESS_TOKEN, audience: "studymate-refresh", typ: "refresh+jwt" } as const;

const ACCESS_TOKEN_SECONDS = 15 * 60;
const REFRESH_TOKEN_SECONDS = 30 * 24 * 60 * 60;

/** A user on one device. */
export interface TokenHolder {
  readonly userId: number;
  readonly deviceId: string;
}

export interface IssuedTokens {
  readonly accessToken: string;
  /** When the access token expires. */
  readonly expiresAt: Date;
  readonly refreshToken: string;
}

export async function issueTokens(holder: TokenHolder, secret: string, now: Date): Promise<IssuedTokens> {
  const nowSeconds = Math.floor(now.getTime() / 1_000);
  const expiresAtSeconds = nowSeconds + ACCESS_TOKEN_SECONDS;
  const key = signingKey(secret);
  const [accessToken, refreshToken] = await Promise.all([
    sign(holder, ACCESS_TOKEN, { key, issuedAt: nowSeconds, expiresAt: expiresAtSeconds }),
    sign(holder, REFRESH_TOKEN, { key, issuedAt: nowSeconds, expiresAt: nowSeconds + REFRESH_TOKEN_SECONDS }),
  ]);
  return { accessToken, expiresAt: new Date(expiresAtSeconds * 1_000), refreshToken };
}

interface SigningFacts {
  readonly key: Uint8Array;
  /** Seconds since 1970, as JWTs count. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

function sign(
  { userId, deviceId }: TokenHolder,
  { issuer, audience, typ, algorithm }: TokenKind,
  { key, issuedAt, expiresAt }: SigningFacts,
): Promise<string> {
  return new SignJWT({ sid: deviceId })
    .setProtectedHeader({ alg: algorithm, typ })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(String(userId))
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key);
}

/** Null for anything but a valid, unexpired refresh token of ours. */
export function verifyRefreshToken(token: string, secret: string, previous?: string): Promise<TokenHolder | null> {
  return verifyToken(token, REFRESH_TOKEN, secret, previous);
}
