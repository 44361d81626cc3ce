/** What a session's database goes through when it is put back from a copy while no object runs on it. */
/** A history newer than every one before it; the flush goes on. `?1`: the time. */
export const RENEW_EPOCH = "UPDATE session SET epoch = max(?1, epoch + 1), is_flush_held = 0";

export const RESTORED_SESSION: readonly string[] = [
  RENEW_EPOCH,
  // Nobody is in a call of before: how long they still were is not known.
  "UPDATE participants SET lost_since = coalesce(lost_since, joined_since) WHERE joined_since IS NOT NULL AND ?1 > 0",
  ...["flush:main", "timeline", "notices"].map(
    (name) =>
      `INSERT INTO _due (name, at) SELECT '${name}', 0 WHERE ?1 > 0 ON CONFLICT (name) DO UPDATE SET at = 0, attempts = 0`,
  ),
];
