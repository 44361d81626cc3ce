/** Rooms as the device last knew them: shown at once, put right by what changed since, dropped where they cannot be. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type ClientStorage, memoryStorage, type RoomConnection } from "../../src/client/index.ts";
import { live, type OpenTab, openBrowser, pass, until } from "./support/devices.ts";
import type { Deed } from "./support/model-room.ts";

const PREFIX = "https://studymate.example/1/";
const ids = (room: RoomConnection) => room.getSnapshot().messages.map(({ id }) => id);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** A browser whose first page has seen the room; the server is there for what happens next. */
async function visited({ messages = 3, deeds = [] as readonly Deed[], storage = memoryStorage() } = {}) {
  const browser = openBrowser();
  const server = browser.server.room(7);
  for (let count = 0; count < messages; count += 1) server.send(2, `문장 ${count + 1}`);
  const first = browser.openTab({ storage });
  await live(first.client.room(7));
  for (const deed of deeds) browser.server.tell(7, server.does(2, deed));
  await pass(1_500);
  first.kill();
  const reopen = (): { tab: OpenTab; room: RoomConnection } => {
    const tab = browser.openTab({ storage });
    return { tab, room: tab.client.room(7) };
  };
  return { ...browser, model: server, storage, reopen };
}

describe("A room that was open before", () => {
  it("shows what was there at once, as stale, also without a network", async () => {
    const { server, reopen } = await visited({ messages: 3 });
    server.isAway = true;
    const { room } = reopen();
    expect(room.getSnapshot()).toMatchObject({ isStale: false, room: null, messages: [] });
    await until(() => room.getSnapshot().messages.length > 0);
    expect(ids(room)).toEqual([1, 2, 3]);
    expect(room.getSnapshot()).toMatchObject({ isStale: true, room: { id: 7 }, you: { userId: 1 }, hasOlder: false });
    expect(room.getSnapshot().participants.map(({ userId }) => userId)).toContain(2);
    server.isAway = false;
    await live(room);
    expect(room.getSnapshot().isStale).toBe(false);
  });

  it("asks for nothing but what changed since", async () => {
    const { model, server, reopen } = await visited({ messages: 3 });
    model.send(2, "넷");
    model.does(2, { do: "edit", id: 1 });
    const { room } = reopen();
    const asked = vi.spyOn(model, "sync");
    const loaded = vi.spyOn(model, "history");
    await live(room);
    expect(asked).toHaveBeenCalledWith("sync", 3, 0);
    expect(loaded).not.toHaveBeenCalled();
    expect(room.getSnapshot().messages).toEqual(model.messages);
    expect(server.openRooms()).toEqual([7]);
  });

  it("is stale again from the loss of its connection until it is confirmed", async () => {
    const { openTab, server } = openBrowser();
    server.room(7).send(2, "hello");
    const room = openTab().client.room(7);
    await live(room);
    expect(room.getSnapshot().isStale).toBe(false);
    server.cut();
    expect(room.getSnapshot().isStale).toBe(true);
    const states: string[] = [];
    room.subscribe(() => states.push(`${room.getSnapshot().status.state} ${room.getSnapshot().isStale}`));
    await live(room);
    expect(new Set(states)).toEqual(new Set(["connecting true", "syncing true", "live false"]));
  });

  it("keeps the newest hundred messages, and loads the older ones as ever", async () => {
    const { reopen, server } = await visited({ messages: 130 });
    const first = reopen();
    await live(first.room);
    await first.room.loadOlder(100);
    expect(ids(first.room)).toHaveLength(130);
    await pass(1_500);
    first.tab.kill();
    server.isAway = true;
    const { room } = reopen();
    await until(() => ids(room).length > 0);
    expect(ids(room)).toEqual(range(31, 130));
    expect(room.getSnapshot().hasOlder).toBe(true);
    server.isAway = false;
    await live(room);
    await room.loadOlder();
    expect(ids(room)).toEqual(range(1, 130));
  });

  it("starts over where the server's epoch is another one", async () => {
    const { model, server, reopen } = await visited({ messages: 5 });
    model.epoch = 2;
    model.messages.splice(2);
    server.isAway = true;
    const { room } = reopen();
    await until(() => ids(room).length === 5);
    server.isAway = false;
    await live(room);
    expect(room.getSnapshot().messages).toEqual(model.messages);
  });

  it("starts over where it is ahead of the server", async () => {
    const { model, reopen } = await visited({ messages: 5 });
    model.messages.splice(3);
    const { room } = reopen();
    await live(room);
    expect(ids(room)).toEqual([1, 2, 3]);
  });

  it("starts over where the server does not keep what is missing", async () => {
    const { model, reopen } = await visited({ messages: 5 });
    for (const id of range(6, 90)) model.send(2, `later ${id}`);
    vi.spyOn(model, "sync").mockImplementation(() => [
      { type: "sync.completed", ref: "sync", epoch: 1, messageId: 90, rev: 0, reset: true },
    ]);
    const { room } = reopen();
    await live(room);
    expect(ids(room)).toEqual(range(41, 90));
    expect(room.getSnapshot().isStale).toBe(false);
  });

  it("says again what was read without a connection", async () => {
    const { model, server, reopen } = await visited({ messages: 4 });
    const { room, tab } = reopen();
    await live(room);
    server.isAway = true;
    server.cut();
    room.markRead(4);
    await pass(1_500);
    tab.kill();
    server.isAway = false;
    const again = reopen();
    await live(again.room);
    await until(() => model.participants.get(1)?.lastReadMessageId === 4);
  });

  it("is forgotten once the person was removed from it", async () => {
    const { server, reopen, storage } = await visited();
    const { room } = reopen();
    await live(room);
    server.cut(undefined, 4403);
    await pass(1_500);
    expect(room.getSnapshot().status.reason).toBe("removed");
    expect(await storage.read(`${PREFIX}rooms/`)).toEqual([]);
  });
});

describe("What is stored", () => {
  const stored = async (storage: ClientStorage) => (await storage.read(`${PREFIX}rooms/7/`))[0]?.value as object;

  it.each<[string, (row: object) => unknown]>([
    ["of another version", (row) => ({ ...row, version: 99 })],
    ["not an object", () => "rubbish"],
    ["of another room", (row) => ({ ...row, room: { id: 8 } })],
    ["without a position", (row) => ({ ...row, position: { messageId: "3" } })],
    [
      "with a hole in its messages",
      (row) => ({
        ...row,
        oldestId: 1,
        messages: [
          { id: 1, rev: 0 },
          { id: 3, rev: 0 },
        ],
      }),
    ],
    ["with messages that are none", (row) => ({ ...row, messages: [null, null, null] })],
  ])("and is %s is dropped, and the room is loaded anew", async (_, spoil) => {
    const { storage, reopen, model } = await visited({ messages: 3 });
    const row = await stored(storage);
    await storage.update(PREFIX, () => [{ key: `${PREFIX}rooms/7/`, value: spoil(row) }]);
    const { room, tab } = reopen();
    await live(room);
    expect(room.getSnapshot().messages).toEqual(model.messages);
    expect(tab.events).toContainEqual({ event: "storage", detail: "row", reason: "room" });
  });

  it("is bounded: long messages push older ones out", async () => {
    const { storage, reopen, server } = await visited({ messages: 0, deeds: [] });
    const { room, tab } = reopen();
    await live(room);
    for (let count = 0; count < 100; count += 1) server.tell(7, server.room(7).send(2, "가".repeat(4_000)));
    await pass(1_500);
    expect(JSON.stringify(await stored(storage)).length).toBeLessThan(250_000);
    tab.kill();
    server.isAway = true;
    const again = reopen();
    await until(() => ids(again.room).length > 0);
    expect(ids(again.room).at(-1)).toBe(100);
  });

  it("is at most fifty rooms, those used last", async () => {
    const { openTab } = openBrowser();
    const storage = memoryStorage();
    const { client } = openTab({ storage });
    for (let id = 1; id <= 55; id += 1) {
      await live(client.room(id));
      await pass(1_100);
      client.room(id).close();
    }
    for (const id of [6, 56]) {
      await live(client.room(id));
      await pass(1_100);
    }
    const rows = await storage.read(`${PREFIX}rooms/`);
    const kept = rows.map(({ key }) => Number(key.split("/").at(-2))).sort((a, b) => a - b);
    expect(kept).toEqual([6, ...range(8, 56)]);
  });

  it("is written once a second at most, and at once when the page hides", async () => {
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("document", document);
    const { openTab, server } = openBrowser();
    const inner = memoryStorage();
    const writes: string[] = [];
    const storage: ClientStorage = {
      read: inner.read,
      update: (prefix, change) => {
        if (prefix.includes("/rooms/")) writes.push(prefix);
        return inner.update(prefix, change);
      },
    };
    const { client } = openTab({ storage });
    await live(client.room(7));
    await pass(1_100);
    writes.length = 0;
    for (let count = 0; count < 30; count += 1) {
      server.tell(7, server.room(7).send(2, `${count}`));
      await pass(100);
    }
    expect(writes.length).toBeLessThanOrEqual(4);
    writes.length = 0;
    server.tell(7, server.room(7).send(2, "last words"));
    document.visibilityState = "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
    await pass(1);
    expect(writes).toHaveLength(1);
  });

  it("by a tab that is behind does not replace what another tab knows", async () => {
    const { openTab, server } = openBrowser();
    const storage = memoryStorage();
    const [behind, ahead] = [openTab({ storage }), openTab({ storage })];
    await live(behind.client.room(7));
    await live(ahead.client.room(7));
    server.cut(behind.name);
    server.isAway = true;
    server.tell(7, server.room(7).does(2, { do: "rename" }));
    await pass(1_500);
    behind.client.room(7).markRead(0);
    behind.client.room(7).close();
    await pass(1_500);
    const [row] = await storage.read(`${PREFIX}rooms/7/`);
    expect(row?.value).toMatchObject({ position: { messageId: 0, rev: 1 } });
  });
});

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant("send" as const) }),
  fc.record({ do: fc.constant("rename" as const) }),
  fc.record({
    do: fc.constantFrom("edit" as const, "delete" as const, "react" as const),
    id: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({ do: fc.constant("read" as const), id: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constantFrom("come" as const, "go" as const), userId: fc.constantFrom(3, 4) }),
);

it("a stored room and what happened since is the room as it is, whenever it was stored", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 12 }),
      fc.array(deed, { maxLength: 12 }),
      fc.boolean(),
      async (before, since, isNewEpoch) => {
        const { model, reopen, server, end } = await visited({ messages: 3, deeds: before });
        for (const step of since) model.does(2, step);
        if (isNewEpoch) model.epoch += 1;
        const { room } = reopen();
        await live(room);
        expect(room.getSnapshot().messages).toEqual(model.messages);
        expect(room.getSnapshot().room).toEqual(model.room);
        const byId = [...room.getSnapshot().participants].sort((a, b) => a.userId - b.userId);
        expect(byId).toEqual([...model.participants.values()].sort((a, b) => a.userId - b.userId));
        server.tell(7, model.send(2, "and on it goes"));
        expect(room.getSnapshot().messages).toEqual(model.messages);
        end();
      },
    ),
    { numRuns: 40 },
  );
});
