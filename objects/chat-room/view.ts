/** What clients are shown of a room: snapshots, pages and what came past a position. Reads only. */
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { Message, Participant, Room } from "../../schema/protocol/room/entities.ts";
import type { SyncCompleted, SyncRows, Welcome } from "../../schema/protocol/room/server-frames.ts";
import { PROTOCOL_VERSION } from "../../schema/protocol/version.ts";
import type { PageRequest } from "../../schema/rpc.ts";
import type { Ref } from "../../schema/values.ts";
import type { RoomBlocks } from "./blocks.ts";
import { fitting } from "./fitting.ts";
import { type PageRange, pageRange } from "./page-range.ts";
import { type StoredParticipant, toParticipant } from "./rows.ts";
import type { RoomStore } from "./store.ts";

/** More than this is no catching up: the client starts over with HTTP history. Units are UTF-16 units of JSON. */
const MAX_SYNC_ROWS = 5_000;
const MAX_SYNC_UNITS = 1_000_000;
/** Of one frame: clients with the usual limit of 1 MiB must be able to take it. */
const MAX_FRAME_UNITS = 200_000;

export interface SyncRequest {
  readonly ref?: Ref | undefined;
  readonly epoch?: number | string | undefined;
  readonly messageId: number;
  readonly rev: number;
}

export class RoomView {
  private readonly store: RoomStore;
  private readonly blocks: Pick<RoomBlocks, "of" | "by">;
  private readonly isConnected: (userId: number) => boolean;
  /** After an outage everybody comes back at once, and each is shown everybody. */
  private readonly shown = new WeakMap<StoredParticipant, Participant>();

  constructor(store: RoomStore, blocks: Pick<RoomBlocks, "of" | "by">, isConnected: (userId: number) => boolean) {
    this.store = store;
    this.blocks = blocks;
    this.isConnected = isConnected;
  }

  participant(stored: StoredParticipant): Participant {
    const online = this.isConnected(stored.userId);
    const known = this.shown.get(stored);
    if (known?.online === online) return known;
    const participant = toParticipant(stored, online);
    this.shown.set(stored, participant);
    return participant;
  }

  /** Nobody is online to whom there is a block. */
  seenBy(viewerId: number, participant: Participant): Participant {
    const isHidden = participant.online && this.blocks.of(viewerId).has(participant.userId);
    return isHidden ? { ...participant, online: false } : participant;
  }

  snapshot(viewerId: number): { room: Room; participants: Participant[] } {
    return { room: this.store.room, participants: this.participants(this.store.participants(), viewerId) };
  }

  welcome(you: StoredParticipant, now: number): Welcome {
    const { epoch, id, rev } = this.store.head;
    return {
      type: "welcome",
      protocol: PROTOCOL_VERSION,
      epoch,
      ...this.snapshot(you.userId),
      you: {
        userId: you.userId,
        role: you.role,
        lastReadMessageId: you.lastReadMessageId,
        blockedUserIds: [...this.blocks.by(you.userId)],
      },
      messageId: id,
      rev,
      serverTime: new Date(now).toISOString(),
    };
  }

  /** Every row past a position in its current state, then the position that holds. */
  sync({ ref, epoch, messageId, rev }: SyncRequest, viewerId: number): (SyncRows | SyncCompleted)[] {
    const { head, room } = this.store;
    const withRef = ref === undefined ? {} : { ref };
    const completed: SyncCompleted = {
      type: "sync.completed",
      ...withRef,
      epoch: head.epoch,
      messageId: head.id,
      rev: head.rev,
    };
    const isForeign = epoch !== undefined && String(epoch) !== String(head.epoch);
    if (isForeign || messageId > head.id || rev > head.rev) return [{ ...completed, reset: true }];

    const fresh = this.store.messagesAfter(messageId, MAX_SYNC_ROWS + 1);
    const changed = this.store.messagesChangedAfter(rev, messageId, MAX_SYNC_ROWS + 1);
    const chunks = chunked([...changed, ...fresh]);
    if (fresh.length + changed.length > MAX_SYNC_ROWS || chunks === null) return [{ ...completed, reset: true }];

    const changedParticipants = this.store.participants().filter((one) => one.rev > rev);
    const participants = this.participants(changedParticipants, viewerId);
    const rows = chunks.map((messages): SyncRows => ({ type: "sync.rows", ...withRef, messages, participants: [] }));
    if (participants.length > 0 || room.rev > rev) {
      rows.unshift({ type: "sync.rows", ...withRef, messages: [], participants, ...(room.rev > rev && { room }) });
    }
    return [...rows, completed];
  }

  range(request: PageRequest): PageRange {
    return pageRange(this.store.head.id, request, (id) => this.store.createdAt(id));
  }

  /** Newest first; fewer than asked for where they are very large. */
  page(request: PageRequest): { messages: Message[]; hasMore: boolean } {
    const { first, last } = this.range(request);
    const newestFirst = this.store.messagesBetween(first, last).reverse();
    const messages = fitting(newestFirst, MAX_FRAME_UNITS);
    return { messages, hasMore: first > 1 || messages.length < newestFirst.length };
  }

  private participants(stored: readonly StoredParticipant[], viewerId: number): Participant[] {
    return stored.map((one) => this.seenBy(viewerId, this.participant(one)));
  }
}

/** Null if it is too much in all. */
function chunked(messages: readonly Message[]): Message[][] | null {
  const chunks: Message[][] = [];
  let totalUnits = 0;
  let chunkUnits = 0;
  for (const message of messages) {
    const units = JSON.stringify(message).length;
    totalUnits += units;
    if (totalUnits > MAX_SYNC_UNITS) return null;
    const last = chunks.at(-1);
    if (last && last.length < LIMITS.pageSize && chunkUnits + units <= MAX_FRAME_UNITS) {
      last.push(message);
      chunkUnits += units;
    } else {
      chunks.push([message]);
      chunkUnits = units;
    }
  }
  return chunks;
}
