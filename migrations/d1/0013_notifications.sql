CREATE TABLE `notifications` (
	`id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`type` text NOT NULL,
	`title` text NOT NULL,
	`message` text NOT NULL,
	`data_json` text,
	`about_user_id` integer,
	`is_read` integer DEFAULT false NOT NULL,
	`read_at` integer,
	`priority` text DEFAULT 'NORMAL' NOT NULL,
	`expires_at` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "notifications_data_json" CHECK("notifications"."data_json" IS NULL OR json_valid("notifications"."data_json")),
	CONSTRAINT "notifications_is_read" CHECK("notifications"."is_read" IN (0, 1)),
	CONSTRAINT "notifications_priority" CHECK("notifications"."priority" IN ('LOW', 'NORMAL', 'HIGH', 'URGENT'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idx_notifications_user` ON `notifications` (`user_id`,`is_read`,`created_at`);--> statement-breakpoint
CREATE INDEX `idx_notifications_type` ON `notifications` (`type`,`created_at`);--> statement-breakpoint
CREATE INDEX `idx_notifications_expiry` ON `notifications` (`expires_at`) WHERE "notifications"."expires_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `idx_notifications_unread` ON `notifications` (`user_id`,"created_at" DESC) WHERE "notifications"."is_read" = 0;--> statement-breakpoint
CREATE INDEX `idx_notifications_about` ON `notifications` (`about_user_id`) WHERE "notifications"."about_user_id" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `owed_notifications` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`request` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer DEFAULT 0 NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "owed_notifications_request" CHECK(json_valid("owed_notifications"."request"))
);
--> statement-breakpoint
CREATE INDEX `idx_owed_notifications_next` ON `owed_notifications` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `idx_owed_notifications_user` ON `owed_notifications` (`user_id`);