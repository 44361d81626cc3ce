/** Tokens that nobody should accept, and the key of a server to make them with. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SignJWT } from "jose";
import { ACCESS_TOKEN, signingKey } from "../../../objects/kernel/access-tokens.ts";

/** The secret that `npm start` made in its state folder. */
export function secretOf(stateFolder: string): string {
  return readFileSync(join(stateFolder, "signing-key.env"), "utf8").trim().replace("AUTH_SECRET=", "");
}

interface Forgery {
  readonly userId: number;
  readonly secret: string;
  readonly audience?: string;
  readonly lifetimeSeconds?: number;
}

export function forgeToken({ userId, secret, audience, lifetimeSeconds = 900 }: Forgery): Promise<string> {
  return new SignJWT({ sid: "a-device" })
    .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.typ })
    .setIssuer(ACCESS_TOKEN.issuer)
    .setAudience(audience ?? ACCESS_TOKEN.audience)
    .setSubject(String(userId))
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetimeSeconds)
    .sign(signingKey(secret));
}

/** A good token with its header replaced by `alg: none` and its signature removed. */
export function withoutSignature(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: "none", typ: ACCESS_TOKEN.typ })).toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}
