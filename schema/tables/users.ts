/** People. Owned by the Worker. A user is never deleted, only emptied in place. */
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
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
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
  },
  (table) => [
    unique("unique_oauth_user").on(table.oauthProvider, table.oauthId),
    index("idx_users_email").on(table.email),
    index("idx_users_oauth").on(table.oauthProvider, table.oauthId),
    check("users_gender", sql`${table.gender} IN ('MALE', 'FEMALE', 'OTHER')`),
    check("users_role", sql`${table.role} IN ('USER', 'ADMIN')`),
    check("users_oauth_provider", sql`${table.oauthProvider} IN ('GOOGLE', 'NAVER')`),
    check("users_is_active", sql`${table.isActive} IN (0, 1)`),
  ],
);
