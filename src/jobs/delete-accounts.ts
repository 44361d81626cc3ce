/**
 * Removes what is left of people who deleted their account, or empties it in place: their row and their messages stay,
 * as those of a deleted user (docs/data-rights.md). One person a run of steps; killed anywhere, it goes on from there.
 */
import { z } from "zod";
import { fanOutStatement } from "../fan-outs/store.ts";
import { FORGET } from "../owed-notifications/store.ts";
import { FORGET_CREATION_KEYS, keysOfUser } from "./creation-keys.ts";
import { defineJob } from "./job.ts";

const FILES_PER_STEP = 500;
/** Of each table. */
const ROWS_PER_STEP = 2_000;
const FOLDERS = ["avatar", "message", "voice", "recording"].flatMap((purpose) => [purpose, `incoming/${purpose}`]);

const NEXT_USER = "SELECT id FROM users WHERE deleted_at IS NOT NULL AND erased_at IS NULL ORDER BY deleted_at LIMIT 1";

const progress = z.object({
  /** Whose files are gone, and whose rows go step by step; null: somebody else's turn. */
  userId: z.int().nullable(),
});

const FORGOTTEN = "user_id = NULL, details = NULL, ip_address = NULL, user_agent = NULL";

/** Of these there may be very many: `?2` at once. */
const MANY = [
  "DELETE FROM media_files WHERE key IN (SELECT key FROM media_files WHERE owner_id = ?1 LIMIT ?2)",
  "DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM refresh_tokens WHERE user_id = ?1 LIMIT ?2)",
  `DELETE FROM user_blocks WHERE (user_id, blocked_user_id) IN (
     SELECT user_id, blocked_user_id FROM user_blocks WHERE blocked_user_id = ?1 LIMIT ?2)`,
  `DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE ${keysOfUser("key")} LIMIT ?2)`,
  "DELETE FROM notifications WHERE user_id = ?1 AND id IN (SELECT id FROM notifications WHERE user_id = ?1 LIMIT ?2)",
  `UPDATE reports SET reporter_id = NULL, details = NULL WHERE id IN (
     SELECT id FROM reports WHERE reporter_id = ?1 LIMIT ?2)`,
  `UPDATE user_activity_logs SET ${FORGOTTEN} WHERE id IN (SELECT id FROM user_activity_logs WHERE user_id = ?1 LIMIT ?2)`,
  `UPDATE user_activity_logs_archive SET ${FORGOTTEN} WHERE id IN (
     SELECT id FROM user_activity_logs_archive WHERE user_id = ?1 LIMIT ?2)`,
];

/** What is left of them then, and what there is little of. */
const REMOVED = [
  "DELETE FROM media_files WHERE owner_id = ?1",
  "DELETE FROM user_languages WHERE user_id = ?1",
  "DELETE FROM user_interests WHERE user_id = ?1",
  "DELETE FROM onboarding_step_data WHERE user_id = ?1",
  "DELETE FROM onboarding_progress WHERE user_id = ?1",
  "DELETE FROM matching_preferences WHERE user_id = ?1",
  "DELETE FROM push_subscriptions WHERE user_id = ?1",
  "DELETE FROM notifications WHERE user_id = ?1",
  "DELETE FROM owed_notifications WHERE user_id = ?1",
  "DELETE FROM session_bookings WHERE user_id = ?1",
  "DELETE FROM calendar_feeds WHERE user_id = ?1",
  "DELETE FROM user_partnerships WHERE user_id_1 = ?1 OR user_id_2 = ?1",
  ...FORGET,
  "DELETE FROM refresh_tokens WHERE user_id = ?1",
  "DELETE FROM user_sessions WHERE user_id = ?1",
  "DELETE FROM user_blocks WHERE user_id = ?1 OR blocked_user_id = ?1",
  `DELETE FROM idempotency_keys WHERE ${keysOfUser("key")}`,
  ...FORGET_CREATION_KEYS,
  "UPDATE reports SET reporter_id = NULL, details = NULL WHERE reporter_id = ?1",
  "UPDATE reports SET evidence = '{}', details = NULL WHERE reported_user_id = ?1",
  `UPDATE user_activity_logs SET ${FORGOTTEN} WHERE user_id = ?1`,
  `UPDATE user_activity_logs_archive SET ${FORGOTTEN} WHERE user_id = ?1`,
];

/**
 * No mail reaches this address (RFC 2606), and nobody can have taken it before: an address given by hand may be any. The birth
 * date is one that is allowed.
 */
const EMPTIED = `UPDATE users SET
    email = 'deleted-' || id || '-' || lower(hex(randomblob(8))) || '@deleted.invalid', english_name = 'Deleted user',
    korean_name = NULL, birth_date = '1970-01-01', gender = NULL, residence = NULL, country = NULL, latitude = NULL,
    longitude = NULL, time_zone = NULL, profile_image_url = NULL, intro = NULL, oauth_provider = NULL, oauth_id = NULL,
    is_email_verified = 0, is_active = 0, updated_at = ?2, erased_at = ?2
  WHERE id = ?1`;

export const deleteAccounts = defineJob<z.infer<typeof progress>>({
  name: "delete-accounts",
  schedule: "always",
  queriesPerStep: MANY.length + REMOVED.length + 3,
  progress,
  first: () => ({ userId: null }),

  async step({ DB, MEDIA }, { userId }) {
    if (userId !== null) {
      const removed = await DB.batch(MANY.map((sql) => DB.prepare(sql).bind(userId, ROWS_PER_STEP)));
      if (removed.some(({ meta }) => meta.changes >= ROWS_PER_STEP)) return { progress: { userId }, counts: {} };
      await DB.batch([
        ...REMOVED.map((sql) => DB.prepare(sql).bind(userId)),
        DB.prepare(EMPTIED).bind(userId, Date.now()),
        // Rooms hear of the new name, and of the leaving, by and by.
        fanOutStatement(DB, { userId, task: "PROFILE" }),
        fanOutStatement(DB, { userId, task: "LEAVE" }),
      ]);
      return { progress: { userId: null }, counts: { accounts: 1 } };
    }
    const next = await DB.prepare(NEXT_USER).first<number>("id");
    if (next === null) return { progress: null, counts: {} };
    const files = await removeFiles(MEDIA, next);
    return { progress: { userId: files === 0 ? next : null }, counts: { files } };
  },
});

/** By their keys alone: also those that no row tells of. Returns how many were removed. */
async function removeFiles(bucket: R2Bucket, userId: number): Promise<number> {
  for (const folder of FOLDERS) {
    const { objects } = await bucket.list({ prefix: `${folder}/${userId}/`, limit: FILES_PER_STEP });
    if (objects.length === 0) continue;
    await bucket.delete(objects.map(({ key }) => key));
    // What is beyond that, and in the other folders, is for the next step.
    return objects.length;
  }
  return 0;
}
