/**
 * The person's rooms, as a list that stays right: from the device at once, then from the server, and moved by what
 * happens in the rooms that are open here. News of the others come from whoever is followed, else by asking.
 */
import type { RoomListItem } from "../../schema/api/rooms.ts";
import { isLost } from "./connection.ts";
import { errorFrom, type StudyMateError } from "./errors.ts";
import type { Page } from "./http.ts";
import { Listeners } from "./listeners.ts";
import { byActivity, type RoomView, withRoom } from "./room-list-merge.ts";
import type { RoomSnapshot } from "./snapshot.ts";
import type { Device } from "./storage/device.ts";
import type { LazyWrites } from "./storage/lazy-writes.ts";
import { isVisible, watchWakeUps } from "./wake-ups.ts";

export interface RoomListSnapshot {
  /** The one with the latest message first; undefined while nothing is known. */
  readonly rooms: readonly RoomListItem[] | undefined;
  /** From this device's storage, or the server could not be asked again. */
  readonly isStale: boolean;
  /** Why the last try failed; undefined once one has succeeded. */
  readonly error: StudyMateError | undefined;
}

/** Loads while somebody subscribes. Fit for `useSyncExternalStore`. */
export interface RoomList {
  /** Calls back after every change. Returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The list as it is now; the same object until something changes. */
  readonly getSnapshot: () => RoomListSnapshot;
  /** Asks the server now. Never rejects: see `error`. */
  readonly reload: () => Promise<void>;
  /**
   * For `studymate/me`: what it is told at once is put on every list that is loaded, which is asked for once a minute
   * then. Undefined: it is told nothing any more.
   */
  readonly follow: (news: RoomNews | undefined) => void;
}

/** A list, and how its rooms stand by now. */
export type RoomNews = (rooms: readonly RoomListItem[]) => readonly RoomListItem[];

export interface RoomListDeps {
  readonly loadPage: (page: { cursor: string | undefined; limit: number }) => Promise<Page<RoomListItem>>;
  readonly device: Device;
  readonly writes: LazyWrites;
}

const KEY = "room-list";
const INTERVAL_MS = 5_000;
const PAGE = 100;
const MOST_ROOMS = 500;
/** The first page tells most news; the rest is asked for less often. */
const WHOLE_EVERY_MS = 60_000;
/** The server's list may lag behind what was seen in a room that is closed by now. */
const LAG_MS = 120_000;

export class LiveRoomList implements RoomList {
  readonly #deps: RoomListDeps;
  readonly #listeners = new Listeners();
  /** What is known of rooms that are or were open, and until when it counts. */
  readonly #views = new Map<number, { readonly view: RoomView; readonly until: number }>();
  /** As the server or the device told it. */
  #loaded: readonly RoomListItem[] | undefined;
  #isStale = true;
  #error: StudyMateError | undefined;
  #snapshot: RoomListSnapshot | undefined;
  #loading: Promise<void> | undefined;
  #isAskedAgain = false;
  #restoring: Promise<void> | undefined;
  #wholeAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopWatching = () => {};
  #isClosed = false;
  #news: RoomNews | undefined;

  constructor(deps: RoomListDeps) {
    this.#deps = deps;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const end = this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#watch();
    return () => {
      if (end() && this.#listeners.size === 0) this.#rest();
    };
  };

  readonly getSnapshot = (): RoomListSnapshot => {
    this.#snapshot ??= { rooms: this.#merged(), isStale: this.#isStale, error: this.#error };
    return this.#snapshot;
  };

  readonly reload = (): Promise<void> => {
    this.#wholeAt = Number.NEGATIVE_INFINITY;
    if (this.#loading !== undefined) this.#isAskedAgain = true;
    return this.#load();
  };

  readonly follow = (news: RoomNews | undefined): void => {
    this.#news = news;
    if (news && this.#loaded) this.#loaded = news(this.#loaded);
    this.#changed();
  };

  /** A room that is open here has changed. */
  roomChanged(roomId: number, { room, you, participants, messages, status }: RoomSnapshot): void {
    if (room === null || you === null) return;
    if (isLost(status.reason)) {
      this.#views.delete(roomId);
      this.#loaded = this.#loaded?.filter(({ id }) => id !== roomId);
      this.#changed();
      return;
    }
    const before = this.#views.get(roomId)?.view;
    this.#views.set(roomId, { view: { room, you, participants, messages }, until: Number.POSITIVE_INFINITY });
    if (before?.room !== room || before.you !== you || before.messages !== messages) this.#changed();
  }

  roomClosed(roomId: number): void {
    const last = this.#views.get(roomId);
    if (last !== undefined) this.#views.set(roomId, { ...last, until: Date.now() + LAG_MS });
  }

  /** Ends all loading, and forgets what is shown: it was somebody else's. */
  forget(error: StudyMateError): void {
    this.#error = error;
    this.#loaded = undefined;
    this.#isStale = true;
    this.#views.clear();
    this.close();
    this.#changed();
  }

  close(): void {
    this.#isClosed = true;
    this.#rest();
  }

  #watch(): void {
    if (this.#isClosed) return;
    this.#stopWatching = watchWakeUps({ onWake: () => void this.#load() });
    void this.#load();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#stopWatching();
  }

  #load(): Promise<void> {
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadAll(): Promise<void> {
    this.#restoring ??= this.#restore();
    await this.#restoring;
    if (this.#isClosed) return;
    let waitMs = 0;
    do {
      clearTimeout(this.#timer);
      this.#isAskedAgain = false;
      try {
        const items = await this.#ask();
        if (this.#isClosed) return;
        this.#take(this.#news?.(items) ?? items);
      } catch (error) {
        if (this.#isClosed) return;
        this.#isStale = true;
        this.#error = errorFrom(error);
        waitMs = this.#error.retryAfterMs ?? 0;
        this.#changed();
      }
    } while (this.#isAskedAgain);
    if (this.#listeners.size > 0)
      this.#timer = setTimeout(() => this.#tick(), Math.max(waitMs, this.#news ? WHOLE_EVERY_MS : INTERVAL_MS));
  }

  #tick(): void {
    if (isVisible()) void this.#load();
    else this.#timer = setTimeout(() => this.#tick(), INTERVAL_MS);
  }

  /** The whole list, or its first page before the rest of what is known. */
  async #ask(): Promise<readonly RoomListItem[]> {
    // By the distance, as clocks are set back too.
    const isWhole = Math.abs(Date.now() - this.#wholeAt) >= WHOLE_EVERY_MS;
    const startedAt = Date.now();
    const items: RoomListItem[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await this.#deps.loadPage({ limit: PAGE, cursor });
      items.push(...page.items);
      if (page.nextCursor === null || page.items.length === 0 || (isWhole && items.length >= MOST_ROOMS)) break;
      if (!isWhole) return [...items, ...without(this.#loaded ?? [], items)];
      cursor = page.nextCursor;
    }
    this.#wholeAt = startedAt;
    return without(items, []);
  }

  #take(items: readonly RoomListItem[]): void {
    const now = Date.now();
    const isSame = !this.#isStale && JSON.stringify(items) === JSON.stringify(this.#loaded);
    const old = [...this.#views].filter(([, { until }]) => until <= now);
    for (const [roomId] of old) this.#views.delete(roomId);
    this.#isStale = false;
    this.#error = undefined;
    if (isSame && old.length === 0) return;
    this.#loaded = items;
    this.#changed();
  }

  #merged(): readonly RoomListItem[] | undefined {
    if (this.#loaded === undefined) return undefined;
    const byId = new Map(this.#loaded.map((item) => [item.id, item]));
    for (const [roomId, { view }] of this.#views) {
      const item = withRoom(byId.get(roomId), view);
      if (item !== undefined) byId.set(roomId, item);
    }
    return [...byId.values()].sort(byActivity);
  }

  async #restore(): Promise<void> {
    const { device } = this.#deps;
    const [row] = await device.read(KEY);
    if (row === undefined || this.#loaded !== undefined || this.#isClosed) return;
    if (!isStored(row.value)) return device.reportRow("room-list");
    this.#loaded = row.value.rooms;
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = undefined;
    if (!this.#isClosed && this.#loaded !== undefined) {
      this.#deps.writes.later(KEY, () => {
        const rooms = this.getSnapshot().rooms?.slice(0, MOST_ROOMS);
        if (rooms !== undefined) void this.#deps.device.write(KEY, { version: 1, rooms });
      });
    }
    this.#listeners.tell();
  }
}

/** Each room once, although rooms may move between two pages. */
function without(items: readonly RoomListItem[], others: readonly RoomListItem[]): readonly RoomListItem[] {
  const seen = new Set(others.map(({ id }) => id));
  return items.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function isStored(value: unknown): value is { readonly rooms: readonly RoomListItem[] } {
  const stored = value as { version?: unknown; rooms?: unknown } | null | undefined; // checked field by field
  return (
    stored?.version === 1 &&
    Array.isArray(stored.rooms) &&
    stored.rooms.every(
      (row: Partial<RoomListItem> | null) =>
        typeof row?.id === "number" && typeof row.createdAt === "string" && Array.isArray(row.participants),
    )
  );
}
