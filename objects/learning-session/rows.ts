/** A session's rows as its code reads them, and as everybody else does. */
import { type Media, media } from "../../schema/protocol/session/entities.ts";
import type { RecordingPart, StoredRecording } from "../../schema/rpc.ts";
import type {
  Attendance,
  EndReason,
  Invitation,
  LearningSession,
  SessionRole,
  SessionStatus,
  SessionType,
} from "../../schema/sessions.ts";

/** Times are epoch milliseconds, everywhere inside the object. */
export interface StoredSession {
  readonly id: number;
  readonly rev: number;
  readonly sessionType: SessionType;
  readonly title: string | null;
  readonly description: string | null;
  readonly scheduledStart: number;
  readonly scheduledEnd: number;
  readonly actualStart: number | null;
  readonly actualEnd: number | null;
  readonly status: SessionStatus;
  readonly endReason: EndReason | null;
  readonly primaryLanguage: string;
  readonly secondaryLanguage: string | null;
  readonly maxParticipants: number;
  readonly hostId: number | null;
  readonly seriesId: number | null;
  readonly createdAt: number;
}

/** What only the call is about: nothing of it goes to D1. */
export interface CallState {
  /** Minutes before the start of which there was a reminder, or was to be none. */
  readonly reminded: readonly number[];
  readonly isSwitched: boolean;
  readonly switchAt: number | null;
  readonly languageAskedBy: readonly number[];
  readonly isWarned: boolean;
  readonly emptySince: number | null;
  readonly recorderId: number | null;
  readonly recordingSince: number | null;
  readonly recordingUntil: number | null;
}

export interface StoredParticipant {
  readonly userId: number;
  readonly rev: number;
  readonly name: string;
  readonly imageUrl: string | null;
  readonly role: SessionRole;
  readonly invitation: Invitation;
  readonly invitedAt: number;
  readonly firstJoinedAt: number | null;
  readonly leftAt: number | null;
  /** Of the times in the call that are over. */
  readonly participationMs: number;
  /** Milliseconds, by language, as far as they are written. */
  readonly talk: Talk;
  readonly attendance: Attendance | null;
  readonly rating: number | null;
  readonly feedback: string | null;
  readonly generation: number;
  readonly joinedSince: number | null;
  readonly lostSince: number | null;
  readonly media: Media;
  readonly hasConsented: boolean;
}

export type Talk = Readonly<Record<string, number>>;

export type SessionRow = {
  id: number;
  epoch: number;
  rev: number;
  is_flush_held: number;
  session_type: SessionType;
  title: string | null;
  description: string | null;
  scheduled_start: number;
  scheduled_end: number;
  actual_start: number | null;
  actual_end: number | null;
  status: SessionStatus;
  end_reason: EndReason | null;
  primary_language: string;
  secondary_language: string | null;
  max_participants: number;
  host_id: number | null;
  series_id: number | null;
  created_at: number;
  reminded: string;
  is_switched: number;
  switch_at: number | null;
  language_asked_by: string;
  is_warned: number;
  empty_since: number | null;
  recorder_id: number | null;
  recording_since: number | null;
  recording_until: number | null;
};

export type ParticipantRow = {
  user_id: number;
  rev: number;
  name: string;
  image_url: string | null;
  role: SessionRole;
  invitation: Invitation;
  invited_at: number;
  first_joined_at: number | null;
  left_at: number | null;
  participation_ms: number;
  talk: string;
  attendance: Attendance | null;
  rating: number | null;
  feedback: string | null;
  generation: number;
  joined_since: number | null;
  lost_since: number | null;
  media: string;
  has_consented: number;
};

export type RecordingRow = {
  number: number;
  rev: number;
  media_key: string;
  upload_id: string | null;
  file_size: number | null;
  duration: number | null;
  format: string;
  quality: string | null;
  is_available: number;
  recorded_by_user_id: number | null;
  expires_at: number | null;
  created_at: number;
  parts: string;
};

export function toSession(row: SessionRow): StoredSession {
  return {
    id: row.id,
    rev: row.rev,
    sessionType: row.session_type,
    title: row.title,
    description: row.description,
    scheduledStart: row.scheduled_start,
    scheduledEnd: row.scheduled_end,
    actualStart: row.actual_start,
    actualEnd: row.actual_end,
    status: row.status,
    endReason: row.end_reason,
    primaryLanguage: row.primary_language,
    secondaryLanguage: row.secondary_language,
    maxParticipants: row.max_participants,
    hostId: row.host_id,
    seriesId: row.series_id,
    createdAt: row.created_at,
  };
}

export function toCallState(row: SessionRow): CallState {
  return {
    reminded: JSON.parse(row.reminded),
    isSwitched: row.is_switched === 1,
    switchAt: row.switch_at,
    languageAskedBy: JSON.parse(row.language_asked_by),
    isWarned: row.is_warned === 1,
    emptySince: row.empty_since,
    recorderId: row.recorder_id,
    recordingSince: row.recording_since,
    recordingUntil: row.recording_until,
  };
}

export function toParticipant(row: ParticipantRow): StoredParticipant {
  return {
    userId: row.user_id,
    rev: row.rev,
    name: row.name,
    imageUrl: row.image_url,
    role: row.role,
    invitation: row.invitation,
    invitedAt: row.invited_at,
    firstJoinedAt: row.first_joined_at,
    leftAt: row.left_at,
    participationMs: row.participation_ms,
    talk: JSON.parse(row.talk),
    attendance: row.attendance,
    rating: row.rating,
    feedback: row.feedback,
    generation: row.generation,
    joinedSince: row.joined_since,
    lostSince: row.lost_since,
    media: media.parse(JSON.parse(row.media)),
    hasConsented: row.has_consented === 1,
  };
}

/** With its rev, which the flush goes by. */
export type KeptRecording = StoredRecording & { readonly rev: number };

export function toRecording(row: RecordingRow): KeptRecording {
  return {
    number: row.number,
    rev: row.rev,
    mediaKey: row.media_key,
    uploadId: row.upload_id,
    fileSize: row.file_size,
    duration: row.duration,
    format: row.format,
    quality: row.quality,
    isAvailable: row.is_available === 1,
    recordedByUserId: row.recorded_by_user_id,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    parts: JSON.parse(row.parts) as RecordingPart[], // as `changeRecording` writes them
  };
}

/** As everybody is shown it. */
export function toLearningSession(session: StoredSession): LearningSession {
  return {
    id: session.id,
    sessionType: session.sessionType,
    title: session.title,
    description: session.description,
    scheduledStartTime: iso(session.scheduledStart),
    scheduledEndTime: iso(session.scheduledEnd),
    actualStartTime: session.actualStart === null ? null : iso(session.actualStart),
    actualEndTime: session.actualEnd === null ? null : iso(session.actualEnd),
    status: session.status,
    endReason: session.endReason,
    primaryLanguage: session.primaryLanguage,
    secondaryLanguage: session.secondaryLanguage,
    maxParticipants: session.maxParticipants,
    createdByUserId: session.hostId,
    seriesId: session.seriesId,
    createdAt: iso(session.createdAt),
    rev: session.rev,
  };
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}
