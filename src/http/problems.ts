/** Refusals as problem+json, for what a route decides and for what nobody caught. */
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { logError, rootCause } from "../../objects/kernel/log.ts";
import { type Problem, type ProblemCode, problemResponse } from "../../schema/api/problem.ts";
import type { HttpEnv } from "./context.ts";

export interface RefusalDetails {
  readonly errors?: Problem["errors"];
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuseWith(c: Context<HttpEnv>, code: ProblemCode, details: RefusalDetails = {}): Response {
  return problemResponse(code, { requestId: c.var.requestId, ...details });
}

/** One thing wrong with a body, a query or a header that its schema alone cannot see. */
export function refuseField(c: Context<HttpEnv>, path: string, message: string): Response {
  return refuseWith(c, "invalid_frame", { errors: [{ path, message }] });
}

export const unknownRoute: NotFoundHandler<HttpEnv> = (c) => refuseWith(c, "not_found");

/** The one place that catches what a route throws. */
export const thrown: ErrorHandler<HttpEnv> = (error, c) => {
  const cause = rootCause(error);
  logError({ event: "http.failed", requestId: c.var.requestId, method: c.req.method, route: c.req.path }, cause);
  return isPassing(cause)
    ? refuseWith(c, "unavailable", { headers: { "retry-after": "1" } })
    : refuseWith(c, "internal");
};

/** The platform says so of an object that moves, restarts or has too much to do. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("retryable" in error && error.retryable === true) || ("overloaded" in error && error.overloaded === true);
}
