import { expect, it } from "vitest";
import { transaction } from "../../../objects/kernel/transaction.ts";
import { withStorage } from "../../support/storage.ts";

function table(storage: DurableObjectStorage): { add(n: number): void; all(): unknown[] } {
  storage.sql.exec("CREATE TABLE t (n INTEGER)");
  return {
    add: (n) => void storage.sql.exec("INSERT INTO t VALUES (?)", n),
    all: () =>
      storage.sql
        .exec("SELECT n FROM t ORDER BY n")
        .toArray()
        .map(({ n }) => n),
  };
}

it("returns what the work returns, and keeps what it wrote", () =>
  withStorage((storage) => {
    const { add, all } = table(storage);
    const answer = transaction(storage, () => {
      add(1);
      return "done";
    });
    expect(answer).toBe("done");
    expect(all()).toEqual([1]);
  }));

it("keeps nothing of work that throws, and passes the error on", () =>
  withStorage((storage) => {
    const { add, all } = table(storage);
    expect(() =>
      transaction(storage, () => {
        add(1);
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(all()).toEqual([]);
  }));

it("refuses a promise, and keeps nothing of what the work wrote", () =>
  withStorage((storage) => {
    const { add, all } = table(storage);
    expect(() => transaction(storage, async () => add(1))).toThrow(TypeError);
    expect(all()).toEqual([]);
  }));

it("rolls an inner transaction back alone", () =>
  withStorage((storage) => {
    const { add, all } = table(storage);
    transaction(storage, () => {
      add(1);
      expect(() =>
        transaction(storage, () => {
          add(2);
          throw new Error("no");
        }),
      ).toThrow("no");
      transaction(storage, () => add(3));
    });
    expect(all()).toEqual([1, 3]);
  }));

it("takes inner transactions along when the outer one fails", () =>
  withStorage((storage) => {
    const { add, all } = table(storage);
    expect(() =>
      transaction(storage, () => {
        transaction(storage, () => add(1));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(all()).toEqual([]);
  }));

it("rolls an alarm back with the rest", () =>
  withStorage(async (storage) => {
    const kept = Date.now() + 1_000_000;
    await storage.setAlarm(kept);
    expect(() =>
      transaction(storage, () => {
        storage.setAlarm(kept + 5).catch(() => {});
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(await storage.getAlarm()).toBe(kept);
  }));
