/**
 * One person: their devices' own sockets, what they show to partners, and the inbox of their rooms. Lifecycle and RPC; what
 * a frame or a room's word does is in `resident-presence.ts`, what is decided in `rules.ts`, all SQL in `store.ts`.
 */

import { USER_PRESENCE_MIGRATIONS } from "../../migrations/user-presence/index.ts";
import { presenceObject, roomObject } from "../../schema/addresses.ts";
import type { NotificationRequest, NotificationSettings } from "../../schema/notifications.ts";
import { type MeCommand, meCommand } from "../../schema/protocol/me/client-frames.ts";
import { ok, refuse } from "../../schema/result.ts";
import type {
  Answer,
  FlushReport,
  InboxUpdate,
  ListedRoom,
  NotificationPage,
  NotificationPageRequest,
  PresenceState,
  UserPresenceRpc,
} from "../../schema/rpc.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import { RealtimeObject } from "../kernel/sockets/realtime-object.ts";
import type { CommandSet } from "../kernel/sockets/receive.ts";
import { FILLING_DUE, InboxFilling } from "./inbox-filling.ts";
import { Liveness } from "./liveness.ts";
import { NotificationFlush } from "./notification-flush.ts";
import { NotificationStore } from "./notification-store.ts";
import { Notifications } from "./notifications.ts";
import { Partners } from "./partners.ts";
import { Preferences } from "./preferences.ts";
import { Pushing } from "./pushing.ts";
import { ResidentPresence } from "./resident-presence.ts";
import { UNKNOWN } from "./rules.ts";
import { PresenceStore } from "./store.ts";
import { onlineKey, Telling } from "./telling.ts";

const COMMANDS: CommandSet<MeCommand> = {
  schema: meCommand,
  types: new Set(meCommand.options.map((option) => option.shape.type.value)),
  sendTypes: new Set(),
};

/** So long somebody who comes waits for rooms from before. */
const READY_MS = 2_000;

export class UserPresence
  extends RealtimeObject<Cloudflare.Env, MeCommand, ResidentPresence>
  implements UserPresenceRpc
{
  protected override migrations(): typeof USER_PRESENCE_MIGRATIONS {
    return USER_PRESENCE_MIGRATIONS;
  }

  protected override commands(): CommandSet<MeCommand> {
    return COMMANDS;
  }

  protected override open(): ResidentPresence {
    const { sockets, due } = this;
    const store = new PresenceStore(this.ctx.storage.sql);
    const partners = new Partners();
    if (sockets.memo !== undefined) partners.restore(sockets.memo);
    const telling = new Telling({
      store,
      partners,
      due,
      cache: () => this.env.CACHE,
      isConnected: () => sockets.size > 0,
      presenceOf: (userId) => presenceObject(this.env, userId),
      onMet: (userId, state) => this.note(userId, state),
      remember: (memo) => sockets.remember(memo),
      now: Date.now,
    });
    const liveness = new Liveness({
      sockets,
      due,
      // A connection of partyserver's is the platform's own WebSocket, dressed up.
      heardAt: ({ socket }) =>
        this.ctx.getWebSocketAutoResponseTimestamp(socket as unknown as WebSocket)?.getTime() ?? null,
      renewCache: () => telling.renewCache(),
      now: Date.now,
    });
    const filling = new InboxFilling({
      store,
      database: () => this.env.DB,
      roomOf: (roomId) => roomObject(this.env, roomId),
      take: (update) => this.take(update, { isNews: false }),
    });
    // A crash ends sockets without a word: nobody is there who was a moment ago, and has the usual time to come back.
    const { told, lastSeen } = store.me;
    if (sockets.size === 0 && told.status !== "offline" && lastSeen === null) telling.gone(Date.now());
    const notifications = this.openNotifications(store);
    return new ResidentPresence({ store, partners, telling, liveness, filling, notifications, sockets, now: Date.now });
  }

  private openNotifications(presence: PresenceStore): Notifications {
    const { sockets, due } = this;
    const { sql } = this.ctx.storage;
    const { userId } = presence.me;
    const database = () => this.env.DB;
    const shared = { userId, due, now: Date.now };
    const store = new NotificationStore(sql);
    const preferences = new Preferences({ ...shared, sql, database });
    return new Notifications({
      ...{ ...shared, store, presence, preferences },
      pushing: new Pushing({
        ...{ ...shared, store, preferences, rooms: presence },
        queue: () => this.env.PUSH,
        connectedDevices: () => sockets.all().map(({ state }) => state.deviceId),
      }),
      flush: new NotificationFlush({
        ...{ ...shared, store, database },
        forget: (id) =>
          void this.forget(id).catch((error) => logError({ event: "notifications.not-forgotten" }, error)),
      }),
      commit: (run) => this.change(() => ({ value: null, outcome: run() })),
    });
  }

  protected override async prepare(userId: number): Promise<void> {
    if (userId === this.userId) await this.ready();
  }

  async roomChanged(update: InboxUpdate): Promise<void> {
    await this.take(update, { isNews: true });
  }

  async notify(request: NotificationRequest): Promise<number | null> {
    const { notifications } = this.ensure();
    await notifications.prepare();
    return this.change(() => {
      const { id, outcome } = notifications.notify(request);
      return { value: id, outcome };
    });
  }

  async notifications(request: NotificationPageRequest): Promise<NotificationPage> {
    return this.ensure().notifications.page(request);
  }

  async readNotifications(ids: readonly number[] | "all"): Promise<number> {
    const { notifications } = this.ensure();
    await this.change(() => ({
      value: null,
      outcome: ids === "all" ? notifications.readAll() : notifications.read(ids),
    }));
    return notifications.unread();
  }

  async notificationSettings(): Promise<NotificationSettings> {
    return this.ensure().notifications.preferences.settings;
  }

  async changeNotificationSettings(settings: NotificationSettings): Promise<void> {
    const { store, notifications } = this.ensure();
    await this.change(() => ({ value: store.me.isErased || notifications.preferences.change(settings) }));
  }

  async profileChanged(): Promise<void> {
    this.resident()?.notifications.preferences.forget();
  }

  async forget(userId: number): Promise<void> {
    const { notifications } = this.resident() ?? {};
    if (notifications) await this.change(() => ({ value: null, outcome: notifications.forget(userId) }));
  }

  async flush(): Promise<readonly FlushReport[]> {
    return (await this.resident()?.notifications.flushNow()) ?? [];
  }

  async renewEpoch(): Promise<Answer<number>> {
    const { notifications } = this.resident() ?? {};
    const epoch = await this.change(() => ({ value: notifications?.renewEpoch() ?? null }));
    return epoch === null ? refuse("not_found") : ok(epoch);
  }

  async meet(userId: number, state: PresenceState): Promise<PresenceState> {
    const home = this.resident();
    if (!home) return UNKNOWN;
    return this.change(() => {
      const { shown, outcome } = home.met(userId, state);
      return { value: shown, outcome };
    });
  }

  async listRooms(page: {
    after: readonly [activity: number, roomId: number] | null;
    limit: number;
  }): Promise<ListedRoom[]> {
    const home = await this.ready();
    return home.store.listRooms(page.after, page.limit + 1);
  }

  async endSockets(userId: number, deviceId?: string): Promise<number> {
    return this.sockets.endUser(userId, "tokenEnded", deviceId);
  }

  async erase(): Promise<boolean> {
    const home = this.ensure();
    this.sockets.endUser(this.userId, "tokenEnded");
    const isErased = await this.change(() => ({ value: home.erase() }));
    if (isErased) await this.env.CACHE.delete(onlineKey(this.userId));
    return isErased;
  }

  private get userId(): number {
    return Number(this.name);
  }

  private async take(update: InboxUpdate, { isNews }: { isNews: boolean }): Promise<void> {
    const home = this.ensure();
    if (isNews) await home.notifications.prepareFor(update);
    await this.change(() => ({ value: null, outcome: home.roomChanged(update, { isNews }) }));
  }

  /** Whoever is told of, or comes, exists: a person has no other beginning. */
  private ensure(): ResidentPresence {
    const { sql } = this.ctx.storage;
    if (!this.resident()) {
      this.establish(() => PresenceStore.create(sql, this.userId));
    }
    const home = this.resident();
    if (!home) throw new Error("the object was just made");
    return home;
  }

  /** With the rooms from before, as far as they answer. Until somebody looks, nobody misses them. */
  private async ready(): Promise<ResidentPresence> {
    const home = this.ensure();
    try {
      await inTime(READY_MS, home.filling.fill());
    } catch (error) {
      logError({ event: "inbox.not-filled", object: this.name }, error);
      this.due.schedule(FILLING_DUE, Date.now());
    }
    return home;
  }

  private note(userId: number, state: PresenceState): void {
    this.change(() => ({ value: null, outcome: this.resident()?.noted(userId, state) ?? {} })).catch((error) =>
      logError({ event: "presence.not-noted", object: this.name }, error),
    );
  }
}
