/** What a room's database goes through when it is put back from a copy while no object runs on it. */

/** A history newer than every one before it; the flush goes on. */
export const RENEW_EPOCH = "UPDATE room SET epoch = max(?1, epoch + 1), is_flush_held = 0";

/**
 * In their order, each with the time (`?1`) at which it is put back: positions of before mean nothing any more, and D1 is
 * brought to what the room holds. That is long overdue, so that a wake-up sees to it even where no alarm rings.
 */
export const RESTORED_ROOM: readonly string[] = [
  RENEW_EPOCH,
  "INSERT INTO _due (name, at) SELECT 'flush:main', 0 WHERE ?1 > 0 ON CONFLICT (name) DO UPDATE SET at = 0, attempts = 0",
];
