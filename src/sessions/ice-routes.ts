/** `GET /v1/ice-servers`: for a call of one's own making, or a longer one whose credentials end. */
import { Hono } from "hono";
import { iceServersFor } from "../../objects/learning-session/ice-servers.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { rarely } from "../http/rates.ts";

export const iceServers = new Hono<HttpEnv>();

iceServers.get("/", authenticated, rarely("calls"), async (c) => {
  const { iceServers, expiresAt } = await iceServersFor(c.env, c.var.caller.userId);
  c.header("cache-control", "no-store");
  return c.json({ iceServers, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() });
});
