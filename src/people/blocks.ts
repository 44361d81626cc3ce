/** Who wants nothing to do with whom. A block holds both ways: nobody asks who of the two made it. */
import type { BlockedPair } from "../../schema/rpc.ts";

const BETWEEN = `
  SELECT blocked_user_id AS userId FROM user_blocks WHERE user_id = ?
  UNION SELECT user_id FROM user_blocks WHERE blocked_user_id = ?`;

/** Everybody between whom and the user there is a block. */
export async function blockedBetween(
  database: Pick<D1Database, "prepare">,
  userId: number,
): Promise<ReadonlySet<number>> {
  const { results } = await database.prepare(BETWEEN).bind(userId, userId).all<{ userId: number }>();
  return new Set(results.map((row) => row.userId));
}

/** Every block that one of these people made, or that was made of them: what a room is told when they come. */
export async function blocksOf(database: D1Database, userIds: readonly number[]): Promise<BlockedPair[]> {
  const { results } = await database
    .prepare(
      `SELECT user_id AS userId, blocked_user_id AS otherId FROM user_blocks
       WHERE user_id IN (SELECT value FROM json_each(?1))
       UNION SELECT user_id, blocked_user_id FROM user_blocks
       WHERE blocked_user_id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(userIds))
    .all<BlockedPair>();
  return results;
}

/** The blocks that people made of others among them. */
export async function blocksAmong(database: D1Database, userIds: readonly number[]): Promise<BlockedPair[]> {
  const { results } = await database
    .prepare(
      `SELECT block.user_id AS userId, block.blocked_user_id AS otherId
       FROM json_each(?1) AS asked CROSS JOIN user_blocks AS block ON block.user_id = asked.value
       WHERE block.blocked_user_id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(userIds))
    .all<BlockedPair>();
  return results;
}
