/** Who is calling: a valid access token in the Authorization header, or 401. All of a user's requests are counted here. */
import { createMiddleware } from "hono/factory";
import { verifyAccessToken } from "../../objects/kernel/access-tokens.ts";
import { hasEnded } from "../../objects/kernel/ended-devices.ts";
import type { SocketIdentity } from "../../schema/rpc.ts";
import type { HttpEnv } from "./context.ts";
import { refuseWith } from "./problems.ts";
import { isWithinRate, refuseRate } from "./rates.ts";

export const CHALLENGE = { "www-authenticate": "Bearer" } as const;

export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? "")?.[1] ?? null;
}

/** Whose token it is; null where it is not valid, or its device was ended. */
export async function callerOf(env: Env, token: string): Promise<SocketIdentity | null> {
  const identity = await verifyAccessToken(token, env.AUTH_SECRET, env.AUTH_SECRET_PREVIOUS);
  return identity === null || (await hasEnded(env.CACHE, identity.deviceId)) ? null : identity;
}

/** Who is calling, and not too often. Once for each request, however many folders of the address ask for it. */
export const authenticated = createMiddleware<HttpEnv>(async (c, next) => {
  if (c.var.caller !== undefined) return next();
  const token = bearerToken(c.req.header("authorization"));
  const caller = token === null ? null : await callerOf(c.env, token);
  if (caller === null) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  c.set("caller", caller);
  return (await isWithinRate(c.env, "REQUESTS", `user:${caller.userId}`)) ? next() : refuseRate(c);
});
