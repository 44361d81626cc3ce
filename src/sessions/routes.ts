/**
 * `/v1/sessions*`, as far as they plan: made here, decided by their objects, listed from D1. What is recorded of a session and
 * its calendar are routes of their own.
 */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { inParallel } from "../../objects/kernel/in-parallel.ts";
import { logError } from "../../objects/kernel/log.ts";
import { sessionObject } from "../../schema/addresses.ts";
import {
  type CreateSessionRequest,
  cancelSessionRequest,
  createSessionRequest,
  inviteRequest,
  rateSessionRequest,
  type SessionAnswer,
  sessionQuery,
  type UpdateSessionRequest,
  updateSessionRequest,
} from "../../schema/api/sessions.ts";
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import type { Result } from "../../schema/result.ts";
import type { NewSession, SessionView } from "../../schema/rpc.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { sha256 } from "../http/digest.ts";
import { takesKey } from "../http/idempotency.ts";
import { body, optionalBody, pathIds, query } from "../http/input.ts";
import { cutPage, decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { rarely } from "../http/rates.ts";
import { admitSocket } from "../http/sockets.ts";
import { blockedBetween } from "../people/blocks.ts";
import { type CreationRefusal, createSessions, findCreated, findInvitees } from "../planned-sessions/creation.ts";
import { openSessionSocket, withSession } from "../planned-sessions/objects.ts";
import { cancel, confirm, decline, reschedule, timesOfView } from "./planning.ts";
import { weekly } from "./recurrence-rules.ts";
import {
  canonicalBody,
  inviteesProblem,
  languageProblem,
  planSession,
  recurrenceProblem,
  type Times,
  timesOf,
  timesProblem,
  unknownInvitees,
} from "./rules.ts";
import { listSessions, timeZoneOf } from "./store.ts";

/** Sockets apart: they are admitted by their own rules, and nothing may touch the 101. */
export const sessionSockets = new Hono<HttpEnv>();
sessionSockets.get("/:id/socket", pathIds("id"), (c) =>
  admitSocket(c, (admission) => openSessionSocket(c.env, c.req.valid("param").id, admission)),
);

export const sessions = new Hono<HttpEnv>();
sessions.use(authenticated);

// Each tells people of it.
sessions.post("/", body(createSessionRequest), takesKey, rarely("sessions"), async (c) => {
  const { userId } = c.var.caller;
  const request = c.req.valid("json");
  const now = Date.now();
  const mark = { key: c.var.idempotencyKey ?? crypto.randomUUID(), hash: await sha256(canonicalBody(request)) };
  // Before anything else: what could be planned then may be past by now.
  const known = c.var.idempotencyKey === undefined ? null : await findCreated(c.env.DB, userId, mark);
  if (known === "conflict") return refuseWith(c, "conflict");
  if (known !== null) return answerCreated(c, known, 200);

  const plan = planSession(userId, request, now);
  if (!plan.ok) return refuseField(c, plan.error.path, plan.error.message);
  const occurrences = await occurrencesOf(c, request, plan.value.times);
  const problem = recurrenceProblem(occurrences, now);
  if (problem) return refuseField(c, problem.path, problem.message);
  const created = await createSessions(c.env.DB, { ...plan.value, occurrences }, mark, now);
  if (!created.ok) return refuseCreation(c, request.inviteeIds, created.error);
  return answerCreated(c, created.value.sessions, created.value.isNew ? 201 : 200);
});

async function occurrencesOf(
  c: Context<HttpEnv>,
  { recurrence }: CreateSessionRequest,
  first: Times,
): Promise<readonly Times[]> {
  if (!recurrence) return [first];
  const timeZone = recurrence.timeZone ?? (await timeZoneOf(c.env.DB, c.var.caller.userId)) ?? "UTC";
  return weekly(first, { count: recurrence.count, timeZone });
}

function refuseCreation(c: Context<HttpEnv>, invitees: readonly number[], refusal: CreationRefusal): Response {
  switch (refusal.code) {
    case "conflict":
      return refuseWith(c, "conflict");
    case "blocked":
      return refuseWith(c, "forbidden");
    case "too_many":
      return refuseConflict(c, "", "too many sessions to come");
    case "taken": {
      const which = refusal.occurrences.map((one) => one + 1).join(", ");
      return refuseConflict(c, "scheduledStartTime", `another session of yours is then (occurrence ${which || 1})`);
    }
    case "unknown":
      // A token may outlive its user.
      if (refusal.userIds.includes(c.var.caller.userId)) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
      return refuseWith(c, "invalid_frame", { errors: unknownInvitees(invitees, refusal.userIds) });
  }
}

/** Their objects are told at once; one that does not answer is made by whoever meets it later. */
const CREATED_TOGETHER = 6;

async function answerCreated(c: Context<HttpEnv>, made: readonly NewSession[], status: 200 | 201): Promise<Response> {
  const [first] = made;
  if (first === undefined) return refuseWith(c, "not_found");
  if (status === 201) {
    const failed = await inParallel(CREATED_TOGETHER, made, (one) => sessionObject(c.env, one.id).create(one));
    for (const { item, error } of failed) {
      logError({ event: "session.not-created", object: `learning-session:${item.id}` }, error);
    }
  }
  const view = await withSession(c.env, first.id, (session) => session.describe(c.var.caller.userId));
  if (!view.ok) return refuseWith(c, view.error);
  const occurrences = made.map(({ id, scheduledStartTime, scheduledEndTime }) => ({
    id,
    scheduledStartTime: new Date(scheduledStartTime).toISOString(),
    scheduledEndTime: new Date(scheduledEndTime).toISOString(),
  }));
  return c.json({ ...bodyOf(view.value), occurrences }, status);
}

const listPosition = z.tuple([z.int(), z.int()]);

sessions.get("/", query(sessionQuery), async (c) => {
  const { cursor, limit, from, to, status = null } = c.req.valid("query");
  const after = cursor === undefined ? null : decodeCursor(cursor, listPosition);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const found = await listSessions(c.env.DB, c.var.caller.userId, {
    ...{ after, limit, status },
    from: from === undefined ? null : Date.parse(from),
    to: to === undefined ? null : Date.parse(to),
  });
  const { items, last } = cutPage(found, limit);
  return c.json({ items, nextCursor: last && encodeCursor([Date.parse(last.scheduledStartTime), last.id]) });
});

sessions.get("/:id", pathIds("id"), async (c) => {
  const { id } = c.req.valid("param");
  return answer(c, await withSession(c.env, id, (session) => session.describe(c.var.caller.userId)));
});

sessions.patch("/:id", pathIds("id"), body(updateSessionRequest), async (c) => {
  const { id: sessionId } = c.req.valid("param");
  const { userId } = c.var.caller;
  const request = c.req.valid("json");
  const view = await withSession(c.env, sessionId, (session) => session.describe(userId));
  if (!view.ok) return refuseWith(c, view.error);
  const { session } = view.value;
  if (session.createdByUserId !== userId) return refuseWith(c, "forbidden");
  const change = changeOf(request);
  const wrong = languageProblem({ ...session, ...change });
  if (wrong) return refuseField(c, wrong.path, wrong.message);

  const before = timesOfView(view.value);
  const times = newTimes(request) ?? before;
  const isMoved = times.start !== before.start || times.end !== before.end;
  const isChanged = Object.keys(change).length > 0;
  if (isMoved) {
    const problem = timesProblem(times, Date.now());
    if (problem) return refuseField(c, problem.path, problem.message);
    if (session.status !== "SCHEDULED") return refuseWith(c, session.status === "IN_PROGRESS" ? "conflict" : "gone");
    const moved = await reschedule(c.env, { sessionId, userId }, times, before);
    if (!moved.ok || !isChanged) return answer(c, moved);
  }
  if (!isChanged) return answer(c, view);
  return answer(c, await withSession(c.env, sessionId, (one) => one.update(userId, change)));
});

/** What was named of the rest. */
function changeOf({ title, description, primaryLanguage, secondaryLanguage }: UpdateSessionRequest) {
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(primaryLanguage !== undefined && { primaryLanguage }),
    ...(secondaryLanguage !== undefined && { secondaryLanguage }),
  };
}

function newTimes({ scheduledStartTime, scheduledEndTime }: UpdateSessionRequest): Times | null {
  if (scheduledStartTime === undefined || scheduledEndTime === undefined) return null;
  return timesOf({ scheduledStartTime, scheduledEndTime });
}

sessions.post("/:id/invite", pathIds("id"), body(inviteRequest), rarely("sessions"), async (c) => {
  const { id } = c.req.valid("param");
  const { userId } = c.var.caller;
  const { inviteeIds } = c.req.valid("json");
  const own = inviteesProblem(userId, inviteeIds);
  if (own) return refuseField(c, own.path, own.message);
  const { found, unknown } = await findInvitees(c.env.DB, [...new Set(inviteeIds)]);
  if (unknown.length > 0) return refuseWith(c, "invalid_frame", { errors: unknownInvitees(inviteeIds, unknown) });
  const blocked = await blockedBetween(c.env.DB, userId);
  if (inviteeIds.some((one) => blocked.has(one))) return refuseWith(c, "forbidden");
  return answer(c, await withSession(c.env, id, (session) => session.invite(userId, found)));
});

sessions.post("/:id/confirm", pathIds("id"), async (c) => {
  const who = { sessionId: c.req.valid("param").id, userId: c.var.caller.userId };
  return answer(c, await confirm(c.env, who));
});

sessions.post("/:id/decline", pathIds("id"), async (c) => {
  const who = { sessionId: c.req.valid("param").id, userId: c.var.caller.userId };
  return answer(c, await decline(c.env, who));
});

sessions.post("/:id/cancel", pathIds("id"), optionalBody(cancelSessionRequest), async (c) => {
  const who = { sessionId: c.req.valid("param").id, userId: c.var.caller.userId };
  return answer(c, await cancel(c.env, who, c.req.valid("json").scope === "FOLLOWING"));
});

sessions.post("/:id/rating", pathIds("id"), body(rateSessionRequest), async (c) => {
  const { id } = c.req.valid("param");
  const { rating, feedback = null } = c.req.valid("json");
  return answer(c, await withSession(c.env, id, (session) => session.rate(c.var.caller.userId, { rating, feedback })));
});

function answer(c: Context<HttpEnv>, view: Result<SessionView, ErrorCode | "taken">): Response {
  if (view.ok) return c.json(bodyOf(view.value));
  if (view.error === "taken") return refuseConflict(c, "scheduledStartTime", "another session of yours is then");
  return refuseWith(c, view.error);
}

function refuseConflict(c: Context<HttpEnv>, path: string, message: string): Response {
  return refuseWith(c, "conflict", { errors: [{ path, message }] });
}

function bodyOf({ session, participants, ownRating }: SessionView): SessionAnswer {
  return { ...session, participants: [...participants], ownRating };
}
