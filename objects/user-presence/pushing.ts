/**
 * Gives notifications to the queue that pushes them to devices on which no page is open. The row says that it is still to
 * be given until the queue has it: what fails, or is killed, is tried again, with the flush at the latest. So a push may
 * be sent twice, never not at all; push services and browsers replace it by its number.
 */
import { NOTIFICATION_DATA } from "../../schema/notifications.ts";
import type { PushMessage, PushPayload } from "../../schema/push.ts";
import { backoffMs, type DueItem, type DueTable, type NextRun } from "../kernel/due.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import { pushTerms } from "./notification-rules.ts";
import { dataOf, type NotificationRow, type NotificationStore } from "./notification-store.ts";
import { previewText } from "./notification-texts.ts";
import type { Preferences } from "./preferences.ts";
import type { PresenceStore } from "./store.ts";

export interface PushQueue {
  send(message: PushMessage): Promise<unknown>;
}

export interface PushingDeps {
  readonly userId: number;
  readonly store: NotificationStore;
  readonly rooms: Pick<PresenceStore, "room">;
  readonly preferences: Preferences;
  readonly due: DueTable;
  /** Undefined where the service runs without pushes. Asked at each use. */
  readonly queue: () => PushQueue | undefined;
  /** Those that hold a socket of this object. */
  readonly connectedDevices: () => readonly string[];
  readonly now: () => number;
}

export const PUSH_DUE = "push";
const PATIENCE_MS = 10_000;
const RETRY_MS = 1_000;

export class Pushing {
  private readonly deps: PushingDeps;
  private current: Promise<boolean> | undefined;

  constructor(deps: PushingDeps) {
    this.deps = deps;
  }

  get isOn(): boolean {
    return this.deps.queue() !== undefined;
  }

  /** Something is to be pushed. Never throws. */
  async run(): Promise<void> {
    if (!(await this.pushAll())) this.deps.due.schedule(PUSH_DUE, this.deps.now() + backoffMs(0, RETRY_MS));
  }

  async runDue({ attempts }: DueItem): Promise<NextRun> {
    if (await this.pushAll()) return null;
    return { at: this.deps.now() + backoffMs(attempts, RETRY_MS), attempts: attempts + 1 };
  }

  private async pushAll(): Promise<boolean> {
    // One that came during a run may have been too late for it.
    while (this.deps.store.toPush().length > 0) {
      this.current ??= this.pushOnce().finally(() => {
        this.current = undefined;
      });
      if (!(await this.current)) return false;
    }
    return true;
  }

  private async pushOnce(): Promise<boolean> {
    const { userId, store, queue } = this.deps;
    try {
      for (const row of store.toPush()) {
        const message = this.messageOf(row);
        if (message) await inTime(PATIENCE_MS, queue()?.send(message) ?? Promise.resolve());
        store.pushed(row);
      }
      return true;
    } catch (error) {
      logError({ event: "push.not-queued", object: `user-presence:${userId}` }, error);
      return false;
    }
  }

  /** Null where it is worth nothing any more. */
  private messageOf(row: NotificationRow): PushMessage | null {
    const { userId, connectedDevices, now } = this.deps;
    const terms = pushTerms({ priority: row.priority, expiresAt: row.expires_at }, now());
    if (terms === null) return null;
    const { id, type, title } = row;
    return {
      userId,
      exceptDeviceIds: [...new Set(connectedDevices())],
      ...terms,
      payload: { id, type, title, message: this.shownText(row) ?? row.message, data: linksOf(row) },
    };
  }

  /** What the message says, where that may be shown, and where it is still the last one of its room. */
  private shownText(row: NotificationRow): string | null {
    const { preferences, rooms } = this.deps;
    if (row.type !== "MESSAGE" || !preferences.settings.showsMessageText) return null;
    const { roomId, messageId, senderName, roomName, messageType } = NOTIFICATION_DATA.MESSAGE.parse(dataOf(row));
    const room = rooms.room(roomId);
    if (room?.lastMessageId !== messageId || !room.lastMessage) return null;
    const { preview } = room.lastMessage;
    const text = previewText({ preview, messageType }, preferences.reader.language);
    return text === null || roomName === null ? text : `${senderName}: ${text}`;
  }
}

/** Where it leads: numbers, and the address of one that has its own. */
function linksOf(row: NotificationRow): PushPayload["data"] {
  const links = Object.entries(dataOf(row)).flatMap(([key, value]): [string, string | number][] =>
    typeof value === "number" || (key === "url" && typeof value === "string") ? [[key, value]] : [],
  );
  return Object.fromEntries(links);
}
