/** Access tokens as we issue them, and as nobody should accept them. */
import { env } from "cloudflare:workers";
import { ACCESS_TOKEN } from "../../objects/kernel/access-tokens.ts";
import { type Forgery, forgeToken as sign } from "./forge-token.ts";

export function forgeToken(claims: Omit<Forgery, "secret"> & { secret?: string }): Promise<string> {
  return sign({ secret: env.AUTH_SECRET, ...claims });
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
