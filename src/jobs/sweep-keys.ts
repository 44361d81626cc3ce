/** Takes away the keys of requests that nobody can send again: each is kept for a day. */
import { z } from "zod";
import { defineJob } from "./job.ts";

const KEYS_PER_STEP = 1_000;

const SWEEP = `
  DELETE FROM idempotency_keys WHERE key IN (
    SELECT key FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`;

const progress = z.object({});

export const sweepKeys = defineJob<z.infer<typeof progress>>({
  name: "sweep-keys",
  schedule: "daily",
  queriesPerStep: 1,
  progress,
  first: () => ({}),

  async step({ DB: database }) {
    const { meta } = await database.prepare(SWEEP).bind(Date.now(), KEYS_PER_STEP).run();
    return { progress: meta.changes < KEYS_PER_STEP ? null : {}, counts: { keys: meta.changes } };
  },
});
