CREATE TABLE `chat_messages_archive` (
	`room_id` integer NOT NULL,
	`id` integer NOT NULL,
	`sender_id` integer NOT NULL,
	`message_type` text DEFAULT 'TEXT' NOT NULL,
	`content` text,
	`file_url` text,
	`file_metadata` text,
	`reply_to_id` integer,
	`client_id` text,
	`is_edited` integer DEFAULT false NOT NULL,
	`edited_at` integer,
	`is_deleted` integer DEFAULT false NOT NULL,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`reactions` text DEFAULT '[]' NOT NULL,
	`corrections` text DEFAULT '[]' NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`room_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `jobs` (
	`name` text PRIMARY KEY NOT NULL,
	`progress` text,
	`counts` text DEFAULT '{}' NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`lease_token` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`failures` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "jobs_progress" CHECK("jobs"."progress" IS NULL OR json_valid("jobs"."progress")),
	CONSTRAINT "jobs_counts" CHECK(json_valid("jobs"."counts"))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `system_metrics` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`metric_name` text NOT NULL,
	`metric_value` real NOT NULL,
	`metric_unit` text,
	`tags` text,
	`recorded_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
	CONSTRAINT "system_metrics_tags" CHECK("system_metrics"."tags" IS NULL OR json_valid("system_metrics"."tags"))
);
--> statement-breakpoint
CREATE INDEX `idx_system_metrics_time` ON `system_metrics` (`metric_name`,`recorded_at`);--> statement-breakpoint
CREATE INDEX `idx_system_metrics_tags` ON `system_metrics` (("tags" ->> 'job'));
--> statement-breakpoint
CREATE VIEW `chat_log` AS
  SELECT room_id, id, sender_id, message_type, content, file_url, file_metadata, reply_to_id, client_id, is_edited,
    edited_at, is_deleted, created_at, reactions, corrections, epoch, rev FROM chat_messages
  UNION ALL
  SELECT room_id, id, sender_id, message_type, content, file_url, file_metadata, reply_to_id, client_id, is_edited,
    edited_at, is_deleted, created_at, reactions, corrections, epoch, rev FROM chat_messages_archive;
