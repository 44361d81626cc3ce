CREATE TABLE `sign_in_codes` (
	`code` text PRIMARY KEY NOT NULL,
	`challenge` text NOT NULL,
	`identity` text NOT NULL,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `sign_in_attempts` ADD `challenge` text;