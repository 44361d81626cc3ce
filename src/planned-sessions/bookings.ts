/**
 * When people are taken. Two bookings of one person never overlap: each is made, and moved, by one statement that looks for
 * the others and writes in the same breath. It is made before the session's object hears of a yes, so a yes always has its time.
 */
import { SESSION_LIMITS } from "../../schema/sessions.ts";

export interface Booking {
  readonly userId: number;
  readonly sessionId: number;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
}

/** No booking is longer: one that began earlier is over, and those of past years are not looked at. */
const LONGEST_MS = SESSION_LIMITS.mostMinutes * 60_000;

/**
 * A condition: somebody is taken between two times, by another session than this one. Each an expression of SQL. One that
 * ended early, or does not take place, takes nobody's time any more, whether or not its bookings are swept yet.
 */
export function overlap(of: {
  readonly userId: string;
  readonly start: string;
  readonly end: string;
  readonly exceptSessionId: string;
}): string {
  return `EXISTS (SELECT 1 FROM session_bookings AS taken WHERE taken.user_id = ${of.userId}
    AND taken.starts_at > ${of.start} - ${LONGEST_MS} AND taken.starts_at < ${of.end} AND taken.ends_at > ${of.start}
    AND taken.session_id IS NOT ${of.exceptSessionId} AND NOT EXISTS (
      SELECT 1 FROM learning_sessions AS over WHERE over.id = taken.session_id AND over.status IN ('COMPLETED', 'CANCELLED')))`;
}

const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

const BOOK = `
  INSERT INTO session_bookings (user_id, session_id, starts_at, ends_at)
  SELECT ?1, ?2, ?3, ?4
  WHERE NOT ${overlap({ userId: "?1", start: "?3", end: "?4", exceptSessionId: "?2" })}
  ON CONFLICT (user_id, session_id) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    created_at = max(created_at + 1, ${NOW})
  RETURNING created_at AS mark`;

/** Of a booking, as it was made or moved last: whoever takes one back takes back that one, and not a later one. */
export type Mark = number;

/** Makes a booking, or moves it to another time. Null where they are taken then: what was booked stays as it was. */
export async function book(database: D1Database, { userId, sessionId, start, end }: Booking): Promise<Mark | null> {
  return database.prepare(BOOK).bind(userId, sessionId, start, end).first<Mark>("mark");
}

type BookingKey = Pick<Booking, "userId" | "sessionId">;

export async function findMark(database: D1Database, { userId, sessionId }: BookingKey): Promise<Mark | null> {
  return database
    .prepare("SELECT created_at AS mark FROM session_bookings WHERE user_id = ? AND session_id = ?")
    .bind(userId, sessionId)
    .first<Mark>("mark");
}

/** With a mark, the booking of that mark alone. */
export async function unbook(
  database: D1Database,
  { userId, sessionId, mark = null }: BookingKey & { readonly mark?: Mark | null },
): Promise<void> {
  await database
    .prepare("DELETE FROM session_bookings WHERE user_id = ?1 AND session_id = ?2 AND (?3 IS NULL OR created_at = ?3)")
    .bind(userId, sessionId, mark)
    .run();
}

/** All of a session: it does not take place. */
export async function unbookAll(database: D1Database, sessionId: number): Promise<void> {
  await database.prepare("DELETE FROM session_bookings WHERE session_id = ?").bind(sessionId).run();
}

/** All of a session that D1 knows to be over. */
export async function unbookIfOver(database: D1Database, sessionId: number): Promise<void> {
  await database
    .prepare(
      `DELETE FROM session_bookings WHERE session_id = ?1 AND EXISTS (
         SELECT 1 FROM learning_sessions WHERE id = ?1 AND status IN ('COMPLETED', 'CANCELLED'))`,
    )
    .bind(sessionId)
    .run();
}

/**
 * Those of a session that was moved, but its host's: everybody else is asked anew. Not of who has said yes again since, to
 * this time or another one that it was moved to meanwhile: `mark` is of the host's booking, from before it was moved.
 */
export async function unbookAskedAnew(
  database: D1Database,
  { sessionId, hostId, mark }: { readonly sessionId: number; readonly hostId: number; readonly mark: Mark },
): Promise<void> {
  await database
    .prepare(
      `DELETE FROM session_bookings WHERE session_id = ?1 AND user_id <> ?2 AND (created_at < ?3 OR NOT EXISTS (
         SELECT 1 FROM session_participants AS own WHERE own.session_id = ?1 AND own.user_id = session_bookings.user_id
           AND own.invitation IN ('CONFIRMED', 'WAITLISTED')))`,
    )
    .bind(sessionId, hostId, mark)
    .run();
}
