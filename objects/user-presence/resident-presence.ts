/** A person's presence that exists, in memory: store, partners, deadlines, and what commands and rooms do to them. */
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import type { MeCommand } from "../../schema/protocol/me/client-frames.ts";
import type { PartnerPresence } from "../../schema/protocol/me/entities.ts";
import type { MeEvent, MeWelcome } from "../../schema/protocol/me/server-frames.ts";
import { PROTOCOL_VERSION } from "../../schema/protocol/version.ts";
import type { InboxUpdate, PresenceState } from "../../schema/rpc.ts";
import { ackFrame, errorFrame, NOTHING, type Outcome } from "../kernel/outcome.ts";
import type { Residence } from "../kernel/sockets/realtime-object.ts";
import type { LiveSocket, SocketRegistry } from "../kernel/sockets/registry.ts";
import { FILLING_DUE, type InboxFilling } from "./inbox-filling.ts";
import { LIVENESS_DUE, type Liveness } from "./liveness.ts";
import { seenBefore } from "./notification-rules.ts";
import type { Notifications } from "./notifications.ts";
import type { Partners } from "./partners.ts";
import { shownState, UNKNOWN } from "./rules.ts";
import { type PresenceStore, type RoomState, toEntry } from "./store.ts";
import { TELLING_DUE, type Telling } from "./telling.ts";

export interface ResidentPresenceDeps {
  readonly store: PresenceStore;
  readonly partners: Partners;
  readonly telling: Telling;
  readonly liveness: Liveness;
  readonly filling: InboxFilling;
  readonly notifications: Notifications;
  readonly sockets: SocketRegistry;
  readonly now: () => number;
}

/** The rest is in the list of rooms. */
const ROOMS_IN_WELCOME = 200;

export class ResidentPresence implements Residence<MeCommand> {
  readonly store: PresenceStore;
  readonly filling: InboxFilling;
  readonly notifications: Notifications;
  readonly deadlines: Residence<MeCommand>["deadlines"];
  private readonly deps: ResidentPresenceDeps;

  constructor(deps: ResidentPresenceDeps) {
    this.deps = deps;
    this.store = deps.store;
    this.filling = deps.filling;
    this.notifications = deps.notifications;
    this.deadlines = {
      ...deps.notifications.deadlines,
      [TELLING_DUE]: () => deps.telling.run(),
      [LIVENESS_DUE]: (item) => deps.liveness.run(item),
      [FILLING_DUE]: () => deps.filling.run(),
    };
  }

  refuseSocket(userId: number): ErrorCode | null {
    const { me } = this.store;
    return userId === me.userId && !me.isErased ? null : "forbidden";
  }

  welcome(): readonly MeWelcome[] {
    const { store, partners, now } = this.deps;
    return [
      {
        type: "welcome",
        protocol: PROTOCOL_VERSION,
        status: store.me.chosen,
        inbox: store.listRooms(null, ROOMS_IN_WELCOME).map(toEntry),
        partners: [...store.partners()].map((userId) => toPresence(userId, partners.state(userId))),
        unreadNotifications: this.notifications.unread(),
        serverTime: new Date(now()).toISOString(),
      },
    ];
  }

  command(live: LiveSocket, command: MeCommand): Outcome {
    const { store, partners, telling, liveness } = this.deps;
    liveness.heard(live);
    if (command.type === "status.set") {
      const { status, ref } = command;
      const reply = { to: live, frames: [ackFrame(ref)] };
      if (status === store.me.chosen) return { reply };
      store.changeMe({ chosen: status });
      telling.soon();
      return { reply, broadcast: [toEvent(store.me.userId, { status, lastSeen: null })] };
    }
    if (command.type === "notification.read") return this.readNotification(live, command);
    const asked = [...new Set(command.userIds)];
    const seen = asked.map((userId) =>
      toEvent(userId, store.partners().has(userId) ? partners.state(userId) : UNKNOWN),
    );
    return { reply: { to: live, frames: [ackFrame(command.ref), ...seen] } };
  }

  presence(_: number, isConnected: boolean): Outcome {
    const { telling, liveness, partners, store, sockets, now } = this.deps;
    if (!isConnected) {
      telling.gone(now());
      return NOTHING;
    }
    liveness.watch(now());
    if (store.me.lastSeen !== null) store.changeMe({ lastSeen: null, seenPartners: null });
    // Who comes back in time was told everything meanwhile.
    if (partners.isKnown) sockets.remember(partners.memo());
    if (!partners.isKnown || store.me.told.status !== store.me.chosen) telling.soon();
    return NOTHING;
  }

  /** Where the state of a room is news: what one's devices are told of it. */
  roomChanged(update: InboxUpdate, { isNews }: { readonly isNews: boolean }): Outcome {
    const { store, partners, telling, sockets } = this.deps;
    const before = store.room(update.roomId);
    const { latestUnread: _, isHere: __, ...state } = update;
    const step = isNews ? this.notifications.step(update) : seenBefore(update);
    if (store.me.isErased || !store.putRoom(state, step.notice)) return NOTHING;
    const { roomId, isActive, partnerId } = update;
    const events: MeEvent[] = [];
    if (isActive && !isSameEntry(update, before)) events.push({ type: "inbox.updated", entry: toEntry(update) });
    if (!isActive && before?.isActive) events.push({ type: "inbox.removed", roomId });
    const lost = before?.partnerId;
    if (lost && !store.partners().has(lost) && partners.drop(lost)) {
      sockets.remember(partners.memo());
      events.push(toEvent(lost, UNKNOWN));
    }
    const isNewPartner = partnerId !== null && before?.partnerId !== partnerId;
    if (isNewPartner && sockets.size > 0) {
      // Each of the two is told by the room: whoever is later finds the other.
      partners.askAgain();
      telling.soon();
    }
    const told = this.notifications.roomChanged(update, step);
    return { ...told, broadcast: [...events, ...(told.broadcast ?? [])] };
  }

  /** A partner tells what they show. They are shown what this one shows; everybody else that nobody is there. */
  met(userId: number, state: PresenceState): { readonly shown: PresenceState; readonly outcome: Outcome } {
    const { store, telling } = this.deps;
    if (!store.partners().has(userId)) return { shown: UNKNOWN, outcome: NOTHING };
    if (state.status !== "offline") telling.alsoSeenBy(userId);
    return { shown: shownState(store.me), outcome: this.noted(userId, state) };
  }

  /** What a partner shows, as long as they tell this one: until this one is said to be gone. */
  noted(userId: number, state: PresenceState): Outcome {
    const { store, partners, sockets } = this.deps;
    if (sockets.size === 0 && store.me.told.status === "offline") return NOTHING;
    if (!store.partners().has(userId) || !partners.note(userId, state)) return NOTHING;
    sockets.remember(partners.memo());
    return { broadcast: [toEvent(userId, state)] };
  }

  /** False where it is too early: partners are to hear first that this one went. */
  erase(): boolean {
    const { store, sockets, telling } = this.deps;
    if (sockets.size > 0 || store.me.told.status !== "offline" || telling.isOwed()) return false;
    store.erase();
    this.notifications.erase();
    return true;
  }

  rebuild(): void {
    this.store.rebuild();
    this.notifications.rebuild();
  }

  private readNotification(
    live: LiveSocket,
    { id, all, ref }: Extract<MeCommand, { type: "notification.read" }>,
  ): Outcome {
    const { notifications } = this;
    const refusal = (code: ErrorCode): Outcome => ({ reply: { to: live, frames: [errorFrame(code, { ref })] } });
    if ((id === undefined) === (all === undefined)) return refusal("invalid_frame");
    if (id !== undefined && !notifications.isKnown(id)) return refusal("not_found");
    const read = id === undefined ? notifications.readAll() : notifications.read([id]);
    return { ...read, reply: { to: live, frames: [ackFrame(ref)] } };
  }

  beforeCommit(): void {}

  committed(): void {}
}

function isSameEntry(update: InboxUpdate, before: RoomState | undefined): boolean {
  return before?.isActive === true && JSON.stringify(toEntry(update)) === JSON.stringify(toEntry(before));
}

function toPresence(userId: number, { status, lastSeen }: Pick<PresenceState, "status" | "lastSeen">): PartnerPresence {
  return { userId, status, lastSeen: lastSeen === null ? null : new Date(lastSeen).toISOString() };
}

function toEvent(userId: number, state: Pick<PresenceState, "status" | "lastSeen">): MeEvent {
  return { type: "presence", ...toPresence(userId, state) };
}
