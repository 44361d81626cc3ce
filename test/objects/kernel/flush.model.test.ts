import fc from "fast-check";
import { expect, it } from "vitest";
import { Flusher } from "../../../objects/kernel/flush.ts";
import { MemoryDestination, MemorySource, POISON, type Trouble } from "../../support/flush-model.ts";

const id = fc.integer({ min: 1, max: 12 });
const trouble = fc.constantFrom<Trouble>("none", "none", "before", "after");

type World = { source: MemorySource; main: MemoryDestination; flusher: Flusher; backup: Backup };
interface Backup {
  position: MemoryDestination["position"];
  held: [string, { epoch: number; rev: number; text: string }][];
}

const step: fc.Arbitrary<(world: World) => unknown> = fc.oneof(
  fc.string().map(
    (text) =>
      ({ source }: World) =>
        source.add(`t${text}`),
  ),
  fc.tuple(id, fc.string()).map(
    ([at, text]) =>
      ({ source }: World) =>
        source.change(at, `c${text}`),
  ),
  id.map(
    (at) =>
      ({ source }: World) =>
        source.change(at, POISON),
  ),
  id.map(
    (at) =>
      ({ source }: World) =>
        source.dirty.add(at),
  ),
  fc.array(trouble, { maxLength: 6 }).map((troubles) => async ({ main, flusher, source }: World) => {
    const queue = [...troubles];
    main.trouble = () => queue.shift() ?? "none";
    // Changes arrive while the flush is under way.
    main.meanwhile = () => {
      if (queue.length % 2 === 1) source.change(1, `while ${queue.length}`);
    };
    await flusher.run();
    main.trouble = () => "none";
    main.meanwhile = () => {};
  }),
  fc.constant((world: World) => {
    // Waking up after hibernation: nothing is remembered.
    world.flusher = new Flusher(world.source, world.main, { delayMs: 1, spreadMs: 0, retryMs: 1, patienceMs: 1_000 });
  }),
  fc.constant(({ flusher }: World) => flusher.retryParked()),
  fc.constant(({ main, backup }: World) => {
    backup.position = main.position;
    backup.held = structuredClone([...main.held]);
  }),
  fc.constant(({ main, backup, flusher }: World) => {
    main.position = backup.position;
    main.held.clear();
    for (const [key, row] of structuredClone(backup.held)) main.held.set(key, row);
    flusher.forget();
  }),
  fc.constant(({ source }: World) => {
    source.epoch += 1;
  }),
);

it("whatever happens on the way, the destination ends up with what the object has, or has it parked", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, batchRows) => {
        const source = new MemorySource(batchRows);
        const main = new MemoryDestination(() => source.epoch);
        const world: World = {
          source,
          main,
          flusher: new Flusher(source, main, { delayMs: 1, spreadMs: 0, retryMs: 1, patienceMs: 1_000 }),
          backup: { position: null, held: [] },
        };
        for (const take of steps) {
          await take(world);
          // Never ahead of the object.
          for (const [key, { text, epoch, rev }] of main.held) {
            const mine = source.stored[Number(key) - 1];
            if (epoch === source.epoch && rev === mine?.rev) expect(text).toBe(mine.text);
          }
        }
        for (let tries = 0; tries < 10 && !(await world.flusher.run()).complete; tries += 1);
        expect(world.flusher.isComplete()).toBe(true);
        expect(main.position).toEqual(source.head());
        expect(source.dirty.size).toBe(0);
        for (const { id: at, text } of source.stored) {
          if (text === POISON) expect(main.held.get(String(at))?.text).not.toBe(POISON);
          else expect(main.held.get(String(at))?.text).toBe(text);
        }
        const sent = main.writes.length;
        expect(await world.flusher.run()).toMatchObject({ complete: true, rowsSent: 0 });
        expect(main.writes).toHaveLength(sent);
      },
    ),
    { numRuns: 500 },
  );
});
