import { describe, expect, it } from "vitest";
import { Flusher, firstFlushDelayMs } from "../../../objects/kernel/flush.ts";
import { MemoryDestination, MemorySource, POISON } from "../../support/flush-model.ts";

const TIMING = { delayMs: 2_000, spreadMs: 500, retryMs: 1_000, patienceMs: 1_000 };
const NOW = 1_000_000;

function make(rows = 0, batchRows = 3): { source: MemorySource; main: MemoryDestination; flusher: Flusher } {
  const source = new MemorySource(batchRows);
  for (let n = 1; n <= rows; n += 1) source.add(`row ${n}`);
  const main = new MemoryDestination(() => source.epoch);
  return { source, main, flusher: new Flusher(source, main, TIMING) };
}

const due = (attempts = 0): { name: string; at: number; attempts: number } => ({
  name: "flush:main",
  at: NOW,
  attempts,
});

describe("a flush", () => {
  it("brings everything over in bounded batches, and a second run writes nothing", async () => {
    const { source, main, flusher } = make(8);
    expect(await flusher.run()).toEqual({ complete: true, rowsSent: 8, parked: 0 });
    expect(main.writes.map(({ rows }) => rows)).toEqual([3, 3, 2]);
    expect(main.picture()).toEqual(source.picture());
    expect(main.position).toEqual({ epoch: 1, id: 8, rev: 0 });
    expect(await flusher.run()).toEqual({ complete: true, rowsSent: 0, parked: 0 });
    expect(main.writes).toHaveLength(3);
  });

  it("of nothing at all still tells the destination where it stands, once", async () => {
    const { main, flusher } = make(0);
    expect(await flusher.run()).toEqual({ complete: true, rowsSent: 0, parked: 0 });
    expect(main.position).toEqual({ epoch: 1, id: 0, rev: 0 });
    await flusher.run();
    expect(main.writes).toHaveLength(1);
  });

  it("carries changes of rows that are already there, by the order of their changes", async () => {
    const { source, main, flusher } = make(6);
    await flusher.run();
    for (const id of [5, 1, 2, 6, 1]) source.change(id, `changed ${id}`);
    source.add("new");
    expect(await flusher.run()).toMatchObject({ complete: true });
    expect(main.picture()).toEqual(source.picture());
    expect(main.position).toEqual({ epoch: 1, id: 7, rev: 5 });
  });

  it("stops after twenty batches, and goes on at once", async () => {
    const { main, flusher } = make(70);
    expect(await flusher.runDue(due(4), () => NOW)).toEqual({ at: NOW });
    expect(main.writes).toHaveLength(20);
    expect(await flusher.runDue(due(), () => NOW)).toBeNull();
    expect(main.position?.id).toBe(70);
  });

  it("does not lose what comes while it is under way", async () => {
    const { source, main, flusher } = make(2);
    let extra = 3;
    main.meanwhile = () => {
      extra -= 1;
      if (extra < 0) return;
      source.add("late");
      source.change(1, `late ${extra}`);
    };
    expect(await flusher.runDue(due(), () => NOW)).toBeNull();
    expect(main.picture()).toEqual(source.picture());
  });

  it("plans the next one where something came after its last look", async () => {
    const { source, flusher } = make(1);
    const late = flusher.run().then(() => source.add("after the last look"));
    expect(await flusher.runDue(due(), () => NOW)).toEqual({ at: NOW + TIMING.delayMs });
    await late;
  });

  it("carries changes without a number, until they are written", async () => {
    const { source, main, flusher } = make(1);
    await flusher.run();
    source.dirty.add(1);
    expect(flusher.isComplete()).toBe(false);
    main.trouble = () => "after";
    expect(await flusher.run()).toMatchObject({ complete: false, problem: "unreachable" });
    expect(source.dirty.size).toBe(1);
    main.trouble = () => "none";
    expect(await flusher.run()).toMatchObject({ complete: true });
    expect(source.dirty.size).toBe(0);
  });

  it("is one at a time: who comes during one gets its outcome", async () => {
    const { main, flusher } = make(8);
    const [first, second] = await Promise.all([flusher.run(), flusher.run()]);
    expect(second).toBe(first);
    expect(main.writes).toHaveLength(3);
  });
});

describe("a destination", () => {
  it("that committed without answering is asked where it stands, and gets nothing twice", async () => {
    const { source, main, flusher } = make(2);
    main.trouble = () => (main.writes.length === 0 ? "after" : "none");
    expect(await flusher.run()).toMatchObject({ complete: false, problem: "unreachable" });
    expect(main.position?.id).toBe(2);
    expect(await flusher.run()).toEqual({ complete: true, rowsSent: 0, parked: 0 });
    expect(main.picture()).toEqual(source.picture());
  });

  it("that stands elsewhere than believed is asked again, in the same run", async () => {
    const { source, main, flusher } = make(2);
    await flusher.run();
    main.position = null;
    main.held.clear();
    source.add("new");
    expect(await flusher.run()).toMatchObject({ complete: true });
    expect(main.picture()).toEqual(source.picture());
  });

  it("restored from a backup is filled from there on", async () => {
    const { source, main, flusher } = make(5);
    await flusher.run();
    const backup = { position: main.position, held: new Map(main.held) };
    source.change(2, "changed");
    source.add("new");
    await flusher.run();
    main.position = backup.position;
    main.held.clear();
    for (const [key, row] of backup.held) main.held.set(key, row);
    flusher.forget();
    expect(await flusher.run()).toMatchObject({ complete: true });
    expect(main.picture()).toEqual(source.picture());
  });

  it.each([
    ["more rows", { epoch: 1, id: 9, rev: 0 }],
    ["more changes", { epoch: 1, id: 2, rev: 7 }],
    ["a later epoch", { epoch: 2, id: 1, rev: 0 }],
  ])("that has %s than the object is left alone, and nothing of it is believed", async (_, position) => {
    const { main, flusher } = make(2);
    main.position = position;
    expect(await flusher.run()).toEqual({ complete: false, rowsSent: 0, parked: 0, problem: "ahead" });
    expect(main.writes).toEqual([]);
    await flusher.knownPosition();
    expect(flusher.lastPosition()).toEqual({ epoch: 1, id: 0, rev: -1 });
  });

  it("of an older epoch gets everything anew", async () => {
    const { source, main, flusher } = make(4);
    await flusher.run();
    source.epoch = 2;
    for (const row of source.stored) row.text = `restored ${row.id}`;
    expect(flusher.lastPosition()).toEqual({ epoch: 2, id: 0, rev: -1 });
    expect(await flusher.run()).toMatchObject({ complete: true, rowsSent: 4 });
    expect(main.picture()).toEqual(source.picture());
    expect(main.position).toEqual({ epoch: 2, id: 4, rev: 0 });
  });

  it("that cannot be reached is tried again for as long as it takes, at most a minute apart", async () => {
    const { source, main, flusher } = make(2);
    main.trouble = () => "before";
    let attempts = 0;
    for (let n = 0; n < 30; n += 1) {
      const next = await flusher.runDue(due(attempts), () => NOW);
      const waitMs = (next?.at ?? 0) - NOW;
      const ceilingMs = Math.min(45_000, 1_000 * 2 ** attempts);
      expect(waitMs).toBeGreaterThanOrEqual(ceilingMs / 2);
      expect(waitMs).toBeLessThanOrEqual(ceilingMs);
      attempts = next?.attempts ?? 0;
      expect(attempts).toBe(n + 1);
    }
    main.trouble = () => "none";
    expect(await flusher.runDue(due(attempts), () => NOW)).toBeNull();
    expect(main.picture()).toEqual(source.picture());
  });

  it("stands alone: one that fails holds up no other", async () => {
    const { source, main, flusher } = make(5);
    const search = new MemoryDestination(() => source.epoch, "search");
    const other = new Flusher(source, search, TIMING);
    main.trouble = () => "before";
    const outcomes = await Promise.all([flusher.run(), other.run()]);
    expect(outcomes.map(({ complete }) => complete)).toEqual([false, true]);
    expect([flusher.dueName, other.dueName]).toEqual(["flush:main", "flush:search"]);
    expect(search.picture()).toEqual(source.picture());
  });

  it("whose answer was overtaken by a flush is not believed", async () => {
    const { main, flusher } = make(2);
    let answer: (() => void) | undefined;
    const read = main.read.bind(main);
    main.read = async () => {
      const isFirst = main.reads === 0;
      const position = await read();
      if (isFirst) {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      }
      return position;
    };
    const slow = flusher.knownPosition();
    await flusher.run();
    answer?.();
    expect(await slow).toEqual({ epoch: 1, id: 2, rev: 0 });
    expect(flusher.isComplete()).toBe(true);
  });
});

describe("rows that a destination refuses", () => {
  it.each([
    ["one in the middle", [4]],
    ["the first", [1]],
    ["the last", [8]],
    ["several, neighbours among them", [2, 3, 7]],
    ["all of them", [1, 2, 3, 4, 5, 6, 7, 8]],
  ])("are parked, %s, and the rest is written", async (_, poisoned) => {
    const { source, main, flusher } = make(8, 5);
    for (const id of poisoned) Object.assign(source.stored[id - 1] ?? {}, { text: POISON });
    expect(await flusher.run()).toEqual({ complete: true, rowsSent: 8, parked: poisoned.length });
    expect([...main.parked.keys()].map(Number).sort((a, b) => a - b)).toEqual(poisoned);
    expect(Object.keys(main.picture())).toHaveLength(8 - poisoned.length);
    expect(main.position?.id).toBe(8);
    expect(await flusher.run()).toMatchObject({ rowsSent: 0 });
  });

  it("leave the parking place with the change that heals them, or when they are tried again", async () => {
    const { source, main, flusher } = make(4);
    for (const id of [1, 2]) Object.assign(source.stored[id - 1] ?? {}, { text: POISON });
    await flusher.run();
    source.change(1, "healed");
    await flusher.run();
    expect([...main.parked.keys()]).toEqual(["2"]);
    expect(await flusher.retryParked()).toEqual({ complete: false, rowsSent: 1, parked: 1 });
    Object.assign(source.stored[1] ?? {}, { text: "healed, too" });
    expect(await flusher.retryParked()).toEqual({ complete: true, rowsSent: 1, parked: 0 });
    expect(main.parked.size).toBe(0);
    expect(main.picture()).toEqual(source.picture());
  });

  it("are looked for again where the destination went away in between", async () => {
    const { source, main, flusher } = make(8, 8);
    Object.assign(source.stored[6] ?? {}, { text: POISON });
    main.trouble = () => (main.writes.length === 2 ? "before" : "none");
    expect(await flusher.run()).toMatchObject({ complete: false, problem: "unreachable" });
    expect(main.position).toBeNull();
    main.trouble = () => "none";
    expect(await flusher.run()).toMatchObject({ complete: true, parked: 1 });
    expect(Object.keys(main.picture())).toHaveLength(7);
  });

  it("are not the same as a position that is refused: nothing moves, and it is tried again", async () => {
    const { main, flusher } = make(2);
    main.refusesPosition = true;
    expect(await flusher.run()).toMatchObject({ complete: false, problem: "unreachable", parked: 0 });
    expect(main.position).toBeNull();
    main.refusesPosition = false;
    expect(await flusher.run()).toMatchObject({ complete: true });
  });
});

it("spreads the first flushes of objects that grew busy together over half a second, none later than the delay", () => {
  expect([0, 0.5, 0.999].map((random) => firstFlushDelayMs(TIMING, random))).toEqual([2_000, 1_750, 1_501]);
});

it("makes a destination anew that is ahead and can be made anew at any time", async () => {
  const { source, main, flusher } = make(2);
  source.whenAhead = "start over";
  main.position = { epoch: 1, id: 50, rev: 7 };
  expect(flusher.isComplete()).toBe(false);
  expect(await flusher.run()).toMatchObject({ complete: true, rowsSent: 2 });
  expect(main.picture()).toEqual(source.picture());
  expect(main.position).toEqual(source.head());
  expect(source.isHeld()).toBe(false);
});

it("waits for a destination that does not answer no longer than its patience, and meets the same work later", async () => {
  const { main, flusher } = make(1);
  let answer = () => {};
  const hanging = new Promise<void>((resolve) => {
    answer = resolve;
  });
  main.meanwhile = () => hanging;
  const next = await flusher.runDue(due(), () => NOW);
  expect(next?.attempts).toBe(1);
  answer();
  expect(await flusher.run()).toMatchObject({ complete: true });
  expect(main.writes).toHaveLength(1);
});
