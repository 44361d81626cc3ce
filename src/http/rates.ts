/**
 * How often one may ask: counted by the platform for a minute, in each of its places for itself. `REQUESTS` counts all of a
 * user's requests, `ADMISSIONS` what costs more than a page, by key. Sockets have limits of their own, in the objects.
 */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "./context.ts";
import { refuseWith } from "./problems.ts";

const RATE_PERIOD_SECONDS = 60;

export async function isWithinRate(env: Env, limiter: "REQUESTS" | "ADMISSIONS", key: string): Promise<boolean> {
  if (env.RATE_LIMITS === "off" && env.DEV_LOGIN === "true") return true;
  const { success } = await env[limiter].limit({ key });
  return success;
}

/** Behind `authenticated`: what costs more than a page, each kind counted apart. */
export function rarely(what: "search" | "export" | "media" | "reports" | "calls" | "sessions") {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const isWithin = await isWithinRate(c.env, "ADMISSIONS", `${what}:${c.var.caller.userId}`);
    return isWithin ? next() : refuseRate(c);
  });
}

export function refuseRate(c: Context<HttpEnv>): Response {
  return refuseWith(c, "rate_limited", { headers: { "retry-after": String(RATE_PERIOD_SECONDS) } });
}
