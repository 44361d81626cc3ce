CREATE TABLE `calendar_feeds` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `unique_calendar_feed` ON `calendar_feeds` (`token_hash`);--> statement-breakpoint
CREATE TABLE `counted_sessions` (
	`session_id` integer PRIMARY KEY NOT NULL,
	`counted_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `learning_sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `learning_sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_type` text NOT NULL,
	`title` text,
	`description` text,
	`scheduled_start_time` integer NOT NULL,
	`scheduled_end_time` integer NOT NULL,
	`actual_start_time` integer,
	`actual_end_time` integer,
	`status` text DEFAULT 'SCHEDULED' NOT NULL,
	`end_reason` text,
	`room_id` text,
	`primary_language` text,
	`secondary_language` text,
	`max_participants` integer DEFAULT 2 NOT NULL,
	`created_by_user_id` integer,
	`series_id` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`updated_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`creation_key` text,
	`creation_hash` text,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`created_by_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "learning_sessions_session_type" CHECK("learning_sessions"."session_type" IN ('AUDIO_1V1', 'VIDEO_1V1', 'GROUP_VIDEO')),
	CONSTRAINT "learning_sessions_status" CHECK("learning_sessions"."status" IN ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')),
	CONSTRAINT "learning_sessions_max_participants" CHECK("learning_sessions"."max_participants" BETWEEN 2 AND 4),
	CONSTRAINT "valid_session_duration" CHECK("learning_sessions"."scheduled_end_time" > "learning_sessions"."scheduled_start_time")
);
--> statement-breakpoint
CREATE INDEX `idx_learning_sessions_schedule` ON `learning_sessions` (`scheduled_start_time`,`scheduled_end_time`);--> statement-breakpoint
CREATE INDEX `idx_learning_sessions_status` ON `learning_sessions` (`status`,`scheduled_start_time`);--> statement-breakpoint
CREATE INDEX `idx_learning_sessions_room` ON `learning_sessions` (`room_id`);--> statement-breakpoint
CREATE INDEX `idx_sessions_upcoming` ON `learning_sessions` (`scheduled_start_time`) WHERE "learning_sessions"."status" IN ('SCHEDULED', 'IN_PROGRESS');--> statement-breakpoint
CREATE INDEX `idx_learning_sessions_created_by` ON `learning_sessions` (`created_by_user_id`);--> statement-breakpoint
CREATE INDEX `idx_learning_sessions_series` ON `learning_sessions` (`series_id`) WHERE "learning_sessions"."series_id" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `unique_session_creation` ON `learning_sessions` (`creation_key`) WHERE "learning_sessions"."creation_key" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `session_bookings` (
	`user_id` integer NOT NULL,
	`session_id` integer NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	PRIMARY KEY(`user_id`, `session_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`session_id`) REFERENCES `learning_sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "session_bookings_duration" CHECK("session_bookings"."ends_at" > "session_bookings"."starts_at")
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idx_session_bookings_session` ON `session_bookings` (`session_id`);--> statement-breakpoint
CREATE INDEX `idx_session_bookings_time` ON `session_bookings` (`user_id`,`starts_at`,`ends_at`);--> statement-breakpoint
CREATE TABLE `session_participants` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`role` text DEFAULT 'PARTICIPANT' NOT NULL,
	`joined_at` integer,
	`left_at` integer,
	`participation_time` integer DEFAULT 0 NOT NULL,
	`rating_given` integer,
	`feedback` text,
	`is_confirmed` integer DEFAULT false NOT NULL,
	`invitation` text DEFAULT 'INVITED' NOT NULL,
	`attendance` text,
	`talk_time` text DEFAULT '{}' NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `learning_sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "session_participants_role" CHECK("session_participants"."role" IN ('HOST', 'PARTICIPANT')),
	CONSTRAINT "session_participants_rating_given" CHECK("session_participants"."rating_given" BETWEEN 1 AND 5),
	CONSTRAINT "session_participants_is_confirmed" CHECK("session_participants"."is_confirmed" IN (0, 1)),
	CONSTRAINT "session_participants_invitation" CHECK("session_participants"."invitation" IN ('INVITED', 'CONFIRMED', 'WAITLISTED', 'DECLINED', 'REMOVED')),
	CONSTRAINT "session_participants_attendance" CHECK("session_participants"."attendance" IN ('ATTENDED', 'NO_SHOW')),
	CONSTRAINT "session_participants_talk_time" CHECK(json_valid("session_participants"."talk_time"))
);
--> statement-breakpoint
CREATE INDEX `idx_session_participants_user` ON `session_participants` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `idx_session_participants_session` ON `session_participants` (`session_id`,`role`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_session_participant` ON `session_participants` (`session_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `session_recordings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_id` integer NOT NULL,
	`number` integer NOT NULL,
	`file_url` text NOT NULL,
	`media_key` text NOT NULL,
	`file_size` integer,
	`duration` integer,
	`format` text,
	`quality` text,
	`is_available` integer DEFAULT true NOT NULL,
	`recorded_by_user_id` integer,
	`expires_at` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `learning_sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`recorded_by_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "session_recordings_is_available" CHECK("session_recordings"."is_available" IN (0, 1))
);
--> statement-breakpoint
CREATE INDEX `idx_session_recordings_session` ON `session_recordings` (`session_id`);--> statement-breakpoint
CREATE INDEX `idx_session_recordings_expiry` ON `session_recordings` (`expires_at`,`is_available`);--> statement-breakpoint
CREATE INDEX `idx_session_recordings_recorded_by` ON `session_recordings` (`recorded_by_user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_session_recording` ON `session_recordings` (`session_id`,`number`);--> statement-breakpoint
CREATE TABLE `user_partnerships` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id_1` integer NOT NULL,
	`user_id_2` integer NOT NULL,
	`partnership_type` text DEFAULT 'CASUAL' NOT NULL,
	`compatibility_score` integer,
	`total_sessions` integer DEFAULT 0 NOT NULL,
	`last_session_at` integer,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id_1`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id_2`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "different_partners" CHECK("user_partnerships"."user_id_1" < "user_partnerships"."user_id_2"),
	CONSTRAINT "user_partnerships_partnership_type" CHECK("user_partnerships"."partnership_type" IN ('CASUAL', 'REGULAR')),
	CONSTRAINT "user_partnerships_compatibility_score" CHECK("user_partnerships"."compatibility_score" BETWEEN 0 AND 100),
	CONSTRAINT "user_partnerships_is_active" CHECK("user_partnerships"."is_active" IN (0, 1))
);
--> statement-breakpoint
CREATE INDEX `idx_user_partnerships_user1_active` ON `user_partnerships` (`user_id_1`,`is_active`);--> statement-breakpoint
CREATE INDEX `idx_user_partnerships_user2_activity` ON `user_partnerships` (`user_id_2`,`is_active`,`last_session_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_partnership` ON `user_partnerships` (`user_id_1`,`user_id_2`);