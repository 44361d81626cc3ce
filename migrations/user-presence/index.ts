/** Append-only: an object applies to itself what it lacks. Never change or reorder what was released. */
import presence from "./0001_presence.sql";
import notifications from "./0002_notifications.sql";

export const USER_PRESENCE_MIGRATIONS = [
  { id: 1, name: "presence", sql: presence },
  { id: 2, name: "notifications", sql: notifications },
] as const;
