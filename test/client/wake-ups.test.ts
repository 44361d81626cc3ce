import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Heartbeat } from "../../src/client/heartbeat.ts";
import { scriptedRoom } from "./support/scripted-room.ts";

/** A page around the client, as far as the client looks at one. */
function openPage() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("window", window);
  vi.stubGlobal("document", document);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return { window, document };
}

describe("In a page", () => {
  it("a lost network is shown at once, and a found one ends the waiting", async () => {
    const { window } = openPage();
    const { room, settle } = scriptedRoom();
    await settle();
    window.dispatchEvent(new Event("offline"));
    expect(room.getSnapshot().status).toMatchObject({ state: "offline", reason: "network" });
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(room.getSnapshot().status.state).toBe("live");
  });

  it("a tab that is looked at again keeps a socket that answers, and leaves one that does not within 4 seconds", async () => {
    const { document } = openPage();
    const { room, wire, settle } = scriptedRoom();
    await settle();
    document.dispatchEvent(new Event("visibilitychange"));
    expect(wire.last.pings).toBe(1);
    wire.last.serveText("pong");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(room.getSnapshot().status.state).toBe("live");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(room.getSnapshot().status).toMatchObject({ state: "offline", reason: "silent" });
  });

  it.each(["pageshow", "resume"])("one that was put away asks at once when it is back (%s)", async (type) => {
    const { window, document } = openPage();
    const { room, wire, server, settle } = scriptedRoom({ messages: 1 });
    await settle();
    document.dispatchEvent(new Event("freeze"));
    window.dispatchEvent(new Event("pagehide"));
    // Nothing ran meanwhile, and the connection is gone without a word.
    vi.setSystemTime(Date.now() + 3_600_000);
    server.send(2, "missed");
    wire.last.onFrame = () => {};
    (type === "pageshow" ? window : document).dispatchEvent(new Event(type));
    expect(wire.last.pings).toBe(1);
    await vi.advanceTimersByTimeAsync(4_500);
    await settle();
    expect(wire.sockets).toHaveLength(2);
    expect(room.getSnapshot()).toMatchObject({ status: { state: "live" }, isStale: false });
    expect(room.getSnapshot().messages.at(-1)?.content).toBe("missed");
  });

  it("that waits for its next try does not wait when it is back", async () => {
    const { window } = openPage();
    const { room, wire, settle } = scriptedRoom({ random: () => 0.99 });
    await settle();
    wire.last.drop(1001);
    expect(room.getSnapshot().status.state).toBe("offline");
    window.dispatchEvent(new Event("pageshow"));
    await settle();
    expect(room.getSnapshot().status.state).toBe("live");
  });

  it("whose timers run once a minute keeps a socket that answers, and finds one that does not at the second turn", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const turns: (() => void)[] = [];
    vi.stubGlobal("setInterval", (turn: () => void) => turns.push(turn));
    onTestFinished(() => {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    });
    const [ping, dead] = [vi.fn(), vi.fn()];
    const heartbeat = new Heartbeat(ping, dead);
    const minute = () => {
      vi.setSystemTime(Date.now() + 60_000);
      for (const turn of turns) turn();
    };
    for (let count = 1; count <= 5; count += 1) {
      minute();
      expect(ping).toHaveBeenCalledTimes(count);
      heartbeat.heard();
    }
    minute();
    expect(dead).not.toHaveBeenCalled();
    minute();
    expect(dead).toHaveBeenCalledTimes(1);
  });

  it("a closed room listens no more", async () => {
    const { window } = openPage();
    const { room, wire, settle } = scriptedRoom();
    await settle();
    room.close();
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(wire.sockets).toHaveLength(1);
  });
});
