/** One handler per frame: reads what the rule needs, asks it, stores, and says what is told to whom. */

import type { MediaClaim } from "../../schema/media.ts";
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { RoomCommand } from "../../schema/protocol/room/client-frames.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { RoomEvent } from "../../schema/protocol/room/server-frames.ts";
import type { Result } from "../../schema/result.ts";
import { ackFrame, errorFrame, NOTHING, type Outcome } from "../kernel/outcome.ts";
import type { Broadcast, LiveSocket } from "../kernel/sockets/registry.ts";
import type { RoomBlocks } from "./blocks.ts";
import type { ReadMarkers } from "./read-markers.ts";
import type { StoredParticipant } from "./rows.ts";
import {
  decideCorrect,
  decideDelete,
  decideEdit,
  decideReaction,
  decideRead,
  decideSend,
  isClosedByBlock,
  type MessagePatch,
  sendBody,
} from "./rules.ts";
import type { RoomStore } from "./store.ts";
import type { ToldInboxes } from "./told-inboxes.ts";
import type { TypingBoard } from "./typing.ts";
import type { RoomView } from "./view.ts";

export interface HandlerContext {
  readonly store: RoomStore;
  readonly blocks: RoomBlocks;
  readonly view: RoomView;
  readonly markers: ReadMarkers;
  readonly typing: TypingBoard;
  readonly told: ToldInboxes;
  readonly live: LiveSocket;
  readonly caller: StoredParticipant;
  /** What we signed into a file's address. */
  readonly claimOf: (fileUrl: string) => MediaClaim | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Handler<Type extends RoomCommand["type"]> = (
  context: HandlerContext,
  command: Extract<RoomCommand, { type: Type }>,
) => Outcome;

const HANDLERS = {
  "message.send": ({ store, blocks, live, caller, typing, now, claimOf }, command) => {
    const { room } = store;
    const decision = decideSend({
      room,
      command,
      replyToExists: !command.replyToId || command.replyToId <= store.head.id,
      claim: command.fileUrl ? claimOf(command.fileUrl) : null,
      roomId: room.id,
      senderId: caller.userId,
      now,
    });
    const message = decision.ok
      ? store.insertMessage({
          senderId: caller.userId,
          clientId: command.clientId,
          content: decision.value,
          replyToId: command.replyToId ?? null,
          createdAt: now,
        })
      : null;
    if (!message) {
      const earlier = store.sent(caller.userId, command.clientId);
      if (!earlier) return refusal(live, command, decision.ok ? "internal" : decision.error);
      if (!earlier.hasBody(sendBody(command))) return refusal(live, command, "conflict");
      return sent(live, command, { ...earlier.message, duplicate: true });
    }
    const stopped = typing.stop(caller.userId) ? [typingEvent(blocks, caller.userId, null)] : [];
    return {
      broadcast: [...stopped, event({ type: "message.created", message })],
      ...sent(live, command, { ...message, duplicate: false }),
    };
  },
  "message.edit": (context, command) => changeMessage(context, command, { decide: decideEdit, type: "message.edited" }),
  "message.delete": (context, command) =>
    changeMessage(context, command, { decide: decideDelete, type: "message.deleted" }),
  "message.correct": (context, command) =>
    changeMessage(context, command, { decide: decideCorrect, type: "message.corrected" }),
  "reaction.add": (context, command) =>
    changeMessage(context, command, { decide: decideReaction, type: "reaction.changed" }),
  "reaction.remove": (context, command) =>
    changeMessage(context, command, { decide: decideReaction, type: "reaction.changed" }),
  read: (context, command) => {
    const { store, markers, live, caller, now } = context;
    const moves = decideRead(caller, command.id, store.head.id);
    if (!moves.ok) return refusal(live, command, moves.error);
    if (!moves.value) return NOTHING;
    const furthest = markers.offer(caller.userId, command.id, now);
    return furthest === null ? NOTHING : moveMarker(context, caller, furthest);
  },
  typing: ({ blocks, typing, caller, now }, { active }) => {
    if (!active)
      return typing.stop(caller.userId) ? { broadcast: [typingEvent(blocks, caller.userId, null)] } : NOTHING;
    return typing.start(caller.userId, now)
      ? { broadcast: [typingEvent(blocks, caller.userId, now + LIMITS.typingMs)] }
      : NOTHING;
  },
  sync: ({ view, live, caller }, command) => ({
    reply: { to: live, frames: () => view.sync(command, caller.userId) },
  }),
  history: ({ view, live }, { ref, beforeId, limit }) => ({
    reply: {
      to: live,
      frames: () => [ackFrame(ref, view.page({ limit, ...(beforeId && { before: beforeId }) }))],
    },
  }),
} satisfies { [Type in RoomCommand["type"]]: Handler<Type> };

export function handleCommand(context: HandlerContext, command: RoomCommand): Outcome {
  if (isClosedFor(context, command)) return refusal(context.live, command, "forbidden");
  // Each entry takes the command of its own name: the table's type says so, TypeScript cannot follow it here.
  const handler = HANDLERS[command.type] as (context: HandlerContext, command: RoomCommand) => Outcome;
  return handler(context, command);
}

/** A pair between whom there is a block writes nothing new; what was sent before may still be asked about. */
function isClosedFor({ store, blocks, caller }: HandlerContext, command: RoomCommand): boolean {
  const others = blocks.of(caller.userId);
  if (!isClosedByBlock(store.room, others.size > 0, command.type)) return false;
  return command.type !== "message.send" || !store.sent(caller.userId, command.clientId);
}

/** Writes a marker, and tells the room where it is small enough to care. */
export function moveMarker(
  { store, told }: Pick<HandlerContext, "store" | "told">,
  participant: StoredParticipant,
  messageId: number,
): Outcome {
  if (!store.hasReceipts()) {
    store.markReadQuietly(participant, messageId);
    told.mark(participant.userId);
    return NOTHING;
  }
  const { userId, rev } = store.changeParticipant(participant, { lastReadMessageId: messageId });
  return { broadcast: [event({ type: "receipt", userId, messageId, rev })] };
}

type MessageChange = "message.edited" | "message.deleted" | "message.corrected" | "reaction.changed";
type MessageCommand = Extract<RoomCommand, { id: number }>;

interface Facts<Command> {
  readonly room: RoomStore["room"];
  readonly message: Message | undefined;
  readonly caller: StoredParticipant;
  readonly command: Command;
  readonly now: string;
}

interface ChangeRule<Command> {
  readonly decide: (facts: Facts<Command>) => Result<MessagePatch | null, ErrorCode>;
  readonly type: MessageChange;
}

function changeMessage<Command extends MessageCommand>(
  { store, live, caller, now }: HandlerContext,
  command: Command,
  { decide, type }: ChangeRule<Command>,
): Outcome {
  const message = store.message(command.id);
  const decision = decide({ room: store.room, message, caller, command, now: new Date(now).toISOString() });
  if (!decision.ok) return refusal(live, command, decision.error);
  if (!message || decision.value === null) return reply(live, ackFrame(command.ref, { rev: message?.rev ?? 0 }));
  const changed = store.changeMessage(message, decision.value);
  const { rev } = changed;
  return { broadcast: [event({ type, message: changed, rev })], ...reply(live, ackFrame(command.ref, { rev })) };
}

function sent(
  live: LiveSocket,
  { ref }: Pick<RoomCommand, "ref">,
  { id, createdAt, duplicate }: Pick<Message, "id" | "createdAt"> & { duplicate: boolean },
): Outcome {
  return reply(live, ackFrame(ref, { id, createdAt, duplicate }));
}

function refusal(live: LiveSocket, { ref }: Pick<RoomCommand, "ref">, code: ErrorCode): Outcome {
  return reply(live, errorFrame(code, { ref }));
}

function reply(live: LiveSocket, frame: { readonly type: string }): Outcome {
  return { reply: { to: live, frames: [frame] } };
}

function typingEvent(blocks: RoomBlocks, userId: number, until: number | null): Broadcast {
  return blocks.unseen(userId, {
    type: "typing",
    userId,
    until: until === null ? null : new Date(until).toISOString(),
  });
}

function event(frame: RoomEvent): RoomEvent {
  return frame;
}
