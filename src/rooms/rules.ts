/** What a room may be made of, and how a page of history is put together. Pure. */
import type { CreateRoomRequest } from "../../schema/api/rooms.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import type { PageOverlay, PageRequest } from "../../schema/rpc.ts";
import type { RoomType } from "../../schema/values.ts";

export interface FieldRefusal {
  readonly path: string;
  readonly message: string;
}

export interface RoomPlan {
  readonly roomType: RoomType;
  readonly name: string | null;
  readonly description: string | null;
  readonly creatorId: number;
  /** Each once, the creator included, in ascending order. */
  readonly participantIds: readonly number[];
}

export function planRoom(creatorId: number, request: CreateRoomRequest): Result<RoomPlan, FieldRefusal> {
  const participantIds = [...new Set([creatorId, ...request.participantIds])].sort((a, b) => a - b);
  if (request.roomType === "DIRECT" && (participantIds.length !== 2 || request.participantIds.includes(creatorId))) {
    return refuse({ path: "participantIds", message: "a DIRECT room is with exactly one other person" });
  }
  if (participantIds.length > LIMITS.participantsPerGroup) {
    return refuse({
      path: "participantIds",
      message: `at most ${LIMITS.participantsPerGroup} people, oneself included`,
    });
  }
  const { roomType, name = null, description = null } = request;
  // A pair's room is called after the other of them, by each of them.
  const words = roomType === "DIRECT" ? { name: null, description: null } : { name, description };
  return ok({ roomType, ...words, creatorId, participantIds });
}

/** The same text for every body that asks for the same room. */
export function canonicalBody({ roomType, name, description, participantIds }: RoomPlan): string {
  return JSON.stringify([roomType, name, description, participantIds]);
}

/** Where the users that were not found stand in the list that the client sent. */
export function unknownParticipants(asked: readonly number[], unknownIds: readonly number[]): FieldRefusal[] {
  return asked.flatMap((id, index) =>
    unknownIds.includes(id) ? [{ path: `participantIds.${index}`, message: "there is no such user" }] : [],
  );
}

/** Ids have no gaps: a page that lacks one lacks a row that D1 refused or lost. */
export function isComplete(page: HistoryPage, { first, last }: PageOverlay): boolean {
  return page.items.length === Math.max(0, last - first + 1);
}

/** What `around` asks for: a message by its number, or the first one at or after a time. A date begins at midnight, UTC. */
export function placeOf(around: number | string): NonNullable<PageRequest["around"]> {
  return typeof around === "number" ? { id: around } : { time: Date.parse(around) };
}

export interface HistoryPage {
  readonly items: Message[];
  readonly nextCursor: number | null;
  readonly previousCursor: number | null;
  readonly around?: number | null;
}

/**
 * Lays what the object says is not flushed yet over what D1 holds; of two states of a row the higher `rev` wins, as a
 * flush between the two reads makes D1's the newer one. Newest first, or oldest first with `after`. Ids have no gaps:
 * there is more on each side where the room's first and newest message are not on the page.
 */
export function historyPage(stored: readonly Message[], overlay: PageOverlay, request: PageRequest): HistoryPage {
  const { first, last, newest, around, unflushed } = overlay;
  const rows = new Map<number, Message>();
  for (const message of [...stored, ...unflushed]) {
    if (message.id < first || message.id > last) continue;
    const held = rows.get(message.id);
    if (held === undefined || message.rev >= held.rev) rows.set(message.id, message);
  }
  const isForward = request.after !== undefined;
  const older = first > 1 ? first : null;
  const newer = last < newest ? last : null;
  return {
    items: [...rows.values()].sort((a, b) => (isForward ? a.id - b.id : b.id - a.id)),
    nextCursor: isForward ? newer : older,
    previousCursor: isForward ? older : newer,
    ...(around !== undefined && { around }),
  };
}
