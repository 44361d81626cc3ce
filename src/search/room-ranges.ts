/** Which of a room's messages a time cuts off, in the main database. */
import { byDatabase, type MainDatabase } from "./databases.ts";
import { type KnownRange, LARGEST_ID, type TimedRange } from "./rules.ts";

/**
 * A room's archived messages come before the others. Asked one after the other: SQLite reads all of `chat_log` for a
 * column that it is not ordered by.
 */
const firstFrom = (column: string, room: string, id: string) =>
  inEither(
    ["chat_messages_archive", "chat_messages"],
    (table) => `SELECT ${column} FROM ${table} WHERE room_id = ${room} AND id >= ${id} ORDER BY id LIMIT 1`,
  );
export const lastUpTo = (column: string, room: string, id: string) =>
  inEither(
    ["chat_messages", "chat_messages_archive"],
    (table) => `SELECT ${column} FROM ${table} WHERE room_id = ${room} AND id <= ${id} ORDER BY id DESC LIMIT 1`,
  );

function inEither(tables: readonly string[], select: (table: string) => string): string {
  return `coalesce(${tables.map((table) => `(${select(table)})`).join(", ")})`;
}

/**
 * `?1`: [room, first, last, since, until] of each. A time is looked for among a room's numbers by halves, in
 * steps of powers of two, of which the first is half of the room or more: `at` is a number before it. Never `id =`, since a row that D1 refused is a gap.
 */
const RANGES = `WITH RECURSIVE
  asked(room_id, first, last, since, until) AS MATERIALIZED (
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)),
  newest AS MATERIALIZED (
    SELECT asked.*, ${lastUpTo("id", "asked.room_id", String(LARGEST_ID))} AS newest,
      ${lastUpTo("created_at", "asked.room_id", String(LARGEST_ID))} AS newest_at
    FROM asked),
  room AS MATERIALIZED (
    SELECT *, CASE WHEN newest < 64 THEN 32 WHEN newest < 4096 THEN 2048 WHEN newest < 1048576 THEN 524288
      ELSE 2147483648 END AS step
    FROM newest WHERE newest IS NOT NULL),
  cut(room_id, side, time, at, step) AS (
    SELECT room_id, 'since', since, iif(newest_at < since, newest, 0), iif(newest_at < since, 0, step)
      FROM room WHERE since IS NOT NULL
    UNION ALL
    SELECT room_id, 'until', until, iif(newest_at < until, newest, 0), iif(newest_at < until, 0, step)
      FROM room WHERE until IS NOT NULL
    UNION ALL
    SELECT room_id, side, time,
      at + step * coalesce(${firstFrom("created_at", "cut.room_id", "at + step")} < time, 0), step / 2
      FROM cut WHERE step > 0),
  place(room_id, side, at) AS MATERIALIZED (SELECT room_id, side, at FROM cut WHERE step = 0),
  ranged(room_id, newest, first, last) AS MATERIALIZED (
    SELECT room_id, newest,
      max(first, coalesce((SELECT at + 1 FROM place WHERE place.room_id = room.room_id AND side = 'since'), 0)),
      min(last, newest, coalesce((SELECT at FROM place WHERE place.room_id = room.room_id AND side = 'until'), newest))
    FROM room)
  SELECT room_id AS roomId, newest, first, last, ${lastUpTo("created_at", "ranged.room_id", "ranged.last")} AS lastAt
  FROM ranged WHERE first <= last`;

/** Rooms in which something is left. */
export async function roomRanges(main: MainDatabase, asked: readonly TimedRange[]): Promise<KnownRange[]> {
  const found = await byDatabase(main, asked, async (session, ranges) => {
    const rows = ranges.map(({ roomId, first, last, since, until }) => [roomId, first, last, since, until]);
    return (await session.prepare(RANGES).bind(JSON.stringify(rows)).all<KnownRange>()).results;
  });
  return found.flat();
}
