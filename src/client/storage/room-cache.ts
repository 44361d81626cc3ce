/**
 * The rooms as this device last knew them: the newest messages of the rooms used last, each with the position that they
 * are right at, so that a `sync` from there brings the rest. What does not fit this version is dropped, never repaired.
 */
import type { Message, Participant } from "../../../schema/protocol/room/entities.ts";
import { MessageLog } from "../message-log.ts";
import { EMPTY_ROOM, loadedMessages, type RoomState } from "../room-state.ts";
import type { Device } from "./device.ts";
import type { LazyWrites } from "./lazy-writes.ts";

const MOST_ROOMS = 50;
const MOST_MESSAGES = 100;
/** Of all messages of a room, as JSON; long ones push older ones out. */
const MOST_CHARACTERS = 200_000;
/** The authors of the messages first; the `welcome` brings everybody. */
const MOST_PARTICIPANTS = 100;
const ORDER = "rooms-order";
/** Ends so that it is no beginning of another room's. */
const keyOf = (roomId: number) => `rooms/${roomId}/`;

type Stored = Pick<RoomState, "epoch" | "room" | "you" | "position" | "oldestId"> & {
  readonly version: 1;
  readonly participants: readonly Participant[];
  readonly messages: readonly Message[];
};

export class RoomCache {
  readonly #device: Device;
  readonly #writes: LazyWrites;

  constructor(device: Device, writes: LazyWrites) {
    this.#device = device;
    this.#writes = writes;
  }

  /** The room as it was stored, and counts it as used; undefined where there is nothing of use. */
  async load(roomId: number): Promise<RoomState | undefined> {
    const [row] = await this.#device.read(keyOf(roomId));
    void this.#use(roomId);
    if (row === undefined) return undefined;
    if (isStored(row.value, roomId)) return restored(row.value);
    this.#device.reportRow("room");
    return undefined;
  }

  /** Stores the room soon. */
  save(roomId: number, state: () => RoomState): void {
    this.#writes.later(keyOf(roomId), () => {
      const stored = storable(state());
      if (stored !== undefined) void this.#write(roomId, stored);
    });
  }

  forget(roomId: number): void {
    this.#writes.later(keyOf(roomId), () => void this.#device.write(keyOf(roomId), undefined));
  }

  /** Another tab may have stored a later state. */
  #write(roomId: number, value: Stored): Promise<boolean> {
    const key = keyOf(roomId);
    return this.#device.update(key, (rows) => {
      const there = rows[0]?.value;
      return isStored(there, roomId) && isAhead(there, value) ? [] : [{ key, value }];
    });
  }

  #use(roomId: number): Promise<boolean> {
    return this.#device.update(ORDER, (rows) => {
      const known = rows[0]?.value;
      const others = Array.isArray(known) ? known.filter((id) => typeof id === "number" && id !== roomId) : [];
      const order: number[] = [roomId, ...others];
      const dropped = order.slice(MOST_ROOMS).map((id) => ({ key: keyOf(id), value: undefined }));
      return [{ key: ORDER, value: order.slice(0, MOST_ROOMS) }, ...dropped];
    });
  }
}

function isAhead(a: Stored, b: Stored): boolean {
  return a.epoch === b.epoch && a.position.messageId >= b.position.messageId && a.position.rev > b.position.rev;
}

/** Undefined: the state is not known to be right anywhere. */
function storable(state: RoomState): Stored | undefined {
  const { epoch, room, you, position, sync } = state;
  if (epoch === undefined || sync === "reset") return undefined;
  const messages = newest(loadedMessages(state));
  const authors = new Set(messages.map(({ senderId }) => senderId));
  const participants = [...state.participants.values()]
    .sort((a, b) => Number(authors.has(b.userId)) - Number(authors.has(a.userId)))
    .slice(0, MOST_PARTICIPANTS);
  const isWhole = messages.length === loadedMessages(state).length;
  const oldestId = isWhole ? state.oldestId : (messages[0]?.id ?? position.messageId + 1);
  return { version: 1, epoch, room, you, position, oldestId, participants, messages };
}

function newest(messages: readonly Message[]): readonly Message[] {
  let characters = 0;
  const kept: Message[] = [];
  for (const message of messages.slice(-MOST_MESSAGES).reverse()) {
    characters += JSON.stringify(message).length;
    if (characters > MOST_CHARACTERS) break;
    kept.push(message);
  }
  return kept.reverse();
}

function restored({ epoch, room, you, position, oldestId, participants, messages }: Stored): RoomState {
  return {
    ...EMPTY_ROOM,
    ...{ epoch, room, you, position, oldestId },
    participants: new Map(participants.map((row) => [row.userId, { ...row, online: false }])),
    messages: MessageLog.EMPTY.with(messages),
  };
}

/** The fields that the reducer counts with; the version stands for the rest. */
function isStored(value: unknown, roomId: number): value is Stored {
  const stored = value as Partial<Stored> | null | undefined; // checked field by field
  return (
    stored?.version === 1 &&
    typeof stored.epoch === "number" &&
    stored.room?.id === roomId &&
    typeof stored.you?.userId === "number" &&
    Array.isArray(stored.you.blockedUserIds) &&
    isCount(stored.position?.messageId) &&
    isCount(stored.position.rev) &&
    isCount(stored.oldestId) &&
    Array.isArray(stored.participants) &&
    stored.participants.every((row: Partial<Participant> | null) => typeof row?.userId === "number") &&
    Array.isArray(stored.messages) &&
    isContiguous(stored.messages, stored.oldestId, stored.position.messageId)
  );
}

function isContiguous(messages: readonly (Partial<Message> | null)[], oldestId: number, lastId: number): boolean {
  const isLong = messages.length === lastId - oldestId + 1;
  return isLong && messages.every((row, at) => row?.id === oldestId + at && isCount(row.rev));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
