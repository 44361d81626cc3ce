/** Puts together what a client keeps on its device: which storage, for whom, and which tabs share it. */
import type { Debug } from "../debug.ts";
import { watchWakeUps } from "../wake-ups.ts";
import { Device } from "./device.ts";
import { indexedDbStorage } from "./indexed-db.ts";
import { LazyWrites } from "./lazy-writes.ts";
import { type OutboxRow, OutboxRows } from "./outbox-rows.ts";
import { RoomCache } from "./room-cache.ts";
import { type ClientStorage, memoryStorage } from "./storage.ts";
import { Tab } from "./tab.ts";

export interface DeviceStoreOptions {
  readonly baseUrl: string;
  readonly userId?: number;
  readonly storage?: ClientStorage;
  readonly debug: Debug;
  readonly onAdopted: (rows: readonly OutboxRow[]) => void;
}

export interface DeviceStore {
  readonly device: Device;
  readonly writes: LazyWrites;
  readonly cache: RoomCache;
  readonly outboxRows: OutboxRows;
  readonly close: () => void;
  /** Deletes everything of this user. False: it may still be there. */
  readonly clear: () => Promise<boolean>;
}

export function openDeviceStore({ baseUrl, userId, storage, debug, onAdopted }: DeviceStoreOptions): DeviceStore {
  const shared = userId === undefined ? undefined : (storage ?? ownStorage());
  const device = new Device({ storage: shared ?? memoryStorage(), baseUrl, userId, debug });
  const scope = `${new URL(baseUrl).origin}/${userId}/`;
  const tab = shared === undefined ? undefined : new Tab(scope, () => void outboxRows.adopt());
  const outboxRows = new OutboxRows({ device, tab, debug, onAdopted });
  const writes = new LazyWrites();
  const stopWatching = watchWakeUps({ onWake: () => void outboxRows.adopt() });
  return {
    device,
    writes,
    cache: new RoomCache(device, writes),
    outboxRows,
    close: () => {
      stopWatching();
      writes.close();
      outboxRows.close();
      // Whoever takes over what is unsent finds it as it is.
      if (tab !== undefined) void outboxRows.whenWritten().then(() => tab.close());
    },
    clear: async () => {
      device.detach();
      // A write that has begun comes first.
      await outboxRows.whenWritten();
      return device.clear();
    },
  };
}

/** Undefined where the runtime has no storage that outlives the page. */
function ownStorage(): ClientStorage | undefined {
  return "indexedDB" in globalThis ? indexedDbStorage() : undefined;
}
