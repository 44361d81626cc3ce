import { describe, expect, it } from "vitest";
import { GroupCommit, type GroupCommitDeps, type Job } from "../../../objects/kernel/group-commit.ts";
import { until, withStorage } from "../../support/storage.ts";

/** A group commit over a table of numbers; what happens is written down in order. */
class Bench {
  readonly log: string[] = [];
  readonly delivered: string[][] = [];
  readonly commits: GroupCommit<string>;
  transactions = 0;
  committed = 0;
  gatherMs = 0;
  beforeCommit: () => void = () => {};
  private depth = 0;
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage, overrides: Partial<GroupCommitDeps<string>> = {}) {
    this.storage = storage;
    storage.sql.exec("CREATE TABLE t (n INTEGER)");
    this.commits = new GroupCommit<string>({
      storage: {
        transactionSync: (work) => this.outermost(() => storage.transactionSync(work)),
        sync: () => {
          this.log.push("sync");
          return storage.sync();
        },
      },
      turn: () => new Promise((resolve) => setTimeout(resolve)),
      beforeCommit: () => this.beforeCommit(),
      committed: () => {
        this.committed += 1;
      },
      deliver: (outcomes) => {
        this.log.push(`deliver ${outcomes.join(" ")}`);
        this.delivered.push([...outcomes]);
      },
      rebuild: () => this.log.push("rebuild"),
      gatherMs: () => this.gatherMs,
      ...overrides,
    });
  }

  submit(n: number, work: () => void = () => {}): void {
    this.commits.submit(this.job(n, work));
  }

  job(n: number, work: () => void): Job<string> {
    return {
      run: () => {
        this.storage.sql.exec("INSERT INTO t VALUES (?)", n);
        work();
        return `${n}`;
      },
      failed: (error) => `${n}:${error instanceof Error ? error.message : error}`,
    };
  }

  stored(): unknown[] {
    const rows = this.storage.sql.exec("SELECT n FROM t ORDER BY rowid").toArray();
    return rows.map(({ n }) => n);
  }

  settled(count: number): Promise<void> {
    return until(() => this.delivered.flat().length >= count, `${count} outcomes`);
  }

  private outermost<Value>(run: () => Value): Value {
    if (this.depth === 0) this.transactions += 1;
    this.depth += 1;
    try {
      return run();
    } finally {
      this.depth -= 1;
    }
  }
}

function fail(message = "no"): () => never {
  return () => {
    throw new Error(message);
  };
}

describe("what arrives together", () => {
  it("is one transaction and one delivery, in the order of arrival", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      for (let n = 1; n <= 50; n += 1) bench.submit(n);
      expect(bench.stored()).toEqual([]);
      await bench.settled(50);
      expect(bench.transactions).toBe(1);
      expect(bench.delivered).toEqual([Array.from({ length: 50 }, (_, index) => `${index + 1}`)]);
      expect(bench.stored()).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    }));

  it("is delivered in the turn of the commit, before it is synced", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      let isSameTurn = true;
      bench.beforeCommit = () => {
        bench.log.push("commit");
        queueMicrotask(() => {
          isSameTurn = bench.log.includes("deliver 1");
        });
      };
      bench.submit(1);
      await until(() => bench.log.includes("sync"), "the sync");
      expect(bench.log).toEqual(["commit", "deliver 1", "sync"]);
      expect(isSameTurn).toBe(true);
    }));

  it("goes on in the next group when it is more than a transaction should hold", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      for (let n = 1; n <= 2_500; n += 1) bench.submit(n);
      await bench.settled(2_500);
      expect(bench.delivered.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
      expect(bench.stored()).toHaveLength(2_500);
    }));

  it("gathers while the group before it is under way", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.gatherMs = 5;
      bench.submit(1);
      await until(() => bench.log.includes("sync"), "the first group");
      for (const n of [2, 3, 4]) bench.submit(n);
      expect(bench.delivered).toEqual([["1"]]);
      await bench.settled(4);
      expect(bench.delivered).toEqual([["1"], ["2", "3", "4"]]);
      expect(bench.transactions).toBe(2);
    }));

  it("begins anew after a pause", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      for (const n of [1, 2, 3]) {
        bench.submit(n);
        await bench.settled(n);
        await until(() => bench.log.filter((line) => line === "sync").length === n, "the sync");
      }
      expect(bench.stored()).toEqual([1, 2, 3]);
    }));
});

describe("a job that throws", () => {
  it("rolls back alone, answers its own failure, and its neighbours are stored", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.submit(1);
      bench.submit(2, fail("two"));
      bench.submit(3);
      await bench.settled(3);
      expect(bench.stored()).toEqual([1, 3]);
      expect(bench.committed).toBe(1);
      expect(bench.delivered).toEqual([["1", "2:two", "3"]]);
      expect(bench.log[0]).toBe("rebuild");
    }));

  it("may be all of them", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      for (const n of [1, 2]) bench.submit(n, fail());
      await bench.settled(2);
      expect(bench.stored()).toEqual([]);
      expect(bench.delivered).toEqual([["1:no", "2:no"]]);
    }));

  it("is one that returns a promise, too", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const job = bench.job(1, () => {});
      const run = (async () => job.run()) as unknown as () => string; // what the type forbids
      bench.commits.submit({ ...job, run });
      bench.submit(2);
      await bench.settled(2);
      expect(bench.stored()).toEqual([2]);
      expect(bench.delivered).toEqual([["1:a transaction must be synchronous", "2"]]);
    }));
});

describe("a commit that fails", () => {
  it("stores nothing, reads caches again, and tells every job so", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.beforeCommit = fail("full");
      for (const n of [1, 2]) bench.submit(n);
      await bench.settled(2);
      expect(bench.stored()).toEqual([]);
      expect(bench.committed).toBe(0);
      expect(bench.log.slice(0, 2)).toEqual(["rebuild", "deliver 1:full 2:full"]);
    }));

  it("does not touch the group behind it", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.beforeCommit = fail("full");
      bench.submit(1);
      await bench.settled(1);
      bench.beforeCommit = () => {};
      bench.submit(2);
      await bench.settled(2);
      expect(bench.stored()).toEqual([2]);
    }));

  it.each(["deliver", "sync"] as const)("and a %s that fails do not stop what comes later", (broken) =>
    withStorage(async (storage) => {
      let breaks = 1;
      const flaky = (): void => {
        breaks -= 1;
        if (breaks >= 0) throw new Error("no");
      };
      const got: string[] = [];
      const deliver = (outcomes: readonly string[]): void => {
        if (broken === "deliver") flaky();
        got.push(...outcomes);
      };
      const sync = async (): Promise<void> => (broken === "sync" ? flaky() : undefined);
      const bench = new Bench(storage, {
        deliver,
        storage: { transactionSync: (work) => storage.transactionSync(work), sync },
        gatherMs: () => 1,
      });
      bench.submit(1, () => bench.submit(2));
      await until(() => got.includes("2"), "the second job");
      expect(bench.stored()).toEqual([1, 2]);
    }),
  );
});
