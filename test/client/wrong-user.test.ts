/** A token of somebody else: nothing of one person is shown to, sent for, or lost by another. */
import { describe, expect, it } from "vitest";
import { type ClientStorage, memoryStorage } from "../../src/client/index.ts";
import { live, openBrowser, pass, until } from "./support/devices.ts";

/** A token as the server makes them, unsigned. */
const jwt = (userId: number) =>
  ["{}", JSON.stringify({ sub: String(userId) }), "-"].map((part) => btoa(part)).join(".");

describe("When another person signs in on the device", () => {
  it("what the first one wrote stays on it, and is sent for the first one", async () => {
    const { server, openTab } = openBrowser();
    let token = "1";
    const tab = openTab({ userId: 1, token: () => token });
    const room = tab.client.room(7);
    await live(room);
    server.isAway = true;
    server.cut();
    room.send("mine");
    await pass(500);
    token = "2";
    server.isAway = false;
    await until(() => room.getSnapshot().status.reason === "wrong_user");
    expect(room.getSnapshot().outbox).toEqual([]);
    await pass(500);
    tab.kill();
    openTab({ userId: 1 }).client.room(7);
    await until(() => server.said(7).length === 1);
    expect(server.said(7)).toEqual(["mine"]);
    expect(server.attempts).toHaveLength(1);
  });

  it("what lies on a slow device is neither shown nor deleted", async () => {
    const { server, openTab } = openBrowser();
    const inner = memoryStorage();
    server.isAway = true;
    const first = openTab({ storage: inner });
    first.client.room(7).send("private");
    await pass(1_500);
    first.kill();
    server.isAway = false;
    for (const delayMs of [0, 100, 800]) {
      const slow: ClientStorage = {
        read: inner.read,
        async update(prefix, change) {
          await inner.update(prefix, change);
          await new Promise((resolve) => setTimeout(resolve, delayMs));
        },
      };
      const wrong = openTab({ userId: 1, token: () => "2", storage: slow });
      const room = wrong.client.room(7);
      await until(() => room.getSnapshot().status.reason === "wrong_user");
      await pass(2_500);
      expect(room.getSnapshot().outbox, `${delayMs} ms`).toEqual([]);
      expect(wrong.client.room(7).getSnapshot().outbox).toEqual([]);
      wrong.kill();
    }
    expect(server.attempts).toEqual([]);
    openTab({ storage: inner }).client.room(7);
    await until(() => server.said(7).length === 1);
  });

  it("their token is used for no request and no room, where it says whose it is", async () => {
    const { server, openTab } = openBrowser();
    const storage = memoryStorage();
    const asked: unknown[] = [];
    const { client } = openTab({
      userId: 1,
      storage,
      token: () => jwt(2),
      fetch: async (url) => {
        asked.push(url);
        return Response.json({ items: [{ id: 9, createdAt: "", participants: [] }], nextCursor: null });
      },
    });
    client.roomList.subscribe(() => {});
    await expect(client.getRoom(9)).rejects.toMatchObject({ code: "wrong_user" });
    const room = client.room(7);
    await until(() => room.getSnapshot().status.reason === "wrong_user");
    await pass(2_000);
    expect(client.roomList.getSnapshot()).toMatchObject({ rooms: undefined, error: { code: "wrong_user" } });
    expect(asked).toEqual([]);
    expect(server.openRooms()).toEqual([]);
    expect((await storage.read("")).filter(({ key }) => key.includes("room-list"))).toEqual([]);
  });

  it("a token of the right person is taken", async () => {
    const { server, openTab } = openBrowser();
    const { client } = openTab({ userId: 1, token: () => jwt(1) });
    client.room(7);
    await until(() => server.openRooms().length === 1);
  });

  it("a list that was on its way is not shown", async () => {
    const { openTab } = openBrowser();
    const answer = Promise.withResolvers<Response>();
    const { client } = openTab({ userId: 1, token: () => "2", fetch: () => answer.promise });
    client.roomList.subscribe(() => {});
    const room = client.room(7);
    await until(() => room.getSnapshot().status.reason === "wrong_user");
    answer.resolve(Response.json({ items: [{ id: 9, createdAt: "", participants: [] }], nextCursor: null }));
    await pass(100);
    expect(client.roomList.getSnapshot().rooms).toBeUndefined();
  });

  it("read markers of the first one are not said for the other", async () => {
    const { server, openTab } = openBrowser();
    const storage = memoryStorage();
    for (let at = 0; at < 4; at += 1) server.room(7).send(2, `${at}`);
    const first = openTab({ storage });
    const room = first.client.room(7);
    await live(room);
    server.isAway = true;
    server.cut();
    room.markRead(4);
    await pass(1_500);
    first.kill();
    server.isAway = false;
    server.isMute = true;
    const wrong = openTab({ userId: 1, token: () => "2", storage });
    const other = wrong.client.room(7);
    await until(() => other.getSnapshot().messages.length === 4);
    other.markRead(3);
    other.typing(true);
    await pass(1_000);
    expect(server.heard.filter(({ type }) => type === "read" || type === "typing")).toEqual([]);
  });
});
