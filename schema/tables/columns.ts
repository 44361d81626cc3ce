/** Column pieces that tables share. Times are epoch milliseconds, UTC. */
import { sql } from "drizzle-orm";

export const now = sql`(CAST(unixepoch('subsec') * 1000 AS INTEGER))`;
