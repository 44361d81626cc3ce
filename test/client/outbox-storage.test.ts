/** Messages that outlive their page: reloads, crashes, other tabs, other users, storage that fails. */
import { describe, expect, it, vi } from "vitest";
import { type ClientStorage, memoryStorage, type OutgoingMessage } from "../../src/client/index.ts";
import { live, type OpenTab, openBrowser, pass, until } from "./support/devices.ts";

const outboxOf = ({ client }: OpenTab, roomId = 7): readonly OutgoingMessage[] =>
  client.room(roomId).getSnapshot().outbox;
const written = (tab: OpenTab, roomId = 7) => outboxOf(tab, roomId).map(({ content }) => content);
const contents = (attempts: readonly { content: string }[]) => attempts.map(({ content }) => content);

describe("A reload", () => {
  it("sends three unsent messages once and in order, and nothing at the next reload", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab();
    for (const text of ["하나", "둘", "셋"]) first.client.room(7).send(text);
    await pass(100);
    first.kill();
    server.isAway = false;
    const second = openTab();
    second.client.room(7);
    await until(() => server.said(7).length === 3);
    expect(server.said(7)).toEqual(["하나", "둘", "셋"]);
    await pass(100);
    second.kill();
    const third = openTab();
    await live(third.client.room(7));
    await pass(3_000);
    expect(contents(server.attempts)).toEqual(["하나", "둘", "셋"]);
    expect(outboxOf(third)).toEqual([]);
  });

  it("lets nothing that is written after it overtake what was written before it", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab();
    first.client.room(7).send("before");
    await pass(50);
    first.kill();
    server.isAway = false;
    const second = openTab();
    second.client.room(7).send("after");
    await until(() => server.said(7).length === 2);
    expect(server.said(7)).toEqual(["before", "after"]);
  });

  it("between the ack and its removal sends again, and the message is there once", async () => {
    const { server, openTab } = openBrowser();
    const storage = memoryStorage();
    let isCutOff = false;
    const forgetful: ClientStorage = {
      read: storage.read,
      update: (prefix, change) => (isCutOff ? new Promise(() => {}) : storage.update(prefix, change)),
    };
    const first = openTab({ storage: forgetful });
    await live(first.client.room(7));
    server.refuses = () => "silence";
    const sent = first.client.room(7).send("once");
    await pass(10);
    isCutOff = true;
    server.refuses = () => undefined;
    server.cut();
    await until(() => server.said(7).length === 1);
    await sent;
    first.kill();
    const second = openTab({ storage });
    await live(second.client.room(7));
    await until(() => server.attempts.some(({ tab }) => tab === second.name));
    await pass(100);
    expect(server.said(7)).toEqual(["once"]);
    expect(await storage.read("https://studymate.example/1/outbox/")).toEqual([]);
  });

  it("keeps what has failed with its reason, to be retried or cancelled", async () => {
    const { server, openTab } = openBrowser();
    server.refuses = ({ content }) => (content.startsWith("bad") ? "conflict" : undefined);
    const first = openTab();
    for (const clientId of ["a", "b"])
      first.client
        .room(7)
        .send(`bad ${clientId}`, { clientId })
        .catch(() => {});
    await until(() => outboxOf(first).every(({ state }) => state === "failed"));
    await pass(50);
    first.kill();
    server.refuses = () => undefined;
    const second = openTab();
    const room = second.client.room(7);
    await live(room);
    await until(() => outboxOf(second).length === 2);
    expect(outboxOf(second)).toMatchObject([
      { clientId: "a", state: "failed", error: { name: "StudyMateError", code: "conflict", retryable: false } },
      { clientId: "b", state: "failed" },
    ]);
    await pass(3_000);
    expect(server.said(7)).toEqual([]);
    expect(room.cancel("b")).toBe(true);
    await expect(room.retry("a")).resolves.toMatchObject({ id: 1 });
    await pass(50);
    second.kill();
    const third = openTab();
    await live(third.client.room(7));
    await pass(50);
    expect(outboxOf(third)).toEqual([]);
    expect(server.said(7)).toEqual(["bad a"]);
  });

  it("knows nothing of a message that was taken back", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab();
    first.client.room(7).send("one");
    first.client
      .room(7)
      .send("two", { clientId: "b" })
      .catch(() => {});
    first.client.room(7).cancel("b");
    await pass(50);
    first.kill();
    server.isAway = false;
    const second = openTab();
    await live(second.client.room(7));
    await until(() => server.said(7).length === 1);
    await pass(100);
    expect(server.said(7)).toEqual(["one"]);
  });

  it("sends what lies in rooms that nobody opens, and closes them again", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab();
    first.client.room(7).send("seven");
    first.client.room(8).send("eight");
    await pass(50);
    first.kill();
    server.isAway = false;
    const second = openTab();
    await live(second.client.room(8));
    await until(() => server.said(7).length === 1 && server.said(8).length === 1);
    await pass(3_000);
    expect(server.openRooms(second.name)).toEqual([8]);
  });
});

describe("A closed room", () => {
  it("keeps its unsent messages, and sends them when it is opened again", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const { client } = openTab();
    const sent = client.room(7).send("later");
    client.room(7).close();
    await expect(sent).rejects.toMatchObject({ code: "closed" });
    server.isAway = false;
    await live(client.room(7));
    await until(() => server.said(7).length === 1);
    expect(server.said(7)).toEqual(["later"]);
  });

  it("that was only lent stays open until its messages are sent", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const tab = openTab();
    const lease = tab.client.retain(7);
    lease.room.send("out with it");
    lease.release();
    await pass(5_000);
    server.isAway = false;
    await until(() => server.said(7).length === 1);
    await pass(3_000);
    expect(server.openRooms(tab.name)).toEqual([]);
  });
});

describe("Several tabs", () => {
  it("leave alone what a living tab has written", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab();
    first.client.room(7).send("mine");
    await pass(50);
    const second = openTab();
    second.client.room(7);
    await pass(3_000);
    expect(written(second)).toEqual([]);
    server.isAway = false;
    await until(() => server.said(7).length === 1);
    await pass(2_000);
    expect(server.attempts.map(({ tab }) => tab)).toEqual([first.name]);
  });

  it("send for a tab that is gone, one of them alone", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const tabs = [openTab(), openTab(), openTab()];
    for (const { client } of tabs.slice(1)) client.room(7);
    await pass(50);
    tabs[0]?.client.room(7).send("하나");
    tabs[0]?.client.room(7).send("둘");
    await pass(50);
    tabs[0]?.kill();
    server.isAway = false;
    await until(() => server.said(7).length === 2);
    await pass(3_000);
    expect(contents(server.attempts)).toEqual(["하나", "둘"]);
    expect(new Set(server.attempts.map(({ tab }) => tab)).size).toBe(1);
  });

  it("send what a tab left that was opened after them", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    openTab();
    await pass(50);
    const late = openTab();
    await pass(50);
    late.client.room(7).send("of the late one");
    await pass(50);
    late.client.close();
    server.isAway = false;
    await until(() => server.said(7).length === 1);
    await pass(2_000);
    expect(contents(server.attempts)).toEqual(["of the late one"]);
  });

  it("give a page that is only reloaded its own messages first", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    openTab();
    const first = openTab();
    await pass(50);
    first.client.room(7).send("mine again");
    await pass(50);
    first.kill();
    const again = openTab();
    again.client.room(7);
    await until(() => written(again).length === 1);
    server.isAway = false;
    await until(() => server.said(7).length === 1);
    expect(server.attempts.at(-1)?.tab).toBe(again.name);
  });

  it("without Web Locks take over at the start, and nothing arrives twice", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab({ hasLocks: false });
    first.client.room(7).send("twice at most");
    await pass(50);
    const second = openTab({ hasLocks: false });
    second.client.room(7);
    await until(() => written(second).length === 1);
    expect(second.events).toContainEqual({ event: "tab", detail: "no locks", messages: 0 });
    server.isAway = false;
    await pass(20_000);
    expect(server.said(7)).toEqual(["twice at most"]);
    expect(outboxOf(first)).toEqual([]);
    expect(outboxOf(second)).toEqual([]);
  });
});

describe("Another user", () => {
  it("of the same browser sends and sees nothing of the first one's", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab({ userId: 1 });
    first.client.room(7).send("private");
    await pass(50);
    first.kill();
    server.isAway = false;
    const other = openTab({ userId: 2 });
    await live(other.client.room(7));
    await pass(5_000);
    expect(server.attempts).toEqual([]);
    expect(written(other)).toEqual([]);
    const back = openTab({ userId: 1 });
    await live(back.client.room(7));
    await until(() => server.said(7).length === 1);
  });

  it("behind the token than the one named: nothing is sent or shown, and all is still there for the right one", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const first = openTab({ userId: 1 });
    first.client.room(7).send("private");
    await pass(50);
    first.kill();
    server.isAway = false;
    const wrong = openTab({ userId: 1, token: () => "2" });
    const room = wrong.client.room(7);
    const mine = room.send("by somebody else");
    await expect(mine).rejects.toMatchObject({ code: "wrong_user" });
    expect(room.getSnapshot()).toMatchObject({
      status: { state: "denied", reason: "wrong_user" },
      room: null,
      messages: [],
      outbox: [],
    });
    expect(wrong.events).toContainEqual(expect.objectContaining({ event: "wrong user", roomId: 7 }));
    await pass(2_000);
    expect(server.attempts).toEqual([]);
    wrong.kill();
    openTab({ userId: 1 }).client.room(7);
    await until(() => server.said(7).length === 1);
    await pass(2_000);
    expect(contents(server.attempts)).toEqual(["private"]);
  });
});

describe("Forgetting", () => {
  it("leaves nothing of the user on the device, and what others have there alone", async () => {
    const { server, openTab } = openBrowser();
    const storage = memoryStorage();
    server.room(7).send(2, "안녕");
    const [mine, others] = [openTab({ storage }), openTab({ storage, userId: 2 })];
    await live(mine.client.room(7));
    await live(others.client.room(7));
    server.isAway = true;
    server.cut();
    mine.client.room(7).send("never mind");
    others.client.room(7).send("mind");
    await pass(1_500);
    await mine.client.forget();
    await pass(1_500);
    const keys = (await storage.read("")).map(({ key }) => key.split("/").slice(3, 5).join("/"));
    expect(keys.filter((key) => key.startsWith("1/"))).toEqual([]);
    expect(keys).toContain("2/outbox");
    expect(keys).toContain("2/rooms");
    server.isAway = false;
    await live(others.client.room(7));
    await until(() => server.attempts.length > 0);
    expect(contents(server.attempts)).toEqual(["mind"]);
  });
});

describe("Storage that fails", () => {
  const failing = (isOver: () => boolean, how: "throws" | "rejects" | "hangs"): ClientStorage => {
    const storage = memoryStorage();
    const fail = (): Promise<never> => {
      if (how === "throws") throw new DOMException("private mode", "SecurityError");
      return how === "hangs" ? new Promise(() => {}) : Promise.reject(new DOMException("full", "QuotaExceededError"));
    };
    return {
      read: (prefix) => (isOver() ? fail() : storage.read(prefix)),
      update: (prefix, change) => (isOver() ? fail() : storage.update(prefix, change)),
    };
  };

  it.each(["throws", "rejects", "hangs"] as const)(
    "at any call, when it %s, does not keep a message from being sent",
    async (how) => {
      const { server, openTab } = openBrowser();
      for (let healthy = 0; healthy < 8; healthy += 1) {
        let calls = 0;
        const storage = failing(() => calls++ >= healthy, how);
        const tab = openTab({ storage });
        const text = `after ${healthy}`;
        const sent = tab.client.room(7).send(text);
        await until(() => server.said(7).includes(text));
        await expect(sent).resolves.toMatchObject({ duplicate: false });
        await live(tab.client.room(7));
        tab.client.room(7).close();
        await pass(4_000);
        const reason = { throws: "SecurityError", rejects: "QuotaExceededError", hangs: "TimeoutError" }[how];
        if (healthy < 4) expect(tab.events).toContainEqual(expect.objectContaining({ event: "storage", reason }));
        tab.client.close();
      }
      expect(server.said(7)).toHaveLength(8);
    },
  );

  it("that hangs is not waited for at each room", async () => {
    const { openTab } = openBrowser();
    const tab = openTab({ storage: failing(() => true, "hangs") });
    await pass(3_000);
    const before = Date.now();
    await live(tab.client.room(7));
    await live(tab.client.room(8));
    expect(Date.now() - before).toBeLessThan(100);
  });

  it("when a message is taken back does not bring it back in this page", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("document", page);
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const inner = memoryStorage();
    let isFull = false;
    const storage: ClientStorage = {
      read: inner.read,
      update: (prefix, change) =>
        isFull ? Promise.reject(new DOMException("", "QuotaExceededError")) : inner.update(prefix, change),
    };
    const tab = openTab({ storage });
    const room = tab.client.room(7);
    room.send("one");
    room.send("taken back", { clientId: "b" }).catch(() => {});
    await pass(50);
    isFull = true;
    expect(room.cancel("b")).toBe(true);
    await pass(50);
    isFull = false;
    server.isAway = false;
    page.dispatchEvent(new Event("visibilitychange"));
    await until(() => server.said(7).length > 0);
    await pass(5_000);
    expect(server.said(7)).toEqual(["one"]);
  });

  it("with rows that are not ours sends the others, and says so", async () => {
    const { server, openTab } = openBrowser();
    server.isAway = true;
    const storage = memoryStorage();
    const first = openTab({ storage });
    first.client.room(7).send("good");
    await pass(50);
    first.kill();
    const prefix = "https://studymate.example/1/outbox/";
    await storage.update(prefix, () => [
      { key: `${prefix}7/x`, value: "rubbish" },
      { key: `${prefix}7/y`, value: { version: 2, owner: "tab", roomId: 7, clientId: "y" } },
    ]);
    server.isAway = false;
    const second = openTab({ storage });
    second.client.room(7);
    await until(() => server.said(7).length === 1);
    expect(second.events).toContainEqual({ event: "storage", detail: "row", reason: "outbox" });
    expect(second.events).toContainEqual({ event: "tab", detail: "adopted", messages: 1 });
    expect(JSON.stringify(second.events)).not.toMatch(/good|rubbish/);
    expect(server.said(7)).toEqual(["good"]);
  });

  it("is not there at all: the client works in memory", async () => {
    const { server, openTab } = openBrowser();
    vi.stubGlobal("indexedDB", undefined);
    const tab = openTab();
    await tab.client.room(7).send("no database");
    expect(server.said(7)).toEqual(["no database"]);
    expect(tab.events).toContainEqual(expect.objectContaining({ event: "storage" }));
  });
});
