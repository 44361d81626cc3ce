import { describe, expect, it } from "vitest";
import { backoffMs, type DueItem, DueTable, type NextRun } from "../../../objects/kernel/due.ts";
import { transaction } from "../../../objects/kernel/transaction.ts";
import { withStorage } from "../../support/storage.ts";

/** Far enough away that the platform never fires an alarm of these tests by itself. */
const NOON = Date.now() + 1_000_000_000;

function open(storage: DurableObjectStorage): DueTable {
  DueTable.install(storage);
  return new DueTable(storage);
}

/** The handlers of a test, and the names of those that ran. */
function recorder(
  ran: string[],
  answers: Record<string, (item: DueItem) => NextRun | Promise<NextRun>>,
): Record<string, (item: DueItem) => Promise<NextRun>> {
  const entries = Object.entries(answers).map(([name, answer]) => {
    const handler = async (item: DueItem): Promise<NextRun> => {
      ran.push(name);
      return answer(item);
    };
    return [name, handler] as const;
  });
  return Object.fromEntries(entries);
}

const rows = (storage: DurableObjectStorage): unknown[] =>
  storage.sql.exec("SELECT name, at, attempts FROM _due ORDER BY name").toArray();

describe("the one alarm", () => {
  it("is the earliest of all deadlines, in whatever order they were asked for", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      due.schedule("b", NOON + 20);
      expect(await storage.getAlarm()).toBe(NOON + 20);
      due.schedule("a", NOON + 10);
      expect(await storage.getAlarm()).toBe(NOON + 10);
      due.schedule("c", NOON + 30);
      expect(await storage.getAlarm()).toBe(NOON + 10);
    }));

  it("stays where an item is asked for again later, and moves where it is asked for earlier", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      due.schedule("a", NOON + 20);
      due.schedule("a", NOON + 30);
      expect(due.planned("a")?.at).toBe(NOON + 20);
      due.schedule("a", NOON + 10);
      expect(rows(storage)).toEqual([{ name: "a", at: NOON + 10, attempts: 0 }]);
      expect(await storage.getAlarm()).toBe(NOON + 10);
    }));

  it("is set again for what remains after a run", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const ran: string[] = [];
      due.schedule("a", NOON);
      due.schedule("b", NOON + 500);
      await due.run(() => NOON, recorder(ran, { a: () => null, b: () => null }));
      expect(ran).toEqual(["a"]);
      expect(rows(storage)).toEqual([{ name: "b", at: NOON + 500, attempts: 0 }]);
      expect(await storage.getAlarm()).toBe(NOON + 500);
    }));

  it("is not needed for anything when it runs twice", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const ran: string[] = [];
      const handlers = recorder(ran, { a: () => null });
      due.schedule("a", NOON);
      await due.run(() => NOON, handlers);
      await due.run(() => NOON, handlers);
      expect(ran).toEqual(["a"]);
      expect(rows(storage)).toEqual([]);
    }));

  it("runs the earliest item even where the clock says that it is early", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const ran: string[] = [];
      due.schedule("a", NOON);
      await due.run(() => NOON - 50, recorder(ran, { a: () => null }));
      expect(ran).toEqual(["a"]);
    }));
});

describe("a handler", () => {
  it("that throws is tried again with growing distance, and the others run", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const ran: string[] = [];
      const fails = (): never => {
        throw new Error("no");
      };
      const handlers = recorder(ran, { a: fails, b: () => null });
      due.schedule("a", NOON);
      due.schedule("b", NOON);
      let now = NOON;
      for (const attempts of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
        await due.run(() => now, handlers);
        const planned = due.planned("a");
        expect(planned?.attempts).toBe(attempts);
        const waitMs = (planned?.at ?? 0) - now;
        const ceilingMs = Math.min(45_000, 5_000 * 2 ** (attempts - 1));
        expect(waitMs).toBeGreaterThanOrEqual(ceilingMs / 2);
        expect(waitMs).toBeLessThanOrEqual(ceilingMs);
        expect(await storage.getAlarm()).toBe(planned?.at);
        now = planned?.at ?? 0;
      }
      expect(ran.filter((name) => name === "b")).toEqual(["b"]);
    }));

  it("is told how often it ran in vain, and starts from nothing after a success", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const seen: number[] = [];
      const answers: NextRun[] = [{ at: NOON, attempts: 1 }, { at: NOON, attempts: 2 }, { at: NOON }, null];
      due.schedule("a", NOON);
      while (due.planned("a")) {
        await due.run(() => NOON, {
          a: async ({ attempts }) => {
            seen.push(attempts);
            return answers[seen.length - 1] ?? null;
          },
        });
      }
      expect(seen).toEqual([0, 1, 2, 0]);
    }));

  it("that nobody knows any more is forgotten", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      due.schedule("of an older version", NOON);
      await due.run(() => NOON, {});
      expect(rows(storage)).toEqual([]);
    }));

  it("that is asked for again while it runs, runs again, whatever it answers", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const answers: NextRun[] = [null, { at: NOON + 90_000 }, { at: NOON + 5 }];
      for (const answer of answers) {
        due.schedule("a", NOON);
        await due.run(() => NOON, {
          a: async () => {
            due.schedule("a", NOON + 40);
            due.schedule("a", NOON + 20);
            due.schedule("a", NOON + 30);
            return answer;
          },
        });
        const at = Math.min(NOON + 20, answer?.at ?? Number.POSITIVE_INFINITY);
        expect(rows(storage)).toEqual([{ name: "a", at, attempts: 0 }]);
        expect(await storage.getAlarm()).toBe(at);
        storage.sql.exec("DELETE FROM _due");
        due.rebuild();
      }
    }));

  it("may ask for other items, which run in their own time", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      const ran: string[] = [];
      due.schedule("a", NOON);
      const ask = (): null => {
        due.schedule("b", NOON - 1);
        return null;
      };
      const handlers = recorder(ran, { a: ask, b: () => null });
      await due.run(() => NOON, handlers);
      expect(ran).toEqual(["a"]);
      expect(await storage.getAlarm()).toBe(NOON - 1);
      await due.run(() => NOON, handlers);
      expect(ran).toEqual(["a", "b"]);
    }));
});

describe("after a crash", () => {
  it("between the work and its receipt, the work is repeated", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      due.schedule("a", NOON);
      const neverSettles = new Promise<NextRun>(() => {});
      due.run(() => NOON, { a: () => neverSettles }).catch(() => {});
      // What the object finds when it is made anew.
      const ran: string[] = [];
      await open(storage).run(() => NOON, recorder(ran, { a: () => null }));
      expect(ran).toEqual(["a"]);
      expect(rows(storage)).toEqual([]);
    }));

  it("a lost alarm is set again on wake-up, once it is late", () =>
    withStorage(async (storage) => {
      open(storage).schedule("a", NOON);
      await storage.deleteAlarm();
      open(storage).recover(NOON + 30_000);
      expect(await storage.getAlarm()).toBeNull();
      open(storage).recover(NOON + 60_001);
      expect(await storage.getAlarm()).toBe(NOON);
    }));

  it("also for a deadline of 0, which a restore writes", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      storage.sql.exec("INSERT INTO _due (name, at) VALUES ('a', 0)");
      due.rebuild();
      due.recover(NOON);
      // What is past is due at once.
      expect(await storage.getAlarm()).toBeLessThanOrEqual(Date.now());
    }));

  it("the next request for the same item sets the alarm, too", () =>
    withStorage(async (storage) => {
      open(storage).schedule("a", NOON);
      await storage.deleteAlarm();
      open(storage).schedule("a", NOON + 10);
      expect(await storage.getAlarm()).toBe(NOON);
    }));

  it("nothing is set where nothing is due", () =>
    withStorage(async (storage) => {
      open(storage).recover(NOON);
      expect(await storage.getAlarm()).toBeNull();
    }));
});

describe("inside a transaction that rolls back", () => {
  it("row, alarm and memory are as before", () =>
    withStorage(async (storage) => {
      const due = open(storage);
      due.schedule("kept", NOON + 50);
      expect(() =>
        transaction(storage, () => {
          due.schedule("kept", NOON + 5);
          due.schedule("lost", NOON);
          throw new Error("no");
        }),
      ).toThrow();
      due.rebuild();
      expect(due.planned("lost")).toBeUndefined();
      expect(rows(storage)).toEqual([{ name: "kept", at: NOON + 50, attempts: 0 }]);
      expect(await storage.getAlarm()).toBe(NOON + 50);
      due.schedule("lost", NOON);
      expect(await storage.getAlarm()).toBe(NOON);
    }));
});

it("waits at least half and at most all of a doubling distance, 45 seconds at the end", () => {
  for (const [attempts, ceilingMs] of [
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [6, 45_000],
    [1_000, 45_000],
  ] as const) {
    expect(backoffMs(attempts, 1_000, 0)).toBe(ceilingMs / 2);
    expect(backoffMs(attempts, 1_000, 1)).toBe(ceilingMs);
  }
});
