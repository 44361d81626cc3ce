/** Who wants nothing to do with whom. A block holds both ways: nobody asks who of the two made it. */
import type { BlockedPair } from "../../schema/rpc.ts";

const BETWEEN = `
  SELECT blocked_user_id AS userId FROM user_blocks
  WHERE user_id = ?1 AND (?2 IS NULL OR blocked_user_id IN (SELECT value FROM json_each(?2)))
  UNION SELECT user_id FROM user_blocks
  WHERE blocked_user_id = ?1 AND (?2 IS NULL OR user_id IN (SELECT value FROM json_each(?2)))`;

/** Those of `others` between whom and the user there is a block; without `others`, everybody of whom that is so. */
export async function blockedBetween(
  database: Pick<D1Database, "prepare">,
  userId: number,
  others: readonly number[] | null = null,
): Promise<ReadonlySet<number>> {
  if (others?.length === 0) return new Set();
  const { results } = await database
    .prepare(BETWEEN)
    .bind(userId, others && JSON.stringify(others))
    .all<{ userId: number }>();
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
