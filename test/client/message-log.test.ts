import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { MessageLog } from "../../src/client/message-log.ts";
import { EMPTY_ROOM, loadedMessages, type RoomState, reduceRoom } from "../../src/client/room-state.ts";
import { ModelRoom } from "./support/model-room.ts";

const [template] = new ModelRoom().history(undefined, 1).messages.concat(new ModelRoom().send(2, "말").message);
const message = (id: number, rev = 0): Message => ({ ...(template as Message), id, rev }); // the model has one

describe("The log of messages", () => {
  it("is what a plain map would be, whatever is put in and cut off", () => {
    const row = fc.tuple(fc.integer({ min: 1, max: 600 }), fc.nat(3));
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ rows: fc.array(row, { maxLength: 200 }) }) },
      fc.record({ from: fc.integer({ min: 1, max: 500 }) }),
    );
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 600 }), fc.nat(300), (steps, first, length) => {
        let log = MessageLog.EMPTY;
        let plain = new Map<number, Message>();
        for (const change of steps) {
          if ("from" in change) {
            log = log.from(change.from);
            plain = new Map([...plain].filter(([id]) => id >= change.from));
            continue;
          }
          const rows = change.rows.map(([id, rev]) => message(id, rev));
          log = log.with(rows);
          for (const next of rows) if (next.rev > (plain.get(next.id)?.rev ?? -1)) plain.set(next.id, next);
        }
        const ordered = [...plain.values()].sort((a, b) => a.id - b.id);
        const held = [...log.blocks.values()].flatMap((block) => [...block.values()]);
        expect(held.toSorted((a, b) => a.id - b.id)).toEqual(ordered);
        expect(log.get(first)).toBe(plain.get(first));
        const within = ordered.filter(({ id }) => id >= first && id <= first + length);
        expect(log.between(first, first + length)).toEqual(within);
      }),
    );
  });

  it("is itself where nothing is newer", () => {
    const log = MessageLog.EMPTY.with([message(1, 2)]);
    expect(log.with([message(1, 2), message(1, 1)])).toBe(log);
  });

  it("copies no more for an event, however many messages there are", () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => message(at + 1));
    const before = MessageLog.EMPTY.with(rows);
    const after = before.with([message(5_000, 1)]);
    const copied = [...after.blocks].filter(([at, block]) => before.blocks.get(at) !== block);
    expect(copied).toHaveLength(1);
    expect(copied[0]?.[1].size).toBeLessThanOrEqual(128);
  });

  it("takes a thousand events with ten thousand messages loaded, each shown, in well under a second", () => {
    const server = new ModelRoom();
    for (let count = 0; count < 10_000; count += 1) server.send(2, "말");
    let state: RoomState = reduceRoom(EMPTY_ROOM, server.welcome(1));
    const page = server.history(undefined, 10_000);
    state = reduceRoom(state, { type: "history.loaded", beforeId: undefined, ...page });
    const startedAt = performance.now();
    let shown = 0;
    for (let count = 0; count < 1_000; count += 1) {
      const id = (count * 7) % 10_000 || 1;
      const event = count % 2 === 0 ? server.send(2, "말") : server.does(2, { do: "edit", id });
      if (event !== undefined) state = reduceRoom(state, event);
      shown = loadedMessages(state).length;
    }
    const tookMs = performance.now() - startedAt;
    expect(shown).toBe(10_500);
    expect(tookMs).toBeLessThan(1_000);
    console.log(`1,000 events with 10,000 messages: ${Math.round(tookMs)} ms`);
  });
});
