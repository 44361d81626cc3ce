/**
 * `media_files` and what lies in R2 under its keys. A row is there before its bytes and goes after them. A file that nobody
 * came to show, and one that a deleted message freed (migrations/d1/0010), is removed by the job `sweep-media`.
 */
import type { MediaPurpose } from "../../schema/api/media.ts";
import type { MediaFile } from "../../schema/media.ts";

export interface StoredFile extends MediaFile {
  readonly roomId: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** False for somebody who is not there any more: nothing is announced then. */
export async function announceFile(database: D1Database, file: StoredFile): Promise<boolean> {
  const { key, ownerId, purpose, roomId, contentType, sizeBytes, fileName, createdAt } = file;
  const { meta } = await database
    .prepare(
      `INSERT INTO media_files (key, owner_id, purpose, room_id, content_type, size_bytes, file_name, details, created_at)
       SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM users WHERE id = ?2 AND is_active = 1`,
    )
    .bind(key, ownerId, purpose, roomId, contentType, sizeBytes, fileName, detailsOf(file), createdAt)
    .run();
  return meta.changes > 0;
}

/** Null where there are none. */
function detailsOf({ width, height, durationMs }: StoredFile): string | null {
  const known = Object.entries({ width, height, durationMs }).filter(([, value]) => value !== null);
  return known.length === 0 ? null : JSON.stringify(Object.fromEntries(known));
}

/** Its bytes are there. False where its row is not any more: its owner was deleted meanwhile. */
export async function markStored(database: D1Database, key: string): Promise<boolean> {
  const { meta } = await database
    .prepare("UPDATE media_files SET status = 'STORED' WHERE key = ? AND status = 'PENDING'")
    .bind(key)
    .run();
  return meta.changes > 0;
}

interface FileRow {
  readonly key: string;
  readonly owner_id: number;
  readonly purpose: MediaPurpose;
  readonly room_id: number | null;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly file_name: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly duration_ms: number | null;
  readonly created_at: number;
}

const COLUMNS = `key, owner_id, purpose, room_id, content_type, size_bytes, file_name, created_at,
  details ->> 'width' AS width, details ->> 'height' AS height, details ->> 'durationMs' AS duration_ms`;

/** One that was announced and is not there yet; for its owner alone. */
export async function findAnnounced(database: D1Database, key: string, ownerId: number): Promise<StoredFile | null> {
  const row = await database
    .prepare(`SELECT ${COLUMNS} FROM media_files WHERE key = ? AND owner_id = ? AND status = 'PENDING'`)
    .bind(key, ownerId)
    .first<FileRow>();
  return row && toFile(row);
}

/** Null for a file that is not there, not yet, or not any more. */
export async function findFile(database: D1Database, key: string): Promise<StoredFile | null> {
  const row = await database
    .prepare(`SELECT ${COLUMNS} FROM media_files WHERE key = ? AND status <> 'PENDING' AND freed_at IS NULL`)
    .bind(key)
    .first<FileRow>();
  return row && toFile(row);
}

/** At most 1,000. Cut off between the two, rows without bytes are left: they are removed when it is done again. */
export async function removeFiles({ DB, MEDIA }: Pick<Env, "DB" | "MEDIA">, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await MEDIA.delete([...keys]);
  await DB.prepare("DELETE FROM media_files WHERE key IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(keys))
    .run();
}

function toFile(row: FileRow): StoredFile {
  return {
    key: row.key,
    ownerId: row.owner_id,
    purpose: row.purpose,
    roomId: row.room_id,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    width: row.width,
    height: row.height,
    durationMs: row.duration_ms,
    fileName: row.file_name,
    createdAt: row.created_at,
  };
}
