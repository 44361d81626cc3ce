/**
 * All SQL of a room's own database, and the caches over it. Every write happens inside the caller's transaction; after a
 * rollback the caches are read again.
 *
 * Invariants: message ids are 1 … head.id, revs 1 … head.rev, both without gaps. A changed row carries the rev of its
 * latest change. Nothing is removed. Times of messages never go down with their ids.
 */
import { createHash } from "node:crypto";
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { Message, Room } from "../../schema/protocol/room/entities.ts";
import type { NewParticipant, NewRoom } from "../../schema/rpc.ts";
import type { Position } from "../kernel/flush.ts";
import { RENEW_EPOCH } from "./restored-room.ts";
import {
  type MessageRow,
  type NewMessage,
  newMessage,
  type ParticipantRow,
  type RoomRow,
  type StoredParticipant,
  toMessage,
  toRoom,
  toStoredParticipant,
} from "./rows.ts";
import { type MessagePatch, sendBody } from "./rules.ts";

export type ParticipantPatch = Partial<
  Pick<StoredParticipant, "name" | "imageUrl" | "role" | "joinedAt" | "lastReadMessageId" | "isActive">
>;

export class RoomStore {
  private roomCache: Room;
  private participantCache = new Map<number, StoredParticipant>();
  private headCache: Position;
  /** The latest rev that a message took. */
  private messageRevCache = 0;
  private lastMessageAtCache: number | null = null;
  private readonly sql: SqlStorage;
  private quietMarks = 0;
  private flushHeld = false;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    [this.roomCache, this.headCache] = this.load();
  }

  /** Fills the tables of a new room. */
  static create(sql: SqlStorage, room: NewRoom, epoch: number): void {
    sql.exec(
      "INSERT INTO room (id, room_type, name, description, created_by_user_id, created_at, epoch) VALUES (?, ?, ?, ?, ?, ?, ?)",
      room.id,
      room.roomType,
      room.name,
      room.description,
      room.createdByUserId,
      room.createdAt,
      epoch,
    );
    for (const { userId, name, imageUrl, role } of room.participants) {
      sql.exec(
        "INSERT INTO participants (user_id, name, image_url, role, joined_at) VALUES (?, ?, ?, ?, ?)",
        userId,
        name,
        imageUrl,
        role,
        room.createdAt,
      );
    }
  }

  get room(): Room {
    return this.roomCache;
  }

  get head(): Position {
    return this.headCache;
  }

  get messageRev(): number {
    return this.messageRevCache;
  }

  get lastMessageAt(): number | null {
    return this.lastMessageAtCache;
  }

  /** Differs from an earlier one where there is something new to flush. */
  get changeMark(): string {
    const { epoch, id, rev } = this.headCache;
    return `${epoch}:${id}:${rev}:${this.quietMarks}`;
  }

  rebuild(): void {
    [this.roomCache, this.headCache] = this.load();
  }

  participant(userId: number): StoredParticipant | undefined {
    return this.participantCache.get(userId);
  }

  participants(): readonly StoredParticipant[] {
    return [...this.participantCache.values()];
  }

  /** Above a number of participants, receipts and online/offline would be more traffic than the conversation. */
  hasReceipts(): boolean {
    let active = 0;
    for (const { isActive } of this.participantCache.values()) if (isActive) active += 1;
    return active <= LIMITS.participantsWithReceipts;
  }

  message(id: number): Message | undefined {
    return this.messages("SELECT * FROM messages WHERE id = ?", id)[0];
  }

  /** What a sender sent under a clientId, and whether a body is the one first sent. */
  sent(senderId: number, clientId: string): { message: Message; hasBody(body: string): boolean } | undefined {
    const [row] = this.sql
      .exec<MessageRow>("SELECT * FROM messages WHERE sender_id = ? AND client_id = ?", senderId, clientId)
      .toArray();
    if (!row) return undefined;
    const message = toMessage(row, this.roomCache.id);
    return {
      message,
      hasBody: (body) => (row.body_hash === "" ? sendBody(message) === body : row.body_hash === hashBody(body)),
    };
  }

  /** Messages `first` … `last`, both included, oldest first. */
  messagesBetween(first: number, last: number): Message[] {
    return this.messages("SELECT * FROM messages WHERE id BETWEEN ? AND ? ORDER BY id", first, last);
  }

  /** Those of `first` … `last` that are past a position, oldest first: what is not returned is hardly read. */
  messagesBetweenPast(first: number, last: number, position: Position): Message[] {
    const fresh = Math.max(first, position.id + 1);
    return [
      ...this.messagesChangedBetween(first, Math.min(last, fresh - 1), position.rev),
      ...(fresh <= last ? this.messagesBetween(fresh, last) : []),
    ];
  }

  /** No two changes share a rev: of few revs the index is read, of more revs than rows the rows themselves. */
  private messagesChangedBetween(first: number, last: number, rev: number): Message[] {
    const changes = this.messageRevCache - Math.max(0, rev);
    if (first > last || changes <= 0) return [];
    // Left to itself, SQLite scans the whole table for the order of the ids.
    const by = changes <= last - first ? "INDEXED BY messages_changed" : "NOT INDEXED";
    return this.messages(
      `SELECT * FROM messages ${by} WHERE rev > ? AND rev > 0 AND id BETWEEN ? AND ? ORDER BY id`,
      Math.max(0, rev),
      first,
      last,
    );
  }

  /** The file that a message shows, or showed before it was deleted. */
  fileOf(id: number): string | null {
    const [row] = this.sql
      .exec<{ file_url: string | null }>("SELECT file_url FROM messages WHERE id = ?", id)
      .toArray();
    return row?.file_url ?? null;
  }

  /** Epoch milliseconds; 0 for a message that is not there. */
  createdAt(id: number): number {
    const [row] = this.sql.exec<{ created_at: number }>("SELECT created_at FROM messages WHERE id = ?", id).toArray();
    return row?.created_at ?? 0;
  }

  messagesAfter(id: number, limit: number): Message[] {
    return this.messages("SELECT * FROM messages WHERE id > ? ORDER BY id LIMIT ?", id, limit);
  }

  /** Changed messages up to `throughId`, in the order of their latest change. */
  messagesChangedAfter(rev: number, throughId: number, limit: number): Message[] {
    return this.messages(
      "SELECT * FROM messages WHERE rev > ? AND rev > 0 AND id <= ? ORDER BY rev LIMIT ?",
      rev,
      throughId,
      limit,
    );
  }

  /** Null, and nothing changes, where its sender has used this clientId before. */
  insertMessage(message: NewMessage): Message | null {
    const { senderId, clientId, content, replyToId } = message;
    const id = this.headCache.id + 1;
    // An object that moves to another machine may find an earlier clock there.
    const createdAt = Math.max(message.createdAt, this.lastMessageAtCache ?? 0);
    // One statement for the look-up and the insert; and no RETURNING: every column of a new message is known here.
    const { rowsWritten } = this.sql.exec(
      `INSERT INTO messages
         (id, sender_id, message_type, content, file_url, file_metadata, reply_to_id, client_id, body_hash, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?)
       ON CONFLICT (sender_id, client_id) WHERE client_id IS NOT NULL DO NOTHING`,
      id,
      senderId,
      content.messageType,
      content.content,
      content.fileUrl,
      content.fileMetadata && JSON.stringify(content.fileMetadata),
      replyToId,
      clientId,
      createdAt,
    );
    if (rowsWritten === 0) return null;
    this.headCache = { ...this.headCache, id };
    this.lastMessageAtCache = createdAt;
    return newMessage({ ...message, createdAt }, { id, roomId: this.roomCache.id });
  }

  changeMessage(message: Message, patch: MessagePatch): Message {
    const changed: Message = { ...message, ...patch, rev: this.nextRev() };
    const body = sendBody(message);
    this.sql.exec(
      `UPDATE messages SET content = ?, file_metadata = ?, is_edited = ?, edited_at = ?, is_deleted = ?,
         reactions = ?, corrections = ?, rev = ?, body_hash = iif(body_hash = '', ?, body_hash) WHERE id = ?`,
      changed.content,
      changed.fileMetadata && JSON.stringify(changed.fileMetadata),
      Number(changed.isEdited),
      changed.editedAt && Date.parse(changed.editedAt),
      Number(changed.isDeleted),
      JSON.stringify(changed.reactions),
      JSON.stringify(changed.corrections),
      changed.rev,
      // Where the body first sent goes, its hash stays.
      sendBody(changed) === body ? "" : hashBody(body),
      changed.id,
    );
    this.messageRevCache = changed.rev;
    return changed;
  }

  changeRoom(patch: Partial<Pick<Room, "name" | "description" | "isActive">>): Room {
    const changed: Room = { ...this.roomCache, ...patch, rev: this.nextRev() };
    this.sql.exec(
      "UPDATE room SET name = ?, description = ?, is_active = ?, rev = ?",
      changed.name,
      changed.description,
      Number(changed.isActive),
      changed.rev,
    );
    this.roomCache = changed;
    return changed;
  }

  /** Adds someone, or brings back who left. */
  joinParticipant({ userId, name, imageUrl, role }: NewParticipant, now: number): StoredParticipant {
    const earlier = this.participantCache.get(userId);
    if (earlier) return this.changeParticipant(earlier, { name, imageUrl, role, joinedAt: now, isActive: true });
    const joined: StoredParticipant = {
      userId,
      name,
      imageUrl,
      role,
      joinedAt: now,
      lastReadMessageId: 0,
      isActive: true,
      rev: this.nextRev(),
      isDirty: false,
    };
    return this.putParticipant(joined);
  }

  changeParticipant(participant: StoredParticipant, patch: ParticipantPatch): StoredParticipant {
    return this.putParticipant({ ...participant, ...patch, rev: this.nextRev() });
  }

  /** A read marker that nobody is told of takes no rev: a dirty mark makes the flush find it. */
  markReadQuietly(participant: StoredParticipant, lastReadMessageId: number): StoredParticipant {
    this.quietMarks += 1;
    return this.putParticipant({ ...participant, lastReadMessageId, isDirty: true });
  }

  /** The flush wrote these markers; one that moved meanwhile stays dirty. */
  clearDirty(written: readonly StoredParticipant[]): void {
    for (const { userId, lastReadMessageId } of written) {
      const current = this.participantCache.get(userId);
      if (current?.isDirty && current.lastReadMessageId === lastReadMessageId) {
        this.putParticipant({ ...current, isDirty: false });
      }
    }
  }

  isFlushHeld(): boolean {
    return this.flushHeld;
  }

  holdFlush(): void {
    if (this.flushHeld) return;
    this.sql.exec("UPDATE room SET is_flush_held = 1");
    this.flushHeld = true;
  }

  renewEpoch(now: number): number {
    const { epoch } = this.sql.exec<{ epoch: number }>(`${RENEW_EPOCH} RETURNING epoch`, now).one();
    this.flushHeld = false;
    this.headCache = { ...this.headCache, epoch };
    return epoch;
  }

  private putParticipant(participant: StoredParticipant): StoredParticipant {
    this.sql.exec(
      `INSERT INTO participants (user_id, name, image_url, role, joined_at, last_read_message_id, is_active, rev, is_dirty)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, image_url = excluded.image_url, role = excluded.role,
         joined_at = excluded.joined_at, last_read_message_id = excluded.last_read_message_id,
         is_active = excluded.is_active, rev = excluded.rev, is_dirty = excluded.is_dirty`,
      participant.userId,
      participant.name,
      participant.imageUrl,
      participant.role,
      participant.joinedAt,
      participant.lastReadMessageId,
      Number(participant.isActive),
      participant.rev,
      Number(participant.isDirty),
    );
    this.participantCache.set(participant.userId, participant);
    return participant;
  }

  private nextRev(): number {
    const rev = this.headCache.rev + 1;
    this.headCache = { ...this.headCache, rev };
    return rev;
  }

  private messages(query: string, ...bindings: (string | number)[]): Message[] {
    const rows = this.sql.exec<MessageRow>(query, ...bindings).toArray();
    return rows.map((row) => toMessage(row, this.roomCache.id));
  }

  private load(): [Room, Position] {
    const room = this.sql.exec<RoomRow>("SELECT * FROM room").one();
    const participants = this.sql.exec<ParticipantRow>("SELECT * FROM participants ORDER BY user_id").toArray();
    const { id, rev, last_at } = this.sql
      .exec<{ id: number; rev: number; last_at: number | null }>(
        `SELECT (SELECT coalesce(max(id), 0) FROM messages) AS id,
           (SELECT coalesce(max(rev), 0) FROM messages WHERE rev > 0) AS rev,
           (SELECT created_at FROM messages ORDER BY id DESC LIMIT 1) AS last_at`,
      )
      .one();
    this.messageRevCache = rev;
    this.lastMessageAtCache = last_at;
    this.participantCache = new Map(participants.map((row) => [row.user_id, toStoredParticipant(row)]));
    this.flushHeld = room.is_flush_held === 1;
    const head = { epoch: room.epoch, id, rev: Math.max(rev, room.rev, ...participants.map((row) => row.rev)) };
    return [toRoom(room), head];
  }
}

function hashBody(body: string): string {
  return createHash("sha256").update(body).digest("base64url").slice(0, 16);
}
