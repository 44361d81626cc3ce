/** What operators ask of D1: which objects there are, and which rows the flush had to leave out. */
import { and, asc, count, gt, like, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { ROOM_FLUSH_PREFIX, roomOfFlushName } from "../../objects/chat-room/address.ts";
import type { LaggingRoom, ParkedRow } from "../../schema/api/flush.ts";
import type { chatRooms } from "../../schema/tables/chat.ts";
import { flushParked, flushPositions } from "../../schema/tables/flush.ts";
import type { learningSessions } from "../../schema/tables/sessions.ts";
import type { users } from "../../schema/tables/users.ts";

/** In ascending order, one more than `limit` where there is one. */
export async function idsAfter(
  database: D1Database,
  table: typeof chatRooms | typeof learningSessions | typeof users,
  { id, limit }: { readonly id: number; readonly limit: number },
): Promise<number[]> {
  const rows = await drizzle(database)
    .select({ id: table.id })
    .from(table)
    .where(gt(table.id, id))
    .orderBy(asc(table.id))
    .limit(limit + 1);
  return rows.map(({ id }) => id);
}

/** The key of the last row of the page before. */
export type ParkedPosition = readonly [object: string, tableName: string, rowKey: string];

/** One row more than `limit`, where there is one, and the number of all. */
export async function parkedRows(
  database: D1Database,
  after: ParkedPosition | null,
  limit: number,
): Promise<{ rows: ParkedRow[]; total: number }> {
  const db = drizzle(database);
  const { object, tableName, rowKey } = flushParked;
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(flushParked)
      .where(after ? sql`(${object}, ${tableName}, ${rowKey}) > (${after[0]}, ${after[1]}, ${after[2]})` : undefined)
      .orderBy(asc(object), asc(tableName), asc(rowKey))
      .limit(limit + 1),
    db.select({ total: count() }).from(flushParked),
  ]);
  return {
    rows: rows.map((row) => ({ ...row, parkedAt: new Date(row.parkedAt).toISOString() })),
    total: counted[0]?.total ?? 0,
  };
}

interface StandingRow {
  readonly object: string;
  readonly epoch: number;
  readonly id: number;
  readonly rev: number;
}

/** In the order of the objects' names, one more than `limit` where there is one. */
export async function roomsStanding(database: D1Database, after: string, limit: number): Promise<StandingRow[]> {
  const { object, epoch, id, rev } = flushPositions;
  return drizzle(database)
    .select({ object, epoch, id, rev })
    .from(flushPositions)
    .where(and(gt(object, after), like(object, `${ROOM_FLUSH_PREFIX}%`)))
    .orderBy(asc(object))
    .limit(limit + 1);
}

/** Those of the rooms that have fewer messages in the index. */
export async function behindInIndex(index: D1Database, rooms: readonly StandingRow[]): Promise<LaggingRoom[]> {
  const { object, epoch, id, rev } = flushPositions;
  const names = JSON.stringify(rooms.map((room) => room.object));
  const rows = await drizzle(index)
    .select({ object, epoch, id, rev })
    .from(flushPositions)
    .where(sql`${object} IN (SELECT value FROM json_each(${names}))`);
  const standing = new Map(rows.map((row) => [row.object, row]));
  return rooms.flatMap((main) => {
    const search = standing.get(main.object);
    // Their revs may differ for ever: receipts are no business of the index.
    if (search?.epoch === main.epoch && search.id >= main.id) return [];
    return [
      { roomId: roomOfFlushName(main.object), main: toPosition(main), search: search ? toPosition(search) : null },
    ];
  });
}

function toPosition({ epoch, id, rev }: StandingRow) {
  return { epoch, messageId: id, rev };
}
