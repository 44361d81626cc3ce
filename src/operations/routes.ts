/** Health, and what operators (role ADMIN) may see and do about the flush. */
import { Hono } from "hono";
import { z } from "zod";
import { roomObject } from "../../objects/chat-room/address.ts";
import { searchDatabase } from "../../objects/chat-room/database.ts";
import { logError } from "../../objects/kernel/log.ts";
import { presenceObject, sessionObject } from "../../schema/addresses.ts";
import { pageQuery } from "../../schema/api/rooms.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { pathIds, query } from "../http/input.ts";
import { operatorOnly } from "../http/operators.ts";
import { cutPage, decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { type FlushedTo, flushPage } from "./flush-all.ts";
import { findUnready } from "./readiness.ts";
import { behindInIndex, parkedRows, roomsStanding } from "./store.ts";

export const health = new Hono<HttpEnv>();

health.get("/healthz", (c) => c.json({ status: "ok" }));

health.get("/readyz", async (c) => {
  const { unready, degraded } = await findUnready(c.env, c.var.requestId);
  if (unready.length === 0) return c.json({ status: "ready", degraded });
  const errors = unready.map((path) => ({ path, message: "does not answer" }));
  return refuseWith(c, "unavailable", { errors, headers: { "retry-after": "5" } });
});

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

// The object is asked, not D1: after D1 was restored it is the one that knows the room.
admin.post("/rooms/:id/flush", pathIds("id"), async (c) => {
  const items = await roomObject(c.env, c.req.valid("param").id).flush();
  return items.length > 0 ? c.json({ items, nextCursor: null }) : refuseWith(c, "not_found");
});

const standingPosition = z.tuple([z.string()]);
const flushedTo = z.tuple([z.int().min(0), z.int()]);
const FIRST: FlushedTo = [0, 0];

// Everything that D1 knows, a page at a time: what is left to do is in `items`.
admin.post("/flush", query(pageQuery), async (c) => {
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? FIRST : decodeCursor(cursor, flushedTo);
  if (after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const { last, ...page } = await flushPage(c.env, { after, limit, requestId: c.var.requestId });
  return c.json({ ...page, nextCursor: last && encodeCursor(last) });
});

// Cheap: the two databases are compared, no room is asked.
admin.get("/flush", query(pageQuery), async (c) => {
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? null : decodeCursor(cursor, standingPosition);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const index = searchDatabase(c.env);
  if (index === null) return refuseWith(c, "not_found");
  const { items: rooms, last } = cutPage(await roomsStanding(c.env.DB, after?.[0] ?? "", limit), limit);
  try {
    const items = await behindInIndex(index, rooms);
    return c.json({ rooms: rooms.length, items, nextCursor: last && encodeCursor([last.object]) });
  } catch (error) {
    logError({ event: "operations.index-away", requestId: c.var.requestId }, error);
    return refuseWith(c, "unavailable", { headers: { "retry-after": "5" } });
  }
});

admin.get("/rooms/:id/flush", pathIds("id"), async (c) => {
  const items = await roomObject(c.env, c.req.valid("param").id).flushStates();
  return items.length > 0 ? c.json({ items, nextCursor: null }) : refuseWith(c, "not_found");
});

admin.post("/rooms/:id/epoch", pathIds("id"), async (c) => {
  const epoch = await roomObject(c.env, c.req.valid("param").id).renewEpoch();
  return epoch.ok ? c.json({ epoch: epoch.value }) : refuseWith(c, epoch.error);
});

admin.get("/sessions/:id/flush", pathIds("id"), async (c) => {
  const items = await sessionObject(c.env, c.req.valid("param").id).flushStates();
  return items.length > 0 ? c.json({ items, nextCursor: null }) : refuseWith(c, "not_found");
});

admin.post("/sessions/:id/flush", pathIds("id"), async (c) => {
  const items = await sessionObject(c.env, c.req.valid("param").id).flush();
  return items.length > 0 ? c.json({ items, nextCursor: null }) : refuseWith(c, "not_found");
});

admin.post("/sessions/:id/epoch", pathIds("id"), async (c) => {
  const epoch = await sessionObject(c.env, c.req.valid("param").id).renewEpoch();
  return epoch.ok ? c.json({ epoch: epoch.value }) : refuseWith(c, epoch.error);
});

admin.post("/users/:id/flush", pathIds("id"), async (c) => {
  const items = await presenceObject(c.env, c.req.valid("param").id).flush();
  return items.length > 0 ? c.json({ items, nextCursor: null }) : refuseWith(c, "not_found");
});

admin.post("/users/:id/epoch", pathIds("id"), async (c) => {
  const epoch = await presenceObject(c.env, c.req.valid("param").id).renewEpoch();
  return epoch.ok ? c.json({ epoch: epoch.value }) : refuseWith(c, epoch.error);
});
