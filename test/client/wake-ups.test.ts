import { describe, expect, it, onTestFinished, vi } from "vitest";
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
