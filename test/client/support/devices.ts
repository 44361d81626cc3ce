/** A person's browser without a browser: tabs that share IndexedDB and Web Locks, and a server that they all talk to. */
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { onTestFinished, vi } from "vitest";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import {
  type ClientOptions,
  type ClientStorage,
  createClient,
  type DebugEvent,
  indexedDbStorage,
  type RoomConnection,
  type StudyMateClient,
} from "../../../src/client/index.ts";
import { type FakeSocket, fakeSockets } from "./fake-socket.ts";
import { ModelRoom } from "./model-room.ts";

export const baseUrl = "https://studymate.example";

/** Time of its own that the runtime's own tasks (IndexedDB, channels) still run beside. */
export function ownTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** Lets `ms` of the test's time pass, with everything that happens in it. */
export async function pass(ms: number): Promise<void> {
  const stepMs = Math.max(1, Math.ceil(ms / 20));
  for (let passed = 0; passed <= ms; passed += stepMs) {
    await vi.advanceTimersByTimeAsync(passed === 0 ? 0 : stepMs);
    for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets time pass until `isSo`, at most a minute of it. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let round = 0; !isSo(); round += 1) {
    if (round > 600) throw new Error(`never came true: ${isSo}`);
    await pass(round < 20 ? 1 : 100);
  }
}

/** Lets time pass until the room is up to date. */
export function live(room: RoomConnection): Promise<void> {
  return until(() => room.getSnapshot().status.state === "live");
}

/** Web Locks among the tabs of a test; a tab that is killed frees its own. */
export class Locks {
  readonly #held = new Map<string, { readonly tab: string; readonly free: () => void }[]>();
  readonly #waiting: { readonly name: string; readonly grant: () => boolean }[] = [];

  /** As one tab sees them. */
  of(tab: string) {
    return {
      request: (name: string, ...rest: unknown[]): Promise<unknown> => {
        const task = rest.at(-1) as () => Promise<unknown>; // the last argument, whatever is between
        const { signal, mode } = (rest.length > 1 ? rest[0] : {}) as { signal?: AbortSignal; mode?: string };
        return this.#request({ tab, name, task, signal, isShared: mode === "shared" });
      },
      query: async () => ({
        held: [...this.#held].filter(([, holders]) => holders.length > 0).map(([name]) => ({ name })),
      }),
    };
  }

  kill(tab: string): void {
    for (const [name, holders] of this.#held) {
      this.#held.set(
        name,
        holders.filter((holder) => holder.tab !== tab),
      );
    }
    this.#grant();
  }

  #request(asked: {
    tab: string;
    name: string;
    task: () => Promise<unknown>;
    signal: AbortSignal | undefined;
    isShared: boolean;
  }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { tab, name, task, signal } = asked;
      let isGranted = false;
      signal?.addEventListener("abort", () => !isGranted && reject(signal.reason));
      const grant = () => {
        if (signal?.aborted) return true;
        if ((this.#held.get(name)?.length ?? 0) > 0) return false;
        isGranted = true;
        const free = () => {
          this.#held.set(
            name,
            (this.#held.get(name) ?? []).filter((holder) => holder !== held),
          );
          this.#grant();
        };
        const held = { tab, free };
        this.#held.set(name, [held]);
        task().then(
          (answer) => {
            free();
            resolve(answer);
          },
          (error) => {
            free();
            reject(error);
          },
        );
        return true;
      };
      this.#waiting.push({ name, grant });
      this.#grant();
    });
  }

  #grant(): void {
    for (const waiting of [...this.#waiting]) {
      if (waiting.grant()) this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    }
  }
}

export interface Attempt {
  readonly userId: number;
  readonly tab: string;
  readonly roomId: number;
  readonly clientId: string;
  readonly content: string;
}

/** Rooms that store what they are sent, once per `clientId`, and tell everybody. The token is the user's id, or says it as a JWT does. */
export class ModelServer {
  readonly rooms = new Map<number, ModelRoom>();
  /** Every `message.send` that arrived, also those that arrived before. */
  readonly attempts: Attempt[] = [];
  /** What a room answers to a send instead: an error's code, or nothing at all. */
  refuses: (attempt: Attempt) => "conflict" | "forbidden" | "silence" | "lost ack" | undefined = () => undefined;
  isAway = false;
  /** Takes sockets, and says nothing: no welcome either. */
  isMute = false;
  /** Every frame that arrived. */
  readonly heard: RoomClientFrame[] = [];
  readonly #sockets = new Map<FakeSocket, { readonly roomId: number; readonly userId: number }>();

  room(roomId: number): ModelRoom {
    const known = this.rooms.get(roomId);
    if (known !== undefined) return known;
    const room = new ModelRoom([1, 2]);
    room.room = { ...room.room, id: roomId };
    this.rooms.set(roomId, room);
    return room;
  }

  /** What user 1 has said in a room. */
  said(roomId: number): (string | null)[] {
    return this.room(roomId)
      .messages.filter(({ senderId }) => senderId === 1)
      .map(({ content }) => content);
  }

  openRooms(tab?: string): number[] {
    const open = [...this.#sockets].filter(
      ([socket]) => !socket.isClosed && (tab === undefined || this.#tabs.get(socket) === tab),
    );
    return open.map(([, { roomId }]) => roomId);
  }

  readonly #tabs = new Map<FakeSocket, string>();

  /** Somebody's deed, told to everybody. */
  tell(roomId: number, ...frames: readonly (RoomServerFrame | undefined)[]): void {
    for (const frame of frames) {
      if (frame === undefined) continue;
      for (const [socket, seat] of this.#sockets) if (seat.roomId === roomId) socket.serve(frame);
    }
  }

  /** Something that is no frame, to everybody in the room. */
  say(roomId: number, text: string): void {
    for (const [socket, seat] of this.#sockets) if (seat.roomId === roomId) socket.serveText(text);
  }

  connect(socket: FakeSocket, tab: string): void {
    const roomId = Number(socket.url.match(/rooms\/(\d+)\/socket/)?.[1]);
    const userId = Number(socket.token) || Number(JSON.parse(atob(socket.token?.split(".")[1] ?? "")).sub);
    this.#tabs.set(socket, tab);
    queueMicrotask(() => {
      if (this.isAway) return socket.drop();
      socket.onFrame = (frame) => queueMicrotask(() => this.#answer(socket, { roomId, userId, tab }, frame));
      socket.accept();
      this.#sockets.set(socket, { roomId, userId });
      if (!this.isMute) socket.serve(this.room(roomId).welcome(userId));
    });
  }

  cut(tab?: string, code?: number): void {
    for (const [socket] of this.#sockets) if (tab === undefined || this.#tabs.get(socket) === tab) socket.drop(code);
  }

  #answer(socket: FakeSocket, seat: { roomId: number; userId: number; tab: string }, frame: RoomClientFrame): void {
    if (socket.isClosed) return;
    this.heard.push(frame);
    const room = this.room(seat.roomId);
    if (frame.type === "sync") {
      socket.serve({ type: "batch", frames: room.sync(frame.ref, frame.messageId, frame.rev) });
    }
    if (frame.type === "history") {
      const page = room.history(frame.beforeId ?? undefined, frame.limit ?? 50);
      socket.serve({ type: "ack", ref: frame.ref ?? "", ...page });
    }
    if (frame.type === "read") this.tell(seat.roomId, room.does(seat.userId, { do: "read", id: frame.id }));
    if (frame.type === "message.send") this.#store(socket, seat, frame);
  }

  #store(
    socket: FakeSocket,
    { roomId, userId, tab }: { roomId: number; userId: number; tab: string },
    { ref = "", clientId, content }: Extract<RoomClientFrame, { type: "message.send" }>,
  ): void {
    const attempt = { userId, tab, roomId, clientId, content: content ?? "" };
    this.attempts.push(attempt);
    const refusal = this.refuses(attempt);
    if (refusal === "silence") return;
    if (refusal === "conflict" || refusal === "forbidden") {
      socket.serve({ type: "error", ref, code: refusal, message: refusal, retryable: false });
      return;
    }
    const room = this.room(roomId);
    const known = room.messages.find((row) => row.senderId === userId && row.clientId === clientId);
    if (known === undefined) this.tell(roomId, room.send(userId, attempt.content, { clientId }));
    if (refusal === "lost ack") return;
    const id = known?.id ?? room.messages.length;
    socket.serve({ type: "ack", ref, id, createdAt: "2026-11-22T09:30:00.000Z", duplicate: known !== undefined });
  }
}

export interface OpenTab {
  readonly name: string;
  readonly client: StudyMateClient;
  readonly events: DebugEvent[];
  /** Ends it as a crash does: nothing more is written, said or heard; its locks are free. */
  readonly kill: () => void;
}

export interface TabOptions extends Partial<ClientOptions> {
  /** What `navigator.locks` is; false: a page over http on a LAN address. */
  readonly hasLocks?: boolean;
}

/** One browser, one server, until the test or `end` ends it. Tabs are opened by the test. */
export function openBrowser() {
  ownTime();
  const server = new ModelServer();
  const locks = new Locks();
  const idb = new IDBFactory();
  vi.stubGlobal("indexedDB", idb);
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  const tabs: OpenTab[] = [];
  let count = 0;

  const openTab = ({ hasLocks = true, storage, ...options }: TabOptions = {}): OpenTab => {
    count += 1;
    const name = `tab ${count}`;
    const events: DebugEvent[] = [];
    let isDead = false;
    vi.stubGlobal("navigator", hasLocks ? { locks: locks.of(name) } : {});
    const wire = fakeSockets((socket) => {
      if (!isDead) server.connect(socket, name);
    });
    const userId = options.userId ?? 1;
    const client = createClient({
      baseUrl,
      userId,
      token: () => String(userId),
      encoding: "json",
      WebSocket: wire.WebSocket,
      random: () => 0.1,
      fetch: () => Promise.reject(new TypeError("no HTTP here")),
      debug: (event) => events.push(event),
      storage: mortal(storage ?? indexedDbStorage(), () => isDead),
      ...options,
    });
    const kill = () => {
      isDead = true;
      for (const socket of wire.sockets) socket.isClosed = true;
      locks.kill(name);
    };
    const tab = { name, client, events, kill };
    tabs.push(tab);
    return tab;
  };

  const end = () => {
    for (const { client, kill } of tabs.splice(0)) {
      kill();
      client.close();
    }
    vi.unstubAllGlobals();
  };
  onTestFinished(end);
  return { server, openTab, end };
}

/** The storage of a page that may die: afterwards nothing comes back from it, and nothing goes in. */
function mortal(storage: ClientStorage, isDead: () => boolean): ClientStorage {
  const never = new Promise<never>(() => {});
  return {
    read: async (prefix) => (isDead() ? never : storage.read(prefix)),
    update: async (prefix, change) =>
      isDead() ? never : storage.update(prefix, (rows) => (isDead() ? [] : change(rows))),
  };
}
