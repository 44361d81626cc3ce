/** What a room answers to a frame, as simple as the contract allows: numbers, `clientId`, who may do what. Changes the model. */
import { ERRORS, type ErrorCode } from "../../../schema/protocol/errors.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import type { Deed, ModelRoom } from "./model-room.ts";

export interface RoomAnswers {
  /** For everyone in the room, the sender included. */
  readonly events: readonly RoomServerFrame[];
  /** For the sender alone. */
  readonly answers: readonly RoomServerFrame[];
}

type Ref = string | number | undefined;
type Change = Extract<
  RoomClientFrame,
  { type: "message.edit" | "message.delete" | "message.correct" | "reaction.add" | "reaction.remove" }
>;

export function answerFrame(model: ModelRoom, userId: number, frame: RoomClientFrame): RoomAnswers {
  switch (frame.type) {
    case "message.send":
      return sent(model, userId, frame);
    case "message.edit":
    case "message.delete":
    case "message.correct":
    case "reaction.add":
    case "reaction.remove":
      return changed(model, userId, frame);
    case "read":
      return { events: listed(model.does(userId, { do: "read", id: frame.id })), answers: [] };
    case "typing": {
      const until = frame.active ? new Date(Date.now() + LIMITS.typingMs).toISOString() : null;
      return { events: [{ type: "typing", userId, until }], answers: [] };
    }
    case "sync":
      return { events: [], answers: synced(model, frame) };
    case "history": {
      const page = model.history(frame.beforeId ?? undefined, frame.limit ?? 50);
      return { events: [], answers: [acked(frame.ref, page)] };
    }
    case "auth.refresh":
      return { events: [], answers: [acked(frame.ref, {})] };
    case "probe":
      return { events: [], answers: [] };
    default:
      // A test may send anything.
      return refused((frame as { ref?: Ref }).ref, "unknown_type");
  }
}

export function errorFrame(ref: Ref, code: ErrorCode, retryAfterMs?: number): RoomServerFrame {
  const { message, retryable } = ERRORS[code];
  return {
    type: "error",
    code,
    message,
    retryable,
    ...(ref !== undefined && { ref }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function sent(
  model: ModelRoom,
  userId: number,
  frame: Extract<RoomClientFrame, { type: "message.send" }>,
): RoomAnswers {
  const { ref, clientId, content = null, messageType = "TEXT", fileUrl, replyToId } = frame;
  const earlier = model.messages.find((row) => row.senderId === userId && row.clientId === clientId);
  if (earlier !== undefined) return { events: [], answers: [stored(ref, earlier, true)] };
  const file = fileUrl ? model.files.claimed(fileUrl, userId) : undefined;
  const isWhole = messageType === "TEXT" ? content !== null && !fileUrl : file !== undefined;
  if (!isWhole || content === "" || (content ?? "").length > LIMITS.contentCharacters)
    return refused(ref, "invalid_frame");
  if (replyToId && model.messages[replyToId - 1] === undefined) return refused(ref, "not_found");
  const event = model.send(userId, content, { clientId, replyToId: replyToId ?? null, messageType, ...file });
  return { events: [event], answers: [stored(ref, event.message, false)] };
}

function changed(model: ModelRoom, userId: number, frame: Change): RoomAnswers {
  const message = model.messages[frame.id - 1];
  if (message === undefined) return refused(frame.ref, "not_found");
  const isOwn = message.senderId === userId;
  const isAdmin = model.participants.get(userId)?.role === "ADMIN";
  const isAllowed =
    frame.type === "message.edit"
      ? isOwn
      : frame.type === "message.delete"
        ? isOwn || isAdmin
        : frame.type === "message.correct"
          ? !isOwn
          : true;
  if (!isAllowed) return refused(frame.ref, "forbidden");
  if (message.isDeleted && frame.type !== "message.delete") return refused(frame.ref, "gone");
  const events = listed(model.does(userId, deedOf(frame)));
  return { events, answers: [acked(frame.ref, { rev: model.messages[frame.id - 1]?.rev })] };
}

function deedOf(frame: Change): Deed {
  const { id } = frame;
  switch (frame.type) {
    case "message.edit":
      return { do: "edit", id, content: frame.content };
    case "message.delete":
      return { do: "delete", id };
    case "message.correct":
      return { do: "correct", id, corrected: frame.corrected, ...(frame.note && { note: frame.note }) };
    case "reaction.add":
      return { do: "react", id, emoji: frame.emoji };
    case "reaction.remove":
      return { do: "unreact", id, emoji: frame.emoji };
  }
}

/** A position of another epoch, or ahead of the room, is worth nothing: the client starts over. */
function synced(model: ModelRoom, { ref, epoch, messageId, rev }: Extract<RoomClientFrame, { type: "sync" }>) {
  const rows = model.sync(ref, messageId, rev);
  const isForeign = epoch !== undefined && epoch !== model.epoch;
  if (!isForeign && messageId <= model.messages.length && rev <= model.rev) return rows;
  return rows.filter((row) => row.type === "sync.completed").map((row) => ({ ...row, reset: true as const }));
}

function stored(ref: Ref, { id, createdAt }: { id: number; createdAt: string }, duplicate: boolean): RoomServerFrame {
  return acked(ref, { id, createdAt, duplicate });
}

function acked(ref: Ref, fields: object): RoomServerFrame {
  return { type: "ack", ...(ref !== undefined && { ref }), ...fields };
}

function refused(ref: Ref, code: ErrorCode): RoomAnswers {
  return { events: [], answers: [errorFrame(ref, code)] };
}

function listed(event: RoomServerFrame | undefined): readonly RoomServerFrame[] {
  return event === undefined ? [] : [event];
}
