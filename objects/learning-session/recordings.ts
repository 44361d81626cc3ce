/** What was recorded, as far as this object knows: its SQL, and who may do what with it. Files and parts are the Worker's. */
import { ok, refuse } from "../../schema/result.ts";
import type { Answer, LearningSessionRpc, RecordingPart, StoredRecording } from "../../schema/rpc.ts";
import { type KeptRecording, type RecordingRow, toRecording } from "./rows.ts";
import { decideUpload } from "./rules.ts";
import type { SessionStore } from "./store.ts";

/** R2 takes 10,000 parts, and so much of a recording is longer than any session. */
const MOST_PARTS = 1_000;
/** Of one session. */
const MOST_RECORDINGS = 20;

export class Recordings {
  private readonly sql: SqlStorage;
  private readonly store: SessionStore;
  private readonly now: () => number;

  constructor(store: SessionStore, now: () => number) {
    this.sql = store.sql;
    this.store = store;
    this.now = now;
  }

  /** All that changed after this rev. */
  changedAfter(rev: number): KeptRecording[] {
    return this.sql
      .exec<RecordingRow>("SELECT * FROM recordings WHERE rev > ? ORDER BY number", rev)
      .toArray()
      .map(toRecording);
  }

  find(number: number): KeptRecording | undefined {
    const [row] = this.sql.exec<RecordingRow>("SELECT * FROM recordings WHERE number = ?", number).toArray();
    return row && toRecording(row);
  }

  begin(callerId: number, upload: Parameters<LearningSessionRpc["beginRecording"]>[1]): Answer<StoredRecording> {
    const allowed = decideUpload(this.store.call, callerId, this.now());
    if (!allowed.ok) return allowed;
    const { count } = this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM recordings").one();
    if (count >= MOST_RECORDINGS) return refuse("conflict");
    const { mediaKey, uploadId, format, expiresAt } = upload;
    const row = this.sql
      .exec<RecordingRow>(
        `INSERT INTO recordings (rev, media_key, upload_id, format, recorded_by_user_id, expires_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *`,
        this.store.nextRev(),
        mediaKey,
        uploadId,
        format,
        callerId,
        expiresAt,
        this.now(),
      )
      .one();
    return ok(toRecording(row));
  }

  upload(callerId: number, number: number): Answer<StoredRecording> {
    const found = this.find(number);
    if (!found || !this.mayKnow(callerId)) return refuse("not_found");
    if (found.recordedByUserId !== callerId) return refuse("forbidden");
    return found.uploadId === null ? refuse("gone") : ok(found);
  }

  keepPart(callerId: number, number: number, part: RecordingPart): Answer<StoredRecording> {
    const found = this.upload(callerId, number);
    if (!found.ok) return found;
    const others = found.value.parts.filter((one) => one.number !== part.number);
    if (others.length >= MOST_PARTS) return refuse("too_large");
    const parts = [...others, part].toSorted((one, other) => one.number - other.number);
    // What is only of the upload takes no rev.
    this.sql.exec("UPDATE recordings SET parts = ? WHERE number = ?", JSON.stringify(parts), number);
    return ok({ ...found.value, parts });
  }

  complete(
    callerId: number,
    number: number,
    file: Parameters<LearningSessionRpc["completeRecording"]>[2],
  ): Answer<StoredRecording> {
    const known = this.find(number);
    // Sent again: it is whole.
    if (known?.isAvailable && known.recordedByUserId === callerId) return ok(known);
    const found = this.upload(callerId, number);
    if (!found.ok) return found;
    const { fileSize, duration, quality, expiresAt } = file;
    this.sql.exec(
      `UPDATE recordings SET rev = ?, upload_id = NULL, parts = '[]', is_available = 1, file_size = ?, duration = ?,
         quality = ?, expires_at = ? WHERE number = ?`,
      this.store.nextRev(),
      fileSize,
      duration,
      quality,
      expiresAt,
      number,
    );
    return this.answer(number);
  }

  list(callerId: number): Answer<readonly StoredRecording[]> {
    if (!this.mayKnow(callerId)) return refuse("forbidden");
    const rows = this.sql
      .exec<RecordingRow>("SELECT * FROM recordings WHERE is_available = 1 ORDER BY number")
      .toArray();
    return ok(rows.map(toRecording));
  }

  /** The answer is as it was: what it names is to be removed. */
  remove(callerId: number | null, number: number): Answer<StoredRecording> {
    const found = this.find(number);
    if (!found || (callerId !== null && !this.mayKnow(callerId))) return refuse("not_found");
    if (!found.isAvailable && found.uploadId === null) return ok(found);
    this.sql.exec(
      "UPDATE recordings SET rev = ?, is_available = 0, upload_id = NULL, parts = '[]', expires_at = NULL WHERE number = ?",
      this.store.nextRev(),
      number,
    );
    return ok(found);
  }

  /** Somebody's account is gone: nobody is named, and what they did not finish is theirs no more. */
  forget(userId: number): void {
    const rows = this.sql
      .exec<RecordingRow>("SELECT * FROM recordings WHERE recorded_by_user_id = ?", userId)
      .toArray();
    for (const { number } of rows) {
      this.sql.exec(
        "UPDATE recordings SET rev = ?, recorded_by_user_id = NULL WHERE number = ?",
        this.store.nextRev(),
        number,
      );
    }
  }

  /** Whoever was in the call. */
  private mayKnow(callerId: number): boolean {
    const one = this.store.participant(callerId);
    return one !== undefined && one.firstJoinedAt !== null;
  }

  private answer(number: number): Answer<StoredRecording> {
    const found = this.find(number);
    return found ? ok(found) : refuse("not_found");
  }
}
