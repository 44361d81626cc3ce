/** Pictures of people: one of the avatars that somebody uploaded is in use, the one of before is freed. */
import { mediaUrl } from "../../schema/media.ts";

/** Longer ago, the sweep may already be about to remove one that is not in use. */
const FRESH_MS = 24 * 60 * 60 * 1_000;

/** Whether this is an avatar of theirs that they may show. */
export async function isOwnAvatar(database: D1Database, ownerId: number, key: string): Promise<boolean> {
  const row = await database
    .prepare(
      `SELECT 1 FROM media_files WHERE key = ?1 AND owner_id = ?2 AND purpose = 'avatar' AND freed_at IS NULL
         AND (status = 'IN_USE' OR (status = 'STORED' AND created_at > ?3))`,
    )
    .bind(key, ownerId, Date.now() - FRESH_MS)
    .first();
  return row !== null;
}

/** Where the key was freed since it was asked about, nothing changes: the picture that took its place stays. */
const IS_THERE = "(?2 IS NULL OR EXISTS (SELECT 1 FROM media_files WHERE key = ?2 AND freed_at IS NULL))";

/** For the batch of whoever changes the profile. Null: no picture any more. */
export function avatarStatements(database: D1Database, userId: number, key: string | null): D1PreparedStatement[] {
  return [
    database
      .prepare(
        `UPDATE media_files SET freed_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
         WHERE owner_id = ?1 AND purpose = 'avatar' AND status = 'IN_USE' AND key IS NOT ?2 AND freed_at IS NULL
           AND ${IS_THERE}`,
      )
      .bind(userId, key),
    database
      .prepare("UPDATE media_files SET status = 'IN_USE' WHERE key = ?1 AND owner_id = ?2 AND freed_at IS NULL")
      .bind(key, userId),
    database
      .prepare(`UPDATE users SET profile_image_url = ?3 WHERE id = ?1 AND ${IS_THERE}`)
      .bind(userId, key, key === null ? null : mediaUrl(key)),
  ];
}
