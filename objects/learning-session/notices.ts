/**
 * What people are to be told of: written with what they are told of, and removed once their own object has heard. Heard
 * twice it is told once, by its cause.
 */
import type { NotificationRequest } from "../../schema/notifications.ts";
import type { UserPresenceRpc } from "../../schema/rpc.ts";
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import { inParallel } from "../kernel/in-parallel.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import { restMs } from "../kernel/rest.ts";

export const NOTICES_DUE = "notices";
const MOST_CALLS = 24;
const CALL_MS = 5_000;
const RETRY_MS = 1_000;
const REST = { firstMs: RETRY_MS, lastMs: 10 * 60_000 };
/** Longer than any outage that somebody still wants to hear through. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000;

export interface NoticesDeps {
  readonly sql: SqlStorage;
  readonly sessionId: number;
  readonly due: DueTable;
  readonly inboxOf: (userId: number) => Pick<UserPresenceRpc, "notify">;
  readonly now: () => number;
}

export class Notices {
  private readonly deps: NoticesDeps;
  private current: Promise<boolean> | undefined;
  private isNew = false;

  constructor(deps: NoticesDeps) {
    this.deps = deps;
  }

  /** Inside the transaction of what is told. */
  add(userIds: readonly number[], request: NotificationRequest): void {
    const { sql, due, now } = this.deps;
    for (const userId of userIds) {
      sql.exec(
        "INSERT INTO notices (user_id, request, created_at) VALUES (?, ?, ?)",
        userId,
        JSON.stringify(request),
        now(),
      );
    }
    if (userIds.length === 0) return;
    // Should this end before everybody has heard.
    due.schedule(NOTICES_DUE, now() + RETRY_MS);
    this.isNew = true;
  }

  /** What they were to be told of is no more, nor what others were to be told with their name or words in it. */
  forget(userId: number): void {
    this.deps.sql.exec(
      `DELETE FROM notices WHERE user_id = ?1 OR request->>'aboutUserId' = ?1 OR request->>'$.data.userId' = ?1`,
      userId,
    );
  }

  /** The transaction succeeded: without waiting for the alarm. */
  committed(): void {
    if (!this.isNew) return;
    this.isNew = false;
    void this.tell();
  }

  async runDue({ attempts }: DueItem): Promise<NextRun> {
    if (await this.tell()) return null;
    return { at: this.deps.now() + restMs(attempts + 1, REST), attempts: attempts + 1 };
  }

  /** True once everybody has heard of everything. */
  private async tell(): Promise<boolean> {
    while (this.isOwed()) {
      this.current ??= this.tellAll().finally(() => {
        this.current = undefined;
      });
      if (!(await this.current)) return false;
    }
    return true;
  }

  private isOwed(): boolean {
    return this.deps.sql.exec("SELECT 1 FROM notices WHERE is_given_up = 0 LIMIT 1").toArray().length > 0;
  }

  private async tellAll(): Promise<boolean> {
    // Behind what the commit itself leads to: answers and events first.
    await Promise.resolve();
    const { sql, inboxOf, sessionId, now } = this.deps;
    const owed = sql
      .exec<{ id: number; user_id: number; request: string; created_at: number }>(
        "SELECT id, user_id, request, created_at FROM notices WHERE is_given_up = 0 ORDER BY id",
      )
      .toArray();
    const failed = await inParallel(MOST_CALLS, owed, async ({ id, user_id, request }) => {
      await inTime(CALL_MS, inboxOf(user_id).notify(JSON.parse(request)));
      sql.exec("DELETE FROM notices WHERE id = ?", id);
    });
    if (failed.length === 0) return true;
    const line = { event: "notices.not-told", object: `learning-session:${sessionId}`, people: failed.length };
    logError(line, failed[0]?.error);
    for (const { item, error } of failed) {
      if (now() - item.created_at < GIVEN_UP_AFTER_MS) continue;
      sql.exec("UPDATE notices SET is_given_up = 1 WHERE id = ?", item.id);
      logError({ event: "notices.given-up", object: line.object, userId: item.user_id }, error);
    }
    return false;
  }
}
