/** A room that exists, in memory: its store, its view, its flush, and what commands and deadlines do to them. */
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import type { RoomCommand } from "../../schema/protocol/room/client-frames.ts";
import type { RoomEvent } from "../../schema/protocol/room/server-frames.ts";
import type { BlockedPair, InboxUpdate, PageOverlay, PageRequest } from "../../schema/rpc.ts";
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import { FLUSH_TIMING } from "../kernel/flush.ts";
import { errorFrame, NOTHING, type Outcome } from "../kernel/outcome.ts";
import type { Residence } from "../kernel/sockets/realtime-object.ts";
import type { Broadcast, Frame, LiveSocket, SocketRegistry } from "../kernel/sockets/registry.ts";
import type { RoomBlocks } from "./blocks.ts";
import { type HandlerContext, handleCommand, moveMarker } from "./handlers.ts";
import { InboxTelling, type InboxTellingDeps } from "./inbox-telling.ts";
import type { InboxUpdates } from "./inbox-updates.ts";
import { Moderation } from "./moderation.ts";
import { RECEIPT_INTERVAL_MS, ReadMarkers } from "./read-markers.ts";
import { RoomFlush } from "./room-flush.ts";
import type { RoomStore } from "./store.ts";
import type { ToldInboxes } from "./told-inboxes.ts";
import { TypingBoard } from "./typing.ts";
import { RoomView } from "./view.ts";

export interface ResidentRoomDeps {
  readonly store: RoomStore;
  readonly blocks: RoomBlocks;
  readonly told: ToldInboxes;
  readonly inboxUpdates: InboxUpdates;
  readonly inboxOf: InboxTellingDeps["inboxOf"];
  readonly sockets: SocketRegistry;
  readonly due: DueTable;
  readonly database: () => D1Database;
  readonly searchDatabase: () => D1Database | null;
  readonly now: () => number;
  readonly claimOf: HandlerContext["claimOf"];
  /** Writes the held read markers in a group of their own. */
  readonly commitMarkers: () => Promise<unknown>;
}

const MARKERS_DUE = "read-markers";

export class ResidentRoom implements Residence<RoomCommand> {
  readonly store: RoomStore;
  readonly blocks: RoomBlocks;
  readonly told: ToldInboxes;
  readonly view: RoomView;
  readonly moderation: Moderation;
  readonly flush: RoomFlush;
  readonly inboxes: InboxTelling;
  readonly deadlines: Residence<RoomCommand>["deadlines"];
  private readonly deps: ResidentRoomDeps;
  private readonly markers = new ReadMarkers();
  private readonly typing = new TypingBoard();
  /** `store.changeMark` of the last commit: for everything up to it a flush was asked for. */
  private markSeen: string;
  private isUrgent = false;
  /** This group is the first of what the next flush takes along. */
  private flushBegins = false;
  /** What is committed now is flushed in the same run of the alarm. */
  private flushFollows = false;

  constructor(deps: ResidentRoomDeps) {
    const { store, blocks, sockets, due, database, searchDatabase, now } = deps;
    this.deps = deps;
    this.store = store;
    this.blocks = blocks;
    this.told = deps.told;
    this.markSeen = store.changeMark;
    this.view = new RoomView(store, blocks, (userId) => sockets.isConnected(userId));
    this.moderation = new Moderation(store, this.view);
    this.flush = new RoomFlush({ store, due, database, searchDatabase, now });
    this.inboxes = new InboxTelling({
      roomId: store.room.id,
      told: this.told,
      updates: deps.inboxUpdates,
      due,
      head: () => store.head,
      participantCount: () => store.participants().length,
      participantOf: (userId) => store.participant(userId),
      plannedFlush: () => due.planned(this.flush.main.dueName),
      inboxOf: deps.inboxOf,
      now,
    });
    this.deadlines = {
      ...this.flush.deadlines,
      ...this.inboxes.deadlines,
      [this.flush.main.dueName]: (item) => this.runFlush(item),
      [MARKERS_DUE]: async () => {
        await deps.commitMarkers();
        return null;
      },
    };
  }

  refuseSocket(userId: number): ErrorCode | null {
    return this.store.participant(userId)?.isActive ? null : "forbidden";
  }

  welcome(live: LiveSocket): readonly Frame[] {
    const you = this.store.participant(live.state.userId);
    return you ? [this.view.welcome(you, this.deps.now())] : [];
  }

  command(live: LiveSocket, command: RoomCommand): Outcome {
    const caller = this.store.participant(live.state.userId);
    if (!caller?.isActive) {
      return { reply: { to: live, frames: [errorFrame("forbidden", { ref: command.ref })] } };
    }
    const { store, blocks, view, markers, typing, told } = this;
    const { claimOf, now } = this.deps;
    return handleCommand({ store, blocks, view, markers, typing, told, live, caller, claimOf, now: now() }, command);
  }

  presence(userId: number, connected: boolean): Outcome {
    const { blocks } = this;
    const news: Broadcast[] = [];
    if (!connected && this.typing.stop(userId))
      news.push(blocks.unseen(userId, { type: "typing", userId, until: null }));
    if (this.store.hasReceipts()) {
      const type = connected ? "participant.online" : "participant.offline";
      news.push(blocks.unseen(userId, { type, userId }));
    }
    return { broadcast: news };
  }

  /** Who made it is told of it, on all devices; each of the two sees the other come or go with it; nobody else hears of it. */
  block(pair: BlockedPair, isBlocked: boolean): Outcome {
    const { userId, otherId } = pair;
    if (!this.store.participant(userId) || !this.store.participant(otherId)) return NOTHING;
    const changed = this.blocks.set(pair, isBlocked);
    const userIds = [...this.blocks.by(userId)];
    const told: RoomEvent = { type: "blocks.changed", userIds };
    const news: Broadcast[] = changed.own ? [{ frameFor: (viewerId) => (viewerId === userId ? told : null) }] : [];
    if (changed.between) {
      // Each other's words and whether they are partners: nothing of it takes a rev.
      for (const id of [userId, otherId]) this.told.mark(id);
      this.inboxes.schedule();
    }
    if (!changed.between || !this.store.hasReceipts()) return { broadcast: news };
    const isBetween = this.blocks.isBetween(userId, otherId);
    const seen = (seenId: number): RoomEvent => ({
      type: !isBetween && this.deps.sockets.isConnected(seenId) ? "participant.online" : "participant.offline",
      userId: seenId,
    });
    const frameFor = (viewerId: number) =>
      viewerId === userId ? seen(otherId) : viewerId === otherId ? seen(userId) : null;
    return { broadcast: [...news, { frameFor }] };
  }

  rebuild(): void {
    this.blocks.rebuild();
    this.told.rebuild();
    this.store.rebuild();
  }

  beforeCommit(): void {
    const now = this.deps.now();
    if (this.store.changeMark !== this.markSeen && !this.flushFollows) {
      this.flushBegins = this.deps.due.planned(this.flush.main.dueName) === undefined;
      this.flush.schedule(now, this.isUrgent);
      this.isUrgent = false;
    }
    if (!this.markers.isEmpty) this.scheduleMarkers(now);
  }

  committed(): void {
    const { changeMark } = this.store;
    if (changeMark !== this.markSeen && !this.flushFollows) this.inboxes.changed(this.flushBegins);
    this.markSeen = changeMark;
  }

  /** What this group changes is flushed without the usual delay. */
  flushSoon(): void {
    this.isUrgent = true;
  }

  /** For one page of history: which ids it is made of, and those rows that D1 may lack. */
  overlay(request: PageRequest, position = this.flush.main.lastPosition()): PageOverlay {
    const range = this.view.range(request);
    return {
      ...range,
      epoch: this.store.head.epoch,
      unflushed: request.whole
        ? this.store.messagesBetween(range.first, range.last)
        : this.store.messagesBetweenPast(range.first, range.last, position),
      bookmark: this.flush.main.destination.bookmark(),
    };
  }

  /** How the room stands for one of its people; null for everybody else. */
  inboxUpdate(userId: number): InboxUpdate | null {
    const participant = this.store.participant(userId);
    return participant ? this.deps.inboxUpdates.of(participant) : null;
  }

  /** Read markers that were held: each moves as far as it was asked to. */
  takeMarkers(): Outcome {
    const broadcast: Broadcast[] = [];
    for (const [userId, messageId] of this.markers.take()) {
      const participant = this.store.participant(userId);
      if (!participant?.isActive || participant.lastReadMessageId >= messageId) continue;
      broadcast.push(...(moveMarker(this, participant, messageId).broadcast ?? []));
    }
    this.markers.prune(this.deps.now());
    return broadcast.length > 0 ? { broadcast } : NOTHING;
  }

  private async runFlush(item: DueItem): Promise<NextRun> {
    if (!this.markers.isEmpty) await this.commitMarkersFirst();
    const [next] = await Promise.all([this.flush.runBoth(item), this.inboxes.runAlong(item)]);
    return next;
  }

  private async commitMarkersFirst(): Promise<void> {
    this.flushFollows = true;
    try {
      await this.deps.commitMarkers();
    } finally {
      this.flushFollows = false;
    }
  }

  /**
   * A flush that is due soon takes the markers along: no deadline of their own, no row for it. One that is under way
   * has taken its own already.
   */
  private scheduleMarkers(now: number): void {
    if (this.flush.isPlannedBy(now + FLUSH_TIMING.delayMs)) return;
    this.deps.due.schedule(MARKERS_DUE, now + RECEIPT_INTERVAL_MS);
  }
}
