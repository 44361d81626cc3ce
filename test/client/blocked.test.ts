/** What people say whom one blocked: hidden in a GROUP, with everything that counts messages going on as before. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createClient, memoryStorage, type RoomConnection } from "../../src/client/index.ts";
import { type ScriptedRoom, type ScriptedRoomOptions, scriptedRoom } from "../../src/client/testing/index.ts";

const [MINJI, EMILY, TROLL] = [1, 2, 3];

function enter(server: ScriptedRoom, storage = memoryStorage()) {
  const { baseUrl, WebSocket, fetch } = server;
  const client = createClient({ baseUrl, WebSocket, fetch, storage, token: () => server.token(MINJI), userId: MINJI });
  onTestFinished(() => client.close());
  return { client, room: client.room(server.id) };
}

async function group(options: ScriptedRoomOptions = {}) {
  const server = scriptedRoom({ people: [MINJI, EMILY, TROLL], ...options });
  server.blocks(MINJI, TROLL);
  const { client, room } = enter(server);
  await room.whenLive();
  return { server, client, room };
}

const words = (room: RoomConnection) => room.getSnapshot().messages.map(({ content }) => content);
const numbers = (room: RoomConnection) => room.getSnapshot().messages.map(({ id }) => id);
const lines = (count: number, senderOf: (number: number) => number) =>
  Array.from({ length: count }, (_, at) => ({ senderId: senderOf(at + 1), content: `${at + 1}` }));

describe("Somebody whom you blocked", () => {
  it("is not heard in a group, before and after; the numbers of the others stay", async () => {
    const said = [EMILY, TROLL, EMILY].map((senderId) => ({ senderId, content: `by ${senderId}` }));
    const { server, room } = await group({ messages: said });
    expect(numbers(room)).toEqual([1, 3]);
    server.says(TROLL, "hey");
    server.says(EMILY, "안녕");
    await expect.poll(() => words(room)).toEqual(["by 2", "by 2", "안녕"]);
    expect(numbers(room)).toEqual([1, 3, 5]);
    expect(room.getSnapshot().you?.blockedUserIds).toEqual([TROLL]);
  });

  it("is heard in a room of two: what was said there stays to be read", async () => {
    const { room } = await group({ roomType: "DIRECT", messages: [{ senderId: TROLL, content: "before" }] });
    expect(words(room)).toEqual(["before"]);
  });

  it("goes and comes with block and unblock, at once", async () => {
    const { client, room } = await group({ messages: [{ senderId: EMILY, content: "hello" }] });
    await client.block(EMILY);
    await expect.poll(() => words(room)).toEqual([]);
    await client.unblock(EMILY);
    await expect.poll(() => words(room)).toEqual(["hello"]);
    expect(room.getSnapshot().you?.blockedUserIds).toEqual([TROLL]);
  });

  it("does not keep older pages from being loaded, whole pages of theirs too", async () => {
    const { room } = await group({ messages: lines(200, (number) => (number > 2 && number < 170 ? TROLL : EMILY)) });
    expect(numbers(room).at(0)).toBe(170);
    await room.loadOlder(100);
    expect(numbers(room).at(0)).toBe(170);
    expect(room.getSnapshot().hasOlder).toBe(true);
    await room.loadOlder(100);
    expect(numbers(room).slice(0, 3)).toEqual([1, 2, 170]);
    expect(room.getSnapshot().hasOlder).toBe(false);
  });

  it("is nothing to jump to: a reply that quotes them leads nowhere, one that quotes others does", async () => {
    const { room } = await group({ messages: lines(120, (number) => (number === 5 ? TROLL : EMILY)) });
    expect(await room.loadBackTo(5)).toBe(false);
    expect(await room.loadBackTo(4)).toBe(true);
    expect(numbers(room)).not.toContain(5);
  });

  it("leaves nothing unread: what is hidden behind the last message read is read with it", async () => {
    const said = [EMILY, TROLL, TROLL, EMILY].map((senderId) => ({ senderId, content: "…" }));
    const { server, client, room } = await group({ messages: said });
    const read = () => room.getSnapshot().you?.lastReadMessageId;
    room.markRead(1);
    expect(read()).toBe(3);
    room.markRead(4);
    server.says(TROLL, "hey");
    await expect.poll(read).toBe(5);
    await client.roomList.reload();
    expect(client.roomList.getSnapshot().rooms).toMatchObject([{ unread: 0 }]);
    server.says(EMILY, "seen?");
    await expect.poll(() => numbers(room)).toContain(6);
    expect(read()).toBe(5);
  });

  it("is hidden from the first moment of a page that has only what the device keeps", async () => {
    const storage = memoryStorage();
    const server = scriptedRoom({ people: [MINJI, EMILY, TROLL], messages: lines(4, (number) => (number % 2) + 2) });
    server.blocks(MINJI, TROLL);
    const first = enter(server, storage);
    await first.room.whenLive();
    first.client.close();
    server.answerUpgrades("unauthorized");
    const { room } = enter(server, storage);
    const shown: number[][] = [];
    room.subscribe(() => shown.push(room.getSnapshot().messages.map(({ senderId }) => senderId)));
    await expect.poll(() => shown.flat()).toContain(EMILY);
    expect(shown.flat()).not.toContain(TROLL);
  });
});
