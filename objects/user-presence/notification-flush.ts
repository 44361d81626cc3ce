/** How a person's notifications go to D1. The only writer of `notifications` there. */
import type { FlushReport } from "../../schema/rpc.ts";
import type { DueTable, NextRun } from "../kernel/due.ts";
import {
  FLUSH_TIMING,
  type FlushBatch,
  Flusher,
  type FlushRow,
  type FlushSource,
  type FlushTiming,
  type ParkedKey,
  type Position,
  planFlush,
} from "../kernel/flush.ts";
import { D1Destination } from "../kernel/flush-d1.ts";
import { presenceFlushName } from "./address.ts";
import type { NotificationRow, NotificationStore } from "./notification-store.ts";

const TABLE = "notifications";

/** What hundreds are told in one room does not reach D1 at one moment. The object itself has what is new. */
const TIMING: FlushTiming = { ...FLUSH_TIMING, delayMs: 10_000, spreadMs: 8_000 };

/** Of each kind in a batch: D1 takes 2 MB in a parameter. */
const MOST_ROWS = 100;

/** Before the first notification nothing is to be flushed. */
const NOTHING: Position = { epoch: 0, id: 0, rev: 0 };

class NotificationSource implements FlushSource {
  private readonly store: NotificationStore;

  constructor(store: NotificationStore) {
    this.store = store;
  }

  head(): Position {
    return this.store.head ?? NOTHING;
  }

  isCoveredBy({ id, rev }: Position): boolean {
    const head = this.head();
    return id === head.id && rev === head.rev;
  }

  foundAhead(): "hold" {
    this.store.hold();
    return "hold";
  }

  isHeld(): boolean {
    return this.store.isHeld;
  }

  /** First the new ones by id; once they are there, what changed by rev. */
  batch(position: Position | null, maxRows: number): FlushBatch {
    const { store } = this;
    const most = Math.min(maxRows, MOST_ROWS);
    const head = this.head();
    const from = position ?? { epoch: head.epoch, id: 0, rev: -1 };
    const fresh = store.after(from.id, most);
    const throughId = fresh.at(-1)?.id ?? from.id;
    if (throughId < head.id) return { rows: fresh.map(toFlushRow), to: { ...from, id: throughId } };
    const changed = store.changedAfter(from.rev, from.id, most);
    const throughRev = changed.length < most ? head.rev : (changed.at(-1)?.rev ?? head.rev);
    const to = { epoch: head.epoch, id: throughId, rev: throughRev };
    const written = () => {
      if (this.isCoveredBy(to)) store.removeBeyondKept();
    };
    return { rows: [...fresh, ...changed].map(toFlushRow), to, written };
  }

  rows(keys: readonly ParkedKey[]): readonly FlushRow[] {
    return this.store.withIds(keys.map(({ key }) => Number(key))).map(toFlushRow);
  }
}

const COLUMNS = [
  ...["id", "type", "title", "message", "data_json", "about_user_id", "is_read", "read_at"],
  ...["priority", "expires_at", "created_at", "rev"],
];

function toFlushRow(row: NotificationRow): FlushRow {
  return {
    table: TABLE,
    key: String(row.id),
    rev: row.rev,
    values: {
      id: row.id,
      type: row.type,
      title: row.title,
      message: row.message,
      data_json: row.data,
      about_user_id: row.about_user_id,
      is_read: Number(row.read_at !== null),
      read_at: row.read_at,
      priority: row.priority,
      expires_at: row.expires_at,
      created_at: row.created_at,
      rev: row.rev,
    },
  };
}

const CHANGING = COLUMNS.filter((name) => name !== "id");

const ABOUT = `value->>${COLUMNS.indexOf("about_user_id")}`;

/** `?1` the user, `?2` the epoch, `?3` rows as JSON. What comes after the account of either was erased is not kept. */
const UPSERT = `INSERT INTO ${TABLE} (user_id, epoch, ${COLUMNS.join(", ")})
  SELECT ?1, ?2, ${COLUMNS.map((_, index) => `value->>${index}`).join(", ")} FROM json_each(?3)
  WHERE NOT EXISTS (SELECT 1 FROM users WHERE id IN (?1, ${ABOUT}) AND erased_at IS NOT NULL)
  ON CONFLICT (user_id, id) DO UPDATE SET epoch = excluded.epoch, ${CHANGING.map((name) => `${name} = excluded.${name}`).join(", ")}
  WHERE (excluded.epoch, excluded.rev) > (${TABLE}.epoch, ${TABLE}.rev)`;

/** Of those that the rows are about. D1 could not tell this object when they went: it had nothing of it yet. */
const ERASED = "SELECT id FROM users WHERE id IN (SELECT value FROM json_each(?)) AND erased_at IS NOT NULL";

export interface NotificationFlushDeps {
  readonly userId: number;
  readonly store: NotificationStore;
  readonly due: DueTable;
  readonly database: () => D1Database;
  /** Somebody's account is gone: so is what has their name in it. */
  readonly forget: (userId: number) => void;
  readonly now: () => number;
}

export class NotificationFlush {
  private readonly flusher: Flusher;
  private readonly deps: NotificationFlushDeps;

  constructor(deps: NotificationFlushDeps) {
    const { userId, store, database, forget, now } = deps;
    this.deps = deps;
    const destination = new D1Destination({
      name: "main",
      database,
      object: presenceFlushName(userId),
      now,
      statements: (session, rows) => {
        const values = rows.map((row) => COLUMNS.map((name) => row.values[name]));
        if (values.length === 0) return [];
        const about = rows.flatMap(({ values: { about_user_id } }) => about_user_id ?? []);
        return [
          session.prepare(UPSERT).bind(userId, store.head?.epoch ?? 0, JSON.stringify(values)),
          session.prepare(ERASED).bind(JSON.stringify(about)),
        ];
      },
      answered: ([, erased]) => {
        for (const { id } of (erased?.results ?? []) as { id: number }[]) forget(id);
      },
      removeBeyond: (session) => [
        session.prepare(`DELETE FROM ${TABLE} WHERE user_id = ? AND id > ?`).bind(userId, store.head?.id ?? 0),
      ],
    });
    this.flusher = new Flusher(new NotificationSource(store), destination, TIMING);
  }

  get dueName(): string {
    return this.flusher.dueName;
  }

  /** Inside the transaction of what changed. */
  schedule(): void {
    const { due, now } = this.deps;
    planFlush(due, this.dueName, { now: now(), timing: TIMING });
  }

  async run(item: { readonly name: string; readonly at: number; readonly attempts: number }): Promise<NextRun> {
    return this.deps.store.head === null ? null : this.flusher.runDue(item, this.deps.now);
  }

  async flushNow(): Promise<FlushReport[]> {
    return this.deps.store.head === null ? [] : [await this.flusher.flushNow()];
  }
}
