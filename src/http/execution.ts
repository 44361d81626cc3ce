/** How a route goes on behind its answer. */
import type { Context } from "hono";
import type { HttpEnv } from "./context.ts";

/** Null where the app is called without one: then whoever begins something waits for it. */
export function executionOf(c: Context<HttpEnv>): Pick<ExecutionContext, "waitUntil"> | null {
  try {
    return c.executionCtx;
  } catch {
    return null;
  }
}
