/** `/v1/me/blocks`: who wants nothing to do with whom. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { pageQuery } from "../../schema/api/rooms.ts";
import { SAFETY_LIMITS } from "../../schema/api/safety.ts";
import { type Activity, activityStatement } from "../activity/store.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement } from "../fan-outs/store.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { pathIds, query } from "../http/input.ts";
import { cutPage, decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { blockStanding, blockStatement, blocksBy, unblockStatement } from "./store.ts";

export const blocks = new Hono<HttpEnv>();
blocks.use(authenticated);

const position = z.tuple([z.int()]);

blocks.get("/", query(pageQuery), async (c) => {
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? null : decodeCursor(cursor, position);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const found = await blocksBy(c.env.DB, c.var.caller.userId, { after: after?.[0] ?? 0, limit });
  const { items, last } = cutPage(found, limit);
  return c.json({
    items: items.map((one) => ({ ...one, createdAt: new Date(one.createdAt).toISOString() })),
    nextCursor: last && encodeCursor([last.userId]),
  });
});

blocks.put("/:userId", pathIds("userId"), async (c) => {
  const { userId: otherId } = c.req.valid("param");
  const { userId } = c.var.caller;
  const { exists, isBlocked, total } = await blockStanding(c.env.DB, { userId, otherId });
  if (!exists || otherId === userId) return refuseWith(c, "not_found");
  if (isBlocked) return c.body(null, 204);
  if (total >= SAFETY_LIMITS.blocksPerUser) return refuseWith(c, "conflict");
  await change(c, otherId, { statement: blockStatement(c.env.DB, { userId, otherId }), activity: "user_blocked" });
  return c.body(null, 204);
});

blocks.delete("/:userId", pathIds("userId"), async (c) => {
  const { userId: otherId } = c.req.valid("param");
  const { userId } = c.var.caller;
  const { isBlocked } = await blockStanding(c.env.DB, { userId, otherId });
  if (!isBlocked) return c.body(null, 204);
  await change(c, otherId, { statement: unblockStatement(c.env.DB, { userId, otherId }), activity: "user_unblocked" });
  return c.body(null, 204);
});

/** Rooms that the two share hear of it behind the answer; what fails is owed. */
async function change(
  c: Context<HttpEnv>,
  otherUserId: number,
  { statement, activity }: { readonly statement: D1PreparedStatement; readonly activity: Activity },
): Promise<void> {
  const { userId } = c.var.caller;
  await c.env.DB.batch([
    statement,
    fanOutStatement(c.env.DB, { userId, task: "BLOCK", details: { otherUserId } }),
    activityStatement(c.env.DB, { userId, activity, details: { otherUserId }, request: c.req.raw }),
  ]);
  await fanOutAfterAnswer(c, userId);
}
