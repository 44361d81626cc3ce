/** Which web pages may call: those of our own origin and those on the allow list. */
import { cors } from "hono/cors";
import { BOOKMARK_HEADER } from "../../schema/api/bookmark.ts";
import type { HttpEnv } from "./context.ts";

/** `requestUrl` tells our own origin, `allowList` is comma-separated. */
export function isAllowedOrigin(origin: string, requestUrl: string, allowList: string): boolean {
  return (
    origin !== "" &&
    (origin === new URL(requestUrl).origin || allowList.split(",").some((allowed) => allowed.trim() === origin))
  );
}

/** Not for socket routes: their 101 must not be touched, and browsers do not ask CORS for them. */
export const allowOrigins = cors({
  origin: (origin, c: { req: { url: string }; env: HttpEnv["Bindings"] }) =>
    origin !== "" && isAllowedOrigin(origin, c.req.url, c.env.ALLOWED_ORIGINS) ? origin : null,
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
