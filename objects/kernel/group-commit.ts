/**
 * Turn, commit, tick: what arrives together is committed together.
 *
 * A job is queued. If nothing is under way, two turns of the event loop are waited for, then the whole queue runs in one
 * transaction, each job in a savepoint of its own, and the outcomes are delivered in that same turn, so that the
 * platform's output gate holds them until the commit is durable. Then the next group gathers while this one is synced.
 *
 * Invariants: jobs run and are delivered in the order they were submitted; a job that throws changes nothing and never
 * affects another; if the commit itself fails, every job of the group is told so.
 */
import { logError } from "./log.ts";
import { pause } from "./pace.ts";
import { transaction } from "./transaction.ts";

export interface Job<Outcome> {
  /** Runs inside the transaction, synchronously. */
  run(): Outcome;
  /** What to deliver instead when `run` or the commit threw. Touches no storage. */
  failed(error: unknown): Outcome;
}

export interface GroupCommitDeps<Outcome> {
  readonly storage: Pick<DurableObjectStorage, "transactionSync" | "sync">;
  /** Resolves after one turn of the event loop. */
  turn(): Promise<void>;
  /** Called once inside each group's transaction, after its jobs: what is shared by the group (what is due next). */
  beforeCommit(): void;
  /** The group's transaction succeeded. */
  committed(): void;
  /** Hands the group's outcomes on, in order, in the turn of the commit. */
  deliver(outcomes: readonly Outcome[]): void;
  /** Something was rolled back: caches of stored state are to be read again. */
  rebuild(): void;
  /** How long the next group may gather, milliseconds. */
  gatherMs(): number;
}

/** Frames that a client sent together arrive in consecutive turns: after one turn, only the first would be here. */
const GATHER_TURNS = 2;
/** A shorter wait costs more than it gathers. */
const LEAST_GATHER_MS = 1;
/** More than this in one transaction would hold up everyone else's turn. */
const MAX_GROUP = 1_000;

export class GroupCommit<Outcome> {
  private readonly queue: Job<Outcome>[] = [];
  private draining = false;
  private readonly deps: GroupCommitDeps<Outcome>;

  constructor(deps: GroupCommitDeps<Outcome>) {
    this.deps = deps;
  }

  submit(job: Job<Outcome>): void {
    this.queue.push(job);
    if (this.draining) return;
    this.draining = true;
    this.drain().catch((error) => logError({ event: "group-commit.stopped" }, error));
  }

  private async drain(): Promise<void> {
    try {
      for (let turn = 0; turn < GATHER_TURNS; turn += 1) await this.deps.turn();
      while (this.queue.length > 0) {
        this.commit(this.queue.splice(0, MAX_GROUP));
        await this.deps.storage.sync().catch((error) => logError({ event: "group-commit.not-synced" }, error));
        const gatherMs = this.deps.gatherMs();
        if (gatherMs >= LEAST_GATHER_MS) await pause(gatherMs);
      }
    } finally {
      this.draining = false;
    }
  }

  private commit(group: readonly Job<Outcome>[]): void {
    let outcomes: Outcome[];
    try {
      outcomes = transaction(this.deps.storage, () => {
        const settled = group.map((job) => this.runAlone(job));
        this.deps.beforeCommit();
        return settled;
      });
      this.deps.committed();
    } catch (error) {
      logError({ event: "group-commit.failed", jobs: group.length }, error);
      this.deps.rebuild();
      outcomes = group.map((job) => job.failed(error));
    }
    try {
      this.deps.deliver(outcomes);
    } catch (error) {
      logError({ event: "group-commit.delivery-failed" }, error);
    }
  }

  private runAlone(job: Job<Outcome>): Outcome {
    try {
      return transaction(this.deps.storage, () => job.run());
    } catch (error) {
      logError({ event: "group-commit.job-failed" }, error);
      this.deps.rebuild();
      return job.failed(error);
    }
  }
}
