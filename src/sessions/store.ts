/** Sessions as D1 has them: at most a few seconds behind their objects, and right after a change of what is planned. */
import type { SessionAnswer } from "../../schema/api/sessions.ts";
import type {
  Attendance,
  EndReason,
  Invitation,
  SessionRole,
  SessionStatus,
  SessionType,
} from "../../schema/sessions.ts";

/** Start (epoch milliseconds) and id of the last session of the page before. */
export type SessionListPosition = readonly [start: number, sessionId: number];

export interface SessionPage {
  readonly after: SessionListPosition | null;
  readonly limit: number;
  /** Those that end after it, and those that start before it; epoch milliseconds. */
  readonly from: number | null;
  readonly to: number | null;
  readonly status: SessionStatus | null;
}

interface SessionRow {
  readonly id: number;
  readonly sessionType: SessionType;
  readonly title: string | null;
  readonly description: string | null;
  readonly scheduledStartTime: number;
  readonly scheduledEndTime: number;
  readonly actualStartTime: number | null;
  readonly actualEndTime: number | null;
  readonly status: SessionStatus;
  readonly endReason: EndReason | null;
  readonly primaryLanguage: string;
  readonly secondaryLanguage: string | null;
  readonly maxParticipants: number;
  readonly createdByUserId: number | null;
  readonly seriesId: number | null;
  readonly createdAt: number;
  readonly rev: number;
}

interface ParticipantRow {
  readonly sessionId: number;
  readonly userId: number;
  readonly name: string;
  readonly imageUrl: string | null;
  readonly role: SessionRole;
  readonly invitation: Invitation;
  readonly joinedAt: number | null;
  readonly leftAt: number | null;
  readonly participationTime: number;
  readonly attendance: Attendance | null;
  readonly talkTime: string;
  readonly ratingGiven: number | null;
  readonly feedback: string | null;
}

const COLUMNS = `session.id, session.session_type AS sessionType, session.title, session.description,
  session.scheduled_start_time AS scheduledStartTime, session.scheduled_end_time AS scheduledEndTime,
  session.actual_start_time AS actualStartTime, session.actual_end_time AS actualEndTime, session.status,
  session.end_reason AS endReason, coalesce(session.primary_language, 'en') AS primaryLanguage,
  session.secondary_language AS secondaryLanguage, session.max_participants AS maxParticipants,
  session.created_by_user_id AS createdByUserId, session.series_id AS seriesId, session.created_at AS createdAt,
  session.rev`;

/** Of one person, whose rows are all that is read: the sessions that they are in or were asked to. `?1` the person. */
const LIST = `
  SELECT ${COLUMNS} FROM session_participants AS own
  JOIN learning_sessions AS session ON session.id = own.session_id
  WHERE own.user_id = ?1 AND own.invitation <> 'REMOVED'
    AND (session.scheduled_start_time, session.id) > (?2, ?3)
    AND (?4 IS NULL OR session.scheduled_end_time > ?4) AND (?5 IS NULL OR session.scheduled_start_time < ?5)
    AND (?6 IS NULL OR session.status = ?6)
  ORDER BY session.scheduled_start_time, session.id LIMIT ?7`;

const PEOPLE = `
  SELECT people.session_id AS sessionId, users.id AS userId, users.english_name AS name,
    users.profile_image_url AS imageUrl, people.role, people.invitation, people.joined_at AS joinedAt,
    people.left_at AS leftAt, people.participation_time AS participationTime, people.attendance,
    people.talk_time AS talkTime, people.rating_given AS ratingGiven, people.feedback
  FROM json_each(?1) AS asked JOIN session_participants AS people ON people.session_id = asked.value
  JOIN users ON users.id = people.user_id
  ORDER BY people.session_id, people.id`;

/** The earliest first; one session more than `limit`, where there is one. */
export async function listSessions(
  database: D1Database,
  userId: number,
  { after, limit, from, to, status }: SessionPage,
): Promise<SessionAnswer[]> {
  const [start, id] = after ?? [-1, 0];
  const { results: rows } = await database
    .prepare(LIST)
    .bind(userId, start, id, from, to, status, limit + 1)
    .all<SessionRow>();
  if (rows.length === 0) return [];
  const { results: people } = await database
    .prepare(PEOPLE)
    .bind(JSON.stringify(rows.map((row) => row.id)))
    .all<ParticipantRow>();
  return rows.map((row) =>
    toAnswer(
      row,
      people.filter(({ sessionId }) => sessionId === row.id),
      userId,
    ),
  );
}

function toAnswer(row: SessionRow, people: readonly ParticipantRow[], callerId: number): SessionAnswer {
  const caller = people.find(({ userId }) => userId === callerId);
  return {
    ...row,
    scheduledStartTime: isoTime(row.scheduledStartTime),
    scheduledEndTime: isoTime(row.scheduledEndTime),
    actualStartTime: isoTimeOrNull(row.actualStartTime),
    actualEndTime: isoTimeOrNull(row.actualEndTime),
    createdAt: isoTime(row.createdAt),
    participants: people.map(({ userId, name, imageUrl, role, invitation, participationTime, attendance, ...one }) => ({
      ...{ userId, name, imageUrl, role, invitation, participationTime, attendance },
      joinedAt: isoTimeOrNull(one.joinedAt),
      leftAt: isoTimeOrNull(one.leftAt),
      talk: talkOf(one.talkTime),
    })),
    ownRating: caller && caller.ratingGiven !== null ? { rating: caller.ratingGiven, feedback: caller.feedback } : null,
  };
}

/** `{"ko": 300}`, as the session's object writes it. */
function talkOf(json: string): SessionAnswer["participants"][number]["talk"] {
  const seconds: Record<string, number> = JSON.parse(json);
  return Object.entries(seconds).map(([language, one]) => ({ language, seconds: one }));
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function isoTimeOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : isoTime(epochMs);
}

/** The sessions of the same series that come after one, itself included, and may still be called off. */
export async function followingIds(database: D1Database, seriesId: number, sessionId: number): Promise<number[]> {
  const { results } = await database
    .prepare(`SELECT id FROM learning_sessions WHERE series_id = ? AND id > ? AND status = 'SCHEDULED' ORDER BY id`)
    .bind(seriesId, sessionId)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

/** The time zone of somebody's profile; null where they have named none. */
export async function timeZoneOf(database: D1Database, userId: number): Promise<string | null> {
  return database
    .prepare("SELECT time_zone AS timeZone FROM users WHERE id = ?")
    .bind(userId)
    .first<string>("timeZone");
}
