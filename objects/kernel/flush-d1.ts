/**
 * A D1 database as a destination of the flush: the position and the parked rows of each object beside its rows, all
 * moved in one batch. Which statements write the rows is the object's own business.
 */
import type { FlushDestination, FlushRow, Move, ParkedKey, Position, Stay, WriteAnswer } from "./flush.ts";
import { inTime } from "./in-time.ts";

/**
 * No answer is waited for longer: what hangs would hold up whoever waits for the flush. What comes after all changes
 * nothing that it should not, as rows and position guard themselves.
 */
const LONGEST_ANSWER_MS = 10_000;

export interface D1DestinationOptions {
  readonly name: string;
  /** Asked at each use: a binding is never held. */
  readonly database: () => D1Database;
  /** The object as the database knows it, e.g. `chat-room:12`. */
  readonly object: string;
  /** Upserts for these rows: guarded by (epoch, rev), or, where rows keep neither, by where the destination stands. */
  statements(database: D1DatabaseSession, rows: readonly FlushRow[], standing: Position | null): D1PreparedStatement[];
  /** What those statements answered, once they have. */
  answered?(results: readonly D1Result[]): void;
  /** Removes what the history that begins does not know of. Runs in its first batch. */
  removeBeyond(database: D1DatabaseSession, standing: Position | null): D1PreparedStatement[];
  now(): number;
}

export class D1Destination implements FlushDestination {
  private readonly options: D1DestinationOptions;
  private lastBookmark: string | null = null;

  constructor(options: D1DestinationOptions) {
    this.options = options;
  }

  get name(): string {
    return this.options.name;
  }

  bookmark(): string | null {
    return this.lastBookmark;
  }

  async read(): Promise<Position | null> {
    const session = this.session();
    const position = await inTime(
      LONGEST_ANSWER_MS,
      session
        .prepare("SELECT epoch, id, rev FROM flush_positions WHERE object = ?")
        .bind(this.options.object)
        .first<{ epoch: number; id: number; rev: number }>(),
    );
    this.keepBookmark(session);
    return position;
  }

  async write(rows: readonly FlushRow[], change: Move | Stay): Promise<WriteAnswer> {
    const session = this.session();
    const move = "to" in change ? change : null;
    const standing = "to" in change ? change.from : change.at;
    const before = beginsHistory(move)
      ? [this.unparkAll(session), ...this.options.removeBeyond(session, standing)]
      : [];
    const own = this.options.statements(session, rows, standing);
    const statements = [
      ...before,
      ...own,
      ...(rows.length > 0 ? [this.unpark(session, rows)] : []),
      ...(move && move.parked.length > 0 ? [this.park(session, move)] : []),
      ...(move ? [this.advance(session, move)] : []),
    ];
    if (statements.length === 0) return { kind: "written", moved: false };
    try {
      const results = await inTime(LONGEST_ANSWER_MS, session.batch(statements));
      this.keepBookmark(session);
      this.options.answered?.(results.slice(before.length, before.length + own.length));
      return { kind: "written", moved: move !== null && (results.at(-1)?.meta.changes ?? 0) > 0 };
    } catch (error) {
      if (isRowsFault(error)) return { kind: "refused", reason: messageOf(error) };
      throw error;
    }
  }

  async parkedKeys(): Promise<readonly ParkedKey[]> {
    const { results } = await this.session()
      .prepare(
        'SELECT table_name AS "table", row_key AS key FROM flush_parked WHERE object = ? ORDER BY random() LIMIT 1000',
      )
      .bind(this.options.object)
      .all<{ table: string; key: string }>();
    return results;
  }

  /** Bookmarks sort by age as text. An answer that was overtaken must not take a later one back. */
  private keepBookmark(session: D1DatabaseSession): void {
    const bookmark = session.getBookmark();
    if (bookmark !== null && bookmark > (this.lastBookmark ?? "")) this.lastBookmark = bookmark;
  }

  private session(): D1DatabaseSession {
    return this.options.database().withSession("first-primary");
  }

  /** Only from where the destination is believed to stand: a stale or repeated move changes nothing. */
  private advance(session: D1DatabaseSession, { from, to }: Move): D1PreparedStatement {
    const { object, now } = this.options;
    if (from === null) {
      return session
        .prepare(
          "INSERT INTO flush_positions (object, epoch, id, rev, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(object, to.epoch, to.id, to.rev, now());
    }
    return session
      .prepare(
        "UPDATE flush_positions SET epoch = ?, id = ?, rev = ?, updated_at = ? WHERE object = ? AND epoch = ? AND id = ? AND rev = ?",
      )
      .bind(to.epoch, to.id, to.rev, now(), object, from.epoch, from.id, from.rev);
  }

  private park(session: D1DatabaseSession, { parked, to }: Move): D1PreparedStatement {
    const rows = parked.map(({ row, reason }) => ({ table: row.table, key: row.key, rev: row.rev, reason }));
    return session
      .prepare(
        `INSERT INTO flush_parked (object, table_name, row_key, epoch, rev, reason, parked_at)
         SELECT ?1, value->>'table', value->>'key', ?2, value->>'rev', value->>'reason', ?3 FROM json_each(?4) WHERE true
         ON CONFLICT (object, table_name, row_key) DO UPDATE SET epoch = excluded.epoch, rev = excluded.rev, reason = excluded.reason`,
      )
      .bind(this.options.object, to.epoch, this.options.now(), JSON.stringify(rows));
  }

  /** A new epoch writes every row again, and parks anew what is still refused. */
  private unparkAll(session: D1DatabaseSession): D1PreparedStatement {
    return session.prepare("DELETE FROM flush_parked WHERE object = ?").bind(this.options.object);
  }

  /** What was written is no longer parked. */
  private unpark(session: D1DatabaseSession, rows: readonly FlushRow[]): D1PreparedStatement {
    return session
      .prepare(
        `DELETE FROM flush_parked WHERE object = ?1
         AND (table_name, row_key) IN (SELECT value->>0, value->>1 FROM json_each(?2))`,
      )
      .bind(this.options.object, JSON.stringify(rows.map(({ table, key }) => [table, key])));
  }
}

function beginsHistory(move: Move | null): move is Move {
  return move !== null && (move.startsOver === true || move.from === null || move.from.epoch !== move.to.epoch);
}

/** D1 names SQLite's result code; these say that the values were at fault, not the database. */
function isRowsFault(error: unknown): boolean {
  return /SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)|constraint failed|datatype mismatch|too big/i.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
