/**
 * Makes the objects of sessions whose creation was cut short between D1 and them. Whoever opens such a session makes it as
 * well; but nobody would be reminded of one that nobody opens.
 */
import { z } from "zod";
import { inParallel } from "../../objects/kernel/in-parallel.ts";
import { logError } from "../../objects/kernel/log.ts";
import { SESSION_FLUSH_PREFIX } from "../../objects/learning-session/address.ts";
import { completeCreation } from "../planned-sessions/objects.ts";
import { defineJob } from "./job.ts";

/** A request that is still at it has this long. */
const AT_WORK_MS = 60_000;
/** Cut short are the latest: further back, each tick of these days has looked already. */
const LOOKED_BACK_MS = 3 * 24 * 60 * 60_000;
const LATEST = 5_000;
const PER_STEP = 20;
const AT_ONCE = 5;

/** Nothing was ever flushed of them. By their ids, which grow with time: of earlier ones no row is read. */
const UNMADE = `SELECT session.id FROM learning_sessions AS session
  WHERE session.id > max(?1, (SELECT coalesce(max(id), 0) FROM learning_sessions) - ${LATEST})
    AND session.rev = 0 AND session.status = 'SCHEDULED' AND session.created_at BETWEEN ?2 AND ?3
    AND session.created_by_user_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM flush_positions WHERE object = '${SESSION_FLUSH_PREFIX}' || session.id)
  ORDER BY session.id LIMIT ${PER_STEP}`;

const progress = z.object({
  begunAt: z.int(),
  /** Sessions up to this one are done. */
  after: z.int(),
});

export const makeSessions = defineJob<z.infer<typeof progress>>({
  name: "make-sessions",
  schedule: "always",
  queriesPerStep: 1 + PER_STEP * 3,
  progress,
  first: (begunAt) => ({ begunAt, after: 0 }),

  async step(env, { begunAt, after }) {
    const { results } = await env.DB.prepare(UNMADE)
      .bind(after, begunAt - LOOKED_BACK_MS, begunAt - AT_WORK_MS)
      .all<{ id: number }>();
    let made = 0;
    const failed = await inParallel(AT_ONCE, results, async ({ id }) => {
      if (await completeCreation(env, id)) made += 1;
    });
    for (const { item, error } of failed) {
      logError({ event: "session.not-created", object: `learning-session:${item.id}` }, error);
    }
    const last = results.length < PER_STEP ? undefined : results.at(-1);
    return { progress: last ? { begunAt, after: last.id } : null, counts: { made, failed: failed.length } };
  },
});
