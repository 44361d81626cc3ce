/** A listener that throws is the application's fault, and breaks nothing but itself. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { storedTokens } from "../../src/client/index.ts";
import { baseUrl, live, openBrowser, pass, until } from "./support/devices.ts";

/** What the runtime would have been told of, in place of ending the process. */
function uncaught(): unknown[] {
  const errors: unknown[] = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => errors.push(error));
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const other of others) process.on("uncaughtException", other);
  });
  return errors;
}

describe("A listener that throws", () => {
  it("of a room loses no frame, no message and no other listener, and is reported", async () => {
    const errors = uncaught();
    const { server, openTab } = openBrowser();
    const { client } = openTab();
    const room = client.room(7);
    const bug = new Error("a bug of the application");
    room.subscribe(() => {
      throw bug;
    });
    const other = vi.fn();
    room.subscribe(other);
    await live(room);
    const sent = Promise.all([room.send("하나"), room.send("둘")]);
    await until(() => server.said(7).length === 2);
    await expect(sent).resolves.toMatchObject([{ id: 1 }, { id: 2 }]);
    await until(() => room.getSnapshot().outbox.length === 0);
    expect(room.getSnapshot().messages.map(({ content }) => content)).toEqual(["하나", "둘"]);
    expect(other).toHaveBeenCalled();
    expect(new Set(errors)).toEqual(new Set([bug]));
  });

  it("of the list of rooms leaves the rooms alone", async () => {
    const errors = uncaught();
    const { server, openTab } = openBrowser();
    const { client } = openTab({ fetch: async () => Response.json({ items: [], nextCursor: null }) });
    const bug = new Error("a bug of the application");
    client.roomList.subscribe(() => {
      throw bug;
    });
    const room = client.room(7);
    await live(room);
    server.tell(7, server.room(7).send(2, "안녕"));
    await until(() => client.roomList.getSnapshot().rooms?.[0]?.unread === 1);
    expect(room.getSnapshot().messages).toHaveLength(1);
    expect(new Set(errors)).toEqual(new Set([bug]));
  });

  it("of a sign-out does not keep the others from hearing of it", async () => {
    const errors = uncaught();
    const tokens = storedTokens({ baseUrl, key: "listeners", signIn: () => Promise.reject(new Error("nobody")) });
    const told = vi.fn();
    tokens.onSignOut(() => {
      throw new Error("a bug of the application");
    });
    tokens.onSignOut(told);
    tokens.signOut();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toHaveBeenCalledTimes(1);
    expect(errors).toHaveLength(1);
  });
});

it("A frame that cannot be read ends its socket, and the next one brings what is missing", async () => {
  const errors = uncaught();
  const { server, openTab } = openBrowser();
  const { client, events } = openTab();
  const room = client.room(7);
  await live(room);
  for (const text of ["{", "null", '{"type":"message.created"}']) {
    server.room(7).send(2, text);
    server.say(7, text);
    await until(() => room.getSnapshot().status.state === "offline");
    expect(room.getSnapshot().status.reason).toBe("internal");
    await live(room);
    expect(room.getSnapshot().messages.at(-1)?.content).toBe(text);
    await pass(6_000);
  }
  expect(errors).toEqual([]);
  expect(events).toContainEqual(expect.objectContaining({ event: "status", reason: "internal" }));
});
