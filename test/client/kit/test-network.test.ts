import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createClient } from "../../../src/client/index.ts";
import { scriptedRoom, testNetwork } from "../../../src/client/testing/index.ts";

/** Emily is in the room without a network between; Minji has the one under test. */
async function throughNetwork({ encoding = "msgpack" as "json" | "msgpack", messages = 0 } = {}) {
  vi.useFakeTimers();
  const server = scriptedRoom({
    messages: Array.from({ length: messages }, (_, at) => ({ senderId: 2, content: `문장 ${at + 1}` })),
  });
  const network = testNetwork({ WebSocket: server.WebSocket, fetch: server.fetch });
  const { WebSocket, fetch } = network;
  const { baseUrl } = server;
  const client = createClient({ baseUrl, WebSocket, fetch, encoding, token: () => server.token(1), random: () => 0.5 });
  onTestFinished(() => {
    client.close();
    vi.useRealTimers();
  });
  const room = client.room(server.id);
  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
  await settle();
  await room.whenLive();
  const shown = () => room.getSnapshot().messages.map(({ content }) => content);
  return { server, network, client, room, settle, shown };
}

describe.each(["json", "msgpack"] as const)("A test network (%s)", (encoding) => {
  it("without faults changes nothing, and logs every frame both ways", async () => {
    const { server, network, room, settle } = await throughNetwork({ encoding });
    room.send("안녕하세요!");
    await settle();
    expect(room.getSnapshot().messages).toEqual(server.messages);
    const log = network.log.map(({ direction, type, fate }) => `${direction} ${type} ${fate}`);
    expect(log.filter((line) => line.includes("message."))).toEqual([
      "toServer message.send carried",
      "toClient message.created carried",
    ]);
    expect(network.log[0]).toMatchObject({
      socket: 1,
      direction: "toClient",
      type: "welcome",
      frame: { messageId: 0 },
    });
  });

  it("cut: ends sockets with 1006, and lets no new one through until it is restored", async () => {
    const { server, network, client, room, settle, shown } = await throughNetwork({ encoding });
    network.cut();
    expect(room.getSnapshot().status).toMatchObject({ state: "offline", reason: "network" });
    expect(server.socketCount).toBe(0);
    room.send("나중에");
    server.says(2, "놓친 말");
    await settle(20_000);
    expect(network.opened).toBeGreaterThan(2);
    expect(room.getSnapshot().status.state).not.toBe("live");
    await expect(client.rooms()).rejects.toMatchObject({ code: "network" });
    network.restore();
    await settle(20_000);
    expect(shown()).toEqual(["놓친 말", "나중에"]);
  });

  it("refuse: fails new sockets only", async () => {
    const { server, network, room, settle, shown } = await throughNetwork({ encoding });
    network.refuse();
    server.says(2, "아직 들려요");
    await settle();
    expect(shown()).toEqual(["아직 들려요"]);
    server.drop();
    await settle(5_000);
    expect(room.getSnapshot().status.state).not.toBe("live");
    network.restore();
    await settle(10_000);
    expect(room.getSnapshot().status.state).toBe("live");
  });

  it("delay: each way takes its time, and nothing overtakes", async () => {
    const { server, network, room, settle, shown } = await throughNetwork({ encoding });
    network.delay({ toServerMs: 300, toClientMs: 200 });
    room.send("천천히");
    await settle(299);
    expect(server.messages).toHaveLength(0);
    await settle(1);
    expect(server.messages).toHaveLength(1);
    expect(shown()).toEqual([]);
    server.says(2, "둘");
    network.delay({ toClientMs: 50 });
    server.says(2, "셋");
    await settle(49);
    expect(shown()).toEqual([]);
    await settle(1);
    expect(shown()).toEqual(["천천히", "둘", "셋"]);
  });

  it("delay: flush brings at once what is on its way", async () => {
    const { server, network, settle, shown } = await throughNetwork({ encoding });
    network.delay({ toClientMs: 60_000 });
    server.says(2, "하나");
    await settle();
    expect(shown()).toEqual([]);
    network.flush();
    expect(shown()).toEqual(["하나"]);
  });

  it("half open: looks open, carries nothing, and is found by the heartbeat", async () => {
    const { server, network, room, settle, shown } = await throughNetwork({ encoding });
    network.halfOpen();
    server.says(2, "놓친 말");
    await settle(5_000);
    expect(room.getSnapshot().status.state).toBe("live");
    expect(shown()).toEqual([]);
    await settle(40_000);
    expect(room.getSnapshot().status).toMatchObject({ state: expect.stringMatching(/offline|connecting/) });
    network.restore();
    await settle(30_000);
    expect(shown()).toEqual(["놓친 말"]);
  });

  it("half open to the client: the server hears, the client does not", async () => {
    const { server, network, room, settle } = await throughNetwork({ encoding });
    network.halfOpen("toClient");
    const sent = room.send("들려요?");
    await settle();
    expect(server.messages).toHaveLength(1);
    expect(room.getSnapshot().outbox).toMatchObject([{ state: "sending" }]);
    network.restore();
    await settle(10_000);
    expect(await sent).toMatchObject({ id: 1, duplicate: true });
    expect(server.messages).toHaveLength(1);
  });

  it("duplicate: a frame arrives twice, either way", async () => {
    const { server, network, room, settle, shown } = await throughNetwork({ encoding });
    network.duplicate({ types: ["message.created"] });
    network.duplicate({ direction: "toServer", types: ["message.send"] });
    room.send("한 번만");
    await settle();
    expect(server.received.filter(({ frame }) => frame.type === "message.send")).toHaveLength(2);
    expect(server.messages).toHaveLength(1);
    expect(shown()).toEqual(["한 번만"]);
    expect(network.log.filter(({ fate }) => fate === "duplicated")).toHaveLength(2);
  });

  it("reorder: frames are swapped, also inside of a batch, and the client takes the order from the numbers", async () => {
    const { server, network, settle, shown } = await throughNetwork({ encoding });
    network.reorder();
    server.says(2, "하나");
    expect(shown()).toEqual([]);
    server.says(2, "둘");
    await settle();
    expect(shown()).toEqual(["하나", "둘"]);
    network.reorder({ types: ["typing"] });
    const typing = (userId: number) => ({ type: "typing" as const, userId, until: null });
    server.sends({ type: "batch", frames: [typing(1), typing(2), typing(3)] });
    expect(network.log.filter(({ type }) => type === "typing").map(({ frame, fate }) => [frame.userId, fate])).toEqual([
      [1, "reordered"],
      [2, "carried"],
      [3, "carried"],
    ]);
  });

  it("reorder: what no frame follows waits for flush", async () => {
    const { server, network, settle, shown } = await throughNetwork({ encoding });
    network.reorder();
    server.says(2, "하나");
    await settle(1_000);
    expect(shown()).toEqual([]);
    network.flush();
    expect(shown()).toEqual(["하나"]);
  });

  it("drop: loses the next frames of a type, which the client notices by the gap", async () => {
    const { server, network, settle, shown } = await throughNetwork({ encoding });
    network.dropNext(2, "toClient", { types: ["message.created"] });
    for (const content of ["하나", "둘"]) server.says(2, content);
    await settle();
    expect(shown()).toEqual([]);
    server.says(2, "셋");
    await settle();
    expect(shown()).toEqual(["하나", "둘", "셋"]);
    expect(network.log.map(({ type, fate }) => `${type} ${fate}`)).toContain("message.created dropped");
    expect(network.opened).toBe(1);
  });

  it("loses heartbeats only where they are named", async () => {
    const { network, room, settle } = await throughNetwork({ encoding });
    network.dropNext(1_000, "toClient");
    await settle(35_000);
    expect(room.getSnapshot().status.state).toBe("live");
    network.dropNext(1_000, "toClient", { types: ["pong"] });
    await settle(35_000);
    expect(network.opened).toBeGreaterThan(1);
  });
});

describe("Waiting on a test network", () => {
  it("gives each frame out once, and tells what came instead", async () => {
    const { server, network } = await throughNetwork();
    server.says(2, "하나");
    expect(await network.waitFor("message.created", { direction: "toClient" })).toMatchObject({ fate: "carried" });
    vi.useRealTimers();
    await expect(network.waitFor("message.created", { timeoutMs: 10 })).rejects.toThrow(
      /No "message.created" came within 10 ms\. Came, and not waited for.*"welcome"/s,
    );
  });
});
