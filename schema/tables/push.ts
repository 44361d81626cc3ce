/** Browsers that may be told something while no page is open. Owned by the Worker. */
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { userSessions } from "./devices.ts";
import { users } from "./users.ts";

export const pushSubscriptions = sqliteTable(
  "push_subscriptions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Where the browser subscribed: a device that has ended, or was forgotten, is told nothing. */
    deviceId: text("device_id")
      .notNull()
      .references(() => userSessions.deviceId, { onDelete: "cascade" }),
    /** Whoever knows it may send to the browser, as far as its push service lets them: never logged. */
    endpoint: text().notNull().unique(),
    /** The browser's public key, and the secret that it shares with us: both base64url. */
    p256dhKey: text("p256dh_key").notNull(),
    authKey: text("auth_key").notNull(),
    userAgent: text("user_agent"),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
  },
  (table) => [
    index("idx_push_subscriptions_user").on(table.userId, table.isActive),
    // For the foreign key, and for the end of a device.
    index("idx_push_subscriptions_device").on(table.deviceId),
    check("push_subscriptions_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);
