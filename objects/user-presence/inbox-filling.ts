/** Rooms from before this object was there: D1 says which they are, and each says itself how it stands. */
import type { ChatRoomRpc, InboxUpdate } from "../../schema/rpc.ts";
import type { NextRun } from "../kernel/due.ts";
import { inParallel } from "../kernel/in-parallel.ts";
import { inTime } from "../kernel/in-time.ts";
import type { PresenceStore } from "./store.ts";

export interface InboxFillingDeps {
  readonly store: PresenceStore;
  readonly database: () => D1Database;
  readonly roomOf: (roomId: number) => Pick<ChatRoomRpc, "inboxOf">;
  readonly take: (update: InboxUpdate) => Promise<void>;
}

export const FILLING_DUE = "filling";
const MOST_CALLS = 16;
const CALL_MS = 5_000;

export class InboxFilling {
  private readonly deps: InboxFillingDeps;
  private current: Promise<void> | undefined;

  constructor(deps: InboxFillingDeps) {
    this.deps = deps;
  }

  /** Throws where D1 or a room is away: to be tried again. What came before stays. */
  fill(): Promise<void> {
    if (this.deps.store.me.isFilled) return Promise.resolve();
    this.current ??= this.fillAll().finally(() => {
      this.current = undefined;
    });
    return this.current;
  }

  async run(): Promise<NextRun> {
    await this.fill();
    return null;
  }

  private async fillAll(): Promise<void> {
    const { store, database, roomOf, take } = this.deps;
    const query = database()
      .prepare("SELECT room_id AS roomId FROM chat_participants WHERE user_id = ? AND is_active = 1")
      .bind(store.me.userId);
    const { results } = await inTime(CALL_MS, query.all<{ roomId: number }>());
    const missing = results.filter(({ roomId }) => store.room(roomId) === undefined);
    const failed = await inParallel(MOST_CALLS, missing, async ({ roomId }) => {
      const update = await inTime(CALL_MS, roomOf(roomId).inboxOf(store.me.userId));
      if (update) await take(update);
    });
    if (failed[0]) throw failed[0].error;
    store.changeMe({ isFilled: true });
  }
}
