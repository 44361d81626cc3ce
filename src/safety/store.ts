/** Blocks in D1. What a room does about one, its object does; it is told through a fan-out of the same batch. */
import type { BlockedPair } from "../../schema/rpc.ts";

export interface BlockedPerson {
  readonly userId: number;
  readonly englishName: string;
  readonly profileImageUrl: string | null;
  readonly createdAt: number;
}

export interface BlockStanding {
  /** The other one is there, also where they were banned; not where they deleted their account. */
  readonly exists: boolean;
  readonly isBlocked: boolean;
  /** How many the user has blocked. */
  readonly total: number;
}

export async function blockStanding(database: D1Database, { userId, otherId }: BlockedPair): Promise<BlockStanding> {
  const row = await database
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM users WHERE id = ?2 AND deleted_at IS NULL) AS isThere,
         EXISTS (SELECT 1 FROM user_blocks WHERE user_id = ?1 AND blocked_user_id = ?2) AS isBlocked,
         (SELECT count(*) FROM user_blocks WHERE user_id = ?1) AS total`,
    )
    .bind(userId, otherId)
    .first<{ isThere: number; isBlocked: number; total: number }>();
  return { exists: row?.isThere === 1, isBlocked: row?.isBlocked === 1, total: row?.total ?? 0 };
}

export function blockStatement(database: D1Database, { userId, otherId }: BlockedPair): D1PreparedStatement {
  return database
    .prepare("INSERT INTO user_blocks (user_id, blocked_user_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
    .bind(userId, otherId);
}

export function unblockStatement(database: D1Database, { userId, otherId }: BlockedPair): D1PreparedStatement {
  return database.prepare("DELETE FROM user_blocks WHERE user_id = ? AND blocked_user_id = ?").bind(userId, otherId);
}

/** By the ids of those who are blocked, one more than `limit` where there is one. */
export async function blocksBy(
  database: D1Database,
  userId: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<BlockedPerson[]> {
  const { results } = await database
    .prepare(
      `SELECT block.blocked_user_id AS userId, users.english_name AS englishName,
         users.profile_image_url AS profileImageUrl, block.created_at AS createdAt
       FROM user_blocks AS block JOIN users ON users.id = block.blocked_user_id
       WHERE block.user_id = ? AND block.blocked_user_id > ? ORDER BY block.blocked_user_id LIMIT ?`,
    )
    .bind(userId, after, limit + 1)
    .all<BlockedPerson>();
  return results;
}
