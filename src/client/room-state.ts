/**
 * What a client knows of a room, as a pure function of what it was told.
 * Invariant: the state is exactly the server's, as it was at `position`. An event is applied in its turn only; one that
 * comes early waits in `early`, and the state then wants a `sync`. So snapshot + events == a fresh snapshot.
 */
import type { Message, Participant, Room } from "../../schema/protocol/room/entities.ts";
import type { RoomServerFrame, Welcome } from "../../schema/protocol/room/server-frames.ts";
import { MessageLog } from "./message-log.ts";

/** The number of the last message and of the last change that are in the state. */
export interface Position {
  readonly messageId: number;
  readonly rev: number;
}

export interface RoomState {
  /** Undefined until the first `welcome`. */
  readonly epoch: number | undefined;
  readonly room: Room | undefined;
  readonly you: Welcome["you"] | undefined;
  readonly participants: ReadonlyMap<number, Participant>;
  /** By id. May hold single rows outside of `oldestId … position.messageId`: those are not shown. */
  readonly messages: MessageLog;
  readonly position: Position;
  /** From here to `position.messageId` every message is here; `position.messageId + 1` while none was loaded. */
  readonly oldestId: number;
  /** `needed`: send `sync` with the position. `reset`: the position is worth nothing, begin with a new socket. */
  readonly sync: "settled" | "needed" | "asked" | "reset";
  readonly early: {
    readonly messages: ReadonlyMap<number, MessageEvent>;
    readonly changes: ReadonlyMap<number, Change>;
  };
  /** Until when who is typing, in epoch milliseconds of the server's clock. */
  readonly typing: ReadonlyMap<number, number>;
}

type MessageEvent = Extract<RoomServerFrame, { type: "message.created" }>;
type Change = Extract<
  RoomServerFrame,
  {
    type:
      | "message.edited"
      | "message.deleted"
      | "message.corrected"
      | "reaction.changed"
      | "receipt"
      | "participant.joined"
      | "participant.left"
      | "participant.updated"
      | "room.updated";
  }
>;

/** What the client itself did, beside the frames it received. */
export type RoomStep =
  | { readonly type: "sync.asked" }
  | { readonly type: "read.marked"; readonly id: number }
  /** What is before `oldestId` is of no interest any more; it can be loaded again. */
  | { readonly type: "trimmed"; readonly oldestId: number }
  /** The page before `beforeId`, or the newest one; newest message first. */
  | {
      readonly type: "history.loaded";
      readonly beforeId: number | undefined;
      readonly messages: readonly Message[];
      readonly hasMore: boolean;
    };

const NOTHING_EARLY: RoomState["early"] = { messages: new Map(), changes: new Map() };

export const EMPTY_ROOM: RoomState = {
  epoch: undefined,
  room: undefined,
  you: undefined,
  participants: new Map(),
  messages: MessageLog.EMPTY,
  position: { messageId: 0, rev: 0 },
  oldestId: 1,
  sync: "settled",
  early: NOTHING_EARLY,
  typing: new Map(),
};

export function reduceRoom(state: RoomState, input: RoomServerFrame | RoomStep): RoomState {
  switch (input.type) {
    case "welcome":
      return welcomed(state, input);
    case "message.created":
      return settle({
        ...state,
        early: { ...state.early, messages: withRow(state.early.messages, input.message.id, input) },
      });
    case "message.edited":
    case "message.deleted":
    case "message.corrected":
    case "reaction.changed":
    case "receipt":
    case "participant.joined":
    case "participant.left":
    case "participant.updated":
    case "room.updated":
      return settle({ ...state, early: { ...state.early, changes: withRow(state.early.changes, input.rev, input) } });
    case "typing":
      return { ...state, typing: typingAfter(state.typing, input.userId, input.until) };
    case "participant.online":
    case "participant.offline":
      return withOnline(state, input.userId, input.type === "participant.online");
    case "blocks.changed":
      return { ...state, you: state.you && { ...state.you, blockedUserIds: input.userIds } };
    case "sync.asked":
      return { ...state, sync: "asked" };
    case "sync.rows":
      return {
        ...state,
        messages: state.messages.with(input.messages),
        participants: withParticipants(state.participants, input.participants),
        room: input.room === undefined ? state.room : newerRoom(state.room, input.room),
      };
    case "sync.completed":
      if (input.reset === true || input.epoch !== state.epoch) return { ...state, sync: "reset" };
      return settle({
        ...state,
        sync: "settled",
        // Never back: what is in the state stays in it.
        position: {
          messageId: Math.max(state.position.messageId, input.messageId),
          rev: Math.max(state.position.rev, input.rev),
        },
      });
    case "history.loaded":
      return withHistory(state, input);
    case "read.marked":
      return withRead(state, input.id);
    case "trimmed":
      return { ...state, oldestId: input.oldestId, messages: state.messages.from(input.oldestId) };
    default:
      // Answers and probes are not about the room, and a newer server may send what this client does not know.
      return state;
  }
}

/** The messages that are known without a hole, oldest first. */
export function loadedMessages({ messages, oldestId, position }: RoomState): readonly Message[] {
  return messages.between(oldestId, position.messageId);
}

/** Said in a GROUP by somebody you blocked: it is not shown, and its number counts all the same. */
export function isHidden({ room, you }: Pick<RoomState, "room" | "you">, message: Message | undefined): boolean {
  return message !== undefined && room?.roomType === "GROUP" && !!you?.blockedUserIds.includes(message.senderId);
}

function welcomed(state: RoomState, { epoch, room, you, participants, messageId, rev }: Welcome): RoomState {
  const at = state.position;
  const startsOver = state.epoch !== epoch || state.sync === "reset" || at.messageId > messageId || at.rev > rev;
  const isCurrent = at.messageId === messageId && at.rev === rev;
  return {
    epoch,
    room,
    you,
    participants: new Map(participants.map((row) => [row.userId, row])),
    messages: startsOver ? MessageLog.EMPTY : state.messages,
    position: startsOver ? { messageId, rev } : at,
    oldestId: startsOver ? messageId + 1 : state.oldestId,
    sync: startsOver || isCurrent ? "settled" : "needed",
    early: NOTHING_EARLY,
    typing: new Map(),
  };
}

/** Applies every event whose turn has come, and forgets those that the position has passed. */
function settle(state: RoomState): RoomState {
  const messages = new Map(state.early.messages);
  const changes = new Map(state.early.changes);
  let next = state;
  for (const id of messages.keys()) if (id <= state.position.messageId) messages.delete(id);
  for (const rev of changes.keys()) if (rev <= state.position.rev) changes.delete(rev);
  for (;;) {
    const event = messages.get(next.position.messageId + 1);
    if (event === undefined) break;
    messages.delete(event.message.id);
    next = created(next, event);
  }
  for (;;) {
    const change = changes.get(next.position.rev + 1);
    if (change === undefined) break;
    changes.delete(change.rev);
    next = { ...changed(next, change), position: { ...next.position, rev: change.rev } };
  }
  const hasGap = messages.size > 0 || changes.size > 0;
  return {
    ...next,
    early: hasGap ? { messages, changes } : NOTHING_EARLY,
    sync: hasGap && next.sync === "settled" ? "needed" : next.sync,
  };
}

function created(state: RoomState, { message }: MessageEvent): RoomState {
  return {
    ...state,
    messages: state.messages.with([message]),
    position: { ...state.position, messageId: message.id },
    typing: typingAfter(state.typing, message.senderId, null),
  };
}

function changed(state: RoomState, change: Change): RoomState {
  if ("message" in change) return { ...state, messages: state.messages.with([change.message]) };
  if ("room" in change) return { ...state, room: newerRoom(state.room, change.room) };
  if ("messageId" in change) return withReceipt(state, change);
  const row = change.participant;
  const you = state.you?.userId === row.userId ? { ...state.you, role: row.role } : state.you;
  return { ...state, you, participants: withParticipants(state.participants, [row]) };
}

function withReceipt(state: RoomState, { userId, messageId, rev }: Extract<Change, { type: "receipt" }>): RoomState {
  const reader = state.participants.get(userId);
  const next = state.you?.userId === userId ? withRead(state, messageId) : state;
  // A row from `sync.rows` can be newer than the event whose turn it is.
  if (reader === undefined || reader.rev >= rev) return next;
  const row = { ...reader, lastReadMessageId: Math.max(reader.lastReadMessageId, messageId), rev };
  return { ...next, participants: withRow(next.participants, userId, row) };
}

function withRead(state: RoomState, id: number): RoomState {
  if (state.you === undefined || state.you.lastReadMessageId >= id) return state;
  return { ...state, you: { ...state.you, lastReadMessageId: id } };
}

function withHistory(state: RoomState, page: Extract<RoomStep, { type: "history.loaded" }>): RoomState {
  // Asked before the state began anew: it would leave a hole.
  if (page.beforeId !== undefined && page.beforeId < state.oldestId) return state;
  const first = page.hasMore ? (page.messages.at(-1)?.id ?? state.oldestId) : 1;
  return {
    ...state,
    messages: state.messages.with(page.messages),
    oldestId: Math.min(state.oldestId, first),
  };
}

function withOnline(state: RoomState, userId: number, online: boolean): RoomState {
  const row = state.participants.get(userId);
  const typing = online ? state.typing : typingAfter(state.typing, userId, null);
  if (row === undefined || row.online === online) return { ...state, typing };
  return { ...state, typing, participants: withRow(state.participants, userId, { ...row, online }) };
}

function typingAfter(typing: RoomState["typing"], userId: number, until: string | null): RoomState["typing"] {
  if (until !== null) return withRow(typing, userId, Date.parse(until));
  if (!typing.has(userId)) return typing;
  const rest = new Map(typing);
  rest.delete(userId);
  return rest;
}

function withParticipants(
  rows: RoomState["participants"],
  incoming: readonly Participant[],
): RoomState["participants"] {
  // The same rev too: `online` takes none.
  const newer = incoming.filter((row) => row.rev >= (rows.get(row.userId)?.rev ?? 0));
  if (newer.length === 0) return rows;
  const merged = new Map(rows);
  for (const row of newer) merged.set(row.userId, row);
  return merged;
}

function newerRoom(current: Room | undefined, incoming: Room): Room {
  return current === undefined || incoming.rev >= current.rev ? incoming : current;
}

function withRow<Row>(rows: ReadonlyMap<number, Row>, key: number, row: Row): ReadonlyMap<number, Row> {
  return new Map(rows).set(key, row);
}
