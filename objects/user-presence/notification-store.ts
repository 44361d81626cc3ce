/**
 * All SQL of notifications in the person's own database. Writes happen inside the caller's transaction.
 *
 * What is older than the latest 500 is removed once D1 has everything that is here: so whatever is in D1 alone is older
 * than all of this. Of what was removed the last number and rev are kept, as they are never given again.
 */
import { z } from "zod";
import type { Notification, NotificationPriority, NotificationType } from "../../schema/notifications.ts";
import type { NotificationPageRequest } from "../../schema/rpc.ts";
import { jsonValue } from "../../schema/values.ts";
import type { Position } from "../kernel/flush.ts";
import { RENEW_EPOCH } from "./restored-presence.ts";

export type NotificationRow = {
  id: number;
  rev: number;
  type: NotificationType;
  title: string;
  message: string;
  data: string;
  about_user_id: number | null;
  read_at: number | null;
  priority: NotificationPriority;
  expires_at: number | null;
  created_at: number;
  collapse_key: string | null;
  is_to_push: number;
};

/** What is written of one that is made, or takes another's place. */
export type NotificationContent = Omit<NotificationRow, "id" | "rev" | "read_at">;

/** Those that stay here; the others are in D1 alone. */
export const MOST_KEPT = 500;
const IS_SHOWN = "(expires_at IS NULL OR expires_at > ?)";
const BEYOND_KEPT = `SELECT id FROM notifications ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ${MOST_KEPT}`;

export class NotificationStore {
  private readonly sql: SqlStorage;
  private headCache: Position | null;
  private isHeldCache = false;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.headCache = this.loadHead();
  }

  rebuild(): void {
    this.headCache = this.loadHead();
  }

  /** Null before the first. */
  get head(): Position | null {
    return this.headCache;
  }

  isKnownCause(cause: string): boolean {
    return this.sql.exec("SELECT 1 FROM notification_causes WHERE cause = ?", cause).toArray().length > 0;
  }

  putCause(cause: string): void {
    this.sql.exec("INSERT INTO notification_causes (cause) VALUES (?)", cause);
  }

  unreadWithKey(collapseKey: string, now: number): NotificationRow | undefined {
    const query = `SELECT * FROM notifications WHERE collapse_key = ? AND read_at IS NULL AND ${IS_SHOWN}`;
    return this.rows(`${query} ORDER BY id DESC LIMIT 1`, collapseKey, now)[0];
  }

  insert(content: NotificationContent): NotificationRow {
    const head = this.headCache ?? this.begin(content.created_at);
    const row: NotificationRow = {
      ...content,
      id: head.id + 1,
      rev: 0,
      read_at: null,
      created_at: this.notBefore(content.created_at),
    };
    this.sql.exec(
      `INSERT INTO notifications (id, rev, type, title, message, data, about_user_id, priority, expires_at, created_at,
         collapse_key, is_to_push) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.id, row.type, row.title, row.message, row.data, row.about_user_id, row.priority, row.expires_at],
      ...[row.created_at, row.collapse_key, row.is_to_push],
    );
    this.headCache = { ...head, id: row.id };
    return row;
  }

  /** Takes the place of an earlier one, whose number it keeps. */
  replace(before: NotificationRow, content: NotificationContent): NotificationRow {
    const row: NotificationRow = {
      ...content,
      id: before.id,
      rev: this.nextRev(),
      read_at: null,
      created_at: this.notBefore(content.created_at),
    };
    this.sql.exec(
      `UPDATE notifications SET rev = ?, type = ?, title = ?, message = ?, data = ?, about_user_id = ?, priority = ?,
         expires_at = ?, created_at = ?, collapse_key = ?, is_to_push = ? WHERE id = ?`,
      ...[row.rev, row.type, row.title, row.message, row.data, row.about_user_id, row.priority, row.expires_at],
      ...[row.created_at, row.collapse_key, row.is_to_push, row.id],
    );
    return row;
  }

  /** Those of them that were not read. Returns their numbers. */
  markRead(ids: readonly number[], now: number): number[] {
    const unread = this.sql
      .exec<{ id: number }>(
        "SELECT id FROM notifications WHERE read_at IS NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
        JSON.stringify(ids),
      )
      .toArray()
      .map(({ id }) => id);
    for (const id of unread) {
      const query = "UPDATE notifications SET read_at = ?, rev = ?, is_to_push = 0 WHERE id = ?";
      this.sql.exec(query, now, this.nextRev(), id);
    }
    return unread;
  }

  /** Also those that have expired, since they would be unread in D1 for ever. */
  unreadIds(): number[] {
    const query = "SELECT id FROM notifications WHERE read_at IS NULL ORDER BY id";
    return this.sql
      .exec<{ id: number }>(query)
      .toArray()
      .map(({ id }) => id);
  }

  countUnread(now: number): number {
    const query = `SELECT count(*) AS unread FROM notifications WHERE read_at IS NULL AND ${IS_SHOWN}`;
    return this.sql.exec<{ unread: number }>(query, now).one().unread;
  }

  /** The latest first, one more than `limit` where there is one. */
  page({ after, limit, unreadOnly }: NotificationPageRequest, now: number): NotificationRow[] {
    const [createdAt, id] = after ?? [Number.MAX_SAFE_INTEGER, 0];
    return this.rows(
      `SELECT * FROM notifications WHERE (created_at, id) < (?, ?) AND ${IS_SHOWN}
         ${unreadOnly ? "AND read_at IS NULL" : ""} ORDER BY created_at DESC, id DESC LIMIT ?`,
      createdAt,
      id,
      now,
      limit + 1,
    );
  }

  /** Null where all there ever were are still here. */
  keptIds(): number[] | null {
    const ids = this.sql
      .exec<{ id: number }>("SELECT id FROM notifications")
      .toArray()
      .map(({ id }) => id);
    return ids.length < (this.headCache?.id ?? 0) ? ids : null;
  }

  after(id: number, limit: number): NotificationRow[] {
    return this.rows("SELECT * FROM notifications WHERE id > ? ORDER BY id LIMIT ?", id, limit);
  }

  changedAfter(rev: number, throughId: number, limit: number): NotificationRow[] {
    const query = "SELECT * FROM notifications WHERE rev > ? AND rev > 0 AND id <= ? ORDER BY rev LIMIT ?";
    return this.rows(query, rev, throughId, limit);
  }

  withIds(ids: readonly number[]): NotificationRow[] {
    return this.rows("SELECT * FROM notifications WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
  }

  toPush(): NotificationRow[] {
    return this.rows("SELECT * FROM notifications WHERE is_to_push = 1 ORDER BY created_at");
  }

  /** Unless another one has taken its place meanwhile. */
  pushed({ id, rev }: Pick<NotificationRow, "id" | "rev">): void {
    this.sql.exec("UPDATE notifications SET is_to_push = 0 WHERE id = ? AND rev = ?", id, rev);
  }

  /** What is older than the latest 500 and not read. */
  unreadBeyondKept(): number[] {
    const query = `SELECT id FROM notifications WHERE read_at IS NULL AND id IN (${BEYOND_KEPT})`;
    return this.sql
      .exec<{ id: number }>(query)
      .toArray()
      .map(({ id }) => id);
  }

  /** Removes what is older than the latest 500. D1 has it. */
  removeBeyondKept(): void {
    const { headCache: head } = this;
    if (head === null || this.sql.exec(`SELECT 1 FROM (${BEYOND_KEPT}) LIMIT 1`).toArray().length === 0) return;
    this.keepLast(head);
    this.sql.exec(`DELETE FROM notifications WHERE id IN (${BEYOND_KEPT})`);
  }

  /** Removes those with somebody's name in them. Returns those that were not read. */
  forget(userId: number): number[] {
    const { headCache: head } = this;
    const about = this.rows("SELECT * FROM notifications WHERE about_user_id = ? ORDER BY id", userId);
    if (head === null || about.length === 0) return [];
    this.keepLast(head);
    this.sql.exec("DELETE FROM notifications WHERE about_user_id = ?", userId);
    return about.filter(({ read_at }) => read_at === null).map(({ id }) => id);
  }

  get isHeld(): boolean {
    return this.isHeldCache;
  }

  hold(): void {
    if (this.isHeldCache) return;
    this.sql.exec("UPDATE notification_history SET is_flush_held = 1");
    this.isHeldCache = true;
  }

  /** Null before the first notification. */
  renewEpoch(now: number): number | null {
    const [row] = this.sql.exec<{ epoch: number }>(`${RENEW_EPOCH} RETURNING epoch`, now).toArray();
    this.rebuild();
    return row?.epoch ?? null;
  }

  erase(): void {
    for (const table of ["notifications", "notification_causes", "notification_history"]) {
      this.sql.exec(`DELETE FROM ${table}`);
    }
    this.rebuild();
  }

  private rows(query: string, ...values: (string | number)[]): NotificationRow[] {
    return this.sql.exec<NotificationRow>(query, ...values).toArray();
  }

  private keepLast({ id, rev }: Position): void {
    this.sql.exec("UPDATE notification_history SET last_id = ?, last_rev = ?", id, rev);
  }

  private begin(now: number): Position {
    this.sql.exec("INSERT INTO notification_history (singleton, epoch) VALUES (1, ?)", now);
    return { epoch: now, id: 0, rev: 0 };
  }

  private nextRev(): number {
    const { headCache: head } = this;
    if (head === null) throw new Error("what is changed was made before");
    this.headCache = { ...head, rev: head.rev + 1 };
    return head.rev + 1;
  }

  /** An object that moves to another machine may find an earlier clock there; the list is ordered by it. */
  private notBefore(now: number): number {
    const query = "SELECT coalesce(max(created_at), 0) AS latest FROM notifications";
    return Math.max(now, this.sql.exec<{ latest: number }>(query).one().latest);
  }

  private loadHead(): Position | null {
    const [row] = this.sql
      .exec<{ epoch: number; is_flush_held: number; id: number; rev: number }>(
        `SELECT epoch, is_flush_held, max(last_id, (SELECT coalesce(max(id), 0) FROM notifications)) AS id,
           max(last_rev, (SELECT coalesce(max(rev), 0) FROM notifications)) AS rev FROM notification_history`,
      )
      .toArray();
    this.isHeldCache = row?.is_flush_held === 1;
    return row ? { epoch: row.epoch, id: row.id, rev: row.rev } : null;
  }
}

const storedData = z.record(z.string(), jsonValue);

export function dataOf({ data }: Pick<NotificationRow, "data">): Notification["data"] {
  return storedData.parse(JSON.parse(data));
}

export function toNotification(row: NotificationRow): Notification {
  return {
    id: row.id,
    rev: row.rev,
    type: row.type,
    title: row.title,
    message: row.message,
    data: dataOf(row),
    isRead: row.read_at !== null,
    readAt: isoOf(row.read_at),
    priority: row.priority,
    expiresAt: isoOf(row.expires_at),
    createdAt: new Date(row.created_at).toISOString(),
  };
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
