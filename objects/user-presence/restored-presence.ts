/** What a person's database goes through when it is put back from a copy while no object runs on it. */
/** A history newer than every one before it; the flush goes on. `?1`: the time. */
export const RENEW_EPOCH = "UPDATE notification_history SET epoch = max(?1, epoch + 1), is_flush_held = 0";

/** Rooms are asked anew. */
export const RESTORED_PRESENCE: readonly string[] = [
  "DELETE FROM inbox",
  "UPDATE me SET is_filled = 0 WHERE is_erased = 0",
];

/** Notifications, where there are any, go to D1 as a room's rows do. Each with the time (`?1`) at which they are put back. */
export const RESTORED_NOTIFICATIONS: readonly string[] = [
  RENEW_EPOCH,
  "INSERT INTO _due (name, at) SELECT 'flush:main', 0 WHERE ?1 > 0 ON CONFLICT (name) DO UPDATE SET at = 0, attempts = 0",
];
