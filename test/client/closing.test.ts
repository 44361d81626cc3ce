/** Rooms and clients that end, and begin again: what is unsent stays in order, and nothing goes on behind one's back. */
import { describe, expect, it, vi } from "vitest";
import { type ClientStorage, memoryStorage } from "../../src/client/index.ts";
import { live, openBrowser, pass, until } from "./support/devices.ts";

const contents = (attempts: readonly { content: string }[]) => attempts.map(({ content }) => content);

describe("A room that is closed and opened again", () => {
  it("sends what is left before what is written at once", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const { client } = openTab();
    const first = client.room(7);
    for (const text of ["하나", "둘"]) first.send(text);
    await pass(1_500);
    first.close();
    server.isAway = false;
    const again = client.room(7);
    again.send("셋");
    expect(again.getSnapshot().outbox.map(({ content }) => content)).toEqual(["하나", "둘", "셋"]);
    await until(() => server.said(7).length === 3);
    expect(contents(server.attempts)).toEqual(["하나", "둘", "셋"]);
  });

  it("lets take back what never left", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const { client } = openTab();
    const first = client.room(7);
    for (const clientId of ["a", "b", "c"]) first.send(clientId, { clientId });
    await pass(1_500);
    first.close();
    await pass(100);
    const again = client.room(7);
    await pass(100);
    expect(again.cancel("c")).toBe(true);
    server.isAway = false;
    await until(() => server.said(7).length === 2);
    await pass(3_000);
    expect(server.said(7)).toEqual(["a", "b"]);
  });

  it("answers a message that is written after its end with closed, also where it was never opened", async () => {
    const { server, openTab } = openBrowser();
    const { client } = openTab();
    const room = client.room(7);
    room.close();
    await expect(room.send("late")).rejects.toMatchObject({ code: "closed" });
    expect(room.getSnapshot().outbox).toMatchObject([{ content: "late", state: "failed" }]);
    const peeked = client.peek(8);
    peeked.close();
    await expect(peeked.send("late too")).rejects.toMatchObject({ code: "closed" });
    peeked.open();
    await pass(3_000);
    expect(server.openRooms()).toEqual([]);
  });
});

describe("A message without a connection", () => {
  it("can be taken back, the first one too, but not once it may have arrived", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const { client } = openTab();
    const room = client.room(7);
    const typo = room.send("typo", { clientId: "typo" });
    void room.send("right", { clientId: "right" });
    await pass(1_500);
    expect(room.cancel("typo")).toBe(true);
    await expect(typo).rejects.toMatchObject({ code: "cancelled" });
    server.refuses = () => "silence";
    server.isAway = false;
    await until(() => server.attempts.length === 1);
    server.isAway = true;
    server.cut();
    expect(room.cancel("right")).toBe(false);
    server.refuses = () => undefined;
    server.isAway = false;
    await until(() => server.said(7).length === 1);
    expect(server.said(7)).toEqual(["right"]);
  });

  it("fails once the room is denied for good", async () => {
    const { server, openTab } = openBrowser();
    const { client } = openTab();
    const room = client.room(7);
    await live(room);
    server.isAway = true;
    server.cut(undefined, 4403);
    await expect(room.send("late")).rejects.toMatchObject({ code: "forbidden" });
    expect(room.getSnapshot().outbox).toMatchObject([{ content: "late", state: "failed" }]);
  });
});

describe("A room that was released", () => {
  it("before the device had answered is closed once it has", async () => {
    const { server, openTab } = openBrowser();
    const inner = memoryStorage();
    const slow: ClientStorage = {
      read: inner.read,
      async update(prefix, change) {
        await inner.update(prefix, change);
        if (prefix.includes("/outbox/")) await new Promise((resolve) => setTimeout(resolve, 1_800));
      },
    };
    const { client } = openTab({ storage: slow });
    const { room, release } = client.retain(7);
    await live(room);
    release();
    await pass(1_000);
    expect(server.openRooms()).toEqual([7]);
    await pass(4_000);
    expect(server.openRooms()).toEqual([]);
  });
});

describe("A client that is closed", () => {
  it("opens no connection any more", async () => {
    const { server, openTab } = openBrowser();
    const { client } = openTab();
    client.close();
    expect(client.room(7).getSnapshot().status).toMatchObject({ state: "denied", reason: "closed" });
    client.retain(8).release();
    await pass(3_000);
    expect(server.openRooms()).toEqual([]);
    await expect(client.room(7).send("late")).rejects.toMatchObject({ code: "closed" });
  });

  it("leaves no timer, listener, channel or lock behind, whenever it is closed", async () => {
    for (const lifetimeMs of [0, 1, 50, 3_000]) {
      const { server, openTab, end } = openBrowser();
      const listening = new Set<object>();
      const target = {
        visibilityState: "visible",
        addEventListener: (_type: string, listener: object) => listening.add(listener),
        removeEventListener: (_type: string, listener: object) => listening.delete(listener),
      };
      vi.stubGlobal("window", target);
      vi.stubGlobal("document", target);
      const channels = new Set<object>();
      class CountedChannel {
        onmessage = null;
        constructor() {
          channels.add(this);
        }
        postMessage(): void {}
        close(): void {
          channels.delete(this);
        }
      }
      vi.stubGlobal("BroadcastChannel", CountedChannel);
      const timersBefore = vi.getTimerCount();
      const { client } = openTab({ fetch: async () => Response.json({ items: [], nextCursor: null }) });
      const locks = (globalThis.navigator as unknown as { locks: { query(): Promise<{ held: object[] }> } }).locks; // the tab's
      client.roomList.subscribe(() => {});
      const room = client.room(7);
      client.retain(8).release();
      client.peek(9);
      room.send("하나");
      server.tell(7, { type: "typing", userId: 2, until: new Date(Date.now() + 10_000).toISOString() });
      await pass(lifetimeMs);
      room.markRead(1);
      room.typing(true);
      if (lifetimeMs > 1) expect(listening.size).toBeGreaterThan(0);
      client.close();
      client.close();
      await pass(1_500);
      expect({ timers: vi.getTimerCount() - timersBefore, listening: listening.size, channels: channels.size }).toEqual(
        {
          timers: 0,
          listening: 0,
          channels: 0,
        },
      );
      expect((await locks.query()).held).toEqual([]);
      end();
    }
  });

  it("and forgotten with many unsent messages leaves none of them", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const storage = memoryStorage();
    const { client } = openTab({ storage });
    const room = client.room(7);
    for (let at = 0; at < 50; at += 1) room.send(`${at}`);
    await pass(1_500);
    let isForgotten: boolean | undefined;
    void client.forget().then((is) => {
      isForgotten = is;
    });
    room.send("one more");
    await until(() => isForgotten !== undefined);
    room.send("and one");
    await pass(3_000);
    expect(isForgotten).toBe(true);
    expect(await storage.read("")).toEqual([]);
  });

  it("and forgotten says where the device did not delete", async () => {
    const { openTab } = openBrowser();
    const inner = memoryStorage();
    let hangs = false;
    const storage: ClientStorage = {
      read: inner.read,
      update: (prefix, change) => (hangs ? new Promise(() => {}) : inner.update(prefix, change)),
    };
    const { client } = openTab({ storage });
    await live(client.room(7));
    hangs = true;
    let isForgotten: boolean | undefined;
    void client.forget().then((is) => {
      isForgotten = is;
    });
    await until(() => isForgotten !== undefined);
    expect(isForgotten).toBe(false);
  });

  it("and forgotten while its storage rests deletes all the same", async () => {
    const { server, openTab } = openBrowser();
    const inner = memoryStorage();
    let hangs = false;
    const storage: ClientStorage = {
      read: inner.read,
      update: (prefix, change) => (hangs ? new Promise(() => {}) : inner.update(prefix, change)),
    };
    server.isAway = true;
    const { client } = openTab({ storage });
    client.room(7).send("private");
    await pass(1_500);
    hangs = true;
    client.room(7).send("late");
    await pass(3_000);
    hangs = false;
    let isForgotten: boolean | undefined;
    void client.forget().then((is) => {
      isForgotten = is;
    });
    await until(() => isForgotten !== undefined);
    expect(isForgotten).toBe(true);
    expect(await inner.read("")).toEqual([]);
  });
});

describe("A storage that did not answer", () => {
  it("is given what it missed once it answers again", async () => {
    const { server, openTab } = openBrowser();
    const inner = memoryStorage();
    let hangs = false;
    const storage: ClientStorage = {
      read: inner.read,
      update: (prefix, change) => (hangs ? new Promise(() => {}) : inner.update(prefix, change)),
    };
    const first = openTab({ storage });
    await live(first.client.room(7));
    server.isAway = true;
    server.cut();
    hangs = true;
    first.client.room(7).send("하나");
    first.client.room(7).send("둘");
    await pass(3_000);
    hangs = false;
    await pass(60_000);
    first.kill();
    server.isAway = false;
    openTab({ storage }).client.room(7);
    await until(() => server.said(7).length === 2);
    expect(server.said(7)).toEqual(["하나", "둘"]);
  });

  it("at the start has its messages sent once it answers", async () => {
    const { server, openTab } = openBrowser();
    const inner = memoryStorage();
    server.isAway = true;
    const first = openTab({ storage: inner });
    first.client.room(7).send("하나");
    await pass(1_500);
    first.kill();
    server.isAway = false;
    let hangs = true;
    const never = new Promise<never>(() => {});
    const second = openTab({
      storage: {
        read: (prefix) => (hangs ? never : inner.read(prefix)),
        update: (prefix, change) => (hangs ? never : inner.update(prefix, change)),
      },
    });
    await live(second.client.room(7));
    hangs = false;
    await pass(60_000);
    expect(server.said(7)).toEqual(["하나"]);
  });
});
