/**
 * Learning sessions in D1. The Worker inserts a session and its first participants, which allocates the id; from then on these
 * rows belong to the LearningSession object and are written by its flush alone, each guarded by `epoch` and `rev`.
 * Bookings, series, feeds and what was counted belong to the Worker.
 */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { users } from "./users.ts";

export const learningSessions = sqliteTable(
  "learning_sessions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionType: text("session_type", { enum: ["AUDIO_1V1", "VIDEO_1V1", "GROUP_VIDEO"] }).notNull(),
    title: text(),
    description: text(),
    scheduledStartTime: integer("scheduled_start_time").notNull(),
    scheduledEndTime: integer("scheduled_end_time").notNull(),
    actualStartTime: integer("actual_start_time"),
    actualEndTime: integer("actual_end_time"),
    status: text({ enum: ["SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED"] })
      .notNull()
      .default("SCHEDULED"),
    /** Why it is over. */
    endReason: text("end_reason", {
      enum: ["HOST", "ENDED", "EVERYBODY_LEFT", "CANCELLED", "UNCONFIRMED", "NO_SHOW"],
    }),
    /** The WebRTC room: the object's name. */
    roomId: text("room_id"),
    primaryLanguage: text("primary_language"),
    secondaryLanguage: text("secondary_language"),
    maxParticipants: integer("max_participants").notNull().default(2),
    createdByUserId: integer("created_by_user_id").references(() => users.id, { onDelete: "set null" }),
    /** The first session's id of a weekly recurrence, in all of its occurrences. */
    seriesId: integer("series_id"),
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
    /** "userId:occurrence:Idempotency-Key" of the request that made it; made up where none was sent. */
    creationKey: text("creation_key"),
    /** SHA-256 of that request's body. */
    creationHash: text("creation_hash"),
    epoch: integer().notNull().default(0),
    rev: integer().notNull().default(0),
  },
  (table) => [
    index("idx_learning_sessions_schedule").on(table.scheduledStartTime, table.scheduledEndTime),
    index("idx_learning_sessions_status").on(table.status, table.scheduledStartTime),
    index("idx_learning_sessions_room").on(table.roomId),
    index("idx_sessions_upcoming")
      .on(table.scheduledStartTime)
      .where(sql`${table.status} IN ('SCHEDULED', 'IN_PROGRESS')`),
    index("idx_learning_sessions_created_by").on(table.createdByUserId),
    index("idx_learning_sessions_series").on(table.seriesId).where(sql`${table.seriesId} IS NOT NULL`),
    uniqueIndex("unique_session_creation").on(table.creationKey).where(sql`${table.creationKey} IS NOT NULL`),
    check("learning_sessions_session_type", sql`${table.sessionType} IN ('AUDIO_1V1', 'VIDEO_1V1', 'GROUP_VIDEO')`),
    check("learning_sessions_status", sql`${table.status} IN ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')`),
    check("learning_sessions_max_participants", sql`${table.maxParticipants} BETWEEN 2 AND 4`),
    check("valid_session_duration", sql`${table.scheduledEndTime} > ${table.scheduledStartTime}`),
  ],
);

export const sessionParticipants = sqliteTable(
  "session_participants",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionId: integer("session_id")
      .notNull()
      .references(() => learningSessions.id, { onDelete: "cascade" }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text({ enum: ["HOST", "PARTICIPANT"] })
      .notNull()
      .default("PARTICIPANT"),
    joinedAt: integer("joined_at"),
    leftAt: integer("left_at"),
    /** Seconds in the call, all times together. */
    participationTime: integer("participation_time").notNull().default(0),
    ratingGiven: integer("rating_given"),
    feedback: text(),
    isConfirmed: integer("is_confirmed", { mode: "boolean" }).notNull().default(false),
    invitation: text({ enum: ["INVITED", "CONFIRMED", "WAITLISTED", "DECLINED", "REMOVED"] })
      .notNull()
      .default("INVITED"),
    /** Null until the session is over, and of those who were not confirmed. */
    attendance: text({ enum: ["ATTENDED", "NO_SHOW"] }),
    /** JSON: seconds talked, by language: `{"ko": 300, "en": 280}`. */
    talkTime: text("talk_time").notNull().default("{}"),
    createdAt: integer("created_at").notNull().default(now),
    epoch: integer().notNull().default(0),
    rev: integer().notNull().default(0),
  },
  (table) => [
    unique("unique_session_participant").on(table.sessionId, table.userId),
    index("idx_session_participants_user").on(table.userId, table.createdAt),
    index("idx_session_participants_session").on(table.sessionId, table.role),
    check("session_participants_role", sql`${table.role} IN ('HOST', 'PARTICIPANT')`),
    check("session_participants_rating_given", sql`${table.ratingGiven} BETWEEN 1 AND 5`),
    check("session_participants_is_confirmed", sql`${table.isConfirmed} IN (0, 1)`),
    check(
      "session_participants_invitation",
      sql`${table.invitation} IN ('INVITED', 'CONFIRMED', 'WAITLISTED', 'DECLINED', 'REMOVED')`,
    ),
    check("session_participants_attendance", sql`${table.attendance} IN ('ATTENDED', 'NO_SHOW')`),
    check("session_participants_talk_time", sql`json_valid(${table.talkTime})`),
  ],
);

export const sessionRecordings = sqliteTable(
  "session_recordings",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionId: integer("session_id")
      .notNull()
      .references(() => learningSessions.id, { onDelete: "cascade" }),
    /** 1, 2, 3 … in its session: its id outside of D1. */
    number: integer().notNull(),
    /** `/v1/sessions/{id}/recordings/{number}/content`. */
    fileUrl: text("file_url").notNull(),
    /** Its key in R2. */
    mediaKey: text("media_key").notNull(),
    fileSize: integer("file_size"),
    /** Seconds. */
    duration: integer(),
    format: text(),
    quality: text(),
    isAvailable: integer("is_available", { mode: "boolean" }).notNull().default(true),
    recordedByUserId: integer("recorded_by_user_id").references(() => users.id, { onDelete: "set null" }),
    expiresAt: integer("expires_at"),
    createdAt: integer("created_at").notNull().default(now),
    epoch: integer().notNull().default(0),
    rev: integer().notNull().default(0),
  },
  (table) => [
    unique("unique_session_recording").on(table.sessionId, table.number),
    index("idx_session_recordings_session").on(table.sessionId),
    index("idx_session_recordings_expiry").on(table.expiresAt, table.isAvailable),
    index("idx_session_recordings_recorded_by").on(table.recordedByUserId),
    check("session_recordings_is_available", sql`${table.isAvailable} IN (0, 1)`),
  ],
);

/**
 * When people are taken: whoever is confirmed or waits for a place. Written by the Worker before the object hears of it, and two
 * of one person never overlap: one statement sees to it. WITHOUT ROWID.
 */
export const sessionBookings = sqliteTable(
  "session_bookings",
  {
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    sessionId: integer("session_id")
      .notNull()
      .references(() => learningSessions.id, { onDelete: "cascade" }),
    startsAt: integer("starts_at").notNull(),
    endsAt: integer("ends_at").notNull(),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.sessionId] }),
    index("idx_session_bookings_session").on(table.sessionId),
    // A booking of yours that begins last before another one ends is the only one that can overlap it.
    index("idx_session_bookings_time").on(table.userId, table.startsAt, table.endsAt),
    check("session_bookings_duration", sql`${table.endsAt} > ${table.startsAt}`),
  ],
);

/** Sessions that partnerships' totals have in them. */
export const countedSessions = sqliteTable("counted_sessions", {
  sessionId: integer("session_id")
    .primaryKey()
    .references(() => learningSessions.id, { onDelete: "cascade" }),
  countedAt: integer("counted_at").notNull().default(now),
});

/** Who learns with whom: made by matching, and by the first session of a pair. Written by the Worker. */
export const userPartnerships = sqliteTable(
  "user_partnerships",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** The smaller id of the two. */
    userId1: integer("user_id_1")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    userId2: integer("user_id_2")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    partnershipType: text("partnership_type", { enum: ["CASUAL", "REGULAR"] })
      .notNull()
      .default("CASUAL"),
    compatibilityScore: integer("compatibility_score"),
    totalSessions: integer("total_sessions").notNull().default(0),
    lastSessionAt: integer("last_session_at"),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    unique("unique_partnership").on(table.userId1, table.userId2),
    index("idx_user_partnerships_user1_active").on(table.userId1, table.isActive),
    index("idx_user_partnerships_user2_activity").on(table.userId2, table.isActive, table.lastSessionAt),
    check("different_partners", sql`${table.userId1} < ${table.userId2}`),
    check("user_partnerships_partnership_type", sql`${table.partnershipType} IN ('CASUAL', 'REGULAR')`),
    check("user_partnerships_compatibility_score", sql`${table.compatibilityScore} BETWEEN 0 AND 100`),
    check("user_partnerships_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);

/** The secret address of somebody's calendar. */
export const calendarFeeds = sqliteTable("calendar_feeds", {
  userId: integer("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  /** SHA-256 of the secret in its address. */
  tokenHash: text("token_hash").notNull().unique("unique_calendar_feed"),
  createdAt: integer("created_at").notNull().default(now),
});
