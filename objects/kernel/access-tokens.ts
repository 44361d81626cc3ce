/** Verifies access tokens: for the Worker at admission, and for objects when a socket refreshes its token in band. */
import { jwtVerify } from "jose";
import { z } from "zod";
import type { SocketIdentity } from "../../schema/rpc.ts";
import { userId } from "../../schema/values.ts";

/** What an access token says of itself. Refresh tokens have another `typ` and audience, so one never passes for the other. */
export const ACCESS_TOKEN = { issuer: "studymate", audience: "studymate", typ: "at+jwt", algorithm: "HS256" } as const;

const claims = z.object({
  sub: z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .transform(Number)
    .pipe(userId),
  sid: z.string().min(1).max(64),
  exp: z.int(),
});

/** The signing key, from the secret `AUTH_SECRET` (at least 32 bytes of entropy). */
export function signingKey(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

/** What tells one kind of token from another. */
export interface TokenKind {
  readonly issuer: string;
  readonly audience: string;
  readonly typ: string;
  readonly algorithm: string;
}

/** Null for anything but a valid, unexpired access token of ours. */
export function verifyAccessToken(token: string, secret: string, previous?: string): Promise<SocketIdentity | null> {
  return verifyToken(token, ACCESS_TOKEN, secret, previous);
}

/**
 * Null for anything but a valid, unexpired token of ours of this kind. While the secret is being changed, tokens under the
 * `previous` one are still accepted; none is signed with it.
 */
export async function verifyToken(
  token: string,
  kind: TokenKind,
  secret: string,
  previous = "",
): Promise<SocketIdentity | null> {
  const identity = await verifyWith(token, kind, secret);
  return identity === null && previous !== "" ? verifyWith(token, kind, previous) : identity;
}

async function verifyWith(token: string, kind: TokenKind, secret: string): Promise<SocketIdentity | null> {
  const { issuer, audience, typ, algorithm } = kind;
  try {
    const { payload } = await jwtVerify(token, signingKey(secret), { issuer, audience, typ, algorithms: [algorithm] });
    const { sub, sid, exp } = claims.parse(payload);
    return { userId: sub, deviceId: sid, expiresAt: exp * 1_000 };
  } catch {
    return null;
  }
}
