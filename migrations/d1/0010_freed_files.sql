ALTER TABLE `media_files` ADD `freed_at` integer;--> statement-breakpoint
CREATE INDEX `idx_media_files_freed` ON `media_files` (`freed_at`) WHERE "media_files"."freed_at" IS NOT NULL;
--> statement-breakpoint
-- Custom SQL from here on: a message that was deleted frees its file, in the transaction that brings the deletion, unless
-- another message shows the same one. From then on nobody gets it, and the sweep removes it. Not where rows are removed:
-- the archive does that to messages that it has copied.
CREATE TRIGGER `chat_messages_free_file` AFTER UPDATE OF `file_url` ON `chat_messages`
WHEN OLD.`file_url` IS NOT NULL AND NEW.`file_url` IS NOT OLD.`file_url`
BEGIN
	UPDATE `media_files` SET `freed_at` = CAST(unixepoch('subsec') * 1000 AS INTEGER)
	WHERE `key` = substr(OLD.`file_url`, length('/v1/media/') + 1)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages` WHERE `file_url` = OLD.`file_url`)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages_archive` WHERE `file_url` = OLD.`file_url`);
END;
--> statement-breakpoint
CREATE TRIGGER `chat_messages_archive_free_file` AFTER UPDATE OF `file_url` ON `chat_messages_archive`
WHEN OLD.`file_url` IS NOT NULL AND NEW.`file_url` IS NOT OLD.`file_url`
BEGIN
	UPDATE `media_files` SET `freed_at` = CAST(unixepoch('subsec') * 1000 AS INTEGER)
	WHERE `key` = substr(OLD.`file_url`, length('/v1/media/') + 1)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages` WHERE `file_url` = OLD.`file_url`)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages_archive` WHERE `file_url` = OLD.`file_url`);
END;
