ALTER TABLE `users` ADD `erased_at` integer;--> statement-breakpoint
CREATE INDEX `idx_users_to_erase` ON `users` (`deleted_at`) WHERE "users"."deleted_at" IS NOT NULL AND "users"."erased_at" IS NULL;