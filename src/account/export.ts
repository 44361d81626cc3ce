/**
 * Everything that is kept about a person, as lines of JSON: `{ "type": …, … }`. Read in pages while it is sent, so that it
 * costs the same memory for whoever has written a million messages.
 */

import type { NotificationSettings } from "../../schema/notifications.ts";

/** The person's rows of a table, few or many, in the order of `place`. `?1` the user, `?2` after which, `?3` how many. */
interface Listing {
  readonly type: string;
  readonly sql: string;
}

const PAGE_ROWS = 1_000;

const LISTINGS: readonly Listing[] = [
  {
    type: "user",
    sql: `SELECT id AS place, id, email, is_email_verified AS isEmailVerified, english_name AS englishName, korean_name AS koreanName, birth_date AS birthDate, gender,
      residence, country, latitude, longitude, time_zone AS timeZone, profile_image_url AS profileImageUrl, intro, role,
      oauth_provider AS oauthProvider, oauth_id AS oauthId, banned_at AS bannedAt, deleted_at AS deletedAt,
      created_at AS createdAt, updated_at AS updatedAt
      FROM users WHERE id = ?1 AND id > ?2 LIMIT ?3`,
  },
  {
    type: "language",
    sql: `SELECT id AS place, language_code AS languageCode, language_type AS languageType,
      proficiency_level AS proficiencyLevel, is_primary AS isPrimary, created_at AS createdAt
      FROM user_languages WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "interest",
    sql: `SELECT id AS place, interest_tag AS interestTag, created_at AS createdAt
      FROM user_interests WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "onboarding",
    sql: `SELECT id AS place, current_step AS currentStep, is_completed AS isCompleted, completed_at AS completedAt
      FROM onboarding_progress WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "onboardingStep",
    sql: `SELECT id AS place, step_num AS step, data_json AS data
      FROM onboarding_step_data WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "matchingPreferences",
    sql: `SELECT id AS place, preferred_age_min AS preferredAgeMin, preferred_age_max AS preferredAgeMax,
      preferred_gender AS preferredGender, preferred_countries AS preferredCountries,
      min_compatibility AS minCompatibility, max_distance_km AS maxDistanceKm
      FROM matching_preferences WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "device",
    sql: `SELECT id AS place, id, ip_address AS ipAddress, user_agent AS userAgent, is_active AS isActive,
      last_activity_at AS lastActivityAt, created_at AS createdAt
      FROM user_sessions WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "pushSubscription",
    sql: `SELECT id AS place, id, endpoint, user_agent AS userAgent, is_active AS isActive, created_at AS createdAt,
      updated_at AS updatedAt
      FROM push_subscriptions WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "notification",
    sql: `SELECT id AS place, id, type AS kind, title, message, data_json AS data, is_read AS isRead, read_at AS readAt, priority,
      expires_at AS expiresAt, created_at AS createdAt
      FROM notifications WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "block",
    sql: `SELECT blocked_user_id AS place, blocked_user_id AS blockedUserId, created_at AS createdAt
      FROM user_blocks WHERE user_id = ?1 AND blocked_user_id > ?2 ORDER BY blocked_user_id LIMIT ?3`,
  },
  {
    type: "report",
    sql: `SELECT id AS place, id, reported_user_id AS reportedUserId, reason, details, status, created_at AS createdAt
      FROM reports WHERE reporter_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "activity",
    // Both at once: an entry that moves to the archive meanwhile keeps its id, and is in each page either here or there.
    sql: `SELECT id AS place, activity, details, ip_address AS ipAddress, user_agent AS userAgent, created_at AS createdAt
      FROM (SELECT * FROM user_activity_logs UNION ALL SELECT * FROM user_activity_logs_archive)
      WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "media",
    sql: `SELECT key AS place, key, purpose, room_id AS roomId, content_type AS contentType, size_bytes AS sizeBytes,
      file_name AS fileName, details, created_at AS createdAt
      FROM media_files INDEXED BY idx_media_files_owner WHERE owner_id = ?1 AND key > ?2 ORDER BY key LIMIT ?3`,
  },
  {
    type: "room",
    sql: `SELECT people.room_id AS place, people.room_id AS id, room.room_type AS roomType, room.name, people.role,
      people.joined_at AS joinedAt, people.last_read_message_id AS lastReadMessageId, people.is_active AS isActive
      FROM chat_participants AS people JOIN chat_rooms AS room ON room.id = people.room_id
      WHERE people.user_id = ?1 AND people.room_id > ?2 ORDER BY people.room_id LIMIT ?3`,
  },
  {
    type: "learningSession",
    sql: `SELECT own.session_id AS place, own.session_id AS id, session.session_type AS sessionType, session.title,
      session.description, session.scheduled_start_time AS scheduledStartTime,
      session.scheduled_end_time AS scheduledEndTime, session.actual_start_time AS actualStartTime,
      session.actual_end_time AS actualEndTime, session.status, session.end_reason AS endReason,
      session.primary_language AS primaryLanguage, session.secondary_language AS secondaryLanguage, own.role,
      own.invitation, own.joined_at AS joinedAt, own.left_at AS leftAt, own.participation_time AS participationTime,
      own.rating_given AS ratingGiven, own.feedback, own.attendance, own.talk_time AS talkTime
      FROM session_participants AS own JOIN learning_sessions AS session ON session.id = own.session_id
      WHERE own.user_id = ?1 AND own.session_id > ?2 ORDER BY own.session_id LIMIT ?3`,
  },
  {
    type: "sessionBooking",
    sql: `SELECT session_id AS place, session_id AS sessionId, starts_at AS startsAt, ends_at AS endsAt,
      created_at AS createdAt
      FROM session_bookings WHERE user_id = ?1 AND session_id > ?2 ORDER BY session_id LIMIT ?3`,
  },
  {
    type: "sessionRecording",
    sql: `SELECT id AS place, session_id AS sessionId, number, file_url AS fileUrl, file_size AS fileSize, duration, format,
      quality, is_available AS isAvailable, expires_at AS expiresAt, created_at AS createdAt
      FROM session_recordings WHERE recorded_by_user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "partnership",
    sql: `SELECT id AS place, iif(user_id_1 = ?1, user_id_2, user_id_1) AS partnerId, partnership_type AS partnershipType,
      compatibility_score AS compatibilityScore, total_sessions AS totalSessions, last_session_at AS lastSessionAt,
      is_active AS isActive, created_at AS createdAt
      FROM user_partnerships WHERE (user_id_1 = ?1 OR user_id_2 = ?1) AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    type: "calendarFeed",
    sql: `SELECT user_id AS place, created_at AS createdAt FROM calendar_feeds WHERE user_id = ?1 AND user_id > ?2 LIMIT ?3`,
  },
];

/**
 * Of a room's messages, in the order of its key, the person's own, and those that they corrected or reacted to; of all that
 * others made of them, nothing. D1 looks through the room: it answers with 50 MB at most, and a Worker asks it 1,000 times.
 * `?1` the room, `?2` the person.
 */
const MESSAGES = `
  SELECT id, sender_id AS senderId, message_type AS messageType, content, file_url AS fileUrl, file_metadata AS fileMetadata,
    reply_to_id AS replyToId, is_edited AS isEdited, edited_at AS editedAt, is_deleted AS isDeleted,
    created_at AS createdAt,
    iif(reactions = '[]', '[]', (
      SELECT json_group_array(one.value ->> 'emoji') FROM json_each(reactions) AS one
      WHERE EXISTS (SELECT 1 FROM json_each(one.value, '$.userIds') AS person WHERE person.value = ?2))) AS emoji,
    iif(corrections = '[]', '[]', (
      SELECT json_group_array(json(value)) FROM json_each(corrections) WHERE value ->> 'userId' = ?2)) AS corrections
  FROM chat_log WHERE room_id = ?1 AND id > ?3 AND (
    sender_id = ?2
    OR (corrections <> '[]' AND EXISTS (SELECT 1 FROM json_each(corrections) WHERE value ->> 'userId' = ?2))
    OR (reactions <> '[]' AND EXISTS (
      SELECT 1 FROM json_each(reactions) AS one, json_each(one.value, '$.userIds') AS person WHERE person.value = ?2)))
  ORDER BY id LIMIT ?4`;

interface MessageRow extends Record<string, unknown> {
  readonly id: number;
  readonly senderId: number;
  readonly emoji: string;
  readonly corrections: string;
}

type ReadDatabase = Pick<D1Database, "prepare">;

export interface Databases {
  readonly people: ReadDatabase;
  readonly messagesOf: (roomId: number) => ReadDatabase;
  /** What they want to be told of: their own object has it. */
  readonly notificationSettings: () => Promise<NotificationSettings>;
}

type Line = Readonly<Record<string, unknown>>;

export async function* exportLines(
  { people, messagesOf, notificationSettings }: Databases,
  userId: number,
): AsyncGenerator<Line> {
  const roomIds: number[] = [];
  for (const { type, sql } of LISTINGS) {
    for await (const { place, ...row } of rowsOf(people, sql, userId)) {
      if (type === "room") roomIds.push(Number(place));
      yield { type, ...row };
    }
  }
  yield { type: "notificationSettings", ...(await notificationSettings()) };
  for (const roomId of roomIds) yield* linesOfRoom(messagesOf(roomId), roomId, userId);
}

async function* linesOfRoom(database: ReadDatabase, roomId: number, userId: number): AsyncGenerator<Line> {
  for (let after = 0; ; ) {
    const { results } = await database.prepare(MESSAGES).bind(roomId, userId, after, PAGE_ROWS).all<MessageRow>();
    for (const { emoji, corrections, senderId, ...message } of results) {
      if (senderId === userId) yield { type: "message", roomId, ...message };
      for (const correction of listOf<Line>(corrections)) {
        yield { type: "correction", roomId, messageId: message.id, ...correction };
      }
      for (const one of listOf<string>(emoji)) yield { type: "reaction", roomId, messageId: message.id, emoji: one };
    }
    const last = results.at(-1);
    if (last === undefined || results.length < PAGE_ROWS) return;
    after = last.id;
  }
}

/** Columns of messages that hold none most of the time. */
function listOf<Item>(json: string): readonly Item[] {
  return json === "[]" ? [] : JSON.parse(json);
}

type PlacedLine = { readonly place: number | string } & Line;

async function* rowsOf(database: ReadDatabase, sql: string, userId: number): AsyncGenerator<PlacedLine> {
  // Every key, which is a text, is after 0 as well.
  for (let after: number | string = 0; ; ) {
    const { results }: D1Result<PlacedLine> = await database.prepare(sql).bind(userId, after, PAGE_ROWS).all();
    yield* results;
    const last = results.at(-1);
    if (last === undefined || results.length < PAGE_ROWS) return;
    after = last.place;
  }
}
