/** What the service writes down about itself: figures, and where its jobs stand. Written by `src/jobs`. */
import { sql } from "drizzle-orm";
import { check, index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";

export const systemMetrics = sqliteTable(
  "system_metrics",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    metricName: text("metric_name").notNull(),
    metricValue: real("metric_value").notNull(),
    metricUnit: text("metric_unit"),
    /** JSON object: `job`, and what else tells the figure from others of its name. */
    tags: text(),
    recordedAt: integer("recorded_at").default(now),
  },
  (table) => [
    index("idx_system_metrics_time").on(table.metricName, table.recordedAt),
    index("idx_system_metrics_tags").on(sql`(${table.tags} ->> 'job')`),
    check("system_metrics_tags", sql`${table.tags} IS NULL OR json_valid(${table.tags})`),
  ],
);

/** One row for each job that ever ran. WITHOUT ROWID. */
export const jobs = sqliteTable(
  "jobs",
  {
    name: text().primaryKey(),
    /** JSON: how far the run has come that is under way; null between runs. */
    progress: text(),
    /** JSON object of numbers: what the run that is under way, or else the last one, has done. */
    counts: text().notNull().default("{}"),
    /** When the run began that is under way, or else the last one. */
    startedAt: integer("started_at"),
    /** When the last run came to its end. */
    finishedAt: integer("finished_at"),
    /** Who works on it, until `leaseUntil` and no longer. */
    leaseToken: text("lease_token"),
    /** Where nobody works on it: no tick does before then. It rests after a failure, or was never run and awaits its time. */
    leaseUntil: integer("lease_until").notNull().default(0),
    /** What the last step failed with, until one succeeds. */
    lastError: text("last_error"),
    /** Steps that failed since the last that did not. */
    failures: integer().notNull().default(0),
  },
  (table) => [
    check("jobs_progress", sql`${table.progress} IS NULL OR json_valid(${table.progress})`),
    check("jobs_counts", sql`json_valid(${table.counts})`),
  ],
);

/**
 * What the Worker owes to objects: written in the batch of the change that it follows from, done at once where it can be,
 * and otherwise by a job, until it is done. Each task reaches every room of a user.
 */
export const fanOuts = sqliteTable(
  "fan_outs",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: integer("user_id").notNull(),
    /** What is to be done in each object. */
    task: text({ enum: ["END_SOCKETS", "PROFILE", "BLOCK", "LEAVE"] }).notNull(),
    /** JSON: what the task needs besides the user. */
    details: text().notNull().default("{}"),
    /** Rooms up to this one are done. */
    afterRoomId: integer("after_room_id").notNull().default(0),
    attempts: integer().notNull().default(0),
    nextAttemptAt: integer("next_attempt_at").notNull().default(0),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    index("idx_fan_outs_next").on(table.nextAttemptAt),
    check("fan_outs_task", sql`${table.task} IN ('END_SOCKETS', 'PROFILE', 'BLOCK', 'LEAVE')`),
    check("fan_outs_details", sql`json_valid(${table.details})`),
  ],
);

/** Answers to requests that carried an `Idempotency-Key`, for those who did not get them. WITHOUT ROWID. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** "userId:route:key". */
    key: text().primaryKey(),
    /** SHA-256 of the body: the same key with another body is a conflict. */
    bodyHash: text("body_hash").notNull(),
    status: integer(),
    /** JSON. Written with the key, once the thing is there; one without is nobody's answer, and is written over. */
    answer: text(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("idx_idempotency_keys_expires").on(table.expiresAt)],
);
