/** A room as an application holds it: wires the connection, the state, the commands and the outbox; decides nothing itself. */
import type { RoomClientFrame } from "../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame, Welcome } from "../../schema/protocol/room/server-frames.ts";
import { type Command, Commands } from "./commands.ts";
import { Connection, type ConnectionStatus, type DeniedReason, denial, isLost, type SocketDeps } from "./connection.ts";
import { reportStatus } from "./debug.ts";
import { History, PAGE } from "./history.ts";
import { Listeners } from "./listeners.ts";
import { Outbox } from "./outbox.ts";
import { RoomActions } from "./room-actions.ts";
import { EMPTY_ROOM, isHidden, type RoomState, type RoomStep, reduceRoom } from "./room-state.ts";
import { ReadMarker, TypingSignal } from "./signals.ts";
import { type RoomSnapshot, SnapshotMaker } from "./snapshot.ts";
import type { OutboxRow, OutboxRows } from "./storage/outbox-rows.ts";
import type { RoomCache } from "./storage/room-cache.ts";
import { watchWakeUps } from "./wake-ups.ts";

export interface RoomDeps extends SocketDeps {
  readonly cache: RoomCache;
  readonly outboxRows: OutboxRows;
  readonly onChange: (room: RoomConnection) => void;
  readonly onWrongUser: () => void;
  readonly onClose: (room: RoomConnection) => void;
}

const SYNC_DEADLINE_MS = 15_000;
/** Frames without a promise share this `ref`; no command has it. */
const SYNC_REF = "sync";

export class RoomConnection extends RoomActions {
  readonly id: number;
  readonly #deps: RoomDeps;
  readonly #connection: Connection<RoomServerFrame>;
  readonly #commands: Commands;
  readonly #outbox: Outbox;
  readonly #history: History;
  readonly #reader: ReadMarker;
  readonly #typing: TypingSignal;
  readonly #listeners = new Listeners();
  readonly #snapshots = new SnapshotMaker();
  #stopWatching = () => {};
  #state: RoomState = EMPTY_ROOM;
  #saved: RoomState = EMPTY_ROOM;
  #status: ConnectionStatus = { state: "connecting" };
  #isOpened = false;
  #isWelcomed = false;
  /** What came while the device's storage was still being read. */
  #held: RoomServerFrame[] | undefined = [];
  #snapshot: RoomSnapshot | undefined;
  #live: PromiseWithResolvers<void> | undefined;
  #clockSkewMs = 0;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;

  /** Applications get rooms from their client. */
  constructor(id: number, deps: RoomDeps) {
    const commands = new Commands({
      send: (frame) => this.#connection.send(frame),
      onUnanswered: () => this.#connection.fail("silent"),
      onRetry: (detail, waitMs) => deps.debug({ roomId: id, event: "retry", detail, waitMs }),
      random: deps.random,
    });
    const request = (command: Command) => commands.request(command);
    const outbox = new Outbox({
      roomId: id,
      keeper: deps.outboxRows,
      request,
      canAsk: () => this.#isWelcomed || this.#status.state === "denied",
      onChange: () => {
        // An ack can come after its message: that of an earlier try, or of a message that a page brought.
        outbox.arrived(this.#state.position.messageId);
        this.#changed();
      },
    });
    // Before the welcome nobody knows whose token it is: nothing is said in another's name.
    const say = (frame: RoomClientFrame) => {
      if (this.#isWelcomed) this.#connection.send(frame);
    };
    const typing = new TypingSignal((active) => say({ type: "typing", active }));
    super({ outbox, request, typing });
    this.id = id;
    this.#deps = deps;
    this.#commands = commands;
    this.#outbox = outbox;
    this.#typing = typing;
    this.#reader = new ReadMarker((readId) => say({ type: "read", id: readId }));
    this.#history = new History({
      request,
      state: () => this.#state,
      onPage: (page) => this.#step(page),
      onChange: () => this.#changed(),
    });
    this.#connection = new Connection({
      ...deps,
      onFrames: (frames) => this.#received(frames),
      onStatus: (status) => this.#statusChanged(status),
    });
  }

  /** Begins to connect, once. `client.room()` and `client.retain()` do it for you. */
  open(): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    this.#stopWatching = watchWakeUps({
      onWake: () => this.#connection.wake(),
      onNetworkLost: () => {
        if (this.#status.state !== "denied") this.#connection.fail("network");
      },
    });
    void this.#restore();
    this.#connection.connect();
  }

  /** Something that was written here is still to be sent. */
  get hasUnsent(): boolean {
    return this.#outbox.hasUnsent || (this.#isOpened && !this.#deps.outboxRows.isReady);
  }

  /** Calls back after every change. Returns what ends it; fit for `useSyncExternalStore`, as is `getSnapshot`. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  /** The room as it is now; the same object until something changes. */
  readonly getSnapshot = (): RoomSnapshot => {
    this.#snapshot ??= this.#snapshots.make({
      state: this.#state,
      connection: this.#status,
      isWelcomed: this.#isWelcomed,
      outgoing: this.#outbox.messages,
      isFirstLoad: this.#history.isFirstLoad,
      isLoadingOlder: this.#history.isLoading,
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

  /** You have read everything up to this message. Cheap to call: only the furthest is sent, twice a second at most. */
  markRead(id: number): void {
    const { you, position } = this.#state;
    if (you === undefined || id > position.messageId || id <= you.lastReadMessageId) return;
    this.#reader.mark(id);
    this.#step({ type: "read.marked", id });
    this.#changed();
  }

  /** Loads up to `limit` (1 to 100) messages before the oldest one here. While one load runs, returns that one. */
  loadOlder(limit: number = PAGE): Promise<void> {
    return this.#history.loadOlder(limit);
  }

  /**
   * Loads older pages until this message is among `messages`, e.g. to show what a reply answers. False: the room has no
   * such message, or somebody whom you blocked said it. All that lies between is loaded too, so that there is no hole.
   */
  async loadBackTo(messageId: number): Promise<boolean> {
    if (this.#history.isFirstLoad) await this.whenLive();
    return this.#history.loadBackTo(messageId);
  }

  /** Tries again at once: from `offline` without waiting, from `denied` because something has changed. */
  reconnect(): void {
    const { state, reason } = this.getSnapshot().status;
    if (state === "offline" || (state === "denied" && reason !== "closed")) this.#connection.connect();
  }

  /**
   * Ends the connection for good. What is unanswered is rejected with the code `closed`; messages that were not sent
   * stay on the device, and leave when the room is opened again.
   */
  close(): void {
    this.stop("closed");
    this.#deps.onClose(this);
  }

  /** Ends the connection for a reason of this side. The client's business; applications call `close`. */
  stop(reason: Extract<DeniedReason, "closed" | "wrong_user">): void {
    this.#isOpened = true;
    this.#stopWatching();
    if (reason === "wrong_user") {
      // Nothing of one person is shown to another.
      this.#state = EMPTY_ROOM;
      this.#outbox.forget(denial(reason));
    }
    this.#connection.stop(reason);
    this.#outbox.end();
  }

  /** Messages of a tab that is gone are this room's to send. The client's business. */
  adopt(rows: readonly OutboxRow[]): void {
    if (this.#isOpened && this.#deps.outboxRows.isReady) this.#outbox.restore(rows, "last");
  }

  async #restore(): Promise<void> {
    const { cache, outboxRows } = this.#deps;
    const restore = () => this.#outbox.restore(outboxRows.of(this.id), "first");
    if (outboxRows.isReady) restore();
    // Whoever waited to close the room, as it might have had messages, is told too.
    else void outboxRows.whenReady.then(restore).then(() => this.#changed());
    const stored = await cache.load(this.id);
    const held = this.#held ?? [];
    this.#held = undefined;
    if (this.#status.state === "denied") return;
    if (stored !== undefined) {
      this.#state = stored;
      this.#saved = stored;
      // What was read without a connection is said again.
      this.#reader.mark(stored.you?.lastReadMessageId ?? 0);
      this.#changed();
    }
    if (held.length > 0) this.#received(held);
  }

  #received(frames: readonly RoomServerFrame[]): void {
    if (this.#held !== undefined) {
      this.#held.push(...frames);
      return;
    }
    const welcome = frames.find((frame) => frame.type === "welcome");
    if (welcome !== undefined && !this.#isOurs(welcome)) return;
    for (const frame of frames) this.#take(frame);
    if (this.#state.sync === "needed") this.#askSync();
    if (welcome !== undefined) this.#welcomed(welcome);
    const trimTo = this.#history.trimTo;
    if (trimTo !== undefined) this.#step({ type: "trimmed", oldestId: trimTo });
    this.#outbox.arrived(this.#state.position.messageId);
    this.#changed();
    if (this.#state.sync === "reset") this.#connection.connect();
  }

  #isOurs({ you }: Welcome): boolean {
    const { userId, outboxRows, onWrongUser } = this.#deps;
    const isOurs = userId === undefined || userId === you.userId;
    if (isOurs) outboxRows.confirm();
    else onWrongUser();
    return isOurs;
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
    this.#isWelcomed = true;
    this.#clockSkewMs = Date.parse(welcome.serverTime) - Date.now();
    this.#commands.opened();
    void this.#outbox.pump();
    this.#reader.resume(welcome.you.lastReadMessageId, welcome.messageId);
    this.#history.welcomed(welcome.messageId);
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
    reportStatus(this.#deps.debug, this.id, status);
    if (status.state !== "open") this.#quiet();
    if (status.state === "connecting") this.#commands.revive();
    if (status.state === "denied") {
      const error = denial(status.reason);
      this.#commands.deny(error);
      void this.#outbox.pump();
      this.#live?.reject(error);
      this.#live = undefined;
      if (isLost(status.reason)) this.#deps.cache.forget(this.id);
    }
    this.#changed();
  }

  /** Without a socket nothing is awaited. */
  #quiet(): void {
    this.#isWelcomed = false;
    if (this.#held !== undefined) this.#held = [];
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
    this.#skipHidden();
    this.#armTypingEnd();
    if (this.#live !== undefined && this.getSnapshot().status.state === "live") {
      this.#live.resolve();
      this.#live = undefined;
    }
    this.#save();
    this.#deps.onChange(this);
    this.#listeners.tell();
  }

  /** What is hidden right behind the last message that was read is read: nobody is ever going to see it. */
  #skipHidden(): void {
    const { you, messages } = this.#state;
    let next = (you?.lastReadMessageId ?? 0) + 1;
    while (isHidden(this.#state, messages.get(next))) next += 1;
    this.markRead(next - 1);
  }

  #save(): void {
    if (this.#state === this.#saved || this.#status.state === "denied") return;
    this.#saved = this.#state;
    this.#deps.cache.save(this.id, () => this.#state);
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
