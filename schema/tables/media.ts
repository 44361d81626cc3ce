/** What is in R2 and whose it is. Written by the Worker, and freed by messages that are deleted (migrations/d1/0006). */
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { users } from "./users.ts";

export const mediaFiles = sqliteTable(
  "media_files",
  {
    /** The R2 key: `<purpose>/<user id>/<random>`, ASCII. WITHOUT ROWID. */
    key: text().primaryKey(),
    ownerId: integer("owner_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    purpose: text({ enum: ["avatar", "message", "voice", "recording"] }).notNull(),
    /** The room whose participants may see it; null for an avatar. */
    roomId: integer("room_id"),
    contentType: text("content_type").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    /** As the sender called it, for `Content-Disposition`. */
    fileName: text("file_name"),
    /** JSON: width, height, durationMs. */
    details: text(),
    /** `PENDING`: announced, not verified yet. `STORED`: there, and what it says to be. `IN_USE`: a message or a profile shows it. */
    status: text({ enum: ["PENDING", "STORED", "IN_USE"] })
      .notNull()
      .default("PENDING"),
    createdAt: integer("created_at").notNull().default(now),
    /** When what showed it was deleted: from then on nobody gets it, and the next sweep removes it. */
    freedAt: integer("freed_at"),
  },
  (table) => [
    index("idx_media_files_owner").on(table.ownerId, table.createdAt),
    index("idx_media_files_unused").on(table.createdAt).where(sql`${table.status} <> 'IN_USE'`),
    index("idx_media_files_freed").on(table.freedAt).where(sql`${table.freedAt} IS NOT NULL`),
    check("media_files_purpose", sql`${table.purpose} IN ('avatar', 'message', 'voice', 'recording')`),
    check("media_files_status", sql`${table.status} IN ('PENDING', 'STORED', 'IN_USE')`),
    check("media_files_details", sql`${table.details} IS NULL OR json_valid(${table.details})`),
  ],
);
