/** `/v1/matching`: so far, whom one would like to meet. */
import { Hono } from "hono";
import { putMatchingPreferencesRequest } from "../../schema/api/matching.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body } from "../http/input.ts";
import { refuseWith } from "../http/problems.ts";
import { preferencesStatement } from "../people/profile-store.ts";
import { findPreferences } from "./store.ts";

export const matching = new Hono<HttpEnv>();
matching.use(authenticated);

matching.get("/preferences", async (c) => {
  const preferences = await findPreferences(c.env.DB, c.var.caller.userId);
  return preferences ? c.json(preferences) : refuseWith(c, "unauthorized", { headers: CHALLENGE });
});

matching.put("/preferences", body(putMatchingPreferencesRequest), async (c) => {
  const { userId } = c.var.caller;
  if ((await findPreferences(c.env.DB, userId)) === null) {
    return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  }
  await preferencesStatement(c.env.DB, userId, c.req.valid("json")).run();
  return c.json(c.req.valid("json"));
});
