/** `PUT /v1/me/avatar`: which of one's uploaded pictures is shown. Rooms hear of it. */
import { Hono } from "hono";
import { type AvatarAnswer, avatarRequest } from "../../schema/api/media.ts";
import { activityStatement } from "../activity/store.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement } from "../fan-outs/store.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { body } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { profileStatement } from "../people/profile-store.ts";
import { avatarStatements, isOwnAvatar } from "../stored-media/avatars.ts";

export const avatar = new Hono<HttpEnv>();

avatar.put("/", authenticated, body(avatarRequest), async (c) => {
  const { userId } = c.var.caller;
  const { key } = c.req.valid("json");
  const { DB } = c.env;
  const shown = DB.prepare("SELECT profile_image_url AS url FROM users WHERE id = ? AND is_active = 1").bind(userId);
  if ((await shown.first()) === null) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  if (key !== null && !(await isOwnAvatar(DB, userId, key))) {
    return refuseField(c, "key", "is not of an avatar that you uploaded within a day");
  }
  const fields = ["profileImageUrl"];
  await DB.batch([
    ...avatarStatements(DB, userId, key),
    profileStatement(DB, userId),
    fanOutStatement(DB, { userId, task: "PROFILE" }),
    activityStatement(DB, { userId, activity: "profile_changed", details: { fields }, request: c.req.raw }),
  ]);
  await fanOutAfterAnswer(c, userId);
  const answer: AvatarAnswer = { profileImageUrl: await shown.first<string>("url") };
  return c.json(answer);
});
