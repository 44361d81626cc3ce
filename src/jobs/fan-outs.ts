/** Goes on with what the Worker owes to rooms, where the request that owed it could not. */
import { z } from "zod";
import { runFanOuts } from "../fan-outs/runner.ts";
import { defineJob } from "./job.ts";

const CALLS_PER_STEP = 100;
/** A step that has begun comes to its end: some rooms, each tried twice. */
const MOST_CALLS = CALLS_PER_STEP + 30;

export const fanOuts = defineJob({
  name: "fan-outs",
  schedule: "always",
  queriesPerStep: MOST_CALLS,
  progress: z.object({}),
  first: () => ({}),

  async step(env) {
    const { reached, failed, isDone } = await runFanOuts(env, { calls: CALLS_PER_STEP });
    return { progress: isDone ? null : {}, counts: { rooms: reached, failed } };
  },
});
