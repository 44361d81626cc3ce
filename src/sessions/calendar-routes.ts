/** Calendars: `/v1/sessions/{id}/calendar.ics`, and a feed that a calendar asks for by itself, which knows a secret and no token. */
import { type Context, Hono } from "hono";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { sha256 } from "../http/digest.ts";
import { pathIds } from "../http/input.ts";
import { ownOrigin } from "../http/origins.ts";
import { refuseWith } from "../http/problems.ts";
import { isWithinRate, refuseRate } from "../http/rates.ts";
import { withSession } from "../planned-sessions/objects.ts";
import { feedFile, type Reader, sessionFile } from "./calendar.ts";
import { endFeed, FEED_SECRET, ownerOfFeed, renewFeed } from "./calendar-store.ts";
import { listSessions } from "./store.ts";

const DAY_MS = 24 * 60 * 60_000;
/** What is past stays for so long, so that nobody's calendar forgets it at once. */
const PAST_MS = 60 * DAY_MS;
const EVENTS = 500;

export const sessionCalendars = new Hono<HttpEnv>();

sessionCalendars.get("/:id/calendar.ics", authenticated, pathIds("id"), async (c) => {
  const { id } = c.req.valid("param");
  const { userId } = c.var.caller;
  const view = await withSession(c.env, id, (session) => session.describe(userId));
  if (!view.ok) return refuseWith(c, view.error);
  const { session, participants, ownRating } = view.value;
  const file = sessionFile({ ...session, participants: [...participants], ownRating }, readerOf(c, userId));
  return calendarAnswer(c, file, { "content-disposition": `attachment; filename="session-${id}.ics"` });
});

export const calendarFeed = new Hono<HttpEnv>();
calendarFeed.use(authenticated);

calendarFeed.post("/", async (c) => {
  const secret = await renewFeed(c.env.DB, c.var.caller.userId);
  // A token may outlive its user.
  if (secret === null) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  c.header("cache-control", "no-store");
  return c.json({ url: `${ownOrigin(c.req.url, c.env)}/v1/calendars/${secret}.ics` }, 201);
});

calendarFeed.delete("/", async (c) => {
  await endFeed(c.env.DB, c.var.caller.userId);
  return c.body(null, 204);
});

export const calendars = new Hono<HttpEnv>();

calendars.get("/:file", async (c) => {
  const secret = c.req.param("file").replace(/\.ics$/, "");
  if (!FEED_SECRET.test(secret)) return refuseWith(c, "not_found");
  if (!(await isWithinRate(c.env, "ADMISSIONS", `calendar:${await sha256(secret)}`))) return refuseRate(c);
  const userId = await ownerOfFeed(c.env.DB, secret);
  if (userId === null) return refuseWith(c, "not_found");
  const reader = readerOf(c, userId);
  const page = { after: null, limit: EVENTS, from: reader.now - PAST_MS, to: null, status: null };
  const sessions = await listSessions(c.env.DB, userId, page);
  const isAsked = (one: (typeof sessions)[number]) =>
    one.participants.some((person) => person.userId === userId && person.invitation !== "DECLINED");
  return calendarAnswer(c, feedFile(sessions.filter(isAsked), reader));
});

function readerOf(c: Context<HttpEnv>, userId: number): Reader {
  return { userId, origin: ownOrigin(c.req.url, c.env), now: Date.now() };
}

function calendarAnswer(c: Context<HttpEnv>, file: string, headers: Readonly<Record<string, string>> = {}): Response {
  return c.body(file, 200, {
    "content-type": "text/calendar; charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
    ...headers,
  });
}
