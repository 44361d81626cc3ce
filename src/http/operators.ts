/** Who may operate the service: users of the role ADMIN. Behind `authenticated`. */
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import { logError } from "../../objects/kernel/log.ts";
import { users } from "../../schema/tables/users.ts";
import type { HttpEnv } from "./context.ts";
import { refuseWith } from "./problems.ts";

/** While the database is away, whoever was an operator this long ago may still look, and change nothing. */
const REMEMBERED_MS = 60 * 60 * 1_000;
const lastSeen = new Map<number, number>();

export const operatorOnly = createMiddleware<HttpEnv>(async (c, next) => {
  const { userId } = c.var.caller;
  try {
    if (!(await isOperator(c.env.DB, userId))) {
      lastSeen.delete(userId);
      return refuseWith(c, "forbidden");
    }
    lastSeen.set(userId, Date.now());
  } catch (error) {
    logError({ event: "operations.database-away", requestId: c.var.requestId }, error);
    const isRemembered = Date.now() - (lastSeen.get(userId) ?? 0) < REMEMBERED_MS;
    if (!isRemembered || c.req.method !== "GET") {
      return refuseWith(c, "unavailable", { headers: { "retry-after": "5" } });
    }
  }
  return next();
});

async function isOperator(database: D1Database, userId: number): Promise<boolean> {
  const operator = await drizzle(database)
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.role, "ADMIN"), eq(users.isActive, true)))
    .get();
  return operator !== undefined;
}
