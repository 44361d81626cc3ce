/** `/v1/auth/*`: how one may sign in, the development sign-in, the refreshing of tokens, devices and their end. */
import { type Context, Hono } from "hono";
import { logError } from "../../objects/kernel/log.ts";
import { type DeviceList, devLoginRequest, refreshRequest, type SignInChoices } from "../../schema/api/auth.ts";
import { type Activity, activityStatement } from "../activity/store.ts";
import { afterEnding, endDevice } from "../devices/ending.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body, pathIds } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { answerSignIn, answerTokens, unauthorized } from "./answers.ts";
import { activeDeviceId, activeDevices, type UsedToken, useToken } from "./devices.ts";
import { configuredProviders } from "./providers.ts";
import { storedHash, successorOf } from "./refresh-tokens.ts";
import { isFirstOfDay, judgeRefresh, MINIMUM_AGE_YEARS, mayJoin, newPerson } from "./rules.ts";
import { activeUserByEmail, activeUserById, addPerson } from "./store.ts";

export const auth = new Hono<HttpEnv>();

auth.get("/providers", (c) => {
  const devLogin = c.env.DEV_LOGIN === "true";
  return c.json({ items: configuredProviders(c.env), devLogin } satisfies SignInChoices);
});

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
  return user === null ? unauthorized(c) : answerSignIn(c, { user, provider: "DEVELOPMENT", activity: "signed_in" });
});

auth.post("/refresh", body(refreshRequest), async (c) => {
  const { AUTH_SECRET, AUTH_SECRET_PREVIOUS } = c.env;
  const { refreshToken } = c.req.valid("json");
  const successors = await Promise.all(
    [AUTH_SECRET, AUTH_SECRET_PREVIOUS || AUTH_SECRET].map(async (secret) => {
      const token = await successorOf(refreshToken, secret);
      return { token, hash: await storedHash(token) };
    }),
  );
  const [present, previous] = successors.map(({ hash }) => hash);
  const hash = await storedHash(refreshToken);
  const now = Date.now();
  const shown = { hash, successorHashes: [present ?? "", previous ?? ""] } as const;
  const used = await useToken(c.env.DB, shown, { now, request: c.req.raw });
  if (used === null) return unauthorized(c);
  const verdict = judgeRefresh(used.standing, now);
  if (verdict.kind === "refused") return unauthorized(c);
  if (verdict.kind === "unknown_successor") return refuseWith(c, "unavailable", { headers: { "retry-after": "1" } });
  if (verdict.kind === "reused") return endReused(c, used);
  const { userId, deviceId } = used;
  const successor = successors.find((one) => one.hash === verdict.successorHash);
  const user = await activeUserById(c.env.DB, userId);
  if (successor === undefined || user === null) return unauthorized(c);
  if (used.isFirstUse && isFirstOfDay(now, used.lastActivityAt)) await writeDown(c, used, "tokens_refreshed");
  return answerTokens(c, { user, deviceId, refreshToken: successor.token });
});

auth.post("/logout", authenticated, async (c) => {
  const { userId, deviceId } = c.var.caller;
  await end(c, { userId, deviceId, activity: "signed_out" });
  return c.body(null, 204);
});

auth.get("/devices", authenticated, async (c) => {
  const { userId, deviceId } = c.var.caller;
  const items = await activeDevices(c.env.DB, { userId, now: Date.now(), current: deviceId });
  return c.json({ items, nextCursor: null } satisfies DeviceList);
});

auth.delete("/devices/:id", authenticated, pathIds("id"), async (c) => {
  const { userId } = c.var.caller;
  const deviceId = await activeDeviceId(c.env.DB, { userId, id: c.req.valid("param").id, now: Date.now() });
  if (deviceId === null) return refuseWith(c, "not_found");
  await end(c, { userId, deviceId, activity: "device_ended" });
  return c.body(null, 204);
});

async function endReused(c: Context<HttpEnv>, { userId, deviceId }: UsedToken): Promise<Response> {
  logError(
    { event: "auth.refresh-token-reused", requestId: c.var.requestId, userId, deviceId },
    "a refresh token was shown again after its use: its device was ended",
  );
  await end(c, { userId, deviceId, activity: "refresh_token_reused" });
  return unauthorized(c);
}

interface Ending {
  readonly userId: number;
  readonly deviceId: string;
  readonly activity: Activity;
}

async function end(c: Context<HttpEnv>, { userId, deviceId, activity }: Ending): Promise<void> {
  const entry = { userId, activity, details: { deviceId }, request: c.req.raw };
  await c.env.DB.batch([...endDevice(c.env.DB, userId, deviceId), activityStatement(c.env.DB, entry)]);
  await afterEnding(c, userId, [deviceId]);
}

async function writeDown(c: Context<HttpEnv>, { userId, deviceId }: UsedToken, activity: Activity): Promise<void> {
  await activityStatement(c.env.DB, { userId, activity, details: { deviceId }, request: c.req.raw }).run();
}
