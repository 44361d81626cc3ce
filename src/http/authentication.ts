/** Who is calling: a valid access token in the Authorization header, or 401. */
import { createMiddleware } from "hono/factory";
import { verifyAccessToken } from "../../objects/kernel/access-tokens.ts";
import type { HttpEnv } from "./context.ts";
import { refuseWith } from "./problems.ts";

export const CHALLENGE = { "www-authenticate": "Bearer" } as const;

export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? "")?.[1] ?? null;
}

export const authenticated = createMiddleware<HttpEnv>(async (c, next) => {
  const token = bearerToken(c.req.header("authorization"));
  const { AUTH_SECRET, AUTH_SECRET_PREVIOUS } = c.env;
  const caller = token === null ? null : await verifyAccessToken(token, AUTH_SECRET, AUTH_SECRET_PREVIOUS);
  if (caller === null) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  c.set("caller", caller);
  return next();
});
