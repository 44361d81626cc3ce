/**
 * All SQL of a session's own database but that of its notices and recordings, and the caches over it. Every write happens
 * inside the caller's transaction; after a rollback the caches are read again.
 *
 * Invariants: what D1 is to have of a row changes with the next rev, and the row carries its latest; the state of the call
 * takes none. No participant is ever removed.
 */
import type { CallMessage } from "../../schema/protocol/session/entities.ts";
import type { NewSession, NewSessionParticipant } from "../../schema/rpc.ts";
import { SESSION_TIMING } from "../../schema/sessions.ts";
import type { Position } from "../kernel/flush.ts";
import { RENEW_EPOCH } from "./restored-session.ts";
import {
  type CallState,
  iso,
  type ParticipantRow,
  type SessionRow,
  type StoredParticipant,
  type StoredSession,
  toCallState,
  toParticipant,
  toSession,
} from "./rows.ts";
import { halfOf, passedReminders } from "./timeline.ts";

const SESSION_COLUMNS = {
  title: "title",
  description: "description",
  scheduledStart: "scheduled_start",
  scheduledEnd: "scheduled_end",
  actualStart: "actual_start",
  actualEnd: "actual_end",
  status: "status",
  endReason: "end_reason",
  primaryLanguage: "primary_language",
  secondaryLanguage: "secondary_language",
  hostId: "host_id",
} as const satisfies Partial<Record<keyof StoredSession, string>>;

const CALL_COLUMNS = {
  reminded: "reminded",
  isSwitched: "is_switched",
  switchAt: "switch_at",
  languageAskedBy: "language_asked_by",
  isWarned: "is_warned",
  emptySince: "empty_since",
  recorderId: "recorder_id",
  recordingSince: "recording_since",
  recordingUntil: "recording_until",
} as const satisfies Record<keyof CallState, string>;

const PARTICIPANT_COLUMNS = {
  name: "name",
  imageUrl: "image_url",
  invitation: "invitation",
  invitedAt: "invited_at",
  firstJoinedAt: "first_joined_at",
  leftAt: "left_at",
  participationMs: "participation_ms",
  talk: "talk",
  attendance: "attendance",
  rating: "rating",
  feedback: "feedback",
  generation: "generation",
  joinedSince: "joined_since",
  lostSince: "lost_since",
  media: "media",
  hasConsented: "has_consented",
} as const satisfies Partial<Record<keyof StoredParticipant, string>>;

export type SessionPatch = Partial<Pick<StoredSession, keyof typeof SESSION_COLUMNS>>;
export type ParticipantPatch = Partial<Pick<StoredParticipant, keyof typeof PARTICIPANT_COLUMNS>>;

/** Of a participant, what D1 has as well. */
const FLUSHED: ReadonlySet<string> = new Set<keyof ParticipantPatch>([
  ...([
    "invitation",
    "firstJoinedAt",
    "leftAt",
    "participationMs",
    "talk",
    "attendance",
    "rating",
    "feedback",
  ] as const),
]);

/** What was written in a call is kept for so many. */
const MOST_MESSAGES = 200;

export class SessionStore {
  private sessionCache!: StoredSession;
  private callCache!: CallState;
  private participantCache = new Map<number, StoredParticipant>();
  private headCache!: Position;
  private heldCache = false;
  readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.rebuild();
  }

  /** Fills the tables of a new session. */
  static create(sql: SqlStorage, session: NewSession, now: number): void {
    const { scheduledStartTime: start, scheduledEndTime: end, secondaryLanguage } = session;
    sql.exec(
      `INSERT INTO session (id, epoch, session_type, title, description, scheduled_start, scheduled_end, primary_language,
         secondary_language, max_participants, host_id, series_id, created_at, reminded, switch_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      session.id,
      now,
      session.sessionType,
      session.title,
      session.description,
      start,
      end,
      session.primaryLanguage,
      secondaryLanguage,
      session.maxParticipants,
      session.hostId,
      session.seriesId,
      session.createdAt,
      JSON.stringify(passedReminders(start, now)),
      secondaryLanguage === null ? null : halfOf({ scheduledStart: start, scheduledEnd: end }),
    );
    for (const participant of session.participants) {
      const isHost = participant.userId === session.hostId;
      insertParticipant(sql, participant, { isHost, rev: 0, now });
    }
  }

  get session(): StoredSession {
    return this.sessionCache;
  }

  get call(): CallState {
    return this.callCache;
  }

  get head(): Position {
    return this.headCache;
  }

  get isHeld(): boolean {
    return this.heldCache;
  }

  rebuild(): void {
    const row = this.sql.exec<SessionRow>("SELECT * FROM session").one();
    this.sessionCache = toSession(row);
    this.callCache = toCallState(row);
    this.heldCache = row.is_flush_held === 1;
    const participants = this.sql.exec<ParticipantRow>("SELECT * FROM participants ORDER BY user_id").toArray();
    this.participantCache = new Map(participants.map((one) => [one.user_id, toParticipant(one)]));
    const { rev } = this.sql
      .exec<{ rev: number }>(
        `SELECT max(rev) AS rev FROM (SELECT rev FROM session UNION ALL SELECT rev FROM participants
           UNION ALL SELECT rev FROM recordings)`,
      )
      .one();
    this.headCache = { epoch: row.epoch, id: 1, rev };
  }

  participant(userId: number): StoredParticipant | undefined {
    return this.participantCache.get(userId);
  }

  participants(): readonly StoredParticipant[] {
    return [...this.participantCache.values()];
  }

  addParticipant(participant: NewSessionParticipant, now: number): StoredParticipant {
    insertParticipant(this.sql, participant, { isHost: false, rev: this.nextRev(), now });
    const row = this.sql.exec<ParticipantRow>("SELECT * FROM participants WHERE user_id = ?", participant.userId).one();
    const added = toParticipant(row);
    this.participantCache.set(added.userId, added);
    return added;
  }

  changeSession(patch: SessionPatch): StoredSession {
    const rev = this.nextRev();
    this.update("session", SESSION_COLUMNS, { ...patch, rev });
    this.sessionCache = { ...this.sessionCache, ...patch, rev };
    return this.sessionCache;
  }

  changeCall(patch: Partial<CallState>): void {
    this.update("session", CALL_COLUMNS, patch);
    this.callCache = { ...this.callCache, ...patch };
  }

  changeParticipant({ userId }: Pick<StoredParticipant, "userId">, patch: ParticipantPatch): StoredParticipant {
    const known = this.participantCache.get(userId);
    if (!known) throw new Error("there is no such participant");
    const rev = Object.keys(patch).some((name) => FLUSHED.has(name)) ? this.nextRev() : known.rev;
    this.update("participants", PARTICIPANT_COLUMNS, { ...patch, ...(rev !== known.rev && { rev }) }, userId);
    const changed = { ...known, ...patch, rev };
    this.participantCache.set(userId, changed);
    return changed;
  }

  /** What was talked until now: D1 has it when they leave. */
  noteTalk({ userId }: Pick<StoredParticipant, "userId">, talk: StoredParticipant["talk"]): void {
    const known = this.participantCache.get(userId);
    if (!known) return;
    this.update("participants", PARTICIPANT_COLUMNS, { talk }, userId);
    this.participantCache.set(userId, { ...known, talk });
  }

  /** For a row of another store. */
  nextRev(): number {
    this.headCache = { ...this.headCache, rev: this.headCache.rev + 1 };
    return this.headCache.rev;
  }

  addMessage(userId: number, content: string, now: number): CallMessage {
    const { id } = this.sql
      .exec<{ id: number }>(
        "INSERT INTO messages (user_id, content, created_at) VALUES (?, ?, ?) RETURNING id",
        userId,
        content,
        now,
      )
      .one();
    this.sql.exec("DELETE FROM messages WHERE id <= ?", id - MOST_MESSAGES);
    return { id, userId, content, createdAt: iso(now) };
  }

  /** The latest ones, the oldest first. */
  messages(most: number): CallMessage[] {
    return this.sql
      .exec<{ id: number; user_id: number; content: string; created_at: number }>(
        "SELECT * FROM (SELECT * FROM messages ORDER BY id DESC LIMIT ?) ORDER BY id",
        most,
      )
      .toArray()
      .map(({ id, user_id, content, created_at }) => ({ id, userId: user_id, content, createdAt: iso(created_at) }));
  }

  removeMessages(userId?: number): void {
    if (userId === undefined) this.sql.exec("DELETE FROM messages");
    else this.sql.exec("DELETE FROM messages WHERE user_id = ?", userId);
  }

  hold(): void {
    this.sql.exec("UPDATE session SET is_flush_held = 1");
    this.heldCache = true;
  }

  renewEpoch(now: number): number {
    this.sql.exec(RENEW_EPOCH, now);
    this.rebuild();
    return this.headCache.epoch;
  }

  private update(
    table: "session" | "participants",
    columns: Readonly<Record<string, string>>,
    patch: Readonly<Record<string, unknown>>,
    userId?: number,
  ): void {
    const names = Object.keys(patch);
    if (names.length === 0) return;
    const set = names.map((name) => `${columns[name] ?? name} = ?`).join(", ");
    const values = names.map((name) => toSql(patch[name]));
    if (userId === undefined) this.sql.exec(`UPDATE ${table} SET ${set}`, ...values);
    else this.sql.exec(`UPDATE ${table} SET ${set} WHERE user_id = ?`, ...values, userId);
  }
}

function insertParticipant(
  sql: SqlStorage,
  { userId, name, imageUrl }: NewSessionParticipant,
  { isHost, rev, now }: { readonly isHost: boolean; readonly rev: number; readonly now: number },
): void {
  sql.exec(
    "INSERT INTO participants (user_id, rev, name, image_url, role, invitation, invited_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    userId,
    rev,
    name,
    imageUrl,
    isHost ? "HOST" : "PARTICIPANT",
    isHost ? "CONFIRMED" : "INVITED",
    now,
  );
}

function toSql(value: unknown): SqlStorageValue {
  if (typeof value === "boolean") return Number(value);
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  return JSON.stringify(value);
}

/** When the call is ended, if nobody ends it before. */
export function endsAt({ scheduledEnd }: Pick<StoredSession, "scheduledEnd">): number {
  return scheduledEnd + SESSION_TIMING.graceMs;
}
