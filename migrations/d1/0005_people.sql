CREATE TABLE `refresh_tokens` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`device_id` text NOT NULL,
	`token` text NOT NULL,
	`expires_at` integer NOT NULL,
	`is_used` integer DEFAULT false NOT NULL,
	`used_at` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`device_id`) REFERENCES `user_sessions`(`device_id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "refresh_tokens_is_used" CHECK("refresh_tokens"."is_used" IN (0, 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `refresh_tokens_token_unique` ON `refresh_tokens` (`token`);--> statement-breakpoint
CREATE INDEX `idx_refresh_tokens_token` ON `refresh_tokens` (`token`);--> statement-breakpoint
CREATE INDEX `idx_refresh_tokens_user_active` ON `refresh_tokens` (`user_id`,`expires_at`,`is_used`);--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`state` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`code_verifier` text NOT NULL,
	`nonce` text,
	`return_to` text,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `user_sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`session_token` text NOT NULL,
	`device_id` text NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`expires_at` integer NOT NULL,
	`last_activity_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "user_sessions_is_active" CHECK("user_sessions"."is_active" IN (0, 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_sessions_session_token_unique` ON `user_sessions` (`session_token`);--> statement-breakpoint
CREATE UNIQUE INDEX `user_sessions_device_id_unique` ON `user_sessions` (`device_id`);--> statement-breakpoint
CREATE INDEX `idx_user_sessions_token` ON `user_sessions` (`session_token`);--> statement-breakpoint
CREATE INDEX `idx_user_sessions_user_active` ON `user_sessions` (`user_id`,`is_active`,`expires_at`);--> statement-breakpoint
CREATE TABLE `matching_preferences` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`preferred_age_min` integer,
	`preferred_age_max` integer,
	`preferred_gender` text,
	`preferred_countries` text,
	`min_compatibility` integer DEFAULT 70 NOT NULL,
	`max_distance_km` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`updated_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "matching_preferences_preferred_age_min" CHECK("matching_preferences"."preferred_age_min" >= 13),
	CONSTRAINT "matching_preferences_preferred_age_max" CHECK("matching_preferences"."preferred_age_max" <= 100),
	CONSTRAINT "valid_age_range" CHECK("matching_preferences"."preferred_age_min" <= "matching_preferences"."preferred_age_max"),
	CONSTRAINT "matching_preferences_preferred_gender" CHECK("matching_preferences"."preferred_gender" IN ('MALE', 'FEMALE', 'ANY')),
	CONSTRAINT "matching_preferences_preferred_countries" CHECK("matching_preferences"."preferred_countries" IS NULL OR json_valid("matching_preferences"."preferred_countries")),
	CONSTRAINT "matching_preferences_min_compatibility" CHECK("matching_preferences"."min_compatibility" BETWEEN 0 AND 100)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `unique_user_preferences` ON `matching_preferences` (`user_id`);--> statement-breakpoint
CREATE TABLE `onboarding_progress` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`current_step` integer DEFAULT 1 NOT NULL,
	`is_completed` integer DEFAULT false NOT NULL,
	`completed_at` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`updated_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "onboarding_progress_current_step" CHECK("onboarding_progress"."current_step" BETWEEN 1 AND 6),
	CONSTRAINT "onboarding_progress_is_completed" CHECK("onboarding_progress"."is_completed" IN (0, 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `unique_user_onboarding` ON `onboarding_progress` (`user_id`);--> statement-breakpoint
CREATE TABLE `onboarding_step_data` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`step_num` integer NOT NULL,
	`data_json` text NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "onboarding_step_data_step_num" CHECK("onboarding_step_data"."step_num" BETWEEN 1 AND 6),
	CONSTRAINT "onboarding_step_data_data_json" CHECK(json_valid("onboarding_step_data"."data_json"))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `unique_user_step` ON `onboarding_step_data` (`user_id`,`step_num`);--> statement-breakpoint
CREATE TABLE `user_blocks` (
	`user_id` integer NOT NULL,
	`blocked_user_id` integer NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	PRIMARY KEY(`user_id`, `blocked_user_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`blocked_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "user_blocks_another" CHECK("user_blocks"."user_id" <> "user_blocks"."blocked_user_id")
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idx_user_blocks_blocked` ON `user_blocks` (`blocked_user_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `user_interests` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`interest_tag` text NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `idx_user_interests_user` ON `user_interests` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_user_interest` ON `user_interests` (`user_id`,`interest_tag`);--> statement-breakpoint
CREATE TABLE `user_languages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`language_code` text NOT NULL,
	`language_type` text NOT NULL,
	`proficiency_level` text,
	`is_primary` integer DEFAULT false NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "user_languages_language_type" CHECK("user_languages"."language_type" IN ('NATIVE', 'TEACHING', 'LEARNING')),
	CONSTRAINT "user_languages_proficiency_level" CHECK("user_languages"."proficiency_level" IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2')),
	CONSTRAINT "user_languages_is_primary" CHECK("user_languages"."is_primary" IN (0, 1))
);
--> statement-breakpoint
CREATE INDEX `idx_user_languages_user` ON `user_languages` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_user_language` ON `user_languages` (`user_id`,`language_code`,`language_type`);--> statement-breakpoint
CREATE TABLE `reports` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`reporter_id` integer,
	`reported_user_id` integer NOT NULL,
	`reason` text NOT NULL,
	`details` text,
	`evidence` text DEFAULT '{}' NOT NULL,
	`status` text DEFAULT 'OPEN' NOT NULL,
	`resolved_by_id` integer,
	`resolution` text,
	`resolved_at` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`reporter_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`reported_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`resolved_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "reports_reason" CHECK("reports"."reason" IN ('SPAM', 'HARASSMENT', 'INAPPROPRIATE', 'UNDERAGE', 'IMPERSONATION', 'OTHER')),
	CONSTRAINT "reports_status" CHECK("reports"."status" IN ('OPEN', 'RESOLVED', 'DISMISSED')),
	CONSTRAINT "reports_evidence" CHECK(json_valid("reports"."evidence"))
);
--> statement-breakpoint
CREATE INDEX `idx_reports_status` ON `reports` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `idx_reports_reported` ON `reports` (`reported_user_id`);--> statement-breakpoint
CREATE TABLE `user_activity_logs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer,
	`activity` text NOT NULL,
	`details` text,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "user_activity_logs_details" CHECK("user_activity_logs"."details" IS NULL OR json_valid("user_activity_logs"."details"))
);
--> statement-breakpoint
CREATE INDEX `idx_user_activity_logs_user` ON `user_activity_logs` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `idx_user_activity_logs_activity` ON `user_activity_logs` (`activity`,`created_at`);--> statement-breakpoint
CREATE TABLE `user_activity_logs_archive` (
	`id` integer PRIMARY KEY NOT NULL,
	`user_id` integer,
	`activity` text NOT NULL,
	`details` text,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL
);
--> statement-breakpoint
CREATE TABLE `media_files` (
	`key` text PRIMARY KEY NOT NULL,
	`owner_id` integer NOT NULL,
	`purpose` text NOT NULL,
	`room_id` integer,
	`content_type` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`file_name` text,
	`details` text,
	`status` text DEFAULT 'PENDING' NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "media_files_purpose" CHECK("media_files"."purpose" IN ('avatar', 'message', 'voice', 'recording')),
	CONSTRAINT "media_files_status" CHECK("media_files"."status" IN ('PENDING', 'STORED', 'IN_USE')),
	CONSTRAINT "media_files_details" CHECK("media_files"."details" IS NULL OR json_valid("media_files"."details"))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idx_media_files_owner` ON `media_files` (`owner_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `idx_media_files_unused` ON `media_files` (`created_at`) WHERE "media_files"."status" <> 'IN_USE';--> statement-breakpoint
CREATE TABLE `fan_outs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`task` text NOT NULL,
	`details` text DEFAULT '{}' NOT NULL,
	`after_room_id` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer DEFAULT 0 NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	CONSTRAINT "fan_outs_task" CHECK("fan_outs"."task" IN ('END_SOCKETS', 'PROFILE', 'BLOCK', 'LEAVE')),
	CONSTRAINT "fan_outs_details" CHECK(json_valid("fan_outs"."details"))
);
--> statement-breakpoint
CREATE INDEX `idx_fan_outs_next` ON `fan_outs` (`next_attempt_at`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`body_hash` text NOT NULL,
	`status` integer,
	`answer` text,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idx_idempotency_keys_expires` ON `idempotency_keys` (`expires_at`);--> statement-breakpoint
ALTER TABLE `users` ADD `is_email_verified` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `time_zone` text;--> statement-breakpoint
ALTER TABLE `users` ADD `country` text;--> statement-breakpoint
ALTER TABLE `users` ADD `latitude` real;--> statement-breakpoint
ALTER TABLE `users` ADD `longitude` real;--> statement-breakpoint
ALTER TABLE `users` ADD `banned_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `deleted_at` integer;