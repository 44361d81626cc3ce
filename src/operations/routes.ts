/** Health, and what operators (role ADMIN) may see and do about the flush. */
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { roomObject } from "../../objects/chat-room/address.ts";
import { pageQuery } from "../../schema/api/rooms.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { pathIds, query } from "../http/input.ts";
import { cutPage, decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { findUnready } from "./readiness.ts";
import { isOperator, parkedRows, roomExists } from "./store.ts";

export const health = new Hono<HttpEnv>();

health.get("/healthz", (c) => c.json({ status: "ok" }));

health.get("/readyz", async (c) => {
  const unready = await findUnready(c.env, c.var.requestId);
  if (unready.length === 0) return c.json({ status: "ready" });
  const errors = unready.map((path) => ({ path, message: "does not answer" }));
  return refuseWith(c, "unavailable", { errors, headers: { "retry-after": "5" } });
});

const operatorOnly = createMiddleware<HttpEnv>(async (c, next) =>
  (await isOperator(c.env.DB, c.var.caller.userId)) ? next() : refuseWith(c, "forbidden"),
);

const parkedPosition = z.tuple([z.string(), z.string(), z.string()]);

export const admin = new Hono<HttpEnv>();
admin.use(authenticated, operatorOnly);

admin.get("/flush/parked", query(pageQuery), async (c) => {
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? null : decodeCursor(cursor, parkedPosition);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const { rows, total } = await parkedRows(c.env.DB, after, limit);
  const { items, last } = cutPage(rows, limit);
  return c.json({ items, nextCursor: last && encodeCursor([last.object, last.tableName, last.rowKey]), total });
});

admin.post("/rooms/:id/flush", pathIds("id"), async (c) => {
  const { id } = c.req.valid("param");
  if (!(await roomExists(c.env.DB, id))) return refuseWith(c, "not_found");
  return c.json({ items: await roomObject(c.env, id).flush(), nextCursor: null });
});

admin.post("/rooms/:id/epoch", pathIds("id"), async (c) => {
  const epoch = await roomObject(c.env, c.req.valid("param").id).renewEpoch();
  return epoch.ok ? c.json({ epoch: epoch.value }) : refuseWith(c, epoch.error);
});
