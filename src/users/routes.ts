/** `/v1/me` and `/v1/users`: what people say of themselves, and what others see of it. */
import { type Context, Hono } from "hono";
import { logError } from "../../objects/kernel/log.ts";
import { presenceObject } from "../../schema/addresses.ts";
import { type MeAnswer, putInterestsRequest, putLanguagesRequest, updateMeRequest } from "../../schema/api/people.ts";
import { activityStatement } from "../activity/store.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement } from "../fan-outs/store.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { executionOf } from "../http/execution.ts";
import { body, pathIds } from "../http/input.ts";
import { refuseWith } from "../http/problems.ts";
import { interestsStatements, languagesStatements, profileStatement } from "../people/profile-store.ts";
import { languageProblems } from "../people/rules.ts";
import { publicProfileFor } from "./profile-cache.ts";
import { changedFields } from "./rules.ts";
import { findMe } from "./store.ts";

export const me = new Hono<HttpEnv>();
me.use(authenticated);

me.get("/", (c) => withMe(c, (person) => c.json(person)));

me.patch("/", body(updateMeRequest), (c) =>
  withMe(c, async ({ id }) => {
    const change = c.req.valid("json");
    const fields = changedFields(change);
    if (fields.length > 0) {
      // Also where the name stays: what it was is not known for sure before the batch.
      const isNamed = change.englishName !== undefined;
      await c.env.DB.batch([
        profileStatement(c.env.DB, id, change),
        changed(c, fields),
        // Rooms show people under this name.
        ...(isNamed ? [fanOutStatement(c.env.DB, { userId: id, task: "PROFILE" })] : []),
      ]);
      if (isNamed) await fanOutAfterAnswer(c, id);
      if (change.timeZone !== undefined) tellOwnObject(c);
    }
    return withMe(c, (person) => c.json(person));
  }),
);

me.put("/languages", body(putLanguagesRequest), (c) =>
  withMe(c, async ({ id }) => {
    const { languages } = c.req.valid("json");
    const problems = languageProblems(languages);
    if (problems.length > 0) return refuseWith(c, "invalid_frame", { errors: problems });
    const { DB } = c.env;
    await DB.batch([...languagesStatements(DB, id, languages), profileStatement(DB, id), changed(c, ["languages"])]);
    tellOwnObject(c);
    return c.json({ languages });
  }),
);

me.put("/interests", body(putInterestsRequest), (c) =>
  withMe(c, async ({ id }) => {
    const { interests } = c.req.valid("json");
    const { DB } = c.env;
    await DB.batch([...interestsStatements(DB, id, interests), profileStatement(DB, id), changed(c, ["interests"])]);
    return c.json({ interests });
  }),
);

function changed(c: Context<HttpEnv>, fields: readonly string[]): D1PreparedStatement {
  const { userId } = c.var.caller;
  return activityStatement(c.env.DB, { userId, activity: "profile_changed", details: { fields }, request: c.req.raw });
}

/** It asks again before it tells something; should this get lost, within a day. */
function tellOwnObject(c: Context<HttpEnv>): void {
  const { userId } = c.var.caller;
  const told = presenceObject(c.env, userId)
    .profileChanged()
    .catch((error: unknown) => logError({ event: "profile.not-told", object: `user-presence:${userId}` }, error));
  executionOf(c)?.waitUntil(told);
}

/** A token may outlive its user. */
async function withMe(
  c: Context<HttpEnv>,
  answer: (person: MeAnswer) => Response | Promise<Response>,
): Promise<Response> {
  const person = await findMe(c.env.DB, c.var.caller.userId);
  return person ? answer(person) : refuseWith(c, "unauthorized", { headers: CHALLENGE });
}

export const users = new Hono<HttpEnv>();
users.use(authenticated);

users.get("/:id", pathIds("id"), async (c) => {
  const { id: userId } = c.req.valid("param");
  const { requestId, caller } = c.var;
  const profile = await publicProfileFor(c.env, { userId, viewerId: caller.userId, requestId });
  return profile ? c.json(profile) : refuseWith(c, "not_found");
});
