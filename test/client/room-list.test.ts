/** The list of rooms: from the device, from the server, and in step with the rooms that are open. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { memoryStorage, type RoomListItem } from "../../src/client/index.ts";
import { withRoom } from "../../src/client/room-list-merge.ts";
import { live, openBrowser, pass, until } from "./support/devices.ts";
import { ModelRoom } from "./support/model-room.ts";

function item(id: number, change: Partial<RoomListItem> = {}): RoomListItem {
  return {
    id,
    roomType: "GROUP",
    name: `room ${id}`,
    description: null,
    createdByUserId: 1,
    isActive: true,
    createdAt: "2026-11-01T00:00:00.000Z",
    rev: 0,
    lastMessageAt: `2026-11-10T00:00:${String(id % 60).padStart(2, "0")}.000Z`,
    lastMessage: {
      id: 3,
      senderId: 2,
      messageType: "TEXT",
      content: "셋",
      isDeleted: false,
      createdAt: "2026-11-10T00:00:00.000Z",
    },
    lastReadMessageId: 1,
    unread: 2,
    participants: [{ userId: 2, name: "사람 2", imageUrl: null }],
    ...change,
  };
}

/** `GET /v1/rooms` as the server answers it. */
function listing(rooms: () => readonly RoomListItem[]) {
  const asked: string[] = [];
  const fetch = vi.fn((input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(String(input));
    asked.push(`${init?.method} ${url.pathname}${url.search}`);
    if (init?.method === "POST") return Promise.resolve(Response.json({ ...item(99), participants: [] }));
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const limit = Number(url.searchParams.get("limit"));
    const items = rooms().slice(from, from + limit);
    return Promise.resolve(
      Response.json({ items, nextCursor: from + limit < rooms().length ? String(from + limit) : null }),
    );
  });
  return { asked, fetch };
}

describe("The list", () => {
  it("is loaded when somebody subscribes, the latest first, and no more after the last one has gone", async () => {
    const { openTab } = openBrowser();
    const { asked, fetch } = listing(() => [item(1), item(3), item(2)]);
    const { roomList } = openTab({ fetch }).client;
    expect(roomList.getSnapshot()).toEqual({ rooms: undefined, isStale: true, error: undefined });
    await pass(10_000);
    expect(asked).toEqual([]);
    const end = roomList.subscribe(() => {});
    await until(() => roomList.getSnapshot().rooms !== undefined);
    expect(roomList.getSnapshot()).toMatchObject({ rooms: [{ id: 3 }, { id: 2 }, { id: 1 }], isStale: false });
    await pass(10_200);
    expect(asked).toHaveLength(3);
    end();
    await pass(20_000);
    expect(asked).toHaveLength(3);
  });

  it("is the same snapshot until something changes", async () => {
    const { openTab } = openBrowser();
    let rooms = [item(1)];
    const { fetch } = listing(() => rooms);
    const { roomList } = openTab({ fetch }).client;
    const changed = vi.fn();
    roomList.subscribe(changed);
    await until(() => roomList.getSnapshot().rooms !== undefined);
    const before = roomList.getSnapshot();
    changed.mockClear();
    await pass(11_000);
    expect(roomList.getSnapshot()).toBe(before);
    expect(changed).not.toHaveBeenCalled();
    rooms = [item(1, { unread: 5, lastReadMessageId: 0 })];
    await pass(5_500);
    expect(roomList.getSnapshot().rooms).toMatchObject([{ unread: 5 }]);
  });

  it("has all pages, up to five hundred rooms, each once", async () => {
    const { openTab } = openBrowser();
    const many = Array.from({ length: 620 }, (_, at) => item(620 - at));
    const { asked, fetch } = listing(() => many);
    const { roomList } = openTab({ fetch }).client;
    await roomList.reload();
    expect(asked).toHaveLength(5);
    expect(roomList.getSnapshot().rooms).toHaveLength(500);
    roomList.subscribe(() => {});
    await pass(5_500);
    // In between the first page tells enough.
    expect(asked.length).toBeLessThanOrEqual(7);
    expect(roomList.getSnapshot().rooms).toHaveLength(500);
  });

  it("shows at a reload what was stored, as stale, also without a network", async () => {
    const { openTab } = openBrowser();
    const { fetch } = listing(() => [item(1), item(2)]);
    const first = openTab({ fetch });
    await first.client.roomList.reload();
    await pass(1_500);
    first.kill();
    const { roomList } = openTab().client;
    roomList.subscribe(() => {});
    await until(() => roomList.getSnapshot().error !== undefined);
    expect(roomList.getSnapshot()).toMatchObject({
      rooms: [{ id: 2 }, { id: 1 }],
      isStale: true,
      error: { code: "network" },
    });
  });

  it("is not asked for while nobody looks, and at once when somebody does again", async () => {
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("document", document);
    const { openTab } = openBrowser();
    const { asked, fetch } = listing(() => [item(1)]);
    openTab({ fetch }).client.roomList.subscribe(() => {});
    await pass(100);
    document.visibilityState = "hidden";
    await pass(30_000);
    expect(asked).toHaveLength(1);
    document.visibilityState = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  it("is asked for again after a room was made", async () => {
    const { openTab } = openBrowser();
    let rooms = [item(1)];
    const { fetch } = listing(() => rooms);
    const { client } = openTab({ fetch });
    client.roomList.subscribe(() => {});
    await pass(100);
    rooms = [item(1), item(99)];
    await client.createRoom({ roomType: "GROUP", participantIds: [2] });
    await pass(10);
    expect(client.roomList.getSnapshot().rooms).toHaveLength(2);
  });

  it("waits as long as the server asks", async () => {
    const { openTab } = openBrowser();
    const fetch = vi.fn(() =>
      Promise.resolve(
        new Response(JSON.stringify({ code: "rate_limited", title: "", requestId: "r" }), {
          status: 429,
          headers: { "content-type": "application/problem+json", "retry-after": "20" },
        }),
      ),
    );
    const { roomList } = openTab({ fetch }).client;
    onTestFinished(roomList.subscribe(() => {}));
    await pass(19_000);
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(2_500);
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});

describe("With a room that is open", () => {
  it("moves at once with its messages, read markers and name", async () => {
    const { openTab, server } = openBrowser();
    const { fetch } = listing(() => [
      item(8),
      item(7, { lastMessage: null, lastMessageAt: null, unread: 0, lastReadMessageId: 0 }),
    ]);
    const { client } = openTab({ fetch });
    await client.roomList.reload();
    const room = client.room(7);
    await live(room);
    const listed = () => client.roomList.getSnapshot().rooms?.find(({ id }) => id === 7);
    server.tell(7, { ...server.room(7).send(2, "새 글") });
    expect(client.roomList.getSnapshot().rooms?.[0]?.id).toBe(7);
    expect(listed()).toMatchObject({ unread: 1, lastMessage: { id: 1, content: "새 글" } });
    room.markRead(1);
    expect(listed()).toMatchObject({ unread: 0, lastReadMessageId: 1 });
    server.tell(7, server.room(7).does(2, { do: "edit", id: 1, content: "고친 글" }));
    expect(listed()?.lastMessage?.content).toBe("고친 글");
    server.tell(7, server.room(7).does(2, { do: "rename", name: "새 이름" }));
    expect(listed()?.name).toBe("새 이름");
  });

  it("is not taken back by an answer of the server that lags, also when the room was closed just now", async () => {
    const { openTab, server } = openBrowser();
    const { fetch } = listing(() => [item(7, { unread: 2 })]);
    const { client } = openTab({ fetch });
    for (const text of ["하나", "둘", "셋", "넷"]) server.room(7).send(2, text);
    const room = client.room(7);
    await live(room);
    room.markRead(4);
    await client.roomList.reload();
    room.close();
    await client.roomList.reload();
    expect(client.roomList.getSnapshot().rooms).toMatchObject([{ unread: 0, lastMessage: { id: 4 } }]);
    await pass(130_000);
    await client.roomList.reload();
    expect(client.roomList.getSnapshot().rooms).toMatchObject([{ unread: 2, lastMessage: { id: 3 } }]);
  });

  it("has a room that the server does not list yet, and not one that the person was removed from", async () => {
    const { openTab, server } = openBrowser();
    const { fetch } = listing(() => [item(7)]);
    const { client } = openTab({ fetch });
    await client.roomList.reload();
    await live(client.room(9));
    expect(
      client.roomList
        .getSnapshot()
        .rooms?.map(({ id }) => id)
        .sort(),
    ).toEqual([7, 9]);
    await live(client.room(7));
    server.cut(undefined, 4403);
    expect(client.roomList.getSnapshot().rooms).toEqual([]);
  });

  it("has no room that the person was removed from without a connection", async () => {
    const { openTab, server } = openBrowser();
    const storage = memoryStorage();
    let isIn = true;
    const { client } = openTab({
      storage,
      fetch: async (url) => {
        if (!String(url).includes("/v1/rooms/7"))
          return Response.json({ items: isIn ? [item(7)] : [], nextCursor: null });
        return new Response(JSON.stringify({ code: "forbidden", title: "forbidden" }), {
          status: 403,
          headers: { "content-type": "application/problem+json" },
        });
      },
    });
    client.roomList.subscribe(() => {});
    const room = client.room(7);
    await live(room);
    await pass(1_500);
    server.isAway = true;
    isIn = false;
    server.cut();
    await until(() => room.getSnapshot().status.reason === "forbidden");
    await client.roomList.reload();
    expect(client.roomList.getSnapshot().rooms).toEqual([]);
    await pass(1_500);
    expect((await storage.read("")).filter(({ key }) => key.includes("/rooms/"))).toEqual([]);
  });

  it("ends where a server has no end", async () => {
    const { openTab } = openBrowser();
    const fetch = vi.fn(async () => Response.json({ items: [], nextCursor: "again" }));
    const { client } = openTab({ fetch });
    await client.roomList.reload();
    expect(client.roomList.getSnapshot().rooms).toEqual([]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("asks for nothing once its client is closed", async () => {
    const { openTab } = openBrowser();
    const { asked, fetch } = listing(() => [item(7)]);
    const { client } = openTab({ fetch });
    client.close();
    await client.roomList.reload();
    expect(asked).toEqual([]);
  });
});

describe("Merging", () => {
  const view = (messages: number, lastRead: number, from = 1) => {
    const server = new ModelRoom();
    for (let count = 1; count <= messages; count += 1) server.send(count % 4 === 0 ? 1 : 2, `${count}`);
    return {
      room: server.room,
      you: { userId: 1, role: "MEMBER" as const, lastReadMessageId: lastRead, blockedUserIds: [] },
      participants: [...server.participants.values()],
      messages: server.messages.slice(from - 1),
    };
  };
  const listed = (head: number, lastRead: number, unread: number) =>
    item(7, {
      lastMessage: {
        id: head,
        senderId: 2,
        messageType: "TEXT",
        content: "",
        isDeleted: false,
        createdAt: "2026-11-10T00:00:00.000Z",
      },
      lastReadMessageId: lastRead,
      unread,
    });

  it.each([
    ["counts what is here, your own left out", view(8, 2), listed(8, 2, 99), 4],
    ["counts nothing that was read here", view(8, 8), listed(8, 2, 5), 0],
    ["counts nothing that was read elsewhere", view(8, 2), listed(8, 8, 0), 0],
    ["goes on from the list's count where the older ones are not here", view(20, 3, 11), listed(15, 3, 9), 12],
    ["keeps the list's count where nothing is here yet", view(8, 2, 9), listed(8, 2, 4), 4],
    ["keeps the list's count where the list is ahead", view(5, 2), listed(8, 2, 4), 4],
    ["counts what nobody has counted as unread", view(20, 3, 11), listed(5, 1, 3), 14],
  ])("%s", (_, room, list, unread) => {
    expect(withRoom(list, room)?.unread).toBe(unread);
  });

  it("takes the later of both heads", () => {
    expect(withRoom(listed(8, 0, 0), view(5, 0))?.lastMessage?.id).toBe(8);
    expect(withRoom(listed(4, 0, 0), view(5, 0))?.lastMessage?.id).toBe(5);
  });

  it("makes an item of a room that was never listed, and nothing of one that is not known", () => {
    expect(withRoom(undefined, view(3, 1))).toMatchObject({ id: 7, unread: 2, participants: [{ userId: 2 }] });
    expect(withRoom(undefined, { room: null, you: null, participants: [], messages: [] })).toBeUndefined();
  });
});
