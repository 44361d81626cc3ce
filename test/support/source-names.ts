/** What the source design names and this one must have under the same names, for the tables that exist so far. */
const CHAT_MESSAGES = [
  "id",
  "room_id",
  "sender_id",
  "message_type",
  "content",
  "file_url",
  "file_metadata",
  "reply_to_id",
  "is_edited",
  "edited_at",
  "created_at",
] as const;

export const SOURCE_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  users: [
    "id",
    "email",
    "english_name",
    "korean_name",
    "birth_date",
    "gender",
    "residence",
    "profile_image_url",
    "intro",
    "is_active",
    "oauth_provider",
    "oauth_id",
    "created_at",
    "updated_at",
  ],
  chat_rooms: [
    "id",
    "room_type",
    "name",
    "description",
    "created_by_user_id",
    "is_active",
    "last_message_at",
    "created_at",
    "updated_at",
  ],
  chat_participants: ["id", "room_id", "user_id", "role", "joined_at", "last_read_message_id", "is_active"],
  chat_messages: CHAT_MESSAGES,
  chat_messages_archive: CHAT_MESSAGES,
  user_languages: ["id", "user_id", "language_code", "language_type", "proficiency_level", "is_primary", "created_at"],
  user_interests: ["id", "user_id", "interest_tag", "created_at"],
  refresh_tokens: ["id", "user_id", "token", "expires_at", "is_used", "created_at"],
  user_sessions: [
    ...["id", "user_id", "session_token", "ip_address", "user_agent"],
    ...["expires_at", "last_activity_at", "is_active", "created_at"],
  ],
  onboarding_progress: ["id", "user_id", "current_step", "is_completed", "completed_at", "created_at", "updated_at"],
  onboarding_step_data: ["id", "user_id", "step_num", "data_json", "created_at"],
  notifications: [
    ...["id", "user_id", "type", "title", "message", "data_json", "is_read", "read_at", "priority"],
    ...["expires_at", "created_at"],
  ],
  push_subscriptions: [
    ...["id", "user_id", "endpoint", "p256dh_key", "auth_key", "user_agent", "is_active", "created_at", "updated_at"],
  ],
  learning_sessions: [
    ...["id", "session_type", "title", "description", "scheduled_start_time", "scheduled_end_time"],
    ...["actual_start_time", "actual_end_time", "status", "room_id", "primary_language", "secondary_language"],
    ...["max_participants", "created_by_user_id", "created_at", "updated_at"],
  ],
  session_participants: [
    ...["id", "session_id", "user_id", "role", "joined_at", "left_at", "participation_time"],
    ...["rating_given", "feedback", "is_confirmed", "created_at"],
  ],
  session_recordings: [
    ...["id", "session_id", "file_url", "file_size", "duration", "format", "quality"],
    ...["is_available", "expires_at", "created_at"],
  ],
  user_partnerships: [
    ...["id", "user_id_1", "user_id_2", "partnership_type", "compatibility_score", "total_sessions"],
    ...["last_session_at", "is_active", "created_at"],
  ],
  matching_preferences: [
    ...["id", "user_id", "preferred_age_min", "preferred_age_max", "preferred_gender"],
    ...["preferred_countries", "min_compatibility", "max_distance_km", "created_at", "updated_at"],
  ],
  user_activity_logs: ["id", "user_id", "activity", "details", "ip_address", "user_agent", "created_at"],
  user_activity_logs_archive: ["id", "user_id", "activity", "details", "ip_address", "user_agent", "created_at"],
  system_metrics: ["id", "metric_name", "metric_value", "metric_unit", "tags", "recorded_at"],
};

/** Indexes and named constraints. Left out: the three of chat_messages that its clustered key makes needless. */
export const SOURCE_INDEXES: Readonly<Record<string, readonly string[]>> = {
  users: ["idx_users_email", "idx_users_oauth", "unique_oauth_user"],
  chat_rooms: ["idx_chat_rooms_activity", "idx_chat_rooms_created_by"],
  chat_participants: ["idx_chat_participants_user_rooms", "idx_chat_participants_room", "unique_room_participant"],
  chat_messages: ["idx_chat_messages_reply"],
  user_languages: ["unique_user_language", "idx_user_languages_user"],
  user_interests: ["unique_user_interest", "idx_user_interests_user"],
  refresh_tokens: ["idx_refresh_tokens_token", "idx_refresh_tokens_user_active"],
  user_sessions: ["idx_user_sessions_token", "idx_user_sessions_user_active"],
  onboarding_progress: ["unique_user_onboarding"],
  onboarding_step_data: ["unique_user_step"],
  learning_sessions: [
    ...["idx_learning_sessions_schedule", "idx_learning_sessions_status", "idx_learning_sessions_room"],
    "idx_sessions_upcoming",
  ],
  session_participants: [
    ...["unique_session_participant", "idx_session_participants_user", "idx_session_participants_session"],
  ],
  session_recordings: ["idx_session_recordings_session", "idx_session_recordings_expiry"],
  user_partnerships: [
    ...["unique_partnership", "idx_user_partnerships_user1_active", "idx_user_partnerships_user2_activity"],
  ],
  matching_preferences: ["unique_user_preferences"],
  notifications: [
    ...["idx_notifications_user", "idx_notifications_type", "idx_notifications_expiry", "idx_notifications_unread"],
  ],
  push_subscriptions: ["idx_push_subscriptions_user"],
  user_activity_logs: ["idx_user_activity_logs_user", "idx_user_activity_logs_activity"],
  system_metrics: ["idx_system_metrics_time", "idx_system_metrics_tags"],
};

/** Checks on today's date, which became triggers. */
export const SOURCE_TRIGGERS: readonly string[] = ["valid_birth_date_insert", "valid_birth_date_update"];
