/**
 * A chat room: the only writer of its participants and messages. Lifecycle and RPC; what a frame does is in
 * `handlers.ts`, what is allowed in `rules.ts`, all SQL in `store.ts`.
 */

import { CHAT_ROOM_MIGRATIONS } from "../../migrations/chat-room/index.ts";
import { presenceObject } from "../../schema/addresses.ts";
import { type RoomCommand, roomCommand } from "../../schema/protocol/room/client-frames.ts";
import type { Message, Participant, Room } from "../../schema/protocol/room/entities.ts";
import { ok, refuse } from "../../schema/result.ts";
import type {
  Answer,
  BlockedPair,
  ChatRoomRpc,
  FlushReport,
  FlushState,
  InboxUpdate,
  NewParticipant,
  NewRoom,
  PageOverlay,
  PageRequest,
  RoomView as RoomSnapshot,
} from "../../schema/rpc.ts";
import type { ParticipantRole } from "../../schema/values.ts";
import { logError } from "../kernel/log.ts";
import { RealtimeObject } from "../kernel/sockets/realtime-object.ts";
import type { CommandSet } from "../kernel/sockets/receive.ts";
import { RoomBlocks } from "./blocks.ts";
import { messageDatabase, searchDatabase } from "./database.ts";
import { InboxUpdates } from "./inbox-updates.ts";
import { readClaim } from "./media-claims.ts";
import type { Moderated } from "./moderation.ts";
import { ResidentRoom } from "./resident-room.ts";
import { RoomStore } from "./store.ts";
import { ToldInboxes } from "./told-inboxes.ts";

const COMMANDS: CommandSet<RoomCommand> = {
  schema: roomCommand,
  types: new Set(roomCommand.options.map((option) => option.shape.type.value)),
  sendTypes: new Set(["message.send"] satisfies RoomCommand["type"][]),
};

export class ChatRoom extends RealtimeObject<Cloudflare.Env, RoomCommand, ResidentRoom> implements ChatRoomRpc {
  protected override migrations(): typeof CHAT_ROOM_MIGRATIONS {
    return CHAT_ROOM_MIGRATIONS;
  }

  protected override commands(): CommandSet<RoomCommand> {
    return COMMANDS;
  }

  protected override open(): ResidentRoom {
    const { sql } = this.ctx.storage;
    const store = new RoomStore(sql);
    const blocks = new RoomBlocks(sql);
    return new ResidentRoom({
      store,
      blocks,
      told: new ToldInboxes(sql),
      inboxUpdates: new InboxUpdates({
        ...{ store, blocks, sql },
        isConnected: (userId) => this.sockets.isConnected(userId),
        now: Date.now,
      }),
      // Anew for every call: a stub that failed once stays broken.
      inboxOf: (userId) => presenceObject(this.env, userId),
      sockets: this.sockets,
      due: this.due,
      database: () => messageDatabase(this.env, store.room.id),
      searchDatabase: () => searchDatabase(this.env),
      now: Date.now,
      claimOf: (fileUrl) => readClaim(fileUrl, this.env),
      commitMarkers: () => this.change(() => ({ value: null, outcome: this.resident()?.takeMarkers() ?? {} })),
    });
  }

  async create(room: NewRoom): Promise<void> {
    if (this.resident()) return;
    const { sql } = this.ctx.storage;
    this.establish(() => {
      RoomStore.create(sql, room, Date.now());
      const here = new Set(room.participants.map(({ userId }) => userId));
      for (const pair of room.blocks ?? []) {
        if (here.has(pair.userId) && here.has(pair.otherId)) RoomBlocks.insert(sql, pair);
      }
      // Should this end before its people have heard of the room.
      this.resident()?.inboxes.schedule();
    });
    await this.resident()?.inboxes.tellNow();
  }

  async exists(): Promise<boolean> {
    return this.resident() !== undefined;
  }

  async describe(callerId: number): Promise<Answer<RoomSnapshot>> {
    return this.asParticipant(callerId, (room) => ok(room.view.snapshot(callerId)));
  }

  async admit(callerId: number): Promise<Answer<true>> {
    return this.asParticipant(callerId, () => ok(true));
  }

  async page(callerId: number, request: PageRequest): Promise<Answer<PageOverlay>> {
    const room = this.resident();
    try {
      // A whole page needs nothing of D1, not even to know how far it is.
      if (!request.whole) await room?.flush.main.knownPosition();
    } catch (error) {
      logError({ event: "page.unavailable", object: this.name }, error);
      return refuse("unavailable");
    }
    return this.asParticipant(callerId, (resident) => ok(resident.overlay(request)));
  }

  async updateRoom(
    callerId: number,
    change: { name?: string | null; description?: string | null },
  ): Promise<Answer<Room>> {
    return this.moderateAtOnce((room) => room.moderation.updateRoom(callerId, change));
  }

  async messages(callerId: number, ids: readonly number[]): Promise<Answer<readonly Message[]>> {
    return this.asParticipant(callerId, ({ store }) => ok(ids.flatMap((id) => store.message(id) ?? [])));
  }

  async addParticipants(
    callerId: number,
    added: readonly NewParticipant[],
    blocks: readonly BlockedPair[] = [],
  ): Promise<Answer<readonly Participant[]>> {
    return this.moderateAtOnce((room) => {
      const moderated = room.moderation.add(callerId, added, Date.now());
      if (moderated.answer.ok) for (const pair of blocks) room.block(pair, true);
      return moderated;
    });
  }

  async updateParticipant(callerId: number, userId: number, role: ParticipantRole): Promise<Answer<Participant>> {
    return this.moderate((room) => room.moderation.setRole(callerId, userId, role));
  }

  async removeParticipant(callerId: number, userId: number): Promise<Answer<Participant>> {
    return this.moderateAtOnce(
      (room) => room.moderation.remove(callerId, userId),
      (answer) => {
        if (answer.ok) this.sockets.endUser(userId, "removed");
      },
    );
  }

  async updateProfile(userId: number, profile: { name: string; imageUrl: string | null }): Promise<void> {
    await this.moderate((room) => room.moderation.updateProfile(userId, profile));
  }

  async block(pair: BlockedPair, isBlocked: boolean): Promise<Answer<null>> {
    const room = this.resident();
    if (!room) return refuse("not_found");
    const answer = await this.change(() => ({ value: ok(null), outcome: room.block(pair, isBlocked) }));
    await room.inboxes.tellNow();
    return answer;
  }

  async inboxOf(userId: number): Promise<InboxUpdate | null> {
    return this.resident()?.inboxUpdate(userId) ?? null;
  }

  async endSockets(userId: number, deviceId?: string): Promise<number> {
    return this.sockets.endUser(userId, "tokenEnded", deviceId);
  }

  async flush(): Promise<readonly FlushReport[]> {
    const room = this.resident();
    const [reports] = await Promise.all([room?.flush.flushNow(), room?.inboxes.tellNow()]);
    return reports ?? [];
  }

  async flushStates(): Promise<readonly FlushState[]> {
    return (await this.resident()?.flush.states()) ?? [];
  }

  async renewEpoch(): Promise<Answer<number>> {
    const room = this.resident();
    if (!room) return refuse("not_found");
    // Positions of the old epoch mean nothing any more: everybody reconnects and starts over.
    return this.change(() => ({
      value: ok(room.store.renewEpoch(Date.now())),
      outcome: { after: () => this.sockets.endAll("goingAway") },
    }));
  }

  /** Who takes part decides what lists and search show: it is flushed without the usual delay. */
  private async moderateAtOnce<Value>(
    run: (room: ResidentRoom) => Moderated<Value>,
    then?: (answer: Answer<Value>) => void,
  ): Promise<Answer<Value>> {
    const answer = await this.moderate((room) => {
      const moderated = run(room);
      if (moderated.events.length > 0) room.flushSoon();
      return moderated;
    }, then);
    await this.resident()?.inboxes.tellNow();
    return answer;
  }

  /** In the queue, behind the frames that came earlier; the events leave with the commit, `then` follows them. */
  private async moderate<Value>(
    run: (room: ResidentRoom) => Moderated<Value>,
    then?: (answer: Answer<Value>) => void,
  ): Promise<Answer<Value>> {
    const room = this.resident();
    if (!room) return refuse("not_found");
    return this.change(() => {
      const { answer, events } = run(room);
      const broadcast = events.map((event) => room.blocks.shown(event));
      return { value: answer, outcome: { broadcast, after: () => then?.(answer) } };
    });
  }

  private asParticipant<Value>(callerId: number, read: (room: ResidentRoom) => Answer<Value>): Answer<Value> {
    const room = this.resident();
    if (!room) return refuse("not_found");
    const refusal = room.refuseSocket(callerId);
    return refusal ? refuse(refusal) : read(room);
  }
}
