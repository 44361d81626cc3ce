/** What a person's database goes through when it is put back from a copy while no object runs on it: rooms are asked anew. */
export const RESTORED_PRESENCE: readonly string[] = [
  "DELETE FROM inbox",
  "UPDATE me SET is_filled = 0 WHERE is_erased = 0",
];
