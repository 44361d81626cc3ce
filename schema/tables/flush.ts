/** Where the flush of each object stands in this database. Written by the flush, in the batch of the rows themselves. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Everything of `object` up to (id, rev) of `epoch` is in this database. WITHOUT ROWID. */
export const flushPositions = sqliteTable("flush_positions", {
  /** Class and name of the object, e.g. `chat-room:12`. */
  object: text().primaryKey(),
  epoch: integer().notNull(),
  id: integer().notNull(),
  rev: integer().notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Rows that this database refused, left out so that those behind them could go on. WITHOUT ROWID. */
export const flushParked = sqliteTable(
  "flush_parked",
  {
    object: text().notNull(),
    tableName: text("table_name").notNull(),
    /** The row's key inside its object: a message's number, a participant's user id. */
    rowKey: text("row_key").notNull(),
    epoch: integer().notNull(),
    rev: integer().notNull(),
    reason: text().notNull(),
    parkedAt: integer("parked_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.object, table.tableName, table.rowKey] })],
);
