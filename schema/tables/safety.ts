/** Reports of people by people, and what is written down of what they did. Owned by the Worker. */
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { users } from "./users.ts";

export const reports = sqliteTable(
  "reports",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    reporterId: integer("reporter_id").references(() => users.id, { onDelete: "set null" }),
    reportedUserId: integer("reported_user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    reason: text({ enum: ["SPAM", "HARASSMENT", "INAPPROPRIATE", "UNDERAGE", "IMPERSONATION", "OTHER"] }).notNull(),
    details: text(),
    /** JSON: the profile and the messages as they were when it was reported. */
    evidence: text().notNull().default("{}"),
    status: text({ enum: ["OPEN", "RESOLVED", "DISMISSED"] })
      .notNull()
      .default("OPEN"),
    resolvedById: integer("resolved_by_id").references(() => users.id, { onDelete: "set null" }),
    resolution: text(),
    resolvedAt: integer("resolved_at"),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    index("idx_reports_status").on(table.status, table.id),
    index("idx_reports_reported").on(table.reportedUserId),
    index("idx_reports_reporter").on(table.reporterId),
    check(
      "reports_reason",
      sql`${table.reason} IN ('SPAM', 'HARASSMENT', 'INAPPROPRIATE', 'UNDERAGE', 'IMPERSONATION', 'OTHER')`,
    ),
    check("reports_status", sql`${table.status} IN ('OPEN', 'RESOLVED', 'DISMISSED')`),
    check("reports_evidence", sql`json_valid(${table.evidence})`),
  ],
);

const activityColumns = () => ({
  id: integer().primaryKey({ autoIncrement: true }),
  userId: integer("user_id"),
  activity: text().notNull(),
  /** JSON. */
  details: text(),
  ipAddress: text("ip_address"),
  userAgent: text("user_agent"),
  createdAt: integer("created_at").notNull().default(now),
});

export const userActivityLogs = sqliteTable(
  "user_activity_logs",
  { ...activityColumns(), userId: integer("user_id").references(() => users.id, { onDelete: "set null" }) },
  (table) => [
    index("idx_user_activity_logs_user").on(table.userId, table.createdAt),
    index("idx_user_activity_logs_activity").on(table.activity, table.createdAt),
    check("user_activity_logs_details", sql`${table.details} IS NULL OR json_valid(${table.details})`),
  ],
);

/** Entries older than six months, moved by a job. */
export const userActivityLogsArchive = sqliteTable(
  "user_activity_logs_archive",
  { ...activityColumns(), id: integer().primaryKey() },
  (table) => [index("idx_user_activity_logs_archive_user").on(table.userId)],
);
