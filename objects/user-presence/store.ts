/** All SQL of a person's own database, and the caches over it. Writes happen inside the caller's transaction. */
import { z } from "zod";
import type { ChosenStatus, InboxEntry, PresenceStatus } from "../../schema/protocol/me/entities.ts";
import { inboxEntry } from "../../schema/protocol/me/entities.ts";
import { type Room, room } from "../../schema/protocol/room/entities.ts";
import type { InboxUpdate, ListedRoom } from "../../schema/rpc.ts";
import { messageType } from "../../schema/values.ts";
import { NO_NOTICE, type RoomNotice } from "./notification-rules.ts";

type MeRow = {
  user_id: number;
  chosen_status: ChosenStatus;
  told_status: PresenceStatus;
  told_at: number;
  heard_at: number;
  last_seen: number | null;
  seen_partners: string | null;
  cached_at: number;
  is_filled: number;
  is_erased: number;
};

type InboxRow = {
  room_id: number;
  epoch: number;
  rev: number;
  made_at: number;
  last_message_id: number;
  last_read_message_id: number;
  unread: number;
  is_active: number;
  partner_id: number | null;
  room: string;
  last_message: string | null;
  notified_id: number;
  notice_at: number | null;
  notice_of: string | null;
};

export interface Me {
  readonly userId: number;
  readonly chosen: ChosenStatus;
  readonly told: { readonly status: PresenceStatus; readonly at: number };
  /** What was told then has been heard by all who are to know. */
  readonly heardAt: number;
  /** When the last socket ended; null while there is one, and before the first. */
  readonly lastSeen: number | null;
  /** Who was there when the last socket ended; null: not known. */
  readonly seenPartners: readonly number[] | null;
  /** When KV was told last. */
  readonly cachedAt: number;
  readonly isFilled: boolean;
  /** The account is gone: nothing is kept any more. */
  readonly isErased: boolean;
}

/** What of a room's word is kept. */
export type RoomState = Omit<InboxUpdate, "latestUnread" | "isHere">;

interface StoredRoom extends RoomState {
  readonly activity: number;
  readonly notice: RoomNotice;
}

const lastMessage = inboxEntry.shape.lastMessage;
const userIds = z.array(z.int());
const unreadMessage = z.object({
  id: z.int(),
  senderId: z.int(),
  senderName: z.string(),
  messageType,
});

export class PresenceStore {
  private readonly sql: SqlStorage;
  private meCache: Me;
  private rooms: Map<number, StoredRoom>;
  private partnerCache: ReadonlySet<number> | undefined;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.meCache = this.loadMe();
    this.rooms = this.loadRooms();
  }

  static create(sql: SqlStorage, userId: number): void {
    sql.exec("INSERT INTO me (user_id) VALUES (?)", userId);
  }

  rebuild(): void {
    this.meCache = this.loadMe();
    this.rooms = this.loadRooms();
    this.partnerCache = undefined;
  }

  get me(): Me {
    return this.meCache;
  }

  changeMe(patch: Partial<Omit<Me, "userId" | "isErased">>): void {
    const changed: Me = { ...this.meCache, ...patch };
    this.sql.exec(
      `UPDATE me SET chosen_status = ?, told_status = ?, told_at = ?, heard_at = ?, last_seen = ?, seen_partners = ?, cached_at = ?,
         is_filled = ?`,
      changed.chosen,
      changed.told.status,
      changed.told.at,
      changed.heardAt,
      changed.lastSeen,
      changed.seenPartners && JSON.stringify(changed.seenPartners),
      changed.cachedAt,
      Number(changed.isFilled),
    );
    this.meCache = changed;
  }

  /** Nothing of a person is left but that they were erased. */
  erase(): void {
    this.sql.exec("DELETE FROM inbox");
    this.sql.exec(
      `UPDATE me SET chosen_status = 'online', told_at = 0, heard_at = 0, last_seen = NULL, seen_partners = NULL, cached_at = 0,
         is_filled = 1, is_erased = 1`,
    );
    this.rebuild();
  }

  /**
   * False, and nothing changes, where a later state of the room is known, or this one. What says the same as an earlier one
   * is kept too: one from between the two may be on its way.
   */
  putRoom(update: RoomState, notice: RoomNotice): boolean {
    const known = this.rooms.get(update.roomId);
    if (known && !isLater(update, known)) return false;
    this.sql.exec(
      `INSERT INTO inbox (room_id, epoch, rev, made_at, last_message_id, last_read_message_id, unread, is_active, partner_id,
         room, last_message, notified_id, notice_at, notice_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (room_id) DO UPDATE SET epoch = excluded.epoch, rev = excluded.rev, made_at = excluded.made_at,
         last_message_id = excluded.last_message_id, last_read_message_id = excluded.last_read_message_id,
         unread = excluded.unread, is_active = excluded.is_active, partner_id = excluded.partner_id,
         room = excluded.room, last_message = excluded.last_message, notified_id = excluded.notified_id,
         notice_at = excluded.notice_at, notice_of = excluded.notice_of`,
      update.roomId,
      update.epoch,
      update.rev,
      update.madeAt,
      update.lastMessageId,
      update.lastReadMessageId,
      update.unread,
      Number(update.isActive),
      update.partnerId,
      JSON.stringify(update.room),
      update.lastMessage && JSON.stringify(update.lastMessage),
      ...toColumns(notice),
    );
    this.rooms.set(update.roomId, withActivity(update, notice));
    this.partnerCache = undefined;
    return true;
  }

  room(roomId: number): RoomState | undefined {
    return this.rooms.get(roomId);
  }

  notice(roomId: number): RoomNotice {
    return this.rooms.get(roomId)?.notice ?? NO_NOTICE;
  }

  putNotice(roomId: number, notice: RoomNotice): void {
    const known = this.rooms.get(roomId);
    if (!known) return;
    const query = "UPDATE inbox SET notified_id = ?, notice_at = ?, notice_of = ? WHERE room_id = ?";
    this.sql.exec(query, ...toColumns(notice), roomId);
    this.rooms.set(roomId, { ...known, notice });
  }

  /** Those at which somebody is to look later. */
  waitingNotices(): { readonly roomId: number; readonly notice: RoomNotice; readonly at: number }[] {
    return [...this.rooms.values()].flatMap(({ roomId, notice }) =>
      notice.noticeAt === null ? [] : [{ roomId, notice, at: notice.noticeAt }],
    );
  }

  /** The latest first. */
  listRooms(after: readonly [activity: number, roomId: number] | null, limit: number): ListedRoom[] {
    return [...this.rooms.values()]
      .filter((one) => one.isActive && (after === null || isBelow(one, after)))
      .sort((a, b) => b.activity - a.activity || b.roomId - a.roomId)
      .slice(0, limit)
      .map((one) => ({ ...toEntry(one), room: one.room, activity: one.activity }));
  }

  /** Those with whom each may see whether the other is there. */
  partners(): ReadonlySet<number> {
    this.partnerCache ??= new Set([...this.rooms.values()].flatMap(({ partnerId }) => partnerId ?? []));
    return this.partnerCache;
  }

  private loadMe(): Me {
    const row = this.sql.exec<MeRow>("SELECT * FROM me").one();
    return {
      userId: row.user_id,
      chosen: row.chosen_status,
      told: { status: row.told_status, at: row.told_at },
      heardAt: row.heard_at,
      lastSeen: row.last_seen,
      seenPartners: row.seen_partners === null ? null : userIds.parse(JSON.parse(row.seen_partners)),
      cachedAt: row.cached_at,
      isFilled: row.is_filled === 1,
      isErased: row.is_erased === 1,
    };
  }

  private loadRooms(): Map<number, StoredRoom> {
    const rows = this.sql.exec<InboxRow>("SELECT * FROM inbox").toArray();
    return new Map(rows.map((row) => [row.room_id, withActivity(toState(row), toNotice(row))]));
  }
}

export function toEntry(update: InboxEntry): InboxEntry {
  const { roomId, lastMessageId, lastReadMessageId, unread, lastMessage } = update;
  return { roomId, lastMessageId, lastReadMessageId, unread, lastMessage };
}

function toState(row: InboxRow): RoomState {
  const stored: Room = room.parse(JSON.parse(row.room));
  return {
    roomId: row.room_id,
    room: stored,
    epoch: row.epoch,
    rev: row.rev,
    madeAt: row.made_at,
    isActive: row.is_active === 1,
    lastMessageId: row.last_message_id,
    lastReadMessageId: row.last_read_message_id,
    unread: row.unread,
    lastMessage: row.last_message === null ? null : lastMessage.parse(JSON.parse(row.last_message)),
    partnerId: row.partner_id,
  };
}

function toNotice(row: InboxRow): RoomNotice {
  return {
    epoch: row.epoch,
    notifiedId: row.notified_id,
    noticeAt: row.notice_at,
    latest: row.notice_of === null ? null : unreadMessage.parse(JSON.parse(row.notice_of)),
  };
}

function toColumns({ notifiedId, noticeAt, latest }: RoomNotice): [number, number | null, string | null] {
  return [notifiedId, noticeAt, latest && JSON.stringify(latest)];
}

function withActivity(update: RoomState, notice: RoomNotice): StoredRoom {
  return { ...update, notice, activity: Date.parse(update.lastMessage?.createdAt ?? update.room.createdAt) };
}

function isBelow({ activity, roomId }: StoredRoom, [afterActivity, afterId]: readonly [number, number]): boolean {
  return activity < afterActivity || (activity === afterActivity && roomId < afterId);
}

/** By the room's own numbers, and by its clock for what takes none: a quiet marker, a block. */
function isLater(update: RoomState, known: RoomState): boolean {
  if (update.epoch !== known.epoch) return update.epoch > known.epoch;
  if (update.lastMessageId !== known.lastMessageId) return update.lastMessageId > known.lastMessageId;
  if (update.rev !== known.rev) return update.rev > known.rev;
  return update.madeAt > known.madeAt;
}
