/** A client of a model room, over fake sockets and under fake timers. */
import { onTestFinished, vi } from "vitest";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import { type ClientOptions, createClient } from "../../../src/client/index.ts";
import { type FakeSocket, fakeSockets } from "./fake-socket.ts";
import { ModelRoom } from "./model-room.ts";

export interface Script extends Partial<Pick<ClientOptions, "token" | "fetch" | "random" | "debug">> {
  /** Messages that are there already. */
  readonly messages?: number;
  /** False: the test answers upgrades itself. */
  readonly accepts?: boolean;
}

/** You are user 1. The server answers `sync` and `history` by itself; everything else is the test's. */
export function scriptedRoom({ messages = 0, accepts = true, ...options }: Script = {}) {
  vi.useFakeTimers();
  const server = new ModelRoom();
  for (let count = 0; count < messages; count += 1) server.send(2, `문장 ${count + 1}`);

  const welcome = (socket: FakeSocket) => {
    socket.accept();
    socket.serve(server.welcome(1));
  };
  const wire = fakeSockets((socket) => {
    socket.onFrame = (frame) => queueMicrotask(() => answer(server, socket, frame));
    if (accepts) queueMicrotask(() => welcome(socket));
  });
  const client = createClient({
    baseUrl: "https://studymate.example",
    token: () => "token",
    encoding: "json",
    WebSocket: wire.WebSocket,
    random: () => 0.5,
    ...options,
  });
  const room = client.room(7);
  onTestFinished(() => {
    client.close();
    vi.useRealTimers();
  });
  return { server, wire, client, room, welcome, settle: () => vi.advanceTimersByTimeAsync(0) };
}

function answer(server: ModelRoom, socket: FakeSocket, frame: RoomClientFrame): void {
  if (frame.type === "sync") {
    socket.serve({ type: "batch", frames: server.sync(frame.ref, frame.messageId, frame.rev) });
  }
  if (frame.type === "history") {
    socket.serve({
      type: "ack",
      ref: frame.ref ?? "",
      ...server.history(frame.beforeId ?? undefined, frame.limit ?? 50),
    });
  }
}
