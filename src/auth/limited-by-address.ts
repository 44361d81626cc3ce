/** Signing in with a provider costs calls to it, and rows that nobody has an account for yet. */
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "../http/context.ts";
import { isWithinRate, refuseRate } from "../http/rates.ts";

export const limitedByAddress = createMiddleware<HttpEnv>(async (c, next) => {
  const address = c.req.header("cf-connecting-ip");
  if (address === undefined || (await isWithinRate(c.env, "ADMISSIONS", `sign-in:${address}`))) return next();
  return refuseRate(c);
});
