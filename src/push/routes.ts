/** `/v1/push-subscriptions` and `/v1/push-key`: how a browser comes to be told something while no page is open. */
import { Hono } from "hono";
import { type PushSubscriptionAnswer, subscribeRequest, unsubscribeRequest } from "../../schema/api/push.ts";
import { originOf } from "../activity/store.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { isPublicKey } from "./encryption.ts";
import { isPushEndpoint } from "./endpoint-rules.ts";
import { subscribe, unsubscribe } from "./store.ts";
import { vapidOf } from "./vapid.ts";

export const push = new Hono<HttpEnv>();
push.use("/push-subscriptions", authenticated);
push.use("/push-key", authenticated);

push.get("/push-key", async (c) => {
  const vapid = await vapidOf(c.env);
  return vapid === null ? refuseWith(c, "not_found") : c.json({ publicKey: vapid.publicKey });
});

push.post("/push-subscriptions", body(subscribeRequest), async (c) => {
  const { userId, deviceId } = c.var.caller;
  if ((await vapidOf(c.env)) === null) return refuseWith(c, "not_found");
  const { endpoint, keys } = c.req.valid("json");
  if (!isPushEndpoint(endpoint, c.env)) return refuseField(c, "endpoint", "is not of a push service that is known");
  if (!(await isPublicKey(keys.p256dh))) return refuseField(c, "keys.p256dh", "is not a point of P-256");
  const { userAgent } = originOf(c.req.raw);
  const subscription = { userId, deviceId, endpoint, ...keys, userAgent, now: Date.now() };
  const stored = await subscribe(c.env.DB, subscription);
  if (stored === null) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  const { id, createdAt, updatedAt } = stored;
  const answer: PushSubscriptionAnswer = {
    id,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
  return c.json(answer, createdAt === updatedAt ? 201 : 200);
});

push.delete("/push-subscriptions", body(unsubscribeRequest), async (c) => {
  await unsubscribe(c.env.DB, c.var.caller.userId, c.req.valid("json").endpoint);
  return c.body(null, 204);
});
