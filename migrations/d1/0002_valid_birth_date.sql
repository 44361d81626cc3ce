-- Custom SQL migration: valid_birth_date of the source, which SQLite cannot hold as a CHECK because today's date is not
-- deterministic. The same rule is in src/auth/rules.ts. Compared as text, year and day apart: no date arithmetic that
-- would turn a 29 February into 1 March.
CREATE TRIGGER `valid_birth_date_insert` BEFORE INSERT ON `users`
WHEN NEW.`birth_date` IS NOT NULL AND (
	date(NEW.`birth_date`) IS NOT NEW.`birth_date`
	OR NEW.`birth_date` <= '1900-01-01'
	OR NEW.`birth_date` > (strftime('%Y', 'now') - 13) || strftime('-%m-%d', 'now')
)
BEGIN
	SELECT RAISE(ABORT, 'valid_birth_date');
END;
--> statement-breakpoint
CREATE TRIGGER `valid_birth_date_update` BEFORE UPDATE OF `birth_date` ON `users`
WHEN NEW.`birth_date` IS NOT NULL AND (
	date(NEW.`birth_date`) IS NOT NEW.`birth_date`
	OR NEW.`birth_date` <= '1900-01-01'
	OR NEW.`birth_date` > (strftime('%Y', 'now') - 13) || strftime('-%m-%d', 'now')
)
BEGIN
	SELECT RAISE(ABORT, 'valid_birth_date');
END;
