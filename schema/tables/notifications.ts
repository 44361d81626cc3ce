/**
 * What people were told of. The rows belong to their `UserPresence` object, and are written by its flush alone; `epoch` and
 * `rev` guard each. What the Worker owes to such an object waits in `owed_notifications`.
 */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { users } from "./users.ts";

/** Keyed by the number among the user's own. WITHOUT ROWID. */
export const notifications = sqliteTable(
  "notifications",
  {
    id: integer().notNull(),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    type: text().notNull(),
    title: text().notNull(),
    message: text().notNull(),
    dataJson: text("data_json"),
    /** Whose name is in it: it goes with their account. */
    aboutUserId: integer("about_user_id"),
    isRead: integer("is_read", { mode: "boolean" }).notNull().default(false),
    readAt: integer("read_at"),
    priority: text({ enum: ["LOW", "NORMAL", "HIGH", "URGENT"] })
      .notNull()
      .default("NORMAL"),
    expiresAt: integer("expires_at"),
    createdAt: integer("created_at").notNull().default(now),
    epoch: integer().notNull().default(0),
    rev: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    index("idx_notifications_user").on(table.userId, table.isRead, table.createdAt),
    index("idx_notifications_type").on(table.type, table.createdAt),
    // Most never expire.
    index("idx_notifications_expiry").on(table.expiresAt).where(sql`${table.expiresAt} IS NOT NULL`),
    index("idx_notifications_unread").on(table.userId, sql`${table.createdAt} DESC`).where(sql`${table.isRead} = 0`),
    index("idx_notifications_about").on(table.aboutUserId).where(sql`${table.aboutUserId} IS NOT NULL`),
    check("notifications_data_json", sql`${table.dataJson} IS NULL OR json_valid(${table.dataJson})`),
    check("notifications_is_read", sql`${table.isRead} IN (0, 1)`),
    check("notifications_priority", sql`${table.priority} IN ('LOW', 'NORMAL', 'HIGH', 'URGENT')`),
  ],
);

/** Written in the batch of the change that is told of, and deleted once the person's object has heard. */
export const owedNotifications = sqliteTable(
  "owed_notifications",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** JSON: what the object is asked to tell, or whom to forget. */
    request: text().notNull(),
    /** Times that it was begun. */
    attempts: integer().notNull().default(0),
    nextAttemptAt: integer("next_attempt_at").notNull().default(0),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    index("idx_owed_notifications_next").on(table.nextAttemptAt),
    // For the foreign key, and for one user's.
    index("idx_owed_notifications_user").on(table.userId),
    check("owed_notifications_request", sql`json_valid(${table.request})`),
  ],
);
