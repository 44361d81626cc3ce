/** The room as a user interface wants it: plain immutable data, the same object until something changes. */
import type { Message, Participant, Room } from "../../schema/protocol/room/entities.ts";
import type { Welcome } from "../../schema/protocol/room/server-frames.ts";
import type { ConnectionStatus, DeniedReason, OfflineReason } from "./connection.ts";
import type { OutgoingMessage } from "./outbox.ts";
import { isHidden, loadedMessages, type RoomState } from "./room-state.ts";

/**
 * `connecting`: a socket is being opened. `syncing`: it is open, and what was missed is on its way. `live`: up to date.
 * `offline`: it will be tried again at `retryAt`. `denied`: it will not, until `reconnect()`.
 */
export interface RoomStatus {
  readonly state: "connecting" | "syncing" | "live" | "offline" | "denied";
  /** Why it is offline or denied. */
  readonly reason: OfflineReason | DeniedReason | null;
  /** When the next try begins, epoch milliseconds of this device's clock; null unless offline. */
  readonly retryAt: number | null;
}

export interface RoomSnapshot {
  readonly status: RoomStatus;
  /**
   * What is shown was not confirmed by the server since the room was opened, or its connection lost: the room as this
   * device last knew it. False while there is nothing to show.
   */
  readonly isStale: boolean;
  /** Null while the room is not known, from the server or this device's storage; as is `you`. */
  readonly room: Room | null;
  readonly you: Welcome["you"] | null;
  /** Those who left too (`isActive: false`): their messages keep an author. */
  readonly participants: readonly Participant[];
  /**
   * Oldest first, up to the newest one, without a hole; but in a GROUP without those of people you blocked
   * (`you.blockedUserIds`).
   */
  readonly messages: readonly Message[];
  /** What you wrote and is not among `messages` yet, in the order it was written. */
  readonly outbox: readonly OutgoingMessage[];
  /** Who is typing now, you left out. */
  readonly typing: readonly number[];
  /** There are messages before the first one here: `loadOlder()`. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
}

export interface SnapshotParts {
  readonly state: RoomState;
  readonly connection: ConnectionStatus;
  /** This socket's `welcome` has come. */
  readonly isWelcomed: boolean;
  readonly outgoing: readonly OutgoingMessage[];
  /** The first page of a room that was never seen is on its way. */
  readonly isFirstLoad: boolean;
  readonly isLoadingOlder: boolean;
  /** Epoch milliseconds of the server's clock. */
  readonly now: number;
}

/** Makes snapshots, and keeps the lists of the last one that are still right. */
export class SnapshotMaker {
  /** What the lists below were made of. */
  #of: RoomState | undefined;
  #messages: readonly Message[] = [];
  #participants: readonly Participant[] = [];

  make({ state, connection, isWelcomed, outgoing, isFirstLoad, isLoadingOlder, now }: SnapshotParts): RoomSnapshot {
    const isConfirmed = connection.state === "open" && isWelcomed && state.sync === "settled";
    this.#makeLists(state);
    const messages = this.#messages;
    return {
      status: roomStatus(connection, !isConfirmed || isFirstLoad),
      isStale: state.room !== undefined && !isConfirmed,
      room: state.room ?? null,
      you: state.you ?? null,
      participants: this.#participants,
      messages,
      outbox: outgoing.length === 0 ? outgoing : notYetAmong(messages, outgoing, state.you?.userId),
      typing: [...state.typing].filter(([id, until]) => until > now && id !== state.you?.userId).map(([id]) => id),
      hasOlder: state.oldestId > 1,
      isLoadingOlder,
    };
  }

  #makeLists(state: RoomState): void {
    const of = this.#of;
    this.#of = state;
    if (of?.participants !== state.participants) this.#participants = [...state.participants.values()];
    const isSame =
      of?.messages === state.messages &&
      of.you?.blockedUserIds === state.you?.blockedUserIds &&
      of.oldestId === state.oldestId &&
      of.position.messageId === state.position.messageId;
    if (!isSame) this.#messages = loadedMessages(state).filter((message) => !isHidden(state, message));
  }
}

function roomStatus(connection: ConnectionStatus, isCatchingUp: boolean): RoomStatus {
  const state = connection.state === "open" ? (isCatchingUp ? "syncing" : "live") : connection.state;
  return { reason: null, retryAt: null, ...connection, state };
}

/** A message's event can come before its ack: it is shown once. */
function notYetAmong(messages: readonly Message[], outgoing: readonly OutgoingMessage[], you: number | undefined) {
  const arrived = new Set<string>();
  for (const { senderId, clientId } of messages) if (senderId === you && clientId !== null) arrived.add(clientId);
  return outgoing.filter(({ clientId }) => !arrived.has(clientId));
}
