/**
 * The creation of sessions in D1, which allocates their ids, and reading back what was created. Everything else in these
 * tables is written by the session's object, and so are these rows once it has written any of them.
 */
import { SESSION_FLUSH_PREFIX } from "../../objects/learning-session/address.ts";
import type { Result } from "../../schema/result.ts";
import { ok, refuse } from "../../schema/result.ts";
import type { NewSession, NewSessionParticipant } from "../../schema/rpc.ts";
import { SESSION_LIMITS, type SessionType } from "../../schema/sessions.ts";
import { blockedBetween } from "../people/blocks.ts";
import { overlap } from "./bookings.ts";

/** All of a recurrence have everything but their times in common. */
export interface PlannedSessions {
  readonly hostId: number;
  readonly sessionType: SessionType;
  readonly title: string | null;
  readonly description: string | null;
  readonly primaryLanguage: string;
  readonly secondaryLanguage: string | null;
  readonly maxParticipants: number;
  /** Each once, without the host. */
  readonly inviteeIds: readonly number[];
  /** One, or those of a recurrence in their order. Epoch milliseconds. */
  readonly occurrences: readonly { readonly start: number; readonly end: number }[];
}

/** What tells one request from another: unique, and a hash of what was asked for. */
export interface CreationMark {
  readonly key: string;
  readonly hash: string;
}

export interface CreatedSessions {
  /** As they were planned: in the order of a recurrence. */
  readonly sessions: readonly NewSession[];
  readonly isNew: boolean;
}

export type CreationRefusal =
  /** The key was used for something else. */
  | { readonly code: "conflict" }
  | { readonly code: "blocked" }
  | { readonly code: "unknown"; readonly userIds: readonly number[] }
  | { readonly code: "too_many" }
  /** The host is taken at the times of these. */
  | { readonly code: "taken"; readonly occurrences: readonly number[] };

const IS_ACTIVE = "JOIN users ON users.id = asked.value AND users.is_active = 1";

/** The host's sessions to come that they made themselves. */
const PLANNED = `(SELECT count(*) FROM session_bookings AS booked JOIN learning_sessions AS made ON made.id = booked.session_id
    WHERE booked.user_id = ?1 AND booked.starts_at > ?2 AND made.created_by_user_id = ?1)`;
const OVERLAPPING = overlap({
  userId: "?1",
  start: "(occurrence.value ->> 'start')",
  end: "(occurrence.value ->> 'end')",
  exceptSessionId: "NULL",
});

/**
 * All of them, or nothing: where the key is taken, where one of the people is not there, where there is a block between one of
 * them and the host, where it would be too many, or where the host is taken at the time of one of them.
 */
const INSERT_SESSIONS = `
  INSERT INTO learning_sessions (session_type, title, description, scheduled_start_time, scheduled_end_time,
    primary_language, secondary_language, max_participants, created_by_user_id, creation_key, creation_hash)
  SELECT ?6, ?7, ?8, occurrence.value ->> 'start', occurrence.value ->> 'end', ?9, ?10, ?11, ?1,
    occurrence.value ->> 'key', ?12
  FROM json_each(?3) AS occurrence
  WHERE NOT EXISTS (SELECT 1 FROM learning_sessions WHERE creation_key = ?4)
    AND NOT EXISTS (
      SELECT 1 FROM json_each(?5) AS asked LEFT ${IS_ACTIVE} WHERE users.id IS NULL)
    AND NOT EXISTS (
      SELECT 1 FROM json_each(?5) AS asked CROSS JOIN user_blocks AS block
        ON (block.user_id = ?1 AND block.blocked_user_id = asked.value)
        OR (block.user_id = asked.value AND block.blocked_user_id = ?1))
    AND ${PLANNED} + json_array_length(?3) <= ${SESSION_LIMITS.planned}
    AND NOT EXISTS (SELECT 1 FROM json_each(?3) AS occurrence WHERE ${OVERLAPPING})
  ORDER BY occurrence.key`;

/** Those of this request that no object has written yet: of all others it is the writer. `?1` their keys, `?2` the hash. */
const OURS = `creation_key IN (SELECT value FROM json_each(?1)) AND creation_hash = ?2 AND epoch = 0 AND rev = 0`;

const INSERT_PARTICIPANTS = `
  INSERT INTO session_participants (session_id, user_id, role, invitation, is_confirmed, created_at)
  SELECT session.id, users.id, iif(users.id = session.created_by_user_id, 'HOST', 'PARTICIPANT'),
    iif(users.id = session.created_by_user_id, 'CONFIRMED', 'INVITED'), users.id = session.created_by_user_id,
    session.created_at
  FROM learning_sessions AS session, json_each(?3) AS asked ${IS_ACTIVE}
  WHERE ${OURS}
  ORDER BY session.id, asked.key
  ON CONFLICT DO NOTHING`;

const INSERT_BOOKINGS = `
  INSERT INTO session_bookings (user_id, session_id, starts_at, ends_at)
  SELECT created_by_user_id, id, scheduled_start_time, scheduled_end_time FROM learning_sessions WHERE ${OURS}
  ON CONFLICT DO NOTHING`;

const NAME_SESSIONS = `
  UPDATE learning_sessions SET room_id = '${SESSION_FLUSH_PREFIX}' || id,
    series_id = iif(json_array_length(?1) > 1,
      (SELECT first.id FROM learning_sessions AS first WHERE first.creation_key = ?1 ->> 0), NULL)
  WHERE ${OURS} AND room_id IS NULL`;

/** One batch, so that either all of it is there or nothing. A request that is sent again finds what the first made. */
export async function createSessions(
  database: D1Database,
  plan: PlannedSessions,
  { key, hash }: CreationMark,
  now: number,
): Promise<Result<CreatedSessions, CreationRefusal>> {
  const { hostId, occurrences } = plan;
  const keys = occurrences.map((_, index) => creationKey(hostId, index, key));
  const [firstKey = ""] = keys;
  const keyList = JSON.stringify(keys);
  const people = JSON.stringify([hostId, ...plan.inviteeIds]);
  const rows = JSON.stringify(occurrences.map(({ start, end }, index) => ({ start, end, key: keys[index] })));
  const [inserted] = await database.batch([
    database
      .prepare(INSERT_SESSIONS)
      .bind(
        ...[hostId, now, rows, firstKey, people, plan.sessionType, plan.title, plan.description],
        ...[plan.primaryLanguage, plan.secondaryLanguage, plan.maxParticipants, hash],
      ),
    database.prepare(INSERT_PARTICIPANTS).bind(keyList, hash, people),
    database.prepare(INSERT_BOOKINGS).bind(keyList, hash),
    database.prepare(NAME_SESSIONS).bind(keyList, hash),
  ]);
  const found = await findCreated(database, hostId, { key, hash });
  if (found === "conflict") return refuse({ code: "conflict" });
  if (found === null) return refuse(await reasonOf(database, plan, now));
  return ok({ sessions: found, isNew: (inserted?.meta.changes ?? 0) > 0 });
}

function creationKey(hostId: number, occurrence: number, key: string): string {
  return `${hostId}:${occurrence}:${key}`;
}

/** What an earlier request with this key made; null where there was none, `conflict` where it asked for something else. */
export async function findCreated(
  database: D1Database,
  hostId: number,
  { key, hash }: CreationMark,
): Promise<readonly NewSession[] | null | "conflict"> {
  const keys = Array.from({ length: SESSION_LIMITS.occurrences }, (_, index) => creationKey(hostId, index, key));
  const sessions = await findSessions(
    database,
    "SELECT id FROM learning_sessions WHERE creation_key IN (SELECT value FROM json_each(?))",
    JSON.stringify(keys),
  );
  if (sessions.length === 0) return null;
  return sessions.some(({ creationHash }) => creationHash !== hash)
    ? "conflict"
    : sessions.map(({ session }) => session);
}

/** A session as `create()` wants it, or null where there is none. */
export async function findNewSession(database: D1Database, sessionId: number): Promise<NewSession | null> {
  const [found] = await findSessions(database, "SELECT CAST(? AS INTEGER) AS id", sessionId);
  return found?.session ?? null;
}

interface SessionRow extends Omit<NewSession, "participants"> {
  readonly creationHash: string | null;
}

const SESSION_COLUMNS = `session.id, session_type AS sessionType, title, description,
  scheduled_start_time AS scheduledStartTime, scheduled_end_time AS scheduledEndTime,
  coalesce(primary_language, 'en') AS primaryLanguage, secondary_language AS secondaryLanguage,
  max_participants AS maxParticipants, created_by_user_id AS hostId, series_id AS seriesId,
  session.created_at AS createdAt, creation_hash AS creationHash`;

/** `which` selects their ids. In their order. */
async function findSessions(
  database: D1Database,
  which: string,
  parameter: string | number,
): Promise<{ session: NewSession; creationHash: string | null }[]> {
  const [sessions, participants] = await database.batch([
    database
      .prepare(
        `SELECT ${SESSION_COLUMNS} FROM learning_sessions AS session WHERE session.id IN (${which})
           AND created_by_user_id IS NOT NULL ORDER BY session.id`,
      )
      .bind(parameter),
    database
      .prepare(
        `SELECT people.session_id AS sessionId, users.id AS userId, users.english_name AS name,
           users.profile_image_url AS imageUrl
         FROM session_participants AS people JOIN users ON users.id = people.user_id
         WHERE people.session_id IN (${which}) ORDER BY people.session_id, people.id`,
      )
      .bind(parameter),
  ]);
  // Safe, both: they are the columns that were selected.
  const rows = (sessions?.results ?? []) as SessionRow[];
  const people = (participants?.results ?? []) as (NewSessionParticipant & { readonly sessionId: number })[];
  return rows.map(({ creationHash, ...row }) => {
    const own = people.filter(({ sessionId }) => sessionId === row.id);
    return { creationHash, session: { ...row, participants: own.map(({ sessionId: _, ...person }) => person) } };
  });
}

/** Nothing was inserted: why. The last reason is left where no other holds, also not any more. */
async function reasonOf(
  database: D1Database,
  { hostId, inviteeIds, occurrences }: PlannedSessions,
  now: number,
): Promise<CreationRefusal> {
  const { unknown } = await findInvitees(database, [hostId, ...inviteeIds]);
  if (unknown.length > 0) return { code: "unknown", userIds: unknown };
  const blocked = await blockedBetween(database, hostId);
  if (inviteeIds.some((userId) => blocked.has(userId))) return { code: "blocked" };
  const { results } = await database
    .prepare(
      `SELECT occurrence.key, ${PLANNED} AS planned, ${OVERLAPPING} AS isTaken FROM json_each(?3) AS occurrence
       ORDER BY occurrence.key`,
    )
    .bind(hostId, now, JSON.stringify(occurrences))
    .all<{ key: number; planned: number; isTaken: number }>();
  const taken = results.filter(({ isTaken }) => isTaken === 1).map(({ key }) => key);
  const isTooMany = results.some(({ planned }) => planned + occurrences.length > SESSION_LIMITS.planned);
  return isTooMany && taken.length === 0 ? { code: "too_many" } : { code: "taken", occurrences: taken };
}

/** Users as a session is told of them, in the order of `userIds`; the ids of those who are not there. */
export async function findInvitees(
  database: D1Database,
  userIds: readonly number[],
): Promise<{ readonly found: readonly NewSessionParticipant[]; readonly unknown: readonly number[] }> {
  const { results: found } = await database
    .prepare(
      `SELECT users.id AS userId, users.english_name AS name, users.profile_image_url AS imageUrl
       FROM json_each(?) AS asked ${IS_ACTIVE} ORDER BY asked.key`,
    )
    .bind(JSON.stringify(userIds))
    .all<NewSessionParticipant>();
  const known = new Set(found.map(({ userId }) => userId));
  return { found, unknown: userIds.filter((userId) => !known.has(userId)) };
}
