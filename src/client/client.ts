/** The person's client: the HTTP calls, the list of rooms, and the rooms that are open, shared by whoever asks for them. */
import type { CreateRoomRequest, RoomAnswer } from "../../schema/api/rooms.ts";
import type { Encoding } from "../../schema/protocol/version.ts";
import { denial, type SocketDeps } from "./connection.ts";
import type { Debug, DebugEvent } from "./debug.ts";
import { HttpApi, type HttpOptions, whyRefused } from "./http.ts";
import { RoomConnection, type RoomDeps } from "./room.ts";
import { LiveRoomList, type RoomList } from "./room-list.ts";
import type { SocketConstructor } from "./socket.ts";
import { type DeviceStore, openDeviceStore } from "./storage/device-store.ts";
import type { OutboxRow } from "./storage/outbox-rows.ts";
import type { ClientStorage } from "./storage/storage.ts";
import { mayBeOf, type TokenNeed, type TokenProvider } from "./tokens.ts";

export interface ClientOptions extends HttpOptions {
  /** The access token to use now; see `TokenNeed` for what it may be told. */
  readonly token: TokenProvider;
  /**
   * Who the token is of. With it, unsent messages survive a reload, and rooms show at once what this device last knew;
   * nothing of one user is ever shown to or sent for another.
   */
  readonly userId?: number;
  /** Where that is kept: IndexedDB if absent, memory where there is none. Without `userId` always memory. */
  readonly storage?: ClientStorage;
  /** `msgpack` unless you want to read frames in a network panel. */
  readonly encoding?: Encoding;
  /** Where the runtime has none of its own, or a test has a better one. */
  readonly WebSocket?: SocketConstructor;
  /** What happens inside, for a log. Never content, never a token. */
  readonly debug?: (event: DebugEvent) => void;
  /** Source of the jitter: at least 0, less than 1. */
  readonly random?: () => number;
}

/** A room that stays open at least until `release`. */
export interface RoomLease {
  readonly room: RoomConnection;
  /** The room closes a moment after the last one, unless `client.room()` was asked for it or messages are unsent. */
  readonly release: () => void;
}

interface OpenRoom {
  readonly room: RoomConnection;
  /** `client.room()` was asked for it: it stays until it is closed. */
  isPinned: boolean;
  leases: number;
  /** It is about to be closed. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A component that goes and comes again at once does not reconnect. */
const LINGER_MS = 1_500;

export class StudyMateClient extends HttpApi {
  /** Your rooms with their last messages and unread counts. */
  readonly roomList: RoomList;
  readonly #options: ClientOptions;
  readonly #debug: Debug;
  readonly #device: DeviceStore;
  readonly #list: LiveRoomList;
  readonly #rooms = new Map<number, OpenRoom>();
  #isClosed = false;

  constructor(options: ClientOptions) {
    super(options, (need) => this.#token(need));
    this.#options = options;
    this.#debug = (event) => {
      try {
        options.debug?.(event);
      } catch {
        // A log that fails is not to take a connection with it.
      }
    };
    this.#device = openDeviceStore({
      ...options,
      debug: this.#debug,
      onAdopted: (rows) => this.#adopted(rows),
    });
    this.#list = new LiveRoomList({ ...this.#device, loadPage: (page) => this.rooms(page) });
    this.roomList = this.#list;
  }

  /** The room's connection, which begins at once, and stays until it is closed. The same one until then. */
  room(roomId: number): RoomConnection {
    const open = this.#open(roomId);
    open.isPinned = true;
    open.room.open();
    return open.room;
  }

  /** The room, open until everybody has released it: for parts of a page that come and go. */
  retain(roomId: number): RoomLease {
    const open = this.#open(roomId);
    clearTimeout(open.timer);
    open.timer = undefined;
    open.leases += 1;
    open.room.open();
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      open.leases -= 1;
      this.#closeIfUnused(open);
    };
    return { room: open.room, release };
  }

  /** The room without opening it: its snapshot is empty until `room()` or `retain()`. */
  peek(roomId: number): RoomConnection {
    return this.#open(roomId).room;
  }

  override async createRoom(room: CreateRoomRequest, options: { idempotencyKey?: string } = {}): Promise<RoomAnswer> {
    const created = await super.createRoom(room, options);
    void this.#list.reload();
    return created;
  }

  /** Closes every room, and the client with them, for good. What is unsent stays on the device. */
  close(): void {
    this.#isClosed = true;
    for (const { room } of [...this.#rooms.values()]) room.close();
    this.#list.close();
    this.#device.close();
  }

  /**
   * Closes the client and deletes what this device keeps of this user, unsent messages too: for a sign-out on a computer
   * that others use. Other tabs have clients of their own. False: the storage failed, and may still hold it.
   */
  forget(): Promise<boolean> {
    this.close();
    return this.#device.clear();
  }

  /** What a socket is opened with, for the SDK's own parts. `path`: what it is of. */
  socketDeps(path: string): SocketDeps {
    const { baseUrl, userId, encoding = "msgpack", random = Math.random } = this.#options;
    const url = new URL(`${path}/socket`, baseUrl);
    url.protocol = url.protocol.replace("http", "ws");
    return {
      url: url.href,
      userId,
      encoding,
      token: (need) => this.#token(need),
      // Every runtime's own class has the members of `SocketLike`, typed more narrowly.
      WebSocket: this.#options.WebSocket ?? (globalThis.WebSocket as unknown as SocketConstructor),
      whyRefused: (refused) => whyRefused(this.#options, path, refused),
      random,
      debug: this.#debug,
    };
  }

  /** Nothing is asked for in somebody else's name, where a token says whose it is. */
  async #token(need: TokenNeed): Promise<string> {
    const { token, userId } = this.#options;
    const given = await token(need);
    if (userId === undefined || mayBeOf(given, userId)) return given;
    this.#wrongUser();
    throw denial("wrong_user");
  }

  #open(roomId: number): OpenRoom {
    const open = this.#rooms.get(roomId);
    if (open !== undefined) return open;
    const room = new RoomConnection(roomId, this.#roomDeps(roomId));
    const made: OpenRoom = { room, isPinned: false, leases: 0, timer: undefined };
    this.#rooms.set(roomId, made);
    if (this.#isClosed) room.close();
    return made;
  }

  #roomDeps(roomId: number): RoomDeps {
    return {
      ...this.socketDeps(`/v1/rooms/${roomId}`),
      cache: this.#device.cache,
      outboxRows: this.#device.outboxRows,
      onChange: (room) => this.#roomChanged(room),
      onWrongUser: () => this.#wrongUser(roomId),
      onClose: (room) => this.#roomClosed(room),
    };
  }

  #roomChanged(room: RoomConnection): void {
    this.#list.roomChanged(room.id, room.getSnapshot());
    const open = this.#rooms.get(room.id);
    if (open?.room === room && open.leases === 0 && !open.isPinned) this.#closeIfUnused(open);
  }

  #roomClosed(room: RoomConnection): void {
    const open = this.#rooms.get(room.id);
    if (open?.room !== room) return;
    clearTimeout(open.timer);
    this.#rooms.delete(room.id);
    this.#list.roomClosed(room.id);
    this.#device.writes.flush();
  }

  #closeIfUnused(open: OpenRoom): void {
    if (open.timer !== undefined || !isUnused(open)) return;
    open.timer = setTimeout(() => {
      open.timer = undefined;
      if (isUnused(open)) open.room.close();
    }, LINGER_MS);
  }

  /** Messages that another page left: rooms that nobody has opened are opened until they are sent. */
  #adopted(rows: readonly OutboxRow[]): void {
    if (this.#isClosed) return;
    for (const [roomId, ofRoom] of Map.groupBy(rows, (row) => row.roomId)) {
      const open = this.#rooms.get(roomId);
      if (open !== undefined) open.room.adopt(ofRoom);
      if (ofRoom.some(({ error }) => error === undefined)) this.#open(roomId).room.open();
    }
  }

  #wrongUser(roomId?: number): void {
    this.#debug({ event: "wrong user", roomId, detail: "the token is not of userId" });
    void this.#device.outboxRows.disown();
    this.#list.forget(denial("wrong_user"));
    for (const { room } of [...this.#rooms.values()]) room.stop("wrong_user");
  }
}

function isUnused({ isPinned, leases, room }: OpenRoom): boolean {
  return !isPinned && leases === 0 && !room.hasUnsent;
}

/**
 * ```ts
 * const client = createClient({ baseUrl: "https://studymate.example", userId: 42, token: () => accessToken });
 * const room = client.room(1);
 * await room.whenLive();
 * await room.send("안녕하세요!");
 * ```
 */
export function createClient(options: ClientOptions): StudyMateClient {
  return new StudyMateClient(options);
}
