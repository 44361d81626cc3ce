/** How far the inboxes of the room's people were told: its SQL. What is kept is behind what is known here, never ahead. */
import type { Position } from "../kernel/flush.ts";

export class ToldInboxes {
  private readonly sql: SqlStorage;
  private known: Position | null;
  private stored: Position | null;
  /** By user, which mark of theirs is the last: one that came while they were told is still to be told. */
  private marked: Map<number, number>;
  private marks = 0;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.stored = this.load();
    this.known = this.stored;
    this.marked = this.loadMarked();
  }

  /** After a rollback. What was told stays told. */
  rebuild(): void {
    this.marked = this.loadMarked();
  }

  /** Everybody has heard of everything up to this state of the room; null: of nothing. */
  get position(): Position | null {
    return this.known;
  }

  /** Those who are to be told although nothing of them is past the position. */
  get untold(): ReadonlyMap<number, number> {
    return this.marked;
  }

  /** Inside a transaction, with the change that took no rev. */
  mark(userId: number): void {
    if (!this.marked.has(userId)) this.sql.exec("INSERT OR IGNORE INTO untold_inboxes (user_id) VALUES (?)", userId);
    this.marks += 1;
    this.marked.set(userId, this.marks);
  }

  /** They have heard of these marks. */
  unmark(heard: ReadonlyMap<number, number>): void {
    for (const [userId, mark] of heard) {
      if (this.marked.get(userId) !== mark) continue;
      this.sql.exec("DELETE FROM untold_inboxes WHERE user_id = ?", userId);
      this.marked.delete(userId);
    }
  }

  told(position: Position): void {
    this.known = position;
  }

  /** One row, so not at each telling: who is told once more after a restart knows it already. */
  save(): void {
    const { known } = this;
    if (known === null || isSame(known, this.stored)) return;
    this.sql.exec(
      `INSERT INTO told_inboxes (singleton, epoch, id, rev) VALUES (1, ?, ?, ?)
       ON CONFLICT (singleton) DO UPDATE SET epoch = excluded.epoch, id = excluded.id, rev = excluded.rev`,
      known.epoch,
      known.id,
      known.rev,
    );
    this.stored = known;
  }

  private load(): Position | null {
    const [row] = this.sql
      .exec<{ epoch: number; id: number; rev: number }>("SELECT epoch, id, rev FROM told_inboxes")
      .toArray();
    return row ?? null;
  }

  private loadMarked(): Map<number, number> {
    const rows = this.sql.exec<{ user_id: number }>("SELECT user_id FROM untold_inboxes").toArray();
    return new Map(rows.map(({ user_id }) => [user_id, this.marked?.get(user_id) ?? 0]));
  }
}

export function isSame(one: Position, other: Position | null): boolean {
  return other !== null && one.epoch === other.epoch && one.id === other.id && one.rev === other.rev;
}
