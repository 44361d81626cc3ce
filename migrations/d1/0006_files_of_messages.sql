CREATE INDEX `idx_chat_messages_file` ON `chat_messages` (`file_url`) WHERE "chat_messages"."file_url" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `idx_chat_messages_archive_file` ON `chat_messages_archive` (`file_url`) WHERE "chat_messages_archive"."file_url" IS NOT NULL;--> statement-breakpoint
-- Custom SQL from here on: a message that was deleted frees its file, in the transaction that brings the deletion, unless
-- another message shows the same file. Without its row nobody can fetch it any more; what lies in R2 is swept. Not where
-- rows are deleted: the archive does that to messages that it has copied.
CREATE TRIGGER `chat_messages_free_file` AFTER UPDATE OF `file_url` ON `chat_messages`
WHEN OLD.`file_url` IS NOT NULL AND NEW.`file_url` IS NOT OLD.`file_url`
BEGIN
	DELETE FROM `media_files` WHERE `key` = substr(OLD.`file_url`, length('/v1/media/') + 1)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages` WHERE `file_url` = OLD.`file_url`)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages_archive` WHERE `file_url` = OLD.`file_url`);
END;
--> statement-breakpoint
CREATE TRIGGER `chat_messages_archive_free_file` AFTER UPDATE OF `file_url` ON `chat_messages_archive`
WHEN OLD.`file_url` IS NOT NULL AND NEW.`file_url` IS NOT OLD.`file_url`
BEGIN
	DELETE FROM `media_files` WHERE `key` = substr(OLD.`file_url`, length('/v1/media/') + 1)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages` WHERE `file_url` = OLD.`file_url`)
		AND NOT EXISTS (SELECT 1 FROM `chat_messages_archive` WHERE `file_url` = OLD.`file_url`);
END;
