import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message, Participant } from "../../schema/protocol/room/entities.ts";
import type { RoomServerFrame } from "../../schema/protocol/room/server-frames.ts";
import {
  EMPTY_ROOM,
  loadedMessages,
  type Position,
  type RoomState,
  type RoomStep,
  reduceRoom,
} from "../../src/client/room-state.ts";
import { type Deed, ModelRoom } from "./support/model-room.ts";

function told(state: RoomState, ...inputs: readonly (RoomServerFrame | RoomStep | undefined)[]): RoomState {
  return inputs.filter((input) => input !== undefined).reduce<RoomState>(reduceRoom, state);
}

function roomOf(messages: number): ModelRoom {
  const server = new ModelRoom();
  for (let count = 0; count < messages; count += 1) server.send(2, `문장 ${count + 1}`);
  return server;
}

/** A client that has seen everything so far. */
function joined(server: ModelRoom): RoomState {
  const page = server.history(undefined, 100);
  return told(EMPTY_ROOM, server.welcome(1), { type: "history.loaded", beforeId: undefined, ...page });
}

const shown = (state: RoomState) => loadedMessages(state).map((message) => message.id);

describe("A room's state", () => {
  it("begins with the welcome's room and people, and no message before those that come", () => {
    const server = roomOf(3);
    const state = told(EMPTY_ROOM, server.welcome(1), server.send(2, "새 글"));
    expect(shown(state)).toEqual([4]);
    expect(state).toMatchObject({ position: { messageId: 4, rev: 0 }, oldestId: 4, sync: "settled" });
    expect([...state.participants.keys()]).toEqual([1, 2]);
  });

  it("puts pages of history before what it has, down to the first message", () => {
    const server = roomOf(5);
    const newest = told(EMPTY_ROOM, server.welcome(1), {
      type: "history.loaded",
      beforeId: undefined,
      ...server.history(undefined, 2),
    });
    expect(shown(newest)).toEqual([4, 5]);
    const all = told(newest, { type: "history.loaded", beforeId: 4, ...server.history(4, 10) });
    expect(shown(all)).toEqual([1, 2, 3, 4, 5]);
    expect(all.oldestId).toBe(1);
  });

  it("refuses a page that would leave a hole, because the state began anew since it was asked for", () => {
    const server = roomOf(9);
    const state = told(EMPTY_ROOM, server.welcome(1));
    expect(told(state, { type: "history.loaded", beforeId: 4, ...server.history(4, 2) })).toBe(state);
  });

  it("wants a sync after a gap, and holds back what came too early", () => {
    const server = roomOf(1);
    const before = joined(server);
    server.send(2, "lost");
    const state = told(before, server.send(2, "early"));
    expect(state.sync).toBe("needed");
    expect(shown(state)).toEqual([1]);
  });

  it("closes a gap by itself when the missing event comes late", () => {
    const server = roomOf(0);
    const before = joined(server);
    const [first, second] = [server.send(2, "하나"), server.send(2, "둘")];
    const state = told(before, second, first);
    expect(shown(state)).toEqual([1, 2]);
    expect(state.position.messageId).toBe(2);
  });

  it("ignores an event that it has had", () => {
    const server = roomOf(1);
    const edited = server.does(2, { do: "edit", id: 1 });
    const state = told(told(joined(server)), edited);
    expect(told(state, edited, edited)).toEqual(state);
  });

  it("takes no gap for real while a sync is outstanding, and applies what came beyond its answer", () => {
    const server = roomOf(1);
    const before = joined(server);
    server.send(2, "missed");
    const asked = told(before, server.welcome(1), { type: "sync.asked" });
    const answer = server.sync("sync", 1, 0);
    const later = server.send(2, "later");
    const state = told(asked, later);
    expect(state.sync).toBe("asked");
    const settled = told(state, ...answer);
    expect(settled.sync).toBe("settled");
    expect(shown(settled)).toEqual([1, 2, 3]);
  });

  it("asks again where events beyond the sync's answer have a gap", () => {
    const server = roomOf(1);
    const before = joined(server);
    server.send(2, "missed");
    const answer = server.sync("sync", 1, 0);
    server.send(2, "lost");
    const state = told(before, { type: "sync.asked" }, server.send(2, "far ahead"), ...answer);
    expect(state).toMatchObject({ sync: "needed", position: { messageId: 2 } });
  });

  it("keeps its messages over a reconnect, and asks from its old position", () => {
    const server = roomOf(3);
    const before = joined(server);
    server.send(2, "while away");
    const state = told(before, server.welcome(1));
    expect(state).toMatchObject({ sync: "needed", position: { messageId: 3 } });
    expect(shown(state)).toEqual([1, 2, 3]);
  });

  it("needs no sync where nothing happened meanwhile", () => {
    const server = roomOf(3);
    expect(told(joined(server), server.welcome(1)).sync).toBe("settled");
  });

  it.each([
    ["of another epoch", (server: ModelRoom) => (server.epoch += 1)],
    ["behind the position", (server: ModelRoom) => server.messages.pop()],
  ])("starts over at a welcome %s", (_, restore) => {
    const server = roomOf(3);
    const before = joined(server);
    restore(server);
    const state = told(before, server.welcome(1));
    expect(shown(state)).toEqual([]);
    expect(state).toMatchObject({ sync: "settled", position: { messageId: server.messages.length } });
  });

  it.each([{ reset: true as const }, { epoch: 2 }])("is worthless after sync.completed with %o", (how) => {
    const server = roomOf(3);
    const completed = { type: "sync.completed" as const, epoch: 1, messageId: 3, rev: 0, ...how };
    const state = told(joined(server), { type: "sync.asked" }, completed);
    expect(state.sync).toBe("reset");
    expect(shown(told(state, server.welcome(1)))).toEqual([]);
  });

  it("never goes back: an answer to an older sync leaves the position where it is", () => {
    const server = roomOf(1);
    const before = joined(server);
    const answer = server.sync("sync", 0, 0);
    expect(told(before, server.send(2, "다음"), ...answer).position.messageId).toBe(2);
  });

  it("moves a reader's mark by a receipt, and your own", () => {
    const server = roomOf(3);
    const before = joined(server);
    const state = told(before, server.does(1, { do: "read", id: 2 }), server.does(2, { do: "read", id: 3 }));
    expect(state.you?.lastReadMessageId).toBe(2);
    expect(state.participants.get(2)?.lastReadMessageId).toBe(3);
    expect(state.position.rev).toBe(2);
  });

  it("shows somebody typing until they stop, send or leave the room's sockets", () => {
    const server = roomOf(0);
    const typing: RoomServerFrame = { type: "typing", userId: 2, until: "2026-11-22T09:30:10.000Z" };
    const state = told(joined(server), typing);
    expect([...state.typing.keys()]).toEqual([2]);
    for (const end of [
      { type: "typing", userId: 2, until: null } as const,
      { type: "participant.offline", userId: 2 } as const,
      new ModelRoom().send(2, "여기요"),
    ]) {
      expect(told(state, end).typing.size).toBe(0);
    }
  });
});

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "send" as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("edit", "delete", "correct", "react", "read"),
      id: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("come", "go"), userId: fc.integer({ min: 2, max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: "rename" as const }) },
);

interface Step {
  readonly by: number;
  readonly deed: Deed;
  readonly wire: "delivers" | "drops" | "doubles" | "delays" | "cuts" | "asks for older";
  readonly isSlow: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.integer({ min: 1, max: 3 }),
  deed,
  wire: fc.constantFrom("delivers", "delivers", "delivers", "drops", "doubles", "delays", "cuts", "asks for older"),
  /** The answer to a sync comes at once, or after what follows. */
  isSlow: fc.boolean(),
});

/** Every state that a row ever had, in order. */
class Versions<Row extends { rev: number }> {
  readonly #rows = new Map<number, Row[]>();

  record(key: number, row: Row): void {
    const known = this.#rows.get(key) ?? [];
    if (known.at(-1)?.rev !== row.rev) this.#rows.set(key, [...known, row]);
  }

  /** The row is one that was, and no older than the position says. */
  expectTrue(key: number, row: Row, rev: number): void {
    const known = this.#rows.get(key) ?? [];
    expect(known).toContainEqual(row);
    const due = known.findLast((version) => version.rev <= rev);
    expect(row.rev).toBeGreaterThanOrEqual(due?.rev ?? 0);
  }
}

/** A client on a bad wire to a room's server. */
class BadWire {
  state: RoomState;
  readonly #server: ModelRoom;
  readonly #messages = new Versions<Message>();
  readonly #people = new Versions<Participant>();
  #delayed: RoomServerFrame[] = [];
  #answer: RoomServerFrame[] | undefined;
  #asked: Position = { messageId: 0, rev: 0 };

  constructor(server: ModelRoom) {
    this.#server = server;
    this.#record();
    const page = server.history(undefined, 3);
    this.state = told(EMPTY_ROOM, server.welcome(1), { type: "history.loaded", beforeId: undefined, ...page });
  }

  take({ by, deed, wire, isSlow }: Step): void {
    const event = this.#server.does(by, deed);
    this.#record();
    if (wire === "cuts") this.reconnect();
    else if (wire === "delays") this.#delayed.push(...(event ? [event] : []));
    else if (wire !== "drops") this.state = told(this.state, event, ...(wire === "doubles" ? [event] : []));
    if (wire === "delivers") {
      this.state = told(this.state, ...this.#delayed);
      this.#delayed = [];
    }
    if (wire === "asks for older" && this.state.oldestId > 1) {
      const beforeId = this.state.oldestId;
      this.state = told(this.state, { type: "history.loaded", beforeId, ...this.#server.history(beforeId, 2) });
    }
    this.settle(isSlow);
    this.expectTrue();
  }

  /** Asks for what is missing. A slow answer holds a position of now, and rows as they are when it comes. */
  settle(isSlow: boolean): void {
    if (this.state.sync === "needed") {
      this.#asked = this.state.position;
      this.state = told(this.state, { type: "sync.asked" });
      this.#answer = this.#server.sync("sync", this.#asked.messageId, this.#asked.rev);
    }
    if (isSlow || this.#answer === undefined) return;
    const [, completed] = this.#answer;
    const [rows] = this.#server.sync("sync", this.#asked.messageId, this.#asked.rev);
    this.state = told(this.state, rows, completed);
    this.#answer = undefined;
  }

  reconnect(): void {
    this.#delayed = [];
    this.#answer = undefined;
    this.state = told(this.state, this.#server.welcome(1));
  }

  expectTrue(): void {
    const { position, oldestId, participants } = this.state;
    const messages = loadedMessages(this.state);
    expect(messages.map(({ id }) => id)).toEqual(
      this.#server.messages.slice(oldestId - 1, position.messageId).map(({ id }) => id),
    );
    for (const row of messages) this.#messages.expectTrue(row.id, row, position.rev);
    for (const row of participants.values()) this.#people.expectTrue(row.userId, row, position.rev);
  }

  #record(): void {
    for (const row of this.#server.messages) this.#messages.record(row.id, row);
    for (const row of this.#server.participants.values()) this.#people.record(row.userId, row);
  }
}

describe("Snapshot plus events equals a fresh snapshot", () => {
  it("over every wire that drops, doubles, delays and cuts; and no row is ever untrue or older than the position", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 8 }), (steps, olderMessages) => {
        const server = roomOf(olderMessages);
        const wire = new BadWire(server);
        for (const each of steps) wire.take(each);
        wire.settle(false);
        wire.reconnect();
        wire.settle(false);

        const { state } = wire;
        expect(state.sync).toBe("settled");
        expect(loadedMessages(state)).toEqual(server.messages.slice(state.oldestId - 1));
        expect(new Map(state.participants)).toEqual(server.participants);
        expect(state.room).toEqual(server.room);
        expect(state.position).toEqual({ messageId: server.messages.length, rev: server.rev });
      }),
      { numRuns: 300 },
    );
  });
});
