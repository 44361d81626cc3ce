-- Custom SQL migration: a room's messages up to the last that was archived belong into the archive, whoever writes them:
-- a flush of an edit, of a new epoch or of a row that was parked, and code that does not know the archive yet. So the two
-- tables never hold the same message, and no reader has to choose. Upserts as in objects/chat-room/flush.ts: the newer
-- (epoch, rev) stays.
CREATE TRIGGER `chat_messages_archived` BEFORE INSERT ON `chat_messages`
WHEN NEW.`id` <= (SELECT max(`id`) FROM `chat_messages_archive` WHERE `room_id` = NEW.`room_id`)
BEGIN
	INSERT INTO `chat_messages_archive` (
		`room_id`, `id`, `sender_id`, `message_type`, `content`, `file_url`, `file_metadata`, `reply_to_id`, `client_id`,
		`is_edited`, `edited_at`, `is_deleted`, `created_at`, `reactions`, `corrections`, `epoch`, `rev`
	) VALUES (
		NEW.`room_id`, NEW.`id`, NEW.`sender_id`, NEW.`message_type`, NEW.`content`, NEW.`file_url`, NEW.`file_metadata`,
		NEW.`reply_to_id`, NEW.`client_id`, NEW.`is_edited`, NEW.`edited_at`, NEW.`is_deleted`, NEW.`created_at`,
		NEW.`reactions`, NEW.`corrections`, NEW.`epoch`, NEW.`rev`
	)
	ON CONFLICT (`room_id`, `id`) DO UPDATE SET
		`sender_id` = excluded.`sender_id`, `message_type` = excluded.`message_type`, `content` = excluded.`content`,
		`file_url` = excluded.`file_url`, `file_metadata` = excluded.`file_metadata`,
		`reply_to_id` = excluded.`reply_to_id`, `client_id` = excluded.`client_id`, `is_edited` = excluded.`is_edited`,
		`edited_at` = excluded.`edited_at`, `is_deleted` = excluded.`is_deleted`, `created_at` = excluded.`created_at`,
		`reactions` = excluded.`reactions`, `corrections` = excluded.`corrections`, `epoch` = excluded.`epoch`,
		`rev` = excluded.`rev`
		WHERE (excluded.`epoch`, excluded.`rev`) > (`chat_messages_archive`.`epoch`, `chat_messages_archive`.`rev`);
	SELECT RAISE(IGNORE);
END;
