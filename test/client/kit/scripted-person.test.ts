import { describe, expect, it } from "vitest";
import { scriptedPerson, scriptedRoom } from "../../../src/client/testing/index.ts";

/** The scripted room has no sign-in: this one knows a single person. */
async function emily(encoding: "json" | "msgpack") {
  const server = scriptedRoom();
  const signIn = async (...[input, init]: Parameters<typeof fetch>) =>
    String(input).endsWith("/v1/auth/dev-login")
      ? Response.json({ accessToken: server.token(2), user: { id: 2 } })
      : server.fetch(input, init);
  const { baseUrl, WebSocket } = server;
  const person = await scriptedPerson({ baseUrl, WebSocket, fetch: signIn, encoding, email: "emily@example.org" });
  return { server, person, seat: await person.enter(server.id) };
}

describe.each(["json", "msgpack"] as const)("A scripted person (%s)", (encoding) => {
  it("sends frames and waits for theirs, each given out once", async () => {
    const { server, person, seat } = await emily(encoding);
    expect(person.userId).toBe(2);
    seat.send({ type: "message.send", ref: "one", clientId: "a", content: "hello" });
    expect(await seat.waitFor("ack")).toMatchObject({ ref: "one", id: 1, duplicate: false });
    expect(await seat.waitFor("message.created")).toMatchObject({ message: { content: "hello" } });
    server.says(1, "둘");
    const isSecond = (frame: { type: string }) => frame.type === "message.created";
    expect(await seat.waitFor(isSecond)).toMatchObject({ message: { content: "둘" } });
    expect(seat.frames.map(({ type }) => type)).toContain("welcome");
  });

  it("asks and is answered, also what is wrong, and out of batches", async () => {
    const { seat } = await emily(encoding);
    expect(await seat.request({ type: "dance" })).toMatchObject({ type: "error", code: "unknown_type" });
    seat.send({ type: "sync", messageId: 0, rev: 0 });
    expect(await seat.waitFor("sync.completed")).toMatchObject({ messageId: 0 });
    seat.sendRaw("ping");
    expect(await seat.waitFor("pong")).toEqual({ type: "pong" });
  });

  it("is told to start over from a position of another epoch, or ahead of the room", async () => {
    const { server, seat } = await emily(encoding);
    server.says(1, "하나");
    const from = (position: object) => {
      seat.send({ type: "sync", ...position });
      return seat.waitFor("sync.completed");
    };
    expect(await from({ epoch: 1, messageId: 0, rev: 0 })).not.toHaveProperty("reset");
    expect(await from({ epoch: 9, messageId: 0, rev: 0 })).toMatchObject({ reset: true, messageId: 1 });
    expect(await from({ epoch: 1, messageId: 5, rev: 0 })).toMatchObject({ reset: true });
    expect(await from({ epoch: 1, messageId: 1, rev: 5 })).toMatchObject({ reset: true });
  });

  it("tells what came instead of what was waited for", async () => {
    const { server, seat } = await emily(encoding);
    server.says(1, "안녕");
    await expect(seat.waitFor("receipt", { timeoutMs: 10 })).rejects.toThrow(
      /No "receipt" came within 10 ms\. Came, and not waited for.*"message.created".*안녕/s,
    );
  });

  it("tells that the socket ended, with its code", async () => {
    const { server, seat } = await emily(encoding);
    const waiting = seat.waitFor("receipt");
    server.drop({ code: 4403 });
    await expect(waiting).rejects.toThrow("The socket ended with 4403.");
    expect(await seat.closed).toBe(4403);
  });

  it("leaves", async () => {
    const { server, person, seat } = await emily(encoding);
    expect(server.socketCount).toBe(1);
    person.close();
    expect(await seat.closed).toBe(1000);
    expect(server.socketCount).toBe(0);
  });
});

describe("Without a WebSocket in the runtime", () => {
  it("a scripted person says what to pass", async () => {
    const { WebSocket } = globalThis;
    const fetch = async () => Response.json({ accessToken: "token", user: { id: 1 } });
    const person = await scriptedPerson({ baseUrl: "http://studymate.test", fetch, email: "me@example.org" });
    Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      await expect(person.enter(1)).rejects.toThrow("This runtime has no WebSocket: pass one, e.g. of the ws package.");
    } finally {
      globalThis.WebSocket = WebSocket;
    }
  });
});
