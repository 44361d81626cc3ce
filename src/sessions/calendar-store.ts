/** The secret addresses of people's calendars, as hashes, and what is in such a calendar. */
import { sha256 } from "../http/digest.ts";

const SECRET_BYTES = 32;

/** What an address can have in it; anything else is not looked for. */
export const FEED_SECRET = /^[\w-]{43}$/;

/** Another one takes the place of the one before. Null for somebody who is not there any more. */
export async function renewFeed(database: D1Database, userId: number): Promise<string | null> {
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");
  const { meta } = await database
    .prepare(
      `INSERT INTO calendar_feeds (user_id, token_hash) SELECT id, ?2 FROM users WHERE id = ?1 AND is_active = 1
       ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash,
         created_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
    )
    .bind(userId, await sha256(secret))
    .run();
  return meta.changes > 0 ? secret : null;
}

export async function endFeed(database: D1Database, userId: number): Promise<void> {
  await database.prepare("DELETE FROM calendar_feeds WHERE user_id = ?").bind(userId).run();
}

/** Whose calendar it is; null for no secret, one of before, and one of somebody who is not there any more. */
export async function ownerOfFeed(database: D1Database, secret: string): Promise<number | null> {
  return database
    .prepare(
      `SELECT users.id FROM calendar_feeds AS feed JOIN users ON users.id = feed.user_id AND users.is_active = 1
       WHERE feed.token_hash = ?`,
    )
    .bind(await sha256(secret))
    .first<number>("id");
}
