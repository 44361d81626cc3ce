/** What operators ask of D1: who is one, and which rows the flush had to leave out. */
import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { ParkedRow } from "../../schema/api/flush.ts";
import { chatRooms } from "../../schema/tables/chat.ts";
import { flushParked } from "../../schema/tables/flush.ts";
import { users } from "../../schema/tables/users.ts";

export async function isOperator(database: D1Database, userId: number): Promise<boolean> {
  const operator = await drizzle(database)
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.role, "ADMIN"), eq(users.isActive, true)))
    .get();
  return operator !== undefined;
}

/** In ascending order, one more than `limit` where there is one. */
export async function roomIdsAfter(database: D1Database, roomId: number, limit: number): Promise<number[]> {
  const rows = await drizzle(database)
    .select({ id: chatRooms.id })
    .from(chatRooms)
    .where(gt(chatRooms.id, roomId))
    .orderBy(asc(chatRooms.id))
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
