/**
 * What somebody is told of: makes notifications and reads them, on all devices alike. Called inside the transaction of
 * what they follow from, so both are there or neither; what is told is broadcast, pushed and flushed once that is durable.
 */
import type {
  NotificationData,
  NotificationPriority,
  NotificationRequest,
  NotificationType,
} from "../../schema/notifications.ts";
import type { MeEvent } from "../../schema/protocol/me/server-frames.ts";
import type {
  FlushReport,
  InboxUpdate,
  NotificationPage,
  NotificationPageRequest,
  UnreadMessage,
} from "../../schema/rpc.ts";
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import { NOTHING, type Outcome } from "../kernel/outcome.ts";
import type { NotificationFlush } from "./notification-flush.ts";
import {
  DEFAULT_PRIORITY,
  isPushed,
  isWanted,
  lapsedNotice,
  type NoticeStep,
  nextNotice,
} from "./notification-rules.ts";
import {
  dataOf,
  MOST_KEPT,
  type NotificationContent,
  type NotificationRow,
  type NotificationStore,
  toNotification,
} from "./notification-store.ts";
import { notificationText } from "./notification-texts.ts";
import type { Preferences } from "./preferences.ts";
import { PUSH_DUE, type Pushing } from "./pushing.ts";
import type { PresenceStore } from "./store.ts";

export interface NotificationsDeps {
  readonly store: NotificationStore;
  readonly presence: PresenceStore;
  readonly preferences: Preferences;
  readonly pushing: Pushing;
  readonly flush: NotificationFlush;
  readonly due: DueTable;
  /** In a group of its own. */
  readonly commit: (run: () => Outcome) => Promise<unknown>;
  readonly now: () => number;
}

const NOTICES_DUE = "notices";

/** What is told, whoever asked for it. */
interface Told<Type extends NotificationType> {
  readonly type: Type;
  readonly data: NotificationData<Type>;
  readonly priority?: NotificationPriority | undefined;
  readonly expiresAt?: number | undefined;
  readonly collapseKey?: string | undefined;
  readonly aboutUserId?: number | null | undefined;
  /** Of how many things it tells; one more than the one whose place it takes, unless given. */
  readonly count?: number;
}

export class Notifications {
  readonly deadlines: Readonly<Record<string, (item: DueItem) => Promise<NextRun>>>;
  readonly preferences: Preferences;
  private readonly deps: NotificationsDeps;

  constructor(deps: NotificationsDeps) {
    const { flush, pushing } = deps;
    this.deps = deps;
    this.preferences = deps.preferences;
    this.deadlines = {
      [flush.dueName]: async (item) => {
        // What a kill kept from the queue goes along.
        const [next] = await Promise.all([flush.run(item), pushing.run()]);
        return next;
      },
      [PUSH_DUE]: (item) => pushing.runDue(item),
      [NOTICES_DUE]: () => this.runNotices(),
    };
  }

  rebuild(): void {
    this.deps.store.rebuild();
    this.deps.preferences.rebuild();
  }

  /** Outside of transactions, before something is told. */
  prepare(): Promise<void> {
    return this.deps.preferences.prepare();
  }

  async prepareFor(update: InboxUpdate): Promise<void> {
    if (this.step(update).tell !== null && isWanted("MESSAGE", this.preferences.settings)) await this.prepare();
  }

  unread(): number {
    return this.deps.store.countUnread(this.deps.now());
  }

  page(request: NotificationPageRequest): NotificationPage {
    const { store, now } = this.deps;
    return {
      items: store.page(request, now()).map(toNotification),
      unread: this.unread(),
      kept: request.unreadOnly ? null : store.keptIds(),
    };
  }

  notify(request: NotificationRequest): { readonly id: number | null; readonly outcome: Outcome } {
    const { store, presence, now } = this.deps;
    if (presence.me.isErased || store.isKnownCause(request.cause)) return { id: null, outcome: NOTHING };
    store.putCause(request.cause);
    if (request.expiresAt !== undefined && request.expiresAt <= now()) return { id: null, outcome: NOTHING };
    const made = this.make(request);
    if (!made) return { id: null, outcome: NOTHING };
    const reminder: MeEvent[] =
      request.type === "SESSION_REMINDER" ? [{ type: "session.reminder", ...request.data }] : [];
    return { id: made.id, outcome: this.outcomeOf([...this.createdEvents(made), ...reminder]) };
  }

  read(ids: readonly number[]): Outcome {
    return this.outcomeOf(this.readEvents(ids));
  }

  readAll(): Outcome {
    const { store, now } = this.deps;
    const isNews = store.markRead(store.unreadIds(), now()).length > 0;
    return this.outcomeOf(isNews ? [{ type: "notification.read", all: true, unread: this.unread() }] : []);
  }

  /** Somebody's account is gone: so is what has their name in it. */
  forget(userId: number): Outcome {
    const unread = this.deps.store.forget(userId);
    if (unread.length === 0) return NOTHING;
    const event: MeEvent = { type: "notification.read", ids: unread, unread: this.unread() };
    return { broadcast: [event] };
  }

  /** False for a number that was not given yet. */
  isKnown(id: number): boolean {
    return id <= (this.deps.store.head?.id ?? 0);
  }

  /** What a room's word does to its notice; for it to be stored with that. */
  step(update: InboxUpdate): NoticeStep {
    const { presence, now } = this.deps;
    return nextNotice(presence.notice(update.roomId), update, now());
  }

  /** A room's word was taken. */
  roomChanged(update: InboxUpdate, { notice, tell }: NoticeStep): Outcome {
    const { due, store, now } = this.deps;
    if (notice.noticeAt !== null) due.schedule(NOTICES_DUE, notice.noticeAt);
    if (update.latestUnread === null) {
      const seen = store.unreadWithKey(roomKey(update.roomId), now());
      return seen ? this.read([seen.id]) : NOTHING;
    }
    return this.outcomeOf(tell ? this.tellOf(update.roomId, tell) : []);
  }

  flushNow(): Promise<FlushReport[]> {
    return this.deps.flush.flushNow();
  }

  /** Null where there was never a notification. */
  renewEpoch(): number | null {
    const { store, flush, now } = this.deps;
    const epoch = store.renewEpoch(now());
    if (epoch !== null) flush.schedule();
    return epoch;
  }

  erase(): void {
    const { store, preferences, due, flush } = this.deps;
    store.erase();
    preferences.erase();
    for (const name of [flush.dueName, PUSH_DUE, NOTICES_DUE]) due.withdraw(name);
  }

  private async runNotices(): Promise<NextRun> {
    const { presence, commit } = this.deps;
    await this.prepare();
    await commit(() => this.lapse());
    const times = presence.waitingNotices().map(({ at }) => at);
    return times.length > 0 ? { at: Math.min(...times) } : null;
  }

  private lapse(): Outcome {
    const { presence, now } = this.deps;
    const lapsed = presence.waitingNotices().filter(({ at }) => at <= now());
    const events = lapsed.flatMap(({ roomId, notice }) => {
      const step = lapsedNotice(notice);
      presence.putNotice(roomId, step.notice);
      return step.tell ? this.tellOf(roomId, step.tell) : [];
    });
    return this.outcomeOf(events);
  }

  private tellOf(roomId: number, { id: messageId, senderId, senderName, messageType }: UnreadMessage): MeEvent[] {
    const room = this.deps.presence.room(roomId);
    const made = this.make({
      type: "MESSAGE",
      data: { roomId, messageId, senderId, senderName, roomName: room?.room.name ?? null, messageType },
      collapseKey: roomKey(roomId),
      count: room?.unread ?? 1,
    });
    return made ? this.createdEvents(made) : [];
  }

  /** Null where it is not wanted. */
  private make<Type extends NotificationType>(told: Told<Type>): NotificationRow | null {
    const { store, presence, preferences, pushing, now } = this.deps;
    const { settings, reader } = preferences;
    const { type, data, priority = DEFAULT_PRIORITY[type], expiresAt = null, collapseKey = null } = told;
    if (!isWanted(type, settings)) return null;
    const before = collapseKey === null ? undefined : store.unreadWithKey(collapseKey, now());
    const count = told.count ?? countOf(before) + 1;
    const circumstances = {
      ...{ settings, now: now() },
      timeZone: reader.timeZone,
      chosenStatus: presence.me.chosen,
    };
    const content: NotificationContent = {
      type,
      ...notificationText({ type, data, count }, reader),
      data: JSON.stringify({ ...storedData(type, data), count }),
      about_user_id: told.aboutUserId ?? namedIn(data),
      priority,
      expires_at: expiresAt,
      created_at: now(),
      collapse_key: collapseKey,
      is_to_push: Number(pushing.isOn && isPushed({ type, priority }, circumstances)),
    };
    return before ? store.replace(before, content) : store.insert(content);
  }

  /** What is older than the latest 500 counts as read: soon D1 alone has it. */
  private createdEvents(row: NotificationRow): MeEvent[] {
    const { store } = this.deps;
    const beyond = row.id > MOST_KEPT ? this.readEvents(store.unreadBeyondKept()) : [];
    return [...beyond, { type: "notification.created", notification: toNotification(row), unread: this.unread() }];
  }

  private readEvents(ids: readonly number[]): MeEvent[] {
    const { store, now } = this.deps;
    const read = store.markRead(ids, now());
    return read.length > 0 ? [{ type: "notification.read", ids: read, unread: this.unread() }] : [];
  }

  private outcomeOf(events: readonly MeEvent[]): Outcome {
    if (events.length === 0) return NOTHING;
    const { flush, pushing } = this.deps;
    flush.schedule();
    return { broadcast: events, after: () => void pushing.run() };
  }
}

function roomKey(roomId: number): string {
  return `room:${roomId}`;
}

function countOf(row: NotificationRow | undefined): number {
  const count = row && dataOf(row).count;
  return typeof count === "number" ? count : 0;
}

/** Whose name is in it. */
function namedIn(data: object): number | null {
  if ("senderId" in data && typeof data.senderId === "number") return data.senderId;
  return "userId" in data && typeof data.userId === "number" ? data.userId : null;
}

/** The words of a SYSTEM notification are in its title and message. */
function storedData<Type extends NotificationType>(type: Type, data: NotificationData<Type>): object {
  if (type !== "SYSTEM") return data;
  const { ko: _, en: __, ...rest } = data as NotificationData<"SYSTEM">; // its type says so
  return rest;
}
