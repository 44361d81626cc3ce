/**
 * Who blocked whom, of the people of this room: its SQL, and what it means. A block holds both ways. Between the two,
 * events go on, since their numbers have no gaps; typing and presence are not shown, and a DIRECT room takes nothing new.
 */
import type { RoomEvent } from "../../schema/protocol/room/server-frames.ts";
import type { BlockedPair } from "../../schema/rpc.ts";
import type { Broadcast } from "../kernel/sockets/registry.ts";

const NOBODY: ReadonlySet<number> = new Set();

export class RoomBlocks {
  private readonly sql: SqlStorage;
  private cache: ReturnType<typeof load>;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.cache = load(sql);
  }

  static insert(sql: SqlStorage, { userId, otherId }: BlockedPair): void {
    sql.exec("INSERT INTO blocks (user_id, other_id) VALUES (?, ?) ON CONFLICT DO NOTHING", userId, otherId);
  }

  /** What that changed: whether the one blocks the other, and whether there is a block between the two. */
  set(pair: BlockedPair, isBlocked: boolean): { readonly own: boolean; readonly between: boolean } {
    const { userId, otherId } = pair;
    const before = { own: this.by(userId).has(otherId), between: this.isBetween(userId, otherId) };
    if (isBlocked) RoomBlocks.insert(this.sql, pair);
    else this.sql.exec("DELETE FROM blocks WHERE user_id = ? AND other_id = ?", userId, otherId);
    this.rebuild();
    return { own: isBlocked !== before.own, between: this.isBetween(userId, otherId) !== before.between };
  }

  rebuild(): void {
    this.cache = load(this.sql);
  }

  /** Whom somebody blocked. */
  by(userId: number): ReadonlySet<number> {
    return this.cache.by.get(userId) ?? NOBODY;
  }

  /** Those between whom and somebody there is a block, whoever made it. */
  of(userId: number): ReadonlySet<number> {
    return this.cache.between.get(userId) ?? NOBODY;
  }

  isBetween(userId: number, otherId: number): boolean {
    return this.of(userId).has(otherId);
  }

  /** What somebody does, for everybody but those who are not to see it. */
  unseen(userId: number, event: RoomEvent): Broadcast {
    const hiddenFrom = this.of(userId);
    return hiddenFrom.size === 0 ? event : { frameFor: (viewerId) => (hiddenFrom.has(viewerId) ? null : event) };
  }

  /** An event that tells of a participant says `online` only to those who may know. */
  shown(event: RoomEvent): Broadcast {
    if (!("participant" in event) || !event.participant.online) return event;
    const hiddenFrom = this.of(event.participant.userId);
    if (hiddenFrom.size === 0) return event;
    const offline = { ...event, participant: { ...event.participant, online: false } };
    return { frameFor: (viewerId) => (hiddenFrom.has(viewerId) ? offline : event) };
  }
}

function load(sql: SqlStorage) {
  const by = new Map<number, Set<number>>();
  const between = new Map<number, Set<number>>();
  const add = (to: Map<number, Set<number>>, userId: number, otherId: number) =>
    to.set(userId, (to.get(userId) ?? new Set()).add(otherId));
  for (const { user_id, other_id } of sql.exec<{ user_id: number; other_id: number }>("SELECT * FROM blocks")) {
    add(by, user_id, other_id);
    add(between, user_id, other_id);
    add(between, other_id, user_id);
  }
  return { by, between };
}
