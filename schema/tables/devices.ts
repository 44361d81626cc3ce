/** Where people are signed in. Owned by the Worker. A device is one row and one family of refresh tokens. */
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { users } from "./users.ts";

/** Devices. "Session" is the source's word; here a session is a learning session. */
export const userSessions = sqliteTable(
  "user_sessions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 of the family's first refresh token, hexadecimal. */
    sessionToken: text("session_token").notNull(),
    /** The `sid` of its access tokens: a name, no secret. */
    deviceId: text("device_id").notNull().unique(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    expiresAt: integer("expires_at").notNull(),
    lastActivityAt: integer("last_activity_at").notNull().default(now),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    // It is the source's UNIQUE too: one of its own would be a second row to write at each sign-in.
    uniqueIndex("idx_user_sessions_token").on(table.sessionToken),
    index("idx_user_sessions_user_active").on(table.userId, table.isActive, table.expiresAt),
    check("user_sessions_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);

/** A used token stays until it expires: whoever shows it again later has stolen it, or was stolen from. */
export const refreshTokens = sqliteTable(
  "refresh_tokens",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The family. */
    deviceId: text("device_id")
      .notNull()
      .references(() => userSessions.deviceId, { onDelete: "cascade" }),
    /** SHA-256 of the token, hexadecimal. */
    token: text().notNull(),
    expiresAt: integer("expires_at").notNull(),
    isUsed: integer("is_used", { mode: "boolean" }).notNull().default(false),
    usedAt: integer("used_at"),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    uniqueIndex("idx_refresh_tokens_token").on(table.token),
    // For the foreign key: a device that is deleted takes its tokens along.
    index("idx_refresh_tokens_device").on(table.deviceId),
    index("idx_refresh_tokens_user_active").on(table.userId, table.expiresAt, table.isUsed),
    check("refresh_tokens_is_used", sql`${table.isUsed} IN (0, 1)`),
  ],
);

/** Sign-ins with a provider that are under way: one row each, taken once. WITHOUT ROWID. */
export const signInAttempts = sqliteTable("sign_in_attempts", {
  /** SHA-256 of the `state` that the provider gives back, hexadecimal. */
  state: text().primaryKey(),
  provider: text({ enum: ["GOOGLE", "NAVER"] }).notNull(),
  codeVerifier: text("code_verifier").notNull(),
  nonce: text(),
  returnTo: text("return_to"),
  /** SHA-256 of what the page at `returnTo` keeps to itself, base64url: only that page can exchange the code. */
  challenge: text(),
  expiresAt: integer("expires_at").notNull(),
});

/** What a provider said of somebody, for the page that they return to: one row each, taken once. WITHOUT ROWID. */
export const signInCodes = sqliteTable("sign_in_codes", {
  /** SHA-256 of the code, hexadecimal. */
  code: text().primaryKey(),
  challenge: text().notNull(),
  /** JSON. */
  identity: text().notNull(),
  expiresAt: integer("expires_at").notNull(),
});
