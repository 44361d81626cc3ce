CREATE INDEX `idx_chat_messages_file` ON `chat_messages` (`file_url`) WHERE "chat_messages"."file_url" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `idx_chat_messages_archive_file` ON `chat_messages_archive` (`file_url`) WHERE "chat_messages_archive"."file_url" IS NOT NULL;
