/** What people say of themselves and look for. Owned by the Worker. */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { now } from "./columns.ts";
import { users } from "./users.ts";

const userId = () =>
  integer("user_id")
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

export const userLanguages = sqliteTable(
  "user_languages",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: userId(),
    languageCode: text("language_code").notNull(),
    languageType: text("language_type", { enum: ["NATIVE", "TEACHING", "LEARNING"] }).notNull(),
    proficiencyLevel: text("proficiency_level", { enum: ["A1", "A2", "B1", "B2", "C1", "C2"] }),
    isPrimary: integer("is_primary", { mode: "boolean" }).notNull().default(false),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    unique("unique_user_language").on(table.userId, table.languageCode, table.languageType),
    index("idx_user_languages_user").on(table.userId),
    check("user_languages_language_type", sql`${table.languageType} IN ('NATIVE', 'TEACHING', 'LEARNING')`),
    check("user_languages_proficiency_level", sql`${table.proficiencyLevel} IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2')`),
    check("user_languages_is_primary", sql`${table.isPrimary} IN (0, 1)`),
  ],
);

export const userInterests = sqliteTable(
  "user_interests",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: userId(),
    interestTag: text("interest_tag").notNull(),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    unique("unique_user_interest").on(table.userId, table.interestTag),
    index("idx_user_interests_user").on(table.userId),
  ],
);

export const onboardingProgress = sqliteTable(
  "onboarding_progress",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: userId(),
    currentStep: integer("current_step").notNull().default(1),
    isCompleted: integer("is_completed", { mode: "boolean" }).notNull().default(false),
    completedAt: integer("completed_at"),
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
  },
  (table) => [
    unique("unique_user_onboarding").on(table.userId),
    check("onboarding_progress_current_step", sql`${table.currentStep} BETWEEN 1 AND 6`),
    check("onboarding_progress_is_completed", sql`${table.isCompleted} IN (0, 1)`),
  ],
);

export const onboardingStepData = sqliteTable(
  "onboarding_step_data",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: userId(),
    stepNum: integer("step_num").notNull(),
    dataJson: text("data_json").notNull(),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    unique("unique_user_step").on(table.userId, table.stepNum),
    check("onboarding_step_data_step_num", sql`${table.stepNum} BETWEEN 1 AND 6`),
    check("onboarding_step_data_data_json", sql`json_valid(${table.dataJson})`),
  ],
);

export const matchingPreferences = sqliteTable(
  "matching_preferences",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: userId(),
    preferredAgeMin: integer("preferred_age_min"),
    preferredAgeMax: integer("preferred_age_max"),
    preferredGender: text("preferred_gender", { enum: ["MALE", "FEMALE", "ANY"] }),
    /** JSON list of ISO 3166-1 alpha-2 codes. */
    preferredCountries: text("preferred_countries"),
    minCompatibility: integer("min_compatibility").notNull().default(70),
    maxDistanceKm: integer("max_distance_km"),
    createdAt: integer("created_at").notNull().default(now),
    updatedAt: integer("updated_at").notNull().default(now),
  },
  (table) => [
    unique("unique_user_preferences").on(table.userId),
    check("matching_preferences_preferred_age_min", sql`${table.preferredAgeMin} >= 13`),
    check("matching_preferences_preferred_age_max", sql`${table.preferredAgeMax} <= 100`),
    check("valid_age_range", sql`${table.preferredAgeMin} <= ${table.preferredAgeMax}`),
    check("matching_preferences_preferred_gender", sql`${table.preferredGender} IN ('MALE', 'FEMALE', 'ANY')`),
    check(
      "matching_preferences_preferred_countries",
      sql`${table.preferredCountries} IS NULL OR json_valid(${table.preferredCountries})`,
    ),
    check("matching_preferences_min_compatibility", sql`${table.minCompatibility} BETWEEN 0 AND 100`),
  ],
);

/** Who wants nothing to do with whom. It holds both ways, whoever of the two made it. WITHOUT ROWID. */
export const userBlocks = sqliteTable(
  "user_blocks",
  {
    userId: userId(),
    blockedUserId: integer("blocked_user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull().default(now),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.blockedUserId] }),
    index("idx_user_blocks_blocked").on(table.blockedUserId, table.userId),
    check("user_blocks_another", sql`${table.userId} <> ${table.blockedUserId}`),
  ],
);
