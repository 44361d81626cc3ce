/**
 * Deletes recordings whose time is up, and uploads that nobody goes on with. The file first: cut off behind that, its session
 * still names it, and the next run finds it again.
 */
import { z } from "zod";
import { inParallel } from "../../objects/kernel/in-parallel.ts";
import { logError } from "../../objects/kernel/log.ts";
import { sessionObject } from "../../schema/addresses.ts";
import { removeRecording } from "../stored-media/recordings.ts";
import { defineJob } from "./job.ts";

const PER_STEP = 40;
const AT_ONCE = 5;

/** Whatever is deleted has no expiry any more. */
const EXPIRED = `SELECT id, session_id AS sessionId, number, media_key AS mediaKey, expires_at AS expiresAt
  FROM session_recordings
  WHERE expires_at >= ?1 AND expires_at < ?3 AND (expires_at, id) > (?1, ?2)
  ORDER BY expires_at, id LIMIT ${PER_STEP}`;

interface ExpiredRow {
  readonly id: number;
  readonly sessionId: number;
  readonly number: number;
  readonly mediaKey: string;
  readonly expiresAt: number;
}

const progress = z.object({
  begunAt: z.int(),
  /** Those up to this one are done: one that fails holds up none behind it. */
  expiresAt: z.int(),
  id: z.int(),
});

export const expireRecordings = defineJob<z.infer<typeof progress>>({
  name: "expire-recordings",
  schedule: "always",
  queriesPerStep: 1,
  progress,
  first: (begunAt) => ({ begunAt, expiresAt: 0, id: 0 }),

  async step(env, { begunAt, expiresAt, id }) {
    const { results } = await env.DB.prepare(EXPIRED).bind(expiresAt, id, begunAt).all<ExpiredRow>();
    const failed = await inParallel(AT_ONCE, results, async ({ sessionId, number, mediaKey }) => {
      await env.MEDIA.delete(mediaKey);
      const deleted = await sessionObject(env, sessionId).deleteRecording(null, number);
      if (!deleted.ok) throw new Error(`its session refuses: ${deleted.error}`);
      await removeRecording(env.MEDIA, deleted.value);
    });
    for (const { item, error } of failed) {
      logError({ event: "recording.not-deleted", object: `learning-session:${item.sessionId}` }, error);
    }
    const last = results.length < PER_STEP ? undefined : results.at(-1);
    return {
      progress: last ? { begunAt, expiresAt: last.expiresAt, id: last.id } : null,
      counts: { recordings: results.length - failed.length, failed: failed.length },
    };
  },
});
