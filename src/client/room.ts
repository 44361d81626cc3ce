/** A room as an application holds it: wires the connection, the state, the commands and the outbox; decides nothing itself. */
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { RoomServerFrame, Welcome } from "../../schema/protocol/room/server-frames.ts";
import { type Ack, type Command, Commands } from "./commands.ts";
import { Connection, type ConnectionDeps, type ConnectionStatus, denial } from "./connection.ts";
import { Outbox, type SendOptions, type SentMessage } from "./outbox.ts";
import { EMPTY_ROOM, type RoomState, type RoomStep, reduceRoom } from "./room-state.ts";
import { ReadMarker, TypingSignal } from "./signals.ts";
import { type RoomSnapshot, SnapshotMaker } from "./snapshot.ts";
import { watchWakeUps } from "./wake-ups.ts";

export interface DebugEvent {
  readonly roomId: number;
  /** What happened: `status`, `frame` (received), `error` (answered). Never content, never a token. */
  readonly event: "status" | "frame" | "error";
  readonly detail: string;
}

export interface RoomDeps extends Omit<ConnectionDeps, "onFrames" | "onStatus"> {
  readonly debug: (event: DebugEvent) => void;
  readonly onClose: () => void;
}

const PAGE = 50;
const SYNC_DEADLINE_MS = 15_000;
/** Frames without a promise share this `ref`; no command has it. */
const SYNC_REF = "sync";

export class RoomConnection {
  readonly id: number;
  readonly #deps: RoomDeps;
  readonly #connection: Connection;
  readonly #commands: Commands;
  readonly #outbox: Outbox;
  readonly #reader: ReadMarker;
  readonly #typing: TypingSignal;
  readonly #stopWatching: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #snapshots = new SnapshotMaker();
  #state: RoomState = EMPTY_ROOM;
  #status: ConnectionStatus = { state: "connecting" };
  #snapshot: RoomSnapshot | undefined;
  #live: PromiseWithResolvers<void> | undefined;
  #loading: Promise<void> | undefined;
  #isFirstLoad = true;
  #clockSkewMs = 0;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: number, deps: RoomDeps) {
    this.id = id;
    this.#deps = deps;
    this.#connection = new Connection({
      ...deps,
      onFrames: (frames) => this.#received(frames),
      onStatus: (status) => this.#statusChanged(status),
    });
    this.#commands = new Commands({
      send: (frame) => this.#connection.send(frame),
      onUnanswered: () => this.#connection.fail("silent"),
      random: deps.random,
    });
    this.#outbox = new Outbox({
      request: (command) => this.#commands.request(command),
      onChange: () => {
        // An ack can come after its message: that of an earlier try, or of a message that a page brought.
        this.#outbox.arrived(this.#state.position.messageId);
        this.#changed();
      },
    });
    this.#reader = new ReadMarker((readId) => this.#connection.send({ type: "read", id: readId }));
    this.#typing = new TypingSignal((active) => this.#connection.send({ type: "typing", active }));
    this.#stopWatching = watchWakeUps({
      onWake: () => this.#connection.wake(),
      onNetworkLost: () => {
        if (this.#status.state !== "denied") this.#connection.fail("network");
      },
    });
    this.#connection.connect();
  }

  /** Calls back after every change. Returns what ends it; fit for `useSyncExternalStore`, as is `getSnapshot`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The room as it is now; the same object until something changes. */
  readonly getSnapshot = (): RoomSnapshot => {
    this.#snapshot ??= this.#snapshots.make({
      state: this.#state,
      connection: this.#status,
      outgoing: this.#outbox.messages,
      isFirstLoad: this.#isFirstLoad,
      isLoadingOlder: this.#loading !== undefined,
      now: Date.now() + this.#clockSkewMs,
    });
    return this.#snapshot;
  };

  /** Resolves once the room is up to date; rejects where it is denied. */
  whenLive(): Promise<void> {
    if (this.#status.state === "denied") return Promise.reject(denial(this.#status.reason));
    if (this.getSnapshot().status.state === "live") return Promise.resolve();
    this.#live ??= Promise.withResolvers();
    return this.#live.promise;
  }

  /**
   * Writes a message of 1 to 4,000 characters. It is in the snapshot's `outbox` at once, survives lost connections,
   * and arrives once, after those written before it. Resolves when the server has stored it; rejects when it is
   * refused for good, in which case it stays in the outbox as `failed`.
   */
  send(content: string, options?: SendOptions): Promise<SentMessage> {
    this.#typing.set(false);
    return this.#outbox.send(content, options);
  }

  /** Sends a `failed` message again, with its `clientId`. */
  retry(clientId: string): Promise<SentMessage> {
    return this.#outbox.retry(clientId);
  }

  /** Takes back a message that has failed or not left yet. False: it is too late. */
  cancel(clientId: string): boolean {
    return this.#outbox.cancel(clientId);
  }

  /** Changes your own message. This and the commands below resolve when stored, and reject with a `StudyMateError`. */
  edit(id: number, content: string): Promise<void> {
    return this.#command({ type: "message.edit", id, content });
  }

  /** Deletes your own message, or as ADMIN anybody's. Its number stays, its content is null for everyone. */
  delete(id: number): Promise<void> {
    return this.#command({ type: "message.delete", id });
  }

  /** Proposes a better wording of somebody else's message; again: replaces your proposal. Note: up to 1,000 characters. */
  correct(id: number, corrected: string, note?: string): Promise<void> {
    return this.#command({ type: "message.correct", id, corrected, ...(note !== undefined && { note }) });
  }

  /** Adds your reaction, one emoji. */
  react(id: number, emoji: string): Promise<void> {
    return this.#command({ type: "reaction.add", id, emoji });
  }

  /** Takes your reaction back. */
  unreact(id: number, emoji: string): Promise<void> {
    return this.#command({ type: "reaction.remove", id, emoji });
  }

  /** You have read everything up to this message. Cheap to call: only the furthest is sent, twice a second at most. */
  markRead(id: number): void {
    const { you, position } = this.#state;
    if (you === undefined || id > position.messageId || id <= you.lastReadMessageId) return;
    this.#reader.mark(id);
    this.#step({ type: "read.marked", id });
    this.#changed();
  }

  /** You are typing, or have stopped. Cheap to call at every key. */
  typing(active: boolean): void {
    this.#typing.set(active);
  }

  /** Loads up to `limit` (1 to 100) messages before the oldest one here. While one load runs, returns that one. */
  loadOlder(limit: number = PAGE): Promise<void> {
    const { oldestId, position } = this.#state;
    if (oldestId <= 1) return Promise.resolve();
    return this.#load(oldestId > position.messageId ? undefined : oldestId, limit);
  }

  /** Tries again at once: from `offline` without waiting, from `denied` because something has changed. */
  reconnect(): void {
    const { state, reason } = this.getSnapshot().status;
    if (state === "connecting" || state === "syncing" || state === "live" || reason === "closed") return;
    this.#connection.connect();
  }

  /** Ends the connection for good. What is unanswered is rejected with the code `closed`. */
  close(): void {
    this.#stopWatching();
    this.#connection.stop("closed");
    this.#deps.onClose();
  }

  async #command(command: Command): Promise<void> {
    await this.#commands.request(command);
  }

  #load(beforeId: number | undefined, limit: number): Promise<void> {
    if (this.#loading !== undefined) return this.#loading;
    const loading = this.#loadPage(beforeId, limit).finally(() => {
      if (this.#loading !== loading) return;
      this.#loading = undefined;
      this.#isFirstLoad = false;
      this.#changed();
    });
    this.#loading = loading;
    this.#changed();
    return loading;
  }

  async #loadPage(beforeId: number | undefined, limit: number): Promise<void> {
    const ack = await this.#commands.request({ type: "history", limit, ...(beforeId !== undefined && { beforeId }) });
    // The answer to `history` has these fields: schema/protocol/room/client-frames.ts.
    const { messages, hasMore } = ack as Ack & { messages: readonly Message[]; hasMore: boolean };
    this.#step({ type: "history.loaded", beforeId, messages, hasMore });
  }

  #received(frames: readonly RoomServerFrame[]): void {
    for (const frame of frames) this.#take(frame);
    if (this.#state.sync === "needed") this.#askSync();
    const welcome = frames.find((frame) => frame.type === "welcome");
    if (welcome !== undefined) this.#welcomed(welcome);
    this.#outbox.arrived(this.#state.position.messageId);
    this.#changed();
    if (this.#state.sync === "reset") this.#connection.connect();
  }

  #take(frame: RoomServerFrame): void {
    this.#deps.debug({ roomId: this.id, event: "frame", detail: frame.type });
    if (frame.type === "error") this.#deps.debug({ roomId: this.id, event: "error", detail: frame.code });
    if (frame.type === "sync.completed") clearTimeout(this.#syncTimer);
    if (frame.type === "error" && frame.ref === SYNC_REF) this.#connection.fail("internal");
    else if (frame.type === "ack" || frame.type === "error") this.#commands.answered(frame);
    else this.#step(frame);
  }

  #welcomed(welcome: Welcome): void {
    this.#clockSkewMs = Date.parse(welcome.serverTime) - Date.now();
    this.#commands.opened();
    this.#reader.resume(welcome.you.lastReadMessageId, welcome.messageId);
    const { oldestId } = this.#state;
    const startsOver = oldestId > 1 && oldestId > welcome.messageId;
    this.#isFirstLoad = startsOver || (this.#isFirstLoad && this.#loading !== undefined);
    if (!startsOver) return;
    // A page that was asked for before is of no use: it would leave a hole.
    this.#loading = undefined;
    // Whoever waits for the load also sees its failure; it can be asked for again.
    this.#load(undefined, PAGE).catch(() => {});
  }

  #askSync(): void {
    this.#step({ type: "sync.asked" });
    const { epoch, position } = this.#state;
    clearTimeout(this.#syncTimer);
    this.#syncTimer = setTimeout(() => this.#connection.fail("silent"), SYNC_DEADLINE_MS);
    this.#connection.send({ type: "sync", ref: SYNC_REF, ...position, ...(epoch !== undefined && { epoch }) });
  }

  #statusChanged(status: ConnectionStatus): void {
    this.#status = status;
    this.#deps.debug({ roomId: this.id, event: "status", detail: status.state });
    if (status.state !== "open") this.#quiet();
    if (status.state === "connecting") this.#commands.revive();
    if (status.state === "denied") {
      const error = denial(status.reason);
      this.#commands.deny(error);
      this.#live?.reject(error);
      this.#live = undefined;
    }
    this.#changed();
  }

  /** Without a socket nothing is awaited. */
  #quiet(): void {
    clearTimeout(this.#syncTimer);
    this.#commands.lost();
    this.#reader.stop();
    this.#typing.forget();
  }

  #step(input: RoomServerFrame | RoomStep): void {
    this.#state = reduceRoom(this.#state, input);
  }

  #changed(): void {
    this.#snapshot = undefined;
    this.#armTypingEnd();
    if (this.#live !== undefined && this.getSnapshot().status.state === "live") {
      this.#live.resolve();
      this.#live = undefined;
    }
    for (const listener of this.#listeners) listener();
  }

  /** Someone whose `until` passes stops typing without a frame. */
  #armTypingEnd(): void {
    clearTimeout(this.#typingTimer);
    if (this.#status.state === "denied") return;
    const now = Date.now() + this.#clockSkewMs;
    const ends = [...this.#state.typing.values()].filter((until) => until > now);
    if (ends.length > 0) this.#typingTimer = setTimeout(() => this.#changed(), Math.min(...ends) - now + 1);
  }
}
