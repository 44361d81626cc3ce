CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`email` text NOT NULL,
	`english_name` text NOT NULL,
	`korean_name` text,
	`birth_date` text NOT NULL,
	`gender` text,
	`residence` text,
	`profile_image_url` text,
	`intro` text,
	`is_active` integer DEFAULT true NOT NULL,
	`role` text DEFAULT 'USER' NOT NULL,
	`oauth_provider` text,
	`oauth_id` text,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`updated_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	CONSTRAINT "users_gender" CHECK("users"."gender" IN ('MALE', 'FEMALE', 'OTHER')),
	CONSTRAINT "users_role" CHECK("users"."role" IN ('USER', 'ADMIN')),
	CONSTRAINT "users_oauth_provider" CHECK("users"."oauth_provider" IN ('GOOGLE', 'NAVER')),
	CONSTRAINT "users_is_active" CHECK("users"."is_active" IN (0, 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `idx_users_email` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `idx_users_oauth` ON `users` (`oauth_provider`,`oauth_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_oauth_user` ON `users` (`oauth_provider`,`oauth_id`);--> statement-breakpoint
CREATE TABLE `chat_messages` (
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
	PRIMARY KEY(`room_id`, `id`),
	CONSTRAINT "chat_messages_message_type" CHECK("chat_messages"."message_type" IN ('TEXT', 'IMAGE', 'VOICE', 'FILE', 'SYSTEM')),
	CONSTRAINT "chat_messages_is_edited" CHECK("chat_messages"."is_edited" IN (0, 1)),
	CONSTRAINT "chat_messages_is_deleted" CHECK("chat_messages"."is_deleted" IN (0, 1)),
	CONSTRAINT "chat_messages_file_metadata" CHECK("chat_messages"."file_metadata" IS NULL OR json_valid("chat_messages"."file_metadata")),
	CONSTRAINT "chat_messages_reactions" CHECK(json_valid("chat_messages"."reactions")),
	CONSTRAINT "chat_messages_corrections" CHECK(json_valid("chat_messages"."corrections"))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idx_chat_messages_reply` ON `chat_messages` (`reply_to_id`) WHERE "chat_messages"."reply_to_id" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `chat_participants` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`room_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`role` text DEFAULT 'MEMBER' NOT NULL,
	`joined_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`last_read_message_id` integer,
	`is_active` integer DEFAULT true NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`room_id`) REFERENCES `chat_rooms`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "chat_participants_role" CHECK("chat_participants"."role" IN ('ADMIN', 'MEMBER')),
	CONSTRAINT "chat_participants_is_active" CHECK("chat_participants"."is_active" IN (0, 1))
);
--> statement-breakpoint
CREATE INDEX `idx_chat_participants_user_rooms` ON `chat_participants` (`user_id`,`is_active`);--> statement-breakpoint
CREATE INDEX `idx_chat_participants_room` ON `chat_participants` (`room_id`,`is_active`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_room_participant` ON `chat_participants` (`room_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `chat_rooms` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`room_type` text DEFAULT 'DIRECT' NOT NULL,
	`name` text,
	`description` text,
	`created_by_user_id` integer,
	`is_active` integer DEFAULT true NOT NULL,
	`last_message_at` integer,
	`created_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`updated_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL,
	`direct_key` text,
	`creation_key` text,
	`creation_hash` text,
	`epoch` integer DEFAULT 0 NOT NULL,
	`rev` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`created_by_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "chat_rooms_room_type" CHECK("chat_rooms"."room_type" IN ('DIRECT', 'GROUP')),
	CONSTRAINT "chat_rooms_is_active" CHECK("chat_rooms"."is_active" IN (0, 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `unique_direct_room` ON `chat_rooms` (`direct_key`);--> statement-breakpoint
CREATE INDEX `idx_chat_rooms_activity` ON `chat_rooms` (`is_active`,`last_message_at`);--> statement-breakpoint
CREATE INDEX `idx_chat_rooms_created_by` ON `chat_rooms` (`created_by_user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `unique_room_creation` ON `chat_rooms` (`creation_key`) WHERE "chat_rooms"."creation_key" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `flush_parked` (
	`object` text NOT NULL,
	`table_name` text NOT NULL,
	`row_key` text NOT NULL,
	`epoch` integer NOT NULL,
	`rev` integer NOT NULL,
	`reason` text NOT NULL,
	`parked_at` integer NOT NULL,
	PRIMARY KEY(`object`, `table_name`, `row_key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `flush_positions` (
	`object` text PRIMARY KEY NOT NULL,
	`epoch` integer NOT NULL,
	`id` integer NOT NULL,
	`rev` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
