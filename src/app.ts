/** The HTTP side, put together. */
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { account } from "./account/routes.ts";
import { providers } from "./auth/provider-routes.ts";
import { auth } from "./auth/routes.ts";
import { signUp } from "./auth/sign-up-routes.ts";
import type { HttpEnv } from "./http/context.ts";
import { limitBody } from "./http/input.ts";
import { allowOrigins } from "./http/origins.ts";
import { thrown, unknownRoute } from "./http/problems.ts";
import { jobs } from "./jobs/routes.ts";
import { matching } from "./matching/routes.ts";
import { avatar } from "./media/avatar-routes.ts";
import { media } from "./media/routes.ts";
import { notifications, settings } from "./notifications/routes.ts";
import { onboarding } from "./onboarding/routes.ts";
import { admin, health } from "./operations/routes.ts";
import { meSocket } from "./presence/routes.ts";
import { push } from "./push/routes.ts";
import { roomSockets, rooms } from "./rooms/routes.ts";
import { blocks } from "./safety/block-routes.ts";
import { bans, reportQueue } from "./safety/operator-routes.ts";
import { reports } from "./safety/report-routes.ts";
import { search } from "./search/routes.ts";
import { calendarFeed, calendars, sessionCalendars } from "./sessions/calendar-routes.ts";
import { iceServers } from "./sessions/ice-routes.ts";
import { recordings } from "./sessions/recording-routes.ts";
import { sessionSockets, sessions } from "./sessions/routes.ts";
import { me, users } from "./users/routes.ts";

export const app = new Hono<HttpEnv>();
app.onError(thrown);
app.notFound(unknownRoute);

// Our own id, never the client's: it goes into logs. As a variable only, since a 101 must keep its headers as they are.
app.use(requestId({ headerName: "" }));
app.route("/v1/rooms", roomSockets);
app.route("/v1/sessions", sessionSockets);
app.route("/v1/me", meSocket);

app.use(allowOrigins);
app.use(async (c, next) => {
  c.header("x-request-id", c.var.requestId);
  await next();
});
// Files have limits of their own.
app.route("/v1/media", media);
app.route("/v1/sessions", recordings);
app.use(limitBody);
app.route("/", health);
app.route("/v1/auth", auth);
app.route("/v1/auth", signUp);
app.route("/v1/auth", providers);
app.route("/v1/rooms", rooms);
app.route("/v1/sessions", sessions);
app.route("/v1/sessions", sessionCalendars);
app.route("/v1/calendars", calendars);
app.route("/v1/me/calendar-feed", calendarFeed);
app.route("/v1/ice-servers", iceServers);
app.route("/v1/search", search);
app.route("/v1/me", me);
app.route("/v1/me/blocks", blocks);
app.route("/v1/me/notification-settings", settings);
app.route("/v1/notifications", notifications);
app.route("/v1/reports", reports);
app.route("/v1/onboarding", onboarding);
app.route("/v1/matching", matching);
app.route("/v1/users", users);
app.route("/v1", push);
app.route("/v1/me", account);
app.route("/v1/me/avatar", avatar);
app.route("/v1/admin/jobs", jobs);
app.route("/v1/admin/reports", reportQueue);
app.route("/v1/admin/users", bans);
app.route("/v1/admin", admin);
