/** What of a room goes to D1, and how it is written there. The only writer of the chat tables after a room's creation. */
import { directKey } from "../../schema/direct-key.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { FlushBatch, FlushRow, FlushSource, ParkedKey, Position } from "../kernel/flush.ts";
import type { D1DestinationOptions } from "../kernel/flush-d1.ts";
import { nextMessages } from "./next-messages.ts";
import type { StoredParticipant } from "./rows.ts";
import type { RoomStore } from "./store.ts";

/** Of fresh and of changed rows in a batch, each: D1 takes 2 MB in a parameter, and a UTF-16 unit is up to 3 bytes. */
const MAX_UNITS = 250_000;

export class RoomFlushSource implements FlushSource {
  private readonly store: RoomStore;

  constructor(store: RoomStore) {
    this.store = store;
  }

  head(): Position {
    return this.store.head;
  }

  isCoveredBy({ id, rev }: Position): boolean {
    const { head } = this.store;
    return id === head.id && rev === head.rev && !this.store.participants().some(({ isDirty }) => isDirty);
  }

  foundAhead(): "hold" {
    this.store.holdFlush();
    return "hold";
  }

  isHeld(): boolean {
    return this.store.isFlushHeld();
  }

  /** First the new messages by id; once they are there, what changed by rev. */
  batch(position: Position | null, maxRows: number): FlushBatch {
    const { store } = this;
    const { from, fresh, changed, to } = nextMessages(store, position, { rows: maxRows, units: MAX_UNITS });
    const toRow = (message: Message) => this.messageRow(message);
    if (to.id < store.head.id) return { rows: fresh.map(toRow), to };

    const participants = store.participants().filter((one) => one.isDirty || (one.rev > from.rev && one.rev <= to.rev));
    const hasRoom = fresh.length > 0 || (store.room.rev > from.rev && store.room.rev <= to.rev);
    return {
      rows: [
        ...(hasRoom ? [this.roomRow()] : []),
        ...participants.map(toParticipantRow),
        ...fresh.map(toRow),
        ...changed.map(toRow),
      ],
      to,
      written: () => store.clearDirty(participants),
    };
  }

  rows(keys: readonly ParkedKey[]): readonly FlushRow[] {
    return keys.flatMap(({ table, key }) => {
      if (table === "chat_rooms") return [this.roomRow()];
      if (table === "chat_participants") {
        const participant = this.store.participant(Number(key));
        return participant ? [toParticipantRow(participant)] : [];
      }
      const message = this.store.message(Number(key));
      return message ? [this.messageRow(message)] : [];
    });
  }

  private messageRow(message: Message): FlushRow {
    const row = toMessageRow(message);
    if (message.messageType === "TEXT") return row;
    return { ...row, values: { ...row.values, file: this.store.fileOf(message.id) } };
  }

  private roomRow(): FlushRow {
    const { room } = this.store;
    return {
      table: "chat_rooms",
      key: String(room.id),
      rev: room.rev,
      values: {
        room_type: room.roomType,
        name: room.name,
        description: room.description,
        created_by_user_id: room.createdByUserId,
        is_active: Number(room.isActive),
        last_message_at: this.store.lastMessageAt,
        created_at: Date.parse(room.createdAt),
        direct_key:
          room.roomType === "DIRECT" ? directKey(this.store.participants().map(({ userId }) => userId)) : null,
        rev: room.rev,
      },
    };
  }
}

function toParticipantRow(participant: StoredParticipant): FlushRow {
  return {
    table: "chat_participants",
    key: String(participant.userId),
    rev: participant.rev,
    values: {
      user_id: participant.userId,
      role: participant.role,
      joined_at: participant.joinedAt,
      last_read_message_id: participant.lastReadMessageId,
      is_active: Number(participant.isActive),
      rev: participant.rev,
    },
  };
}

function toMessageRow(message: Message): FlushRow {
  return {
    table: "chat_messages",
    key: String(message.id),
    rev: message.rev,
    values: {
      id: message.id,
      sender_id: message.senderId,
      message_type: message.messageType,
      content: message.content,
      file_url: message.fileUrl,
      file_metadata: message.fileMetadata && JSON.stringify(message.fileMetadata),
      reply_to_id: message.replyToId,
      client_id: message.clientId,
      is_edited: Number(message.isEdited),
      edited_at: message.editedAt === null ? null : Date.parse(message.editedAt),
      is_deleted: Number(message.isDeleted),
      created_at: Date.parse(message.createdAt),
      reactions: JSON.stringify(message.reactions),
      corrections: JSON.stringify(message.corrections),
      rev: message.rev,
    },
  };
}

interface Upsert {
  readonly table: string;
  readonly key: readonly string[];
  /** In the order in which a row's JSON holds them. */
  readonly columns: readonly string[];
  /** Those that never change: left out of an update, and with them a write of each index they are in. */
  readonly fixed: readonly string[];
  /** Indexed, and rarely changed: written by a statement of their own, where they differ. */
  readonly rare: readonly string[];
  /** Columns that say which of two states is newer. */
  readonly guard: string;
}

const ROOM: Upsert = {
  table: "chat_rooms",
  key: ["id"],
  columns: [
    "room_type",
    "name",
    "description",
    "created_by_user_id",
    "is_active",
    "last_message_at",
    "created_at",
    "direct_key",
    "rev",
  ],
  fixed: ["room_type", "created_by_user_id", "created_at", "direct_key"],
  rare: [],
  // A new message moves last_message_at without a rev of the room.
  guard: "epoch, rev, coalesce(last_message_at, 0)",
};

const PARTICIPANT: Upsert = {
  table: "chat_participants",
  key: ["room_id", "user_id"],
  columns: ["user_id", "role", "joined_at", "last_read_message_id", "is_active", "rev"],
  fixed: [],
  rare: ["is_active"],
  // In a large room a read marker moves without a rev.
  guard: "epoch, rev, coalesce(last_read_message_id, 0)",
};

/** One that was archived already goes there: a trigger of `chat_messages` sees to it (migrations/d1/0004). */
const MESSAGE: Upsert = {
  table: "chat_messages",
  key: ["room_id", "id"],
  columns: [
    "id",
    "sender_id",
    "message_type",
    "content",
    "file_url",
    "file_metadata",
    "reply_to_id",
    "client_id",
    "is_edited",
    "edited_at",
    "is_deleted",
    "created_at",
    "reactions",
    "corrections",
    "rev",
  ],
  // A new epoch may give a number to another message: nothing is fixed.
  fixed: [],
  rare: [],
  guard: "epoch, rev",
};

/** In the order of their foreign keys. Each: `?1` room, `?2` epoch, `?3` time, `?4` rows as JSON. */
const STATEMENTS = [ROOM, PARTICIPANT, MESSAGE].map((upsert) => ({
  table: upsert.table,
  columns: upsert.columns,
  sql: [upsertSql(upsert), ...upsert.rare.map((column) => rareSql(upsert, column))],
}));

function upsertSql({ table, key, columns, fixed, rare, guard }: Upsert): string {
  const isRoom = table === "chat_rooms";
  const names = [isRoom ? "id" : "room_id", ...columns, "epoch", ...(isRoom ? ["updated_at"] : [])];
  const values = ["?1", ...columns.map((_, index) => `value->>${index}`), "?2", ...(isRoom ? ["?3"] : [])];
  const changing = names.filter((name) => ![...key, ...fixed, ...rare].includes(name));
  const qualified = (prefix: string): string => guard.replace(/\b(epoch|rev|last_\w+)\b/g, `${prefix}.$1`);
  return `INSERT INTO ${table} (${names.join(", ")})
    SELECT ${values.join(", ")} FROM json_each(?4) WHERE ?3 > 0
    ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(", ")}
    WHERE (${qualified("excluded")}) > (${qualified(table)})`;
}

/**
 * A file is freed where no message shows it, and is not where one does. Besides the triggers of the message tables, which see
 * a message deleted that was there: this one may be deleted before it ever was, or show again what another had freed.
 */
const FILES = `UPDATE media_files SET freed_at = iif(freed_at IS NULL, ?1, NULL) FROM json_each(?2)
  WHERE media_files.key = substr(value, length('/v1/media/') + 1) AND (freed_at IS NULL) <> (
    EXISTS (SELECT 1 FROM chat_messages WHERE file_url = value)
    OR EXISTS (SELECT 1 FROM chat_messages_archive WHERE file_url = value))`;

/** For rows that the upsert before it brought to this state; most of them have the value already. */
function rareSql({ table, key, columns }: Upsert, column: string): string {
  const own = key.filter((name) => name !== "room_id");
  const inJson = (name: string) => `value->>${columns.indexOf(name)}`;
  return `UPDATE ${table} SET ${column} = ${inJson(column)} FROM json_each(?4)
    WHERE room_id = ?1 AND ${own.map((name) => `${table}.${name} = ${inJson(name)}`).join(" AND ")}
      AND epoch = ?2 AND rev = ${inJson("rev")} AND ?3 > 0 AND ${column} <> ${inJson(column)}`;
}

/** How the room's rows are written to and removed from a main database. */
export function roomStatements(
  store: RoomStore,
  now: () => number,
): Pick<D1DestinationOptions, "statements" | "removeBeyond"> {
  const roomId = store.room.id;
  return {
    statements: (database, rows) => [
      ...STATEMENTS.flatMap(({ table, columns, sql }) => {
        // Without the names: they would be longer than what most of the columns hold.
        const values = rows.filter((row) => row.table === table).map((row) => columns.map((name) => row.values[name]));
        if (values.length === 0) return [];
        const json = JSON.stringify(values);
        return sql.map((statement) => database.prepare(statement).bind(roomId, store.head.epoch, now(), json));
      }),
      ...filesStatements(database, rows, now()),
    ],
    removeBeyond: (database) => [
      ...["chat_messages", "chat_messages_archive"].map((table) =>
        database.prepare(`DELETE FROM ${table} WHERE room_id = ? AND id > ?`).bind(roomId, store.head.id),
      ),
      database
        .prepare(
          "DELETE FROM chat_participants WHERE room_id = ?1 AND user_id NOT IN (SELECT value FROM json_each(?2))",
        )
        .bind(roomId, JSON.stringify(store.participants().map(({ userId }) => userId))),
    ],
  };
}

function filesStatements(database: D1DatabaseSession, rows: readonly FlushRow[], now: number): D1PreparedStatement[] {
  const files = new Set(rows.flatMap(({ values: { file } }) => file ?? []));
  return files.size === 0 ? [] : [database.prepare(FILES).bind(now, JSON.stringify([...files]))];
}
