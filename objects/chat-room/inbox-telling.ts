/**
 * When a room tells the inboxes of its people how it stands: at once where it was quiet, and then with the flush, whose
 * alarm is there anyway; in a large room later, so that its people are not told more often than that many can be.
 *
 * The room's state up to which all were told is kept with it: what a kill or a failed call left untold is told by the
 * next alarm. What is told is the state of that moment, never an event, so nothing is lost or counted twice.
 */
import type { UserPresenceRpc } from "../../schema/rpc.ts";
import { backoffMs, type DueItem, type DueTable, type NextRun } from "../kernel/due.ts";
import type { Position } from "../kernel/flush.ts";
import { inParallel } from "../kernel/in-parallel.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import { Pace, pause } from "../kernel/pace.ts";
import type { InboxUpdates } from "./inbox-updates.ts";
import type { StoredParticipant } from "./rows.ts";
import type { ToldInboxes } from "./told-inboxes.ts";

export interface InboxTellingDeps {
  readonly roomId: number;
  readonly told: ToldInboxes;
  readonly updates: InboxUpdates;
  readonly due: DueTable;
  readonly head: () => Position;
  readonly participantCount: () => number;
  readonly participantOf: (userId: number) => StoredParticipant | undefined;
  /** The flush that is to come takes the telling along. */
  readonly plannedFlush: () => DueItem | undefined;
  readonly inboxOf: (userId: number) => Pick<UserPresenceRpc, "roomChanged">;
  readonly now: () => number;
}

const DUE = "inboxes";
const LEAST_WINDOW_MS = 1_000;
/** 50 people are told each second, 1,000 every 20 seconds. */
const WINDOW_MS_PER_PARTICIPANT = 20;
const MOST_CALLS = 64;
/** Of a large room: what else is asked of the same machine, or by all of them of D1, comes in between. */
const CALLS_PER_SECOND = 250;
/** Behind what the commit itself leads to: acks and events first. */
const BREATH_MS = 50;
const CALL_MS = 5_000;
const RETRY_MS = 1_000;

export class InboxTelling {
  private readonly deps: InboxTellingDeps;
  private toldAt = Number.NEGATIVE_INFINITY;
  private current: Promise<boolean> | undefined;
  /** Whom the last telling did not reach: with the position unmoved, only they are told again. */
  private unreached: { readonly of: Position; readonly userIds: ReadonlySet<number> } | undefined;

  constructor(deps: InboxTellingDeps) {
    this.deps = deps;
  }

  readonly deadlines: Readonly<Record<string, (item: DueItem) => Promise<NextRun>>> = {
    [DUE]: (item) => this.runDue(item),
  };

  /** Inside a transaction whose change no flush follows. */
  schedule(): void {
    this.deps.due.schedule(DUE, Math.max(this.deps.now(), this.nextAt()));
  }

  /** Something was committed; `begins`: the first of what the next flush takes along. */
  changed(begins: boolean): void {
    if (begins && this.deps.now() >= this.nextAt()) void this.tell(BREATH_MS);
    else this.scheduleWithoutFlush();
  }

  /**
   * Now, for somebody who is about to look: whoever they ask next is to know of it. A large room tells as soon as it may:
   * nobody waits for that many.
   */
  async tellNow(): Promise<void> {
    if (this.isLarge()) {
      if (this.isDue()) this.schedule();
      return;
    }
    const isTold = await inTime(LEAST_WINDOW_MS, this.tellAnew()).catch(() => false);
    if (!isTold || this.isDue()) this.schedule();
  }

  /**
   * With the alarm of the flush: one that is not tried again comes later than the least window. What is said meanwhile is
   * taken along by the next one.
   */
  async runAlong({ attempts }: DueItem): Promise<void> {
    const { told, due, now } = this.deps;
    if (this.isDue()) {
      const mayBeEarly = attempts > 0 || this.isLarge();
      if (mayBeEarly && now() < this.nextAt()) this.schedule();
      else if (this.isLarge()) due.schedule(DUE, this.beginLarge());
      else if (!(await this.tell())) due.schedule(DUE, now() + RETRY_MS);
    }
    told.save();
  }

  private async runDue({ attempts }: DueItem): Promise<NextRun> {
    const { told, now } = this.deps;
    if (this.isLarge() && this.isDue()) return { at: now() < this.nextAt() ? this.nextAt() : this.beginLarge() };
    const isTold = await this.tell();
    told.save();
    if (!isTold) return { at: now() + backoffMs(attempts, RETRY_MS), attempts: attempts + 1 };
    return this.isDue() ? { at: this.nextAt() } : null;
  }

  /** Takes seconds, for which no alarm waits. Returns when to look after it, unless it succeeds before. */
  private beginLarge(): number {
    void this.tell();
    return this.deps.now() + this.windowMs();
  }

  /** A flush that is to come, and is not tried again and again, takes the telling along. */
  private scheduleWithoutFlush(): void {
    const flush = this.deps.plannedFlush();
    if (flush === undefined || flush.attempts > 0) this.schedule();
  }

  private isDue(): boolean {
    return this.deps.updates.due(this.deps.told).length > 0;
  }

  private nextAt(): number {
    return this.toldAt + this.windowMs();
  }

  private isLarge(): boolean {
    return this.windowMs() > LEAST_WINDOW_MS;
  }

  private windowMs(): number {
    return Math.max(LEAST_WINDOW_MS, this.deps.participantCount() * WINDOW_MS_PER_PARTICIPANT);
  }

  /** One that is under way tells of an earlier state. */
  private async tellAnew(): Promise<boolean> {
    await this.current;
    return this.tell();
  }

  /** One telling at a time. True once everybody has heard. */
  private tell(afterMs = 0): Promise<boolean> {
    this.current ??= this.tellAll(afterMs)
      .catch((error) => {
        logError({ event: "inboxes.not-told", object: `chat-room:${this.deps.roomId}` }, error);
        return false;
      })
      .finally(() => {
        this.current = undefined;
      });
    return this.current;
  }

  private async tellAll(afterMs: number): Promise<boolean> {
    await pause(afterMs);
    const { told, updates, now, head, roomId, participantOf, inboxOf } = this.deps;
    const state = head();
    const people = this.stillUntold(updates.due(told), state);
    const marked = new Map(told.untold);
    if (people.length > 0) this.toldAt = now();
    const pace = this.isLarge() ? new Pace(CALLS_PER_SECOND) : undefined;
    const failed = await inParallel(MOST_CALLS, people, async ({ userId }) => {
      await pace?.turn();
      const participant = participantOf(userId);
      if (participant) await inTime(CALL_MS, inboxOf(userId).roomChanged(updates.of(participant)));
    });
    if (people.length > 0) this.toldAt = now();
    if (failed.length > 0) {
      logError({ event: "inboxes.not-told", object: `chat-room:${roomId}`, people: failed.length }, failed[0]?.error);
      this.unreached = { of: state, userIds: new Set(failed.map(({ item }) => item.userId)) };
      return false;
    }
    this.unreached = undefined;
    told.told(state);
    told.unmark(marked);
    // Of a small room the alarm that waited for this does it.
    if (this.isLarge()) told.save();
    // What was planned before would come before its time by now.
    this.deps.due.withdraw(DUE);
    if (this.isDue()) this.scheduleWithoutFlush();
    return true;
  }

  private stillUntold(people: readonly StoredParticipant[], state: Position): readonly StoredParticipant[] {
    const { unreached } = this;
    const isSameState = unreached?.of.id === state.id && unreached.of.rev === state.rev;
    const untold = this.deps.told.untold;
    return unreached && isSameState && untold.size === 0
      ? people.filter(({ userId }) => unreached.userIds.has(userId))
      : people;
  }
}
