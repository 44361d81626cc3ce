/** `/v1/auth/*`: the development sign-in and the refreshing of tokens. */
import { type Context, Hono } from "hono";
import { devLoginRequest, refreshRequest, type SessionUser, type TokenAnswer } from "../../schema/api/auth.ts";
import { CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { MINIMUM_AGE_YEARS, mayJoin, newPerson } from "./rules.ts";
import { activeUserByEmail, activeUserById, addPerson } from "./store.ts";
import { issueTokens, verifyRefreshToken } from "./tokens.ts";

export const auth = new Hono<HttpEnv>();

// Before the body is looked at: where it is closed, this address does not exist.
auth.use("/dev-login", async (c, next) => (c.env.DEV_LOGIN === "true" ? next() : refuseWith(c, "not_found")));

auth.post("/dev-login", body(devLoginRequest), async (c) => {
  const person = newPerson(c.req.valid("json"));
  if (!mayJoin(person.birthDate, new Date())) {
    return refuseField(c, "birthDate", `one must be at least ${MINIMUM_AGE_YEARS} years old`);
  }
  let user = await activeUserByEmail(c.env.DB, person.email);
  if (user === null) {
    await addPerson(c.env.DB, person);
    user = await activeUserByEmail(c.env.DB, person.email);
  }
  return user === null ? unauthorized(c) : tokens(c, user, crypto.randomUUID());
});

auth.post("/refresh", body(refreshRequest), async (c) => {
  const { AUTH_SECRET, AUTH_SECRET_PREVIOUS } = c.env;
  const holder = await verifyRefreshToken(c.req.valid("json").refreshToken, AUTH_SECRET, AUTH_SECRET_PREVIOUS);
  const user = holder && (await activeUserById(c.env.DB, holder.userId));
  return holder === null || user === null ? unauthorized(c) : tokens(c, user, holder.deviceId);
});

async function tokens(c: Context<HttpEnv>, user: SessionUser, deviceId: string): Promise<Response> {
  const issued = await issueTokens({ userId: user.id, deviceId }, c.env.AUTH_SECRET, new Date());
  const answer: TokenAnswer = { ...issued, expiresAt: issued.expiresAt.toISOString(), user };
  return c.json(answer, 200, { "cache-control": "no-store" });
}

function unauthorized(c: Context<HttpEnv>): Response {
  return refuseWith(c, "unauthorized", { headers: CHALLENGE });
}
