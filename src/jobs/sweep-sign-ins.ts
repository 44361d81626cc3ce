/** Takes away what signing in has left behind and nothing asks for any more: expired tokens, devices, attempts and codes. */
import { z } from "zod";
import { defineJob } from "./job.ts";

const TOKENS_PER_STEP = 500;
const DEVICES_PER_STEP = 1_000;

const progress = z.object({
  part: z.enum(["tokens", "devices"]),
  /** Devices up to this one were looked at. */
  afterId: z.int().min(0),
});

/** Tokens expire in the order that they were made in. */
const SWEEP_TOKENS = `
  DELETE FROM refresh_tokens WHERE expires_at <= ?1 AND id IN (SELECT id FROM refresh_tokens ORDER BY id LIMIT ?2)`;

const LAST_OF_STEP = "SELECT max(id) AS id FROM (SELECT id FROM user_sessions WHERE id > ? ORDER BY id LIMIT ?)";
/** One that was ended stays until its last token expires: until then a token that is shown again can be told from nonsense. */
const SWEEP_DEVICES = "DELETE FROM user_sessions WHERE id > ? AND id <= ? AND expires_at <= ?";

export const sweepSignIns = defineJob<z.infer<typeof progress>>({
  name: "sweep-sign-ins",
  schedule: "daily",
  queriesPerStep: 3,
  progress,
  first: () => ({ part: "tokens", afterId: 0 }),

  async step({ DB: database }, { part, afterId }) {
    const now = Date.now();
    if (part === "tokens") {
      const [tokens] = await database.batch([
        database.prepare(SWEEP_TOKENS).bind(now, TOKENS_PER_STEP),
        database.prepare("DELETE FROM sign_in_attempts WHERE expires_at <= ?").bind(now),
        database.prepare("DELETE FROM sign_in_codes WHERE expires_at <= ?").bind(now),
      ]);
      const swept = tokens?.meta.changes ?? 0;
      return {
        progress: { part: swept < TOKENS_PER_STEP ? "devices" : "tokens", afterId: 0 },
        counts: { tokens: swept },
      };
    }
    const last = await database.prepare(LAST_OF_STEP).bind(afterId, DEVICES_PER_STEP).first<number>("id");
    if (last === null) return { progress: null, counts: {} };
    const { meta } = await database.prepare(SWEEP_DEVICES).bind(afterId, last, now).run();
    return { progress: { part, afterId: last }, counts: { devices: meta.changes } };
  },
});
