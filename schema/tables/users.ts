/** People. Owned by the Worker. A user is never deleted, only emptied in place. */
import { sql } from "drizzle-orm";
import { check, index, integer, real, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";

export const users = sqliteTable(
  "users",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    email: text().notNull().unique(),
    englishName: text("english_name").notNull(),
    koreanName: text("korean_name"),
    birthDate: text("birth_date").notNull(),
    gender: text({ enum: ["MALE", "FEMALE", "OTHER"] }),
    residence: text(),
    profileImageUrl: text("profile_image_url"),
    intro: text(),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    role: text({ enum: ["USER", "ADMIN"] })
      .notNull()
      .default("USER"),
    oauthProvider: text("oauth_provider", { enum: ["GOOGLE", "NAVER"] }),
    oauthId: text("oauth_id"),
    /** True where the provider vouched for the address. */
    isEmailVerified: integer("is_email_verified", { mode: "boolean" }).notNull().default(false),
    /** IANA name. */
    timeZone: text("time_zone"),
    /** ISO 3166-1 alpha-2. */
    country: text(),
    /** Of the residence, in degrees, rounded to 0.1. */
    latitude: real(),
    longitude: real(),
    /** Set by an operator's ban; such a user is inactive. */
    bannedAt: integer("banned_at"),
    /** Set once the user asked to be deleted; the row is emptied by a job. */
    deletedAt: integer("deleted_at"),
    /** Set by that job, once nothing personal is left. */
    erasedAt: integer("erased_at"),
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
  },
  (table) => [
    unique("unique_oauth_user").on(table.oauthProvider, table.oauthId),
    index("idx_users_email").on(table.email),
    index("idx_users_oauth").on(table.oauthProvider, table.oauthId),
    index("idx_users_to_erase")
      .on(table.deletedAt)
      .where(sql`${table.deletedAt} IS NOT NULL AND ${table.erasedAt} IS NULL`),
    check("users_gender", sql`${table.gender} IN ('MALE', 'FEMALE', 'OTHER')`),
    check("users_role", sql`${table.role} IN ('USER', 'ADMIN')`),
    check("users_oauth_provider", sql`${table.oauthProvider} IN ('GOOGLE', 'NAVER')`),
    check("users_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);
