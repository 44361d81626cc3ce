/** Changes of a room that come by RPC: who takes part, with which role, and what the room is called. */
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import type { Participant, Room } from "../../schema/protocol/room/entities.ts";
import type { RoomEvent } from "../../schema/protocol/room/server-frames.ts";
import { ok, refuse } from "../../schema/result.ts";
import type { Answer, NewParticipant } from "../../schema/rpc.ts";
import type { ParticipantRole } from "../../schema/values.ts";
import type { StoredParticipant } from "./rows.ts";
import { decideAdd, decideModerate, decideRemove, decideRole } from "./rules.ts";
import type { RoomStore } from "./store.ts";
import type { RoomView } from "./view.ts";

/** An answer to the caller, and the events that the room gets with it. */
export interface Moderated<Value> {
  readonly answer: Answer<Value>;
  readonly events: readonly RoomEvent[];
}

export class Moderation {
  private readonly store: RoomStore;
  private readonly view: RoomView;

  constructor(store: RoomStore, view: RoomView) {
    this.store = store;
    this.view = view;
  }

  updateRoom(callerId: number, change: { name?: string | null; description?: string | null }): Moderated<Room> {
    const { store } = this;
    const allowed = decideModerate(store.room, store.participant(callerId));
    if (!allowed.ok) return refused(allowed.error);
    const { name = store.room.name, description = store.room.description } = change;
    if (name === store.room.name && description === store.room.description) return unchanged(store.room);
    const room = store.changeRoom({ name, description });
    return { answer: ok(room), events: [{ type: "room.updated", room, rev: room.rev }] };
  }

  add(callerId: number, added: readonly NewParticipant[], now: number): Moderated<readonly Participant[]> {
    const { store } = this;
    const allowed = decideModerate(store.room, store.participant(callerId));
    if (!allowed.ok) return refused(allowed.error);
    const fits = decideAdd(
      store.participants(),
      added.map(({ userId }) => userId),
    );
    if (!fits.ok) return refused(fits.error);
    const events: RoomEvent[] = [];
    const participants = added.map((newcomer) => {
      const present = store.participant(newcomer.userId);
      if (present?.isActive) return this.view.seenBy(callerId, this.view.participant(present));
      const participant = this.view.participant(store.joinParticipant(newcomer, now));
      events.push({ type: "participant.joined", participant, rev: participant.rev });
      return participant;
    });
    return { answer: ok(participants), events };
  }

  setRole(callerId: number, userId: number, role: ParticipantRole): Moderated<Participant> {
    const { store } = this;
    const allowed = decideModerate(store.room, store.participant(callerId));
    if (!allowed.ok) return refused(allowed.error);
    const target = store.participant(userId);
    const decision = decideRole(store.participants(), target, role);
    if (!decision.ok) return refused(decision.error);
    if (!target) return refused("not_found");
    if (decision.value === null) return unchanged(this.view.seenBy(callerId, this.view.participant(target)));
    const updated = this.updated(store.changeParticipant(target, { role: decision.value }));
    return { answer: ok(this.view.seenBy(callerId, updated.participant)), events: [updated] };
  }

  remove(callerId: number, userId: number): Moderated<Participant> {
    const { store } = this;
    const decision = decideRemove(store.room, store.participants(), { callerId, userId });
    if (!decision.ok) return refused(decision.error);
    const target = store.participant(userId);
    if (!target) return refused("not_found");
    if (decision.value === null) return unchanged(this.view.participant(target));
    const left = store.changeParticipant(target, { isActive: false });
    // Their sockets are ended with this.
    const participant = { ...this.view.participant(left), online: false };
    const events: RoomEvent[] = [{ type: "participant.left", participant, rev: participant.rev }];
    const successor = decision.value.successorId === null ? undefined : store.participant(decision.value.successorId);
    if (successor) events.push(this.updated(store.changeParticipant(successor, { role: "ADMIN" })));
    if (decision.value.closesRoom) {
      const room = store.changeRoom({ isActive: false });
      events.push({ type: "room.updated", room, rev: room.rev });
    }
    return { answer: ok(participant), events };
  }

  updateProfile(userId: number, profile: { name: string; imageUrl: string | null }): Moderated<null> {
    const present = this.store.participant(userId);
    if (!present || (present.name === profile.name && present.imageUrl === profile.imageUrl)) return unchanged(null);
    return { answer: ok(null), events: [this.updated(this.store.changeParticipant(present, profile))] };
  }

  private updated(stored: StoredParticipant): Extract<RoomEvent, { type: "participant.updated" }> {
    const participant = this.view.participant(stored);
    return { type: "participant.updated", participant, rev: participant.rev };
  }
}

function refused(code: ErrorCode): { answer: { ok: false; error: ErrorCode }; events: [] } {
  return { answer: refuse(code), events: [] };
}

function unchanged<Value>(value: Value): Moderated<Value> {
  return { answer: ok(value), events: [] };
}
