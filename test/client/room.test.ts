import { describe, expect, it, vi } from "vitest";
import type { RoomServerFrame } from "../../schema/protocol/room/server-frames.ts";
import { createClient, type DebugEvent, type RoomConnection, StudyMateError } from "../../src/client/index.ts";
import { FakeSocket } from "./support/fake-socket.ts";
import { scriptedRoom } from "./support/scripted-room.ts";

const refused = (ref: unknown, code: "rate_limited" | "forbidden" | "conflict", more = {}): RoomServerFrame => ({
  type: "error",
  ref: Number(ref),
  code,
  message: code,
  retryable: code === "rate_limited",
  ...more,
});
const acked = (ref: unknown, fields: object): RoomServerFrame => ({ type: "ack", ref: Number(ref), ...fields });
const sends = (socket: FakeSocket) => socket.all("message.send");
const contents = (socket: FakeSocket) => sends(socket).map((frame) => frame.content);

function ackSend(socket: FakeSocket, id: number): void {
  socket.serve(acked(sends(socket).at(-1)?.ref, { id, createdAt: "2026-11-22T09:30:00.000Z", duplicate: false }));
}

describe("Connecting", () => {
  it("offers the encoding and the token as subprotocols, never in the URL", async () => {
    const { wire, settle } = scriptedRoom();
    await settle();
    expect(wire.last.url).toBe("wss://studymate.example/v1/rooms/7/socket");
    expect(wire.last.protocols).toEqual(["studymate.v1.json", "bearer.token"]);
    expect(wire.last.binaryType).toBe("arraybuffer");
  });

  it("goes from connecting over syncing to live, with the newest page", async () => {
    const { room, wire, welcome, settle } = scriptedRoom({ messages: 60, accepts: false });
    const states: string[] = [room.getSnapshot().status.state];
    room.subscribe(() => states.push(room.getSnapshot().status.state));
    const live = room.whenLive();
    await settle();
    welcome(wire.last);
    await live;
    expect([...new Set(states)]).toEqual(["connecting", "syncing", "live"]);
    expect(room.getSnapshot().messages.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, at) => at + 11));
    expect(room.getSnapshot().hasOlder).toBe(true);
  });

  it("is one connection per room, until it is closed", async () => {
    const { client, room } = scriptedRoom();
    expect(client.room(7)).toBe(room);
    room.close();
    expect(client.room(7)).not.toBe(room);
  });

  it("gives the same snapshot until something changes", async () => {
    const { room, server, wire, settle } = scriptedRoom({ messages: 2 });
    await settle();
    const before = room.getSnapshot();
    expect(room.getSnapshot()).toBe(before);
    wire.last.serve({ type: "typing", userId: 2, until: new Date(Date.now() + 10_000).toISOString() });
    expect(room.getSnapshot()).not.toBe(before);
    expect(room.getSnapshot().messages).toBe(before.messages);
    wire.last.serve(server.send(2, "셋"));
    expect(room.getSnapshot().messages).toHaveLength(3);
  });

  it("echoes a probe, also out of a batch", async () => {
    const { wire, settle } = scriptedRoom();
    await settle();
    wire.last.serve({ type: "probe", n: 1 }, { type: "batch", frames: [{ type: "probe", n: 2 }] });
    expect(wire.last.all("probe")).toEqual([
      { type: "probe", n: 1 },
      { type: "probe", n: 2 },
    ]);
  });
});

describe("A newer server", () => {
  it("may send frames that this client does not know", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 1 });
    await settle();
    const before = room.getSnapshot();
    wire.last.serveText(JSON.stringify({ type: "weather.changed", rain: true }));
    expect(room.getSnapshot()).toEqual(before);
  });
});

describe("Losing the connection", () => {
  it("reconnects, syncs from the old position, and has what was missed", async () => {
    const { room, server, wire, settle } = scriptedRoom({ messages: 2 });
    await settle();
    wire.last.drop();
    expect(room.getSnapshot().status).toMatchObject({ state: "offline", reason: "network" });
    server.send(2, "놓친 말");
    server.does(2, { do: "edit", id: 1 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(wire.last.all("sync")).toEqual([{ type: "sync", ref: "sync", messageId: 2, rev: 0, epoch: 1 }]);
    expect(room.getSnapshot().status.state).toBe("live");
    expect(room.getSnapshot().messages).toEqual(server.messages);
  });

  it("syncs after a gap without reconnecting", async () => {
    const { room, server, wire, settle } = scriptedRoom({ messages: 1 });
    await settle();
    server.send(2, "lost on the way");
    wire.last.serve(server.send(2, "셋"));
    await settle();
    expect(wire.sockets).toHaveLength(1);
    expect(room.getSnapshot().messages.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it("starts over with a new welcome and the newest page after a reset", async () => {
    const { room, server, wire, settle } = scriptedRoom({ messages: 3 });
    await settle();
    server.epoch = 2;
    server.messages.splice(1);
    wire.last.serve({ type: "sync.completed", epoch: 2, messageId: 1, rev: 0, reset: true });
    await settle();
    expect(wire.sockets).toHaveLength(2);
    expect(room.getSnapshot().status.state).toBe("live");
    expect(room.getSnapshot().messages).toEqual(server.messages);
  });

  it("loads the newest page after a start over, also while an older page was on its way", async () => {
    const { room, server, wire, settle } = scriptedRoom({ messages: 80 });
    await settle();
    wire.last.onFrame = () => {};
    room.loadOlder();
    server.epoch = 2;
    server.send(2, "after the restore");
    wire.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(room.getSnapshot().messages).toHaveLength(50);
    expect(room.getSnapshot().messages.at(-1)?.content).toBe("after the restore");
    expect(room.getSnapshot()).toMatchObject({ status: { state: "live" }, isLoadingOlder: false });
  });

  it("waits longer after each failure, with jitter", async () => {
    const { room, wire, settle } = scriptedRoom({ accepts: false, fetch: () => Promise.reject(new Error("offline")) });
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      await settle();
      wire.last.drop();
      await settle();
      const waitMs = (room.getSnapshot().status.retryAt ?? 0) - Date.now();
      waits.push(waitMs);
      await vi.advanceTimersByTimeAsync(waitMs);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 7_500, 7_500, 7_500, 7_500]);
  });

  it("finds a socket that carries nothing within 30 seconds", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(wire.last.pings).toBe(1);
    wire.last.serveText("pong");
    await vi.advanceTimersByTimeAsync(29_000);
    expect(room.getSnapshot().status.state).toBe("live");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(room.getSnapshot().status).toMatchObject({ state: "offline", reason: "silent" });
  });

  it("gives a silent socket up also where the clock was set back", async () => {
    const { room, settle } = scriptedRoom();
    await settle();
    await vi.advanceTimersByTimeAsync(11_000);
    vi.setSystemTime(Date.now() - 86_400_000);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(room.getSnapshot().status).toMatchObject({ state: "offline", reason: "silent" });
  });

  it("reconnects at once when asked to", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    wire.last.drop();
    room.reconnect();
    await settle();
    expect(room.getSnapshot().status.state).toBe("live");
  });
});

describe("Being refused", () => {
  it.each([
    [4400, "protocolViolation"],
    [4403, "removed"],
    [4404, "gone"],
    [4408, "superseded"],
    [4409, "tooManySockets"],
    [4413, "frameTooLarge"],
  ])("ends for good with close code %i", async (code, reason) => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    wire.last.drop(code);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.getSnapshot().status).toEqual({ state: "denied", reason, retryAt: null });
    expect(wire.sockets).toHaveLength(1);
  });

  it.each([1001, 1006, 1011, 1005, 4429])("comes back after close code %i", async (code) => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    wire.last.drop(code);
    expect(room.getSnapshot().status.state).toBe("offline");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(room.getSnapshot().status.state).toBe("live");
  });

  it("comes back with a new token after 4401", async () => {
    const needs: string[] = [];
    const token = vi.fn((need: string) => {
      needs.push(need);
      return `token${needs.length}`;
    });
    const { wire, settle } = scriptedRoom({ token });
    await settle();
    wire.last.drop(4401);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(needs).toEqual(["connect", "refused"]);
    expect(wire.last.token).toBe("token2");
  });

  const answers = (status: number, code: string) => () =>
    Promise.resolve(
      new Response(JSON.stringify({ code, title: code, requestId: "r" }), {
        status,
        headers: { "content-type": "application/problem+json" },
      }),
    );

  it.each([
    [403, "forbidden"],
    [404, "not_found"],
  ])("learns from HTTP %i why an upgrade failed, and stays away", async (status, code) => {
    const { room, wire, settle } = scriptedRoom({ accepts: false, fetch: answers(status, code) });
    const live = room.whenLive();
    live.catch(() => {});
    await settle();
    wire.last.drop();
    await expect(live).rejects.toMatchObject({ code });
    expect(room.getSnapshot().status).toMatchObject({ state: "denied", reason: code });
  });

  it("asks once for another token when HTTP says 401, then stays away", async () => {
    const token = vi.fn((need: string) => need);
    const { room, wire, settle } = scriptedRoom({ accepts: false, token, fetch: answers(401, "unauthorized") });
    await settle();
    wire.last.drop();
    await settle();
    expect(wire.last.token).toBe("refused");
    wire.last.drop();
    await settle();
    expect(room.getSnapshot().status).toMatchObject({ state: "denied", reason: "unauthorized" });
  });

  it("stays away when there is no token to be had", async () => {
    const { room, settle } = scriptedRoom({
      token: () => Promise.reject(new StudyMateError("unauthorized", "signed out")),
    });
    await settle();
    expect(room.getSnapshot().status).toMatchObject({ state: "denied", reason: "unauthorized" });
  });

  it("sends a fresh token in band a minute before the old one ends", async () => {
    const jwt = (seconds: number) => `h.${btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + seconds }))}.s`;
    let current = "";
    const { wire, settle } = scriptedRoom({ token: (need) => (need === "expiring" ? jwt(600) : current) });
    current = jwt(300);
    await settle();
    await vi.advanceTimersByTimeAsync(238_000);
    expect(wire.last.all("auth.refresh")).toEqual([]);
    wire.last.serveText("pong");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(wire.last.all("auth.refresh")).toHaveLength(1);
  });

  it("asks for fresh tokens with pauses, also by a clock that is ahead of the server's", async () => {
    let count = 0;
    const token = () => {
      count += 1;
      return `h.${btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) - 60, count }))}.s`;
    };
    const { wire, settle } = scriptedRoom({ token });
    await settle();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(wire.last.all("auth.refresh")).toHaveLength(1);
    wire.last.serveText("pong");
    await vi.advanceTimersByTimeAsync(16_000);
    expect(wire.last.all("auth.refresh")).toHaveLength(2);
  });

  it("stays away where no socket can be made with the token", async () => {
    const picky = createClient({
      baseUrl: "https://studymate.example",
      token: () => "not a subprotocol",
      WebSocket: class extends FakeSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          throw new SyntaxError("invalid subprotocol");
        }
      },
    });
    await expect(picky.room(7).whenLive()).rejects.toMatchObject({ code: "unauthorized" });
    picky.close();
  });
});

describe("Sending", () => {
  it.each([
    ["half an emoji", "\u{1F600}".slice(0, 1), "invalid_frame"],
    ["what no frame can hold", "가".repeat(30_000), "too_large"],
  ])("refuses %s before it leaves, and lets the next one pass", async (_, content, code) => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    const sent = room.send(content);
    room.send("다음 말");
    await expect(sent).rejects.toMatchObject({ code });
    expect(contents(wire.last)).toEqual(["다음 말"]);
    expect(room.getSnapshot()).toMatchObject({ status: { state: "live" }, outbox: [{ state: "failed" }, {}] });
    await expect(room.correct(1, content)).rejects.toMatchObject({ code });
  });

  it("forgets a message at once that turns out to be an old one, not shown here", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 80 });
    await settle();
    room.send("먼저 보낸 말", { clientId: "one" });
    wire.last.serve(acked(sends(wire.last).at(-1)?.ref, { id: 3, createdAt: "", duplicate: true }));
    await settle();
    expect(room.getSnapshot().outbox).toEqual([]);
  });

  it("shows a message at once, and once only when it has arrived", async () => {
    const { room, server, wire, settle } = scriptedRoom();
    await settle();
    const sent = room.send("안녕하세요", { clientId: "one" });
    expect(room.getSnapshot().outbox).toMatchObject([{ clientId: "one", content: "안녕하세요", state: "sending" }]);
    ackSend(wire.last, 1);
    await expect(sent).resolves.toEqual({ id: 1, createdAt: "2026-11-22T09:30:00.000Z", duplicate: false });
    expect(room.getSnapshot().outbox).toMatchObject([{ state: "sent" }]);
    wire.last.serve(server.send(1, "안녕하세요", { clientId: "one" }));
    expect(room.getSnapshot()).toMatchObject({ outbox: [], messages: [{ id: 1 }] });
  });

  it("shows it once where the event comes before the ack", async () => {
    const { room, server, wire, settle } = scriptedRoom();
    await settle();
    room.send("hello", { clientId: "one" });
    wire.last.serve(server.send(1, "hello", { clientId: "one" }));
    expect(room.getSnapshot()).toMatchObject({ outbox: [], messages: [{ id: 1 }] });
    ackSend(wire.last, 1);
    await settle();
    expect(room.getSnapshot().outbox).toEqual([]);
  });

  it("keeps the order: the next one leaves when the one before is stored", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    room.send("one");
    room.send("two");
    expect(contents(wire.last)).toEqual(["one"]);
    ackSend(wire.last, 1);
    await settle();
    expect(contents(wire.last)).toEqual(["one", "two"]);
  });

  it("sends again with the same clientId until it is acknowledged, whatever the connection does", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    const sent = room.send("끝까지");
    const clientIds = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      expect(contents(wire.last)).toEqual(["끝까지"]);
      for (const frame of sends(wire.last)) clientIds.add(frame.clientId);
      wire.last.drop();
      await vi.advanceTimersByTimeAsync(10_000);
    }
    ackSend(wire.last, 1);
    await expect(sent).resolves.toMatchObject({ id: 1 });
    expect(clientIds.size).toBe(1);
  });

  it("keeps what is written offline, and sends it in order afterwards", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    wire.last.drop();
    for (const text of ["하나", "둘", "셋"]) room.send(text);
    expect(room.getSnapshot().outbox).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1_000);
    for (const id of [1, 2, 3]) {
      ackSend(wire.last, id);
      await settle();
    }
    expect(contents(wire.last)).toEqual(["하나", "둘", "셋"]);
  });

  it("reconnects when an answer does not come, and sends again", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    room.send("hello?");
    const first = wire.last;
    for (let second = 0; second < 16; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      first.serveText("pong");
    }
    expect(wire.sockets).toHaveLength(2);
    expect(contents(wire.last)).toEqual(["hello?"]);
  });

  it("waits as long as a rate limit asks, then goes on", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    room.send("too fast");
    wire.last.serve(refused(sends(wire.last)[0]?.ref, "rate_limited", { retryAfterMs: 2_000 }));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(sends(wire.last)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sends(wire.last)).toHaveLength(2);
    expect(room.getSnapshot().outbox).toMatchObject([{ state: "sending" }]);
  });

  it("fails where the server refuses for good, lets the next one pass, and can be tried again", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    const failing = room.send("refused", { clientId: "a" });
    room.send("next", { clientId: "b" });
    wire.last.serve(refused(sends(wire.last)[0]?.ref, "conflict"));
    await expect(failing).rejects.toMatchObject({ code: "conflict", retryable: false });
    expect(room.getSnapshot().outbox).toMatchObject([
      { state: "failed", error: { code: "conflict" } },
      { state: "sending" },
    ]);
    const again = room.retry("a");
    ackSend(wire.last, 1);
    await settle();
    ackSend(wire.last, 2);
    await expect(again).resolves.toMatchObject({ id: 2 });
    expect(sends(wire.last).map(({ clientId }) => clientId)).toEqual(["a", "b", "a"]);
  });

  it("takes back what has failed or not left, but not what is on its way", async () => {
    const { room, settle } = scriptedRoom();
    await settle();
    room.send("on its way", { clientId: "a" });
    const waiting = room.send("waiting", { clientId: "b" });
    expect(room.cancel("a")).toBe(false);
    expect(room.cancel("b")).toBe(true);
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    expect(room.getSnapshot().outbox).toMatchObject([{ clientId: "a" }]);
  });

  it("gives the same promise for a clientId that is already on its way", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    expect(room.send("one", { clientId: "a" })).toBe(room.send("one", { clientId: "a" }));
    expect(sends(wire.last)).toHaveLength(1);
  });

  it("rejects what is unanswered, and what comes after, when the room is taken away", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    const sent = room.send("too late");
    wire.last.drop(4403);
    await expect(sent).rejects.toMatchObject({ code: "forbidden" });
    await expect(room.edit(1, "later still")).rejects.toMatchObject({ code: "forbidden" });
  });

  it("sends a failed message after all, once the room may be entered again", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    wire.last.drop(4403);
    await expect(room.send("wait for me", { clientId: "a" })).rejects.toThrow();
    room.reconnect();
    await settle();
    room.retry("a");
    expect(contents(wire.last)).toEqual(["wait for me"]);
  });

  it("rejects with the code `closed` what is unanswered when the room is closed, and stays closed", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    const sent = room.send("too late");
    room.close();
    await expect(sent).rejects.toMatchObject({ code: "closed" });
    room.reconnect();
    await settle();
    expect(wire.sockets).toHaveLength(1);
  });
});

describe("Commands", () => {
  it("resolve with the ack, and reject with the refusal", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 2 });
    await settle();
    const edit = room.edit(1, "not mine");
    const react = room.react(2, "👏");
    wire.last.serve(refused(wire.last.all("message.edit")[0]?.ref, "forbidden"));
    wire.last.serve(acked(wire.last.all("reaction.add")[0]?.ref, { rev: 1 }));
    await expect(edit).rejects.toMatchObject({ code: "forbidden" });
    await expect(react).resolves.toBeUndefined();
  });

  it("are sent again after a reconnect", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 2 });
    await settle();
    const correction = room.correct(1, "더 자연스러운 말", "왜냐하면");
    wire.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    const [again] = wire.last.all("message.correct");
    expect(again).toMatchObject({ id: 1, corrected: "더 자연스러운 말", note: "왜냐하면" });
    wire.last.serve(acked(again?.ref, { rev: 1 }));
    await expect(correction).resolves.toBeUndefined();
  });

  it("about one message arrive in the order they were given, whatever is refused for a while", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 2 });
    await settle();
    const edits = [room.edit(1, "A"), room.edit(1, "B")];
    const other = room.edit(2, "C");
    const edited = () => wire.last.all("message.edit").map(({ content }) => content);
    expect(edited()).toEqual(["A", "C"]);
    wire.last.serve(refused(wire.last.all("message.edit")[0]?.ref, "rate_limited", { retryAfterMs: 1_000 }));
    wire.last.serve(acked(wire.last.all("message.edit")[1]?.ref, { rev: 1 }));
    await other;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(edited()).toEqual(["A", "C", "A"]);
    wire.last.serve(acked(wire.last.all("message.edit")[2]?.ref, { rev: 2 }));
    expect(edited()).toEqual(["A", "C", "A", "B"]);
    wire.last.serve(acked(wire.last.all("message.edit")[3]?.ref, { rev: 3 }));
    await Promise.all(edits);
  });

  it("about one message keep their order over an outage", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 1 });
    await settle();
    const first = room.edit(1, "A");
    wire.last.drop();
    const second = room.edit(1, "B");
    await vi.advanceTimersByTimeAsync(1_000);
    const edited = () => wire.last.all("message.edit");
    expect(edited().map(({ content }) => content)).toEqual(["A"]);
    wire.last.serve(acked(edited()[0]?.ref, { rev: 1 }));
    await first;
    expect(edited().map(({ content }) => content)).toEqual(["A", "B"]);
    wire.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(edited().map(({ content }) => content)).toEqual(["B"]);
    wire.last.serve(acked(edited()[0]?.ref, { rev: 2 }));
    await second;
  });

  it("load older pages, one at a time, down to the first message", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 120 });
    await settle();
    const loading = room.loadOlder(60);
    expect(room.loadOlder(60)).toBe(loading);
    expect(room.getSnapshot().isLoadingOlder).toBe(true);
    await loading;
    await room.loadOlder();
    expect(room.getSnapshot()).toMatchObject({ hasOlder: false, isLoadingOlder: false });
    expect(room.getSnapshot().messages).toHaveLength(120);
    await room.loadOlder();
    expect(wire.last.all("history")).toHaveLength(3);
  });
});

describe("Loading back", () => {
  const ids = (room: RoomConnection) => room.getSnapshot().messages.map(({ id }) => id);

  it("goes as far as the message, in large pages and without a hole", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 480 });
    const before = room.loadBackTo(205);
    await settle();
    await expect(before).resolves.toBe(true);
    expect(ids(room)).toEqual(Array.from({ length: 350 }, (_, at) => at + 131));
    expect(wire.last.all("history").map(({ limit }) => limit)).toEqual([50, 100, 100, 100]);
    await expect(room.loadBackTo(300)).resolves.toBe(true);
    expect(wire.last.all("history")).toHaveLength(4);
  });

  it.each([0, 61, 999])("knows that there is no message %i", async (id) => {
    const { room, settle } = scriptedRoom({ messages: 60 });
    await settle();
    await expect(room.loadBackTo(id)).resolves.toBe(false);
  });

  it("goes on over a lost connection", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 300 });
    await settle();
    const loading = room.loadBackTo(1);
    wire.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(loading).resolves.toBe(true);
    expect(ids(room)).toHaveLength(300);
  });

  it("fails with the reason where the room is taken away", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 300 });
    await settle();
    const loading = room.loadBackTo(1);
    wire.last.drop(4403);
    await expect(loading).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("A room that is open for days", () => {
  it("holds the newest few thousand messages, and what somebody has loaded", async () => {
    const { room, server, wire, settle } = scriptedRoom({ messages: 60 });
    await settle();
    const pour = (count: number) => {
      const frames = Array.from({ length: count }, () => server.send(2, "비"));
      for (let at = 0; at < count; at += 100) wire.last.serve({ type: "batch", frames: frames.slice(at, at + 100) });
    };
    pour(6_000);
    const { messages, hasOlder } = room.getSnapshot();
    expect(messages.length).toBeGreaterThanOrEqual(2_000);
    expect(messages.length).toBeLessThanOrEqual(2_500);
    expect(messages.at(-1)?.id).toBe(6_060);
    expect(hasOlder).toBe(true);
    await room.loadBackTo(2_000);
    const loaded = room.getSnapshot().messages.length;
    pour(2_000);
    expect(room.getSnapshot().messages.length).toBeGreaterThanOrEqual(loaded);
    expect(room.getSnapshot().messages.length).toBeLessThanOrEqual(loaded + 500);
    await room.loadBackTo(1);
    expect(room.getSnapshot().messages).toEqual(server.messages);
  });
});

describe("What `debug` is told", () => {
  it("names statuses, frames, retries and errors, never what was written or a token", async () => {
    const events: DebugEvent[] = [];
    const { room, server, wire, settle } = scriptedRoom({
      messages: 2,
      token: () => "TOP.SECRET.TOKEN",
      debug: (event) => events.push(event),
    });
    await settle();
    room.send("비밀 이야기").catch(() => {});
    wire.last.serve(refused(sends(wire.last)[0]?.ref, "rate_limited", { retryAfterMs: 700, message: "비밀 이야기" }));
    await vi.advanceTimersByTimeAsync(700);
    wire.last.serve(refused(sends(wire.last)[1]?.ref, "conflict"), server.send(2, "비밀 이야기"));
    wire.last.drop(4401);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events).toContainEqual({ event: "status", roomId: 7, detail: "offline", reason: "tokenEnded" });
    expect(events).toContainEqual({ event: "frame", roomId: 7, detail: "message.created" });
    expect(events).toContainEqual({ event: "error", roomId: 7, detail: "conflict" });
    expect(events).toContainEqual({ event: "retry", roomId: 7, detail: "message.send", waitMs: 700 });
    expect(events).toContainEqual({ event: "retry", roomId: 7, detail: "connection", waitMs: expect.any(Number) });
    expect(JSON.stringify(events)).not.toMatch(/비밀|문장|TOP|SECRET/);
  });

  it("may throw without harm", async () => {
    const { room, settle } = scriptedRoom({
      messages: 1,
      debug: () => {
        throw new Error("a log that fails");
      },
    });
    await settle();
    expect(room.getSnapshot().status.state).toBe("live");
  });
});

describe("Read markers and typing", () => {
  it("send the furthest marker only, and never one that is behind or beyond", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 5 });
    await settle();
    for (const id of [1, 2, 4, 3, 9]) room.markRead(id);
    await vi.advanceTimersByTimeAsync(500);
    expect(wire.last.all("read").map(({ id }) => id)).toEqual([1, 4]);
    expect(room.getSnapshot().you?.lastReadMessageId).toBe(4);
  });

  it("say a marker again that was lost with a connection", async () => {
    const { room, wire, settle } = scriptedRoom({ messages: 5 });
    await settle();
    room.markRead(5);
    wire.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(wire.last.all("read").map(({ id }) => id)).toEqual([5]);
  });

  it("repeat typing every five seconds at most, and end it once", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    for (let second = 0; second < 6; second += 1) {
      room.typing(true);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    room.typing(false);
    room.typing(false);
    expect(wire.last.all("typing").map(({ active }) => active)).toEqual([true, true, false]);
  });

  it("forget who types when the time is over, by the server's clock, and never show you", async () => {
    const { room, wire, settle } = scriptedRoom();
    await settle();
    const until = new Date(Date.now() + 10_000).toISOString();
    wire.last.serve({ type: "typing", userId: 1, until }, { type: "typing", userId: 2, until });
    expect(room.getSnapshot().typing).toEqual([2]);
    const changed = vi.fn();
    room.subscribe(changed);
    await vi.advanceTimersByTimeAsync(10_001);
    expect(changed).toHaveBeenCalled();
    expect(room.getSnapshot().typing).toEqual([]);
  });
});
