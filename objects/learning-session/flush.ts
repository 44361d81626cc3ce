/** How a session's rows go to D1. The only writer of `learning_sessions`, `session_participants` and `session_recordings` there. */
import type { FlushReport, FlushState } from "../../schema/rpc.ts";
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import {
  FLUSH_TIMING,
  type FlushBatch,
  Flusher,
  type FlushRow,
  type FlushSource,
  type ParkedKey,
  type Position,
  planFlush,
} from "../kernel/flush.ts";
import { D1Destination } from "../kernel/flush-d1.ts";
import { sessionFlushName } from "./address.ts";
import type { Recordings } from "./recordings.ts";
import type { KeptRecording, StoredParticipant } from "./rows.ts";
import type { SessionStore } from "./store.ts";
import { participationMs } from "./view.ts";

class SessionSource implements FlushSource {
  private readonly store: SessionStore;
  private readonly recordings: Recordings;
  private readonly now: () => number;

  constructor({ store, recordings, now }: SessionFlushDeps) {
    this.store = store;
    this.recordings = recordings;
    this.now = now;
  }

  head(): Position {
    return this.store.head;
  }

  isCoveredBy({ rev }: Position): boolean {
    return rev === this.store.head.rev;
  }

  foundAhead(): "hold" {
    this.store.hold();
    return "hold";
  }

  isHeld(): boolean {
    return this.store.isHeld;
  }

  /** All at once: a session has a few dozen rows at most. */
  batch(from: Position | null): FlushBatch {
    const rev = from?.rev ?? -1;
    const { session } = this.store;
    return {
      rows: [
        ...(session.rev > rev ? [this.sessionRow()] : []),
        ...this.store
          .participants()
          .filter((one) => one.rev > rev)
          .map((one) => this.participantRow(one)),
        ...this.recordings.changedAfter(rev).map((one) => this.recordingRow(one)),
      ],
      to: this.store.head,
    };
  }

  rows(keys: readonly ParkedKey[]): readonly FlushRow[] {
    return keys.flatMap(({ table, key }) => {
      if (table === "learning_sessions") return [this.sessionRow()];
      if (table === "session_participants") {
        const one = this.store.participant(Number(key));
        return one ? [this.participantRow(one)] : [];
      }
      const recording = this.recordings.find(Number(key));
      return recording ? [this.recordingRow(recording)] : [];
    });
  }

  private sessionRow(): FlushRow {
    const { session } = this.store;
    return {
      table: "learning_sessions",
      key: String(session.id),
      rev: session.rev,
      values: {
        session_type: session.sessionType,
        title: session.title,
        description: session.description,
        scheduled_start_time: session.scheduledStart,
        scheduled_end_time: session.scheduledEnd,
        actual_start_time: session.actualStart,
        actual_end_time: session.actualEnd,
        status: session.status,
        end_reason: session.endReason,
        room_id: String(session.id),
        primary_language: session.primaryLanguage,
        secondary_language: session.secondaryLanguage,
        max_participants: session.maxParticipants,
        created_by_user_id: session.hostId,
        series_id: session.seriesId,
        created_at: session.createdAt,
        updated_at: this.now(),
        rev: session.rev,
      },
    };
  }

  private participantRow(one: StoredParticipant): FlushRow {
    const talk = Object.entries(one.talk).map(([language, ms]) => [language, Math.floor(ms / 1_000)]);
    return {
      table: "session_participants",
      key: String(one.userId),
      rev: one.rev,
      values: {
        user_id: one.userId,
        role: one.role,
        joined_at: one.firstJoinedAt,
        left_at: one.leftAt,
        participation_time: Math.floor(participationMs(one, this.now()) / 1_000),
        rating_given: one.rating,
        feedback: one.feedback,
        is_confirmed: Number(one.invitation === "CONFIRMED"),
        invitation: one.invitation,
        attendance: one.attendance,
        talk_time: JSON.stringify(Object.fromEntries(talk)),
        rev: one.rev,
      },
    };
  }

  private recordingRow(one: KeptRecording): FlushRow {
    return {
      table: "session_recordings",
      key: String(one.number),
      rev: one.rev,
      values: {
        number: one.number,
        file_url: `/v1/sessions/${this.store.session.id}/recordings/${one.number}/content`,
        media_key: one.mediaKey,
        file_size: one.fileSize,
        duration: one.duration,
        format: one.format,
        quality: one.quality,
        is_available: Number(one.isAvailable),
        recorded_by_user_id: one.recordedByUserId,
        expires_at: one.expiresAt,
        created_at: one.createdAt,
        rev: one.rev,
      },
    };
  }
}

interface Upsert {
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

/** In the order of their foreign keys. */
const TABLES: readonly Upsert[] = [
  {
    table: "learning_sessions",
    key: ["id"],
    columns: [
      ...["session_type", "title", "description", "scheduled_start_time", "scheduled_end_time", "actual_start_time"],
      ...["actual_end_time", "status", "end_reason", "room_id", "primary_language", "secondary_language"],
      ...["max_participants", "created_by_user_id", "series_id", "created_at", "updated_at", "rev"],
    ],
  },
  {
    table: "session_participants",
    key: ["session_id", "user_id"],
    columns: [
      ...["user_id", "role", "joined_at", "left_at", "participation_time", "rating_given", "feedback"],
      ...["is_confirmed", "invitation", "attendance", "talk_time", "rev"],
    ],
  },
  {
    table: "session_recordings",
    key: ["session_id", "number"],
    columns: [
      ...["number", "file_url", "media_key", "file_size", "duration", "format", "quality", "is_available"],
      ...["recorded_by_user_id", "expires_at", "created_at", "rev"],
    ],
  },
];

/** `?1` the session, `?2` the epoch, `?3` rows as JSON. */
const STATEMENTS = TABLES.map(({ table, key, columns }) => {
  const names = [table === "learning_sessions" ? "id" : "session_id", ...columns, "epoch"];
  const values = ["?1", ...columns.map((_, index) => `value->>${index}`), "?2"];
  const changing = names.filter((name) => !key.includes(name));
  return {
    ...{ table, columns },
    sql: `INSERT INTO ${table} (${names.join(", ")}) SELECT ${values.join(", ")} FROM json_each(?3) WHERE true
      ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(", ")}
      WHERE (excluded.epoch, excluded.rev) > (${table}.epoch, ${table}.rev)`,
  };
});

export interface SessionFlushDeps {
  readonly store: SessionStore;
  readonly recordings: Recordings;
  readonly due: DueTable;
  readonly database: () => D1Database;
  readonly now: () => number;
}

export class SessionFlush {
  private readonly flusher: Flusher;
  private readonly deps: SessionFlushDeps;

  constructor(deps: SessionFlushDeps) {
    const { store, recordings, database, now } = deps;
    this.deps = deps;
    const { id } = store.session;
    const destination = new D1Destination({
      name: "main",
      database,
      object: sessionFlushName(id),
      now,
      statements: (session, rows) =>
        STATEMENTS.flatMap(({ table, columns, sql }) => {
          const values = rows
            .filter((row) => row.table === table)
            .map((row) => columns.map((name) => row.values[name]));
          return values.length === 0 ? [] : [session.prepare(sql).bind(id, store.head.epoch, JSON.stringify(values))];
        }),
      removeBeyond: (session) => [
        session
          .prepare(
            "DELETE FROM session_participants WHERE session_id = ?1 AND user_id NOT IN (SELECT value FROM json_each(?2))",
          )
          .bind(id, JSON.stringify(store.participants().map(({ userId }) => userId))),
        session
          .prepare(
            "DELETE FROM session_recordings WHERE session_id = ?1 AND number NOT IN (SELECT value FROM json_each(?2))",
          )
          .bind(id, JSON.stringify(recordings.changedAfter(-1).map(({ number }) => number))),
      ],
    });
    this.flusher = new Flusher(new SessionSource(deps), destination, FLUSH_TIMING);
  }

  get dueName(): string {
    return this.flusher.dueName;
  }

  /** Inside the transaction of what changed. */
  schedule(isUrgent: boolean): void {
    const { due, now } = this.deps;
    planFlush(due, this.dueName, { now: now(), isUrgent });
  }

  runDue(item: DueItem): Promise<NextRun> {
    return this.flusher.runDue(item, this.deps.now);
  }

  /** What waits is written now: one that is under way may have read before it changed. Never throws. */
  async settle(): Promise<void> {
    if (!this.flusher.isComplete()) await this.flusher.run();
    if (!this.flusher.isComplete()) await this.flusher.run();
  }

  async flushNow(): Promise<FlushReport[]> {
    return [await this.flusher.flushNow()];
  }

  async states(): Promise<FlushState[]> {
    const { store, recordings } = this.deps;
    const isReachable = await this.flusher.look();
    const seen = this.flusher.seenPosition();
    const rev = seen && seen.epoch === store.head.epoch ? seen.rev : -1;
    const waiting = [store.session, ...store.participants(), ...recordings.changedAfter(-1)];
    return [
      {
        destination: this.flusher.destination.name,
        isReachable,
        isHeld: store.isHeld,
        complete: isReachable && this.flusher.isComplete(),
        position: seen ? { epoch: seen.epoch, messageId: 0, rev: seen.rev } : null,
        messagesWaiting: seen === undefined ? null : 0,
        changesWaiting: seen === undefined ? null : waiting.filter((one) => one.rev > rev).length,
        waitingSince: null,
      },
    ];
  }
}
