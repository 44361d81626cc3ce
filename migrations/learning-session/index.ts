/** Append-only: an object applies to itself what it lacks. Never change or reorder what was released. */
import session from "./0001_session.sql";

export const LEARNING_SESSION_MIGRATIONS = [{ id: 1, name: "session", sql: session }] as const;
