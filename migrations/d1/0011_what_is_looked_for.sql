DROP INDEX `idx_refresh_tokens_token`;--> statement-breakpoint
CREATE UNIQUE INDEX `idx_refresh_tokens_token` ON `refresh_tokens` (`token`);--> statement-breakpoint
DROP INDEX `refresh_tokens_token_unique`;--> statement-breakpoint
DROP INDEX `idx_user_sessions_token`;--> statement-breakpoint
CREATE UNIQUE INDEX `idx_user_sessions_token` ON `user_sessions` (`session_token`);--> statement-breakpoint
DROP INDEX `user_sessions_session_token_unique`;--> statement-breakpoint
CREATE INDEX `idx_reports_reporter` ON `reports` (`reporter_id`);--> statement-breakpoint
CREATE INDEX `idx_user_activity_logs_archive_user` ON `user_activity_logs_archive` (`user_id`);
