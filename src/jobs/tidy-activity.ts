/**
 * The activity log grows old: after 30 days it no longer says where exactly somebody was, after six months its entries
 * move to `user_activity_logs_archive`. Entries are written in the order of time, so both are stretches of ids.
 */
import { getTableColumns } from "drizzle-orm";
import { z } from "zod";
import { userActivityLogs } from "../../schema/tables/safety.ts";
import { defineJob } from "./job.ts";
import { monthsBefore, shortenedAddress, shortenedAgent } from "./rules.ts";

const EXACT_MS = 30 * 24 * 60 * 60_000;
/** How far back a run looks for entries that are still exact: longer than it was ever not begun. */
const LOOKED_BACK_MS = 60 * 24 * 60 * 60_000;
const KEPT_MONTHS = 6;
const ROWS_PER_STEP = 500;

const progress = z.object({
  /** Older entries are shortened, and moved; epoch milliseconds. */
  shortenBefore: z.int(),
  moveBefore: z.int(),
  /** Entries up to this one are shortened; null: not begun, "done": all are. */
  shortened: z.union([z.int(), z.null(), z.literal("done")]),
});

interface EntryRow {
  readonly id: number;
  readonly ip: string | null;
  readonly agent: string | null;
  readonly createdAt: number;
}

const COLUMNS = Object.values(getTableColumns(userActivityLogs))
  .map(({ name }) => name)
  .join(", ");

const PAGE = `SELECT id, ip_address AS ip, user_agent AS agent, created_at AS createdAt FROM user_activity_logs
  WHERE id > ? ORDER BY id LIMIT ${ROWS_PER_STEP}`;
const SHORTEN = `UPDATE user_activity_logs SET ip_address = value ->> 1, user_agent = value ->> 2
  FROM json_each(?1) WHERE user_activity_logs.id = value ->> 0`;

/** The oldest entries, as long as each of them is old. */
const OLDEST = `SELECT max(id) AS last FROM (SELECT id, created_at FROM user_activity_logs ORDER BY id LIMIT ${ROWS_PER_STEP})
  WHERE created_at < ?1`;
const COPY = `INSERT INTO user_activity_logs_archive (${COLUMNS}) SELECT ${COLUMNS} FROM user_activity_logs WHERE id <= ?1
  ON CONFLICT DO NOTHING`;
const REMOVE = "DELETE FROM user_activity_logs WHERE id <= ?1";

export const tidyActivity = defineJob<z.infer<typeof progress>>({
  name: "tidy-activity",
  schedule: "daily",
  queriesPerStep: 50,
  progress,
  first: (startedAt) => ({
    shortenBefore: startedAt - EXACT_MS,
    moveBefore: monthsBefore(startedAt, KEPT_MONTHS),
    shortened: null,
  }),

  async step({ DB }, { shortenBefore, moveBefore, shortened }) {
    if (shortened !== "done") {
      const after = shortened ?? (await lastBefore(DB, shortenBefore - LOOKED_BACK_MS));
      const { results } = await DB.prepare(PAGE).bind(after).all<EntryRow>();
      const old = results.filter(({ createdAt }) => createdAt < shortenBefore);
      const changed = await shorten(DB, old);
      // Where the page ends with a new one, or before it is full, nothing old is behind it.
      const last = old.at(-1);
      const goesOn = results.length === ROWS_PER_STEP && last === results.at(-1);
      return {
        progress: { shortenBefore, moveBefore, shortened: goesOn && last ? last.id : "done" },
        counts: { shortened: changed },
      };
    }
    const last = await DB.prepare(OLDEST).bind(moveBefore).first<number>("last");
    if (last === null) return { progress: null, counts: { archived: 0 } };
    // What no run had shortened in time is not kept as it was.
    const { results } = await DB.prepare(PAGE).bind(0).all<EntryRow>();
    await shorten(
      DB,
      results.filter(({ id }) => id <= last),
    );
    const [, removed] = await DB.batch([DB.prepare(COPY).bind(last), DB.prepare(REMOVE).bind(last)]);
    return { progress: { shortenBefore, moveBefore, shortened }, counts: { archived: removed?.meta.changes ?? 0 } };
  },
});

/** Returns how many were changed. */
async function shorten(database: D1Database, entries: readonly EntryRow[]): Promise<number> {
  const changed = entries.flatMap(({ id, ip, agent }) => {
    const short = [id, shortenedAddress(ip), shortenedAgent(agent)] as const;
    return short[1] === ip && short[2] === agent ? [] : [short];
  });
  if (changed.length > 0) await database.prepare(SHORTEN).bind(JSON.stringify(changed)).run();
  return changed.length;
}

/** The last entry that was written before `time`, 0 if there is none: by halving, as there is no index by time alone. */
async function lastBefore(database: D1Database, time: number): Promise<number> {
  const newest = await database.prepare("SELECT max(id) AS id FROM user_activity_logs").first<number>("id");
  let low = 0;
  let high = newest ?? 0;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const at = await database
      .prepare("SELECT created_at AS at FROM user_activity_logs WHERE id <= ? ORDER BY id DESC LIMIT 1")
      .bind(middle)
      .first<number>("at");
    if (at === null || at < time) low = middle;
    else high = middle - 1;
  }
  return low;
}
