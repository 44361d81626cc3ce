/** A person's own connection as an application holds it: wires the socket, what it told, and the list of rooms that follows it. */
import type { NotificationList } from "../../../schema/api/notifications.ts";
import type { Notification } from "../../../schema/notifications.ts";
import type { MeCommand } from "../../../schema/protocol/me/client-frames.ts";
import type { ChosenStatus } from "../../../schema/protocol/me/entities.ts";
import type { MeServerFrame, SessionReminderFrame } from "../../../schema/protocol/me/server-frames.ts";
import { Commands } from "../commands.ts";
import { Connection, type ConnectionStatus, denial } from "../connection.ts";
import { type Debug, reportStatus } from "../debug.ts";
import { EventListeners } from "../event-listeners.ts";
import type { StudyMateClient } from "../index.ts";
import { StudyMateError } from "../index.ts";
import { Listeners } from "../listeners.ts";
import { shownConnection } from "../shown-connection.ts";
import { type TokenNeed, tokenUserId } from "../tokens.ts";
import { watchWakeUps } from "../wake-ups.ts";
import { type MeSnapshot, type MeState, NOBODY, type NotificationPage, reduceMe } from "./me-state.ts";
import { RoomListNews } from "./room-list-news.ts";

/** One's own connection; `getSnapshot` and `subscribe` are fit for `useSyncExternalStore`. */
export interface Me {
  /** Calls back after every change. Returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** What is known now; the same object until something changes. */
  readonly getSnapshot: () => MeSnapshot;
  /** Calls back with each notification that comes while one is connected, also with one that takes an earlier one's place. */
  readonly onNotification: (listener: (notification: Notification) => void) => () => void;
  /** Calls back when a learning session of one's own begins soon: a day before it, and ten minutes before it. */
  readonly onSessionReminder: (listener: (reminder: SessionReminder) => void) => () => void;
  /** Chooses what partners see, on all of one's devices. Resolves once it is chosen; waits for a lost connection. */
  setStatus(status: ChosenStatus): Promise<void>;
  /** Asks who of these (100 at most) is there: `presence` has them a moment later. Of partners one is told unasked. */
  watch(userIds: readonly number[]): Promise<void>;
  /** Reads one, or all, on all of one's devices. Waits for a lost connection. */
  markNotificationsRead(which: number | "all"): Promise<void>;
  /** Loads the latest 50, then with each call those before. While one load runs, returns that one. */
  loadNotifications(): Promise<void>;
  /** Tries again at once: from `offline` without waiting, from `denied` because something has changed. */
  reconnect(): void;
  /** Ends it for good. What is unanswered is rejected with the code `closed`. */
  close(): void;
}

/** Which session begins when, and in how many minutes. */
export type SessionReminder = Omit<SessionReminderFrame, "type">;

interface MeEvents {
  readonly notification: Notification;
  readonly reminder: SessionReminder;
}

const PAGE = 50;

class MeConnection implements Me {
  readonly #client: StudyMateClient;
  readonly #debug: Debug;
  readonly #connection: Connection<MeServerFrame>;
  readonly #commands: Commands<MeCommand>;
  readonly #listeners = new Listeners();
  readonly #events = new EventListeners<MeEvents>();
  readonly #roomList: RoomListNews;
  readonly #stopWatching: () => void;
  #userId: number | undefined;
  #state: MeState = NOBODY;
  #status: ConnectionStatus = { state: "connecting" };
  #isWelcomed = false;
  #snapshot: MeSnapshot | undefined;
  #chosen: Promise<unknown> = Promise.resolve();
  #cursor: string | undefined;
  #loading: Promise<void> | undefined;

  constructor(client: StudyMateClient) {
    const deps = client.socketDeps("/v1/me");
    this.#client = client;
    this.#debug = deps.debug;
    this.#userId = deps.userId;
    this.#roomList = new RoomListNews(client.roomList);
    this.#commands = new Commands({
      send: (frame) => this.#connection.send(frame),
      onUnanswered: () => this.#connection.fail("silent"),
      onRetry: (detail, waitMs) => deps.debug({ roomId: null, event: "retry", detail, waitMs }),
      random: deps.random,
    });
    this.#connection = new Connection({
      ...deps,
      token: (need) => this.#token(deps.token, need),
      onFrames: (frames) => this.#received(frames),
      onStatus: (status) => this.#statusChanged(status),
    });
    this.#stopWatching = watchWakeUps({
      onWake: () => this.#connection.wake(),
      onNetworkLost: () => {
        if (this.#status.state !== "denied") this.#connection.fail("network");
      },
    });
    this.#connection.connect();
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  readonly getSnapshot = (): MeSnapshot => {
    this.#snapshot ??= { ...this.#state, connection: shownConnection(this.#status, this.#isWelcomed) };
    return this.#snapshot;
  };

  readonly onNotification = (listener: (notification: Notification) => void): (() => void) =>
    this.#events.add("notification", listener);

  readonly onSessionReminder = (listener: (reminder: SessionReminder) => void): (() => void) =>
    this.#events.add("reminder", listener);

  setStatus(status: ChosenStatus): Promise<void> {
    // One after the other, also where an earlier one is tried again: the last choice is the one that stays.
    const choosing = this.#chosen.then(() => this.#commands.request({ type: "status.set", status }));
    this.#chosen = choosing.catch(() => {});
    return choosing.then(() => this.#change({ ...this.#state, status }));
  }

  async watch(userIds: readonly number[]): Promise<void> {
    await this.#commands.request({ type: "watch", userIds: [...userIds] });
  }

  async markNotificationsRead(which: number | "all"): Promise<void> {
    const read = which === "all" ? { all: true as const } : { id: which };
    await this.#commands.request({ type: "notification.read", ...read });
  }

  loadNotifications(): Promise<void> {
    this.#loading ??= this.#loadPage().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  reconnect(): void {
    const { state, reason } = this.getSnapshot().connection;
    if (state === "offline" || (state === "denied" && reason !== "closed")) this.#connection.connect();
  }

  close(): void {
    this.#stopWatching();
    this.#connection.stop("closed");
  }

  async #token(provide: (need: TokenNeed) => Promise<string> | string, need: TokenNeed): Promise<string> {
    try {
      const token = await provide(need);
      this.#userId ??= tokenUserId(token);
      return token;
    } catch (error) {
      if (error instanceof StudyMateError && error.code === "wrong_user") {
        this.#state = NOBODY;
        this.#connection.stop("wrong_user");
      }
      throw error;
    }
  }

  async #loadPage(): Promise<void> {
    const isFirst = this.#state.hasOlderNotifications === undefined;
    const query = { limit: PAGE, cursor: isFirst ? undefined : this.#cursor };
    if (this.#state.hasOlderNotifications === false) return;
    const page = await this.#client.request<NotificationList>({ path: "/v1/notifications", query });
    this.#cursor = page.nextCursor ?? undefined;
    this.#take({ type: "page", ...page, hasOlder: page.nextCursor !== null, isFirst });
    this.#changed();
  }

  #received(frames: readonly MeServerFrame[]): void {
    for (const frame of frames) {
      this.#debug({ roomId: null, event: "frame", detail: frame.type });
      if (frame.type === "error") this.#debug({ roomId: null, event: "error", detail: frame.code });
      if (frame.type === "ack" || frame.type === "error") this.#commands.answered(frame);
      else this.#take(frame);
    }
    if (!this.#isWelcomed && frames.some(({ type }) => type === "welcome")) {
      this.#isWelcomed = true;
      this.#commands.opened();
    }
    this.#changed();
    for (const frame of frames) {
      if (frame.type === "notification.created") this.#events.tell("notification", frame.notification);
      if (frame.type === "session.reminder") this.#events.tell("reminder", reminderOf(frame));
    }
  }

  #take(frame: MeServerFrame | NotificationPage): void {
    this.#state = reduceMe(this.#state, frame, Date.now());
    // Oneself, chosen on another device.
    const isOwn = frame.type === "presence" && frame.userId === this.#userId;
    if (isOwn && frame.status !== "offline") this.#state = { ...this.#state, status: frame.status };
    this.#roomList.take(frame);
  }

  #statusChanged(status: ConnectionStatus): void {
    this.#status = status;
    reportStatus(this.#debug, null, status);
    if (status.state !== "open") {
      this.#isWelcomed = false;
      this.#commands.lost();
      this.#roomList.lost();
      this.#state = { ...this.#state, presence: NOBODY.presence };
    }
    if (status.state === "connecting") this.#commands.revive();
    if (status.state === "denied") this.#commands.deny(denial(status.reason));
    this.#changed();
  }

  #change(state: MeState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = undefined;
    this.#listeners.tell();
  }
}

/**
 * Connects the person whose client it is: at once, and again whenever it is lost. The client's list of rooms follows it.
 * A page has one, each of its tabs one of its own; close it where you close the client.
 *
 * ```ts
 * const me = connectMe(client);
 * me.subscribe(() => console.log(me.getSnapshot().presence, me.getSnapshot().unreadNotifications));
 * await me.setStatus("busy");
 * ```
 */
export function connectMe(client: StudyMateClient): Me {
  return new MeConnection(client);
}

function reminderOf({ sessionId, title, startsAt, minutes }: SessionReminder): SessionReminder {
  return { sessionId, title, startsAt, minutes };
}
