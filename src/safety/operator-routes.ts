/** What operators do about reports: the queue, its decisions, and bans. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { reportQuery, resolveReportRequest } from "../../schema/api/safety.ts";
import { activityStatement } from "../activity/store.ts";
import { afterEnding, type EndedDevice } from "../devices/ending.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body, pathIds, query } from "../http/input.ts";
import { operatorOnly } from "../http/operators.ts";
import { decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { tellAfterAnswer } from "../owed-notifications/runner.ts";
import { owedStatement } from "../owed-notifications/store.ts";
import { banStatements, findBan, unbanStatement } from "./bans.ts";
import { findReport, reportsOf, resolveStatement } from "./report-store.ts";
import { decisionTold, statusAfter } from "./rules.ts";

export const reportQueue = new Hono<HttpEnv>();
reportQueue.use(authenticated, operatorOnly);

const position = z.tuple([z.int()]);

reportQueue.get("/", query(reportQuery), async (c) => {
  const { status, cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? null : decodeCursor(cursor, position);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const { items, hasMore } = await reportsOf(c.env.DB, status, { after: after?.[0] ?? 0, limit });
  const last = hasMore ? items.at(-1) : undefined;
  return c.json({ items, nextCursor: last ? encodeCursor([last.id]) : null });
});

reportQueue.post("/:id/resolve", pathIds("id"), body(resolveReportRequest), async (c) => {
  const { id } = c.req.valid("param");
  const { action, resolution } = c.req.valid("json");
  const { DB } = c.env;
  const report = await findReport(DB, id);
  if (report === null) return refuseWith(c, "not_found");
  const { reportedUserId: userId, reporterId } = report;
  const isBan = action === "ban";
  if (report.status !== "OPEN" || (isBan && userId === c.var.caller.userId)) return refuseWith(c, "conflict");
  const now = Date.now();
  const status = statusAfter(action);
  const resolving = [
    resolveStatement(DB, { id, resolution, now, status, resolvedById: c.var.caller.userId }),
    ...(reporterId === null ? [] : [owedStatement(DB, { userId: reporterId, request: decisionTold(id, status) })]),
  ];
  try {
    if (isBan) await ban(c, userId, now, resolving);
    else await DB.batch(resolving);
  } catch (error) {
    // Another operator was faster: nobody is banned by who comes second.
    if ((await findReport(DB, id))?.status !== "OPEN") return refuseWith(c, "conflict");
    throw error;
  }
  if (reporterId !== null) await tellAfterAnswer(c, reporterId);
  return c.json(await findReport(DB, id));
});

export const bans = new Hono<HttpEnv>();
bans.use(authenticated, operatorOnly);

bans.post("/:id/ban", pathIds("id"), async (c) => {
  const { id: userId } = c.req.valid("param");
  const standing = await findBan(c.env.DB, userId);
  if (standing === null) return refuseWith(c, "not_found");
  if (userId === c.var.caller.userId) return refuseWith(c, "conflict");
  // Also for who is banned: what was signed in since, however that came about, is ended.
  await ban(c, userId, Date.now());
  return answerBan(c, userId);
});

bans.post("/:id/unban", pathIds("id"), async (c) => {
  const { id: userId } = c.req.valid("param");
  const standing = await findBan(c.env.DB, userId);
  if (standing === null) return refuseWith(c, "not_found");
  if (standing.isBanned) {
    await c.env.DB.batch([unbanStatement(c.env.DB, userId, Date.now()), noted(c, "user_unbanned", userId)]);
  }
  return answerBan(c, userId);
});

async function ban(
  c: Context<HttpEnv>,
  userId: number,
  now: number,
  alongside: readonly D1PreparedStatement[] = [],
): Promise<void> {
  const [ended] = await c.env.DB.batch<EndedDevice>([
    ...banStatements(c.env.DB, userId, now),
    ...alongside,
    noted(c, "user_banned", userId),
  ]);
  await afterEnding(
    c,
    userId,
    (ended?.results ?? []).map(({ deviceId }) => deviceId),
  );
}

/** In the operator's own log: where the request came from is nobody else's. */
function noted(c: Context<HttpEnv>, activity: "user_banned" | "user_unbanned", bannedUserId: number) {
  const { userId } = c.var.caller;
  return activityStatement(c.env.DB, { userId, activity, details: { userId: bannedUserId }, request: c.req.raw });
}

async function answerBan(c: Context<HttpEnv>, userId: number): Promise<Response> {
  const standing = await findBan(c.env.DB, userId);
  return standing ? c.json(standing) : refuseWith(c, "not_found");
}
