/** Which web pages may call: those of our own origin and those on the allow list. */
import { cors } from "hono/cors";
import { BOOKMARK_HEADER } from "../../schema/api/bookmark.ts";
import type { HttpEnv } from "./context.ts";

export interface OriginSettings {
  /** Comma-separated. */
  readonly ALLOWED_ORIGINS: string;
  /** Our own as browsers see it, where a proxy does not hand it on; else empty. */
  readonly PUBLIC_ORIGIN: string;
}

/** `requestUrl` tells our own origin, as far as it came through. */
export function isAllowedOrigin(origin: string, requestUrl: string, settings: OriginSettings): boolean {
  if (origin === "") return false;
  const allowed = [settings.PUBLIC_ORIGIN, ...settings.ALLOWED_ORIGINS.split(",")];
  return origin === new URL(requestUrl).origin || allowed.some((one) => one.trim() === origin);
}

/** The one that browsers use. */
export function ownOrigin(requestUrl: string, { PUBLIC_ORIGIN }: OriginSettings): string {
  return PUBLIC_ORIGIN || new URL(requestUrl).origin;
}

/** Not for socket routes: their 101 must not be touched, and browsers do not ask CORS for them. */
export const allowOrigins = cors({
  origin: (origin, c: { req: { url: string }; env: HttpEnv["Bindings"] }) =>
    isAllowedOrigin(origin, c.req.url, c.env) ? origin : null,
  allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  allowHeaders: [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "if-range",
    "range",
    BOOKMARK_HEADER,
  ],
  exposeHeaders: ["x-request-id", "retry-after", "etag", "content-disposition", "content-range", BOOKMARK_HEADER],
  maxAge: 600,
});
