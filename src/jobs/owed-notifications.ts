/** Tells people what the Worker owes to them, where the request that owed it could not. */
import { z } from "zod";
import { tellOwed } from "../owed-notifications/runner.ts";
import { defineJob } from "./job.ts";

export const owedNotifications = defineJob({
  name: "owed-notifications",
  schedule: "always",
  queriesPerStep: 25,
  progress: z.object({}),
  first: () => ({}),

  async step(env) {
    const { told, failed, isDone } = await tellOwed(env);
    return { progress: isDone ? null : {}, counts: { told, failed } };
  },
});
