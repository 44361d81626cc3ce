/** Every decision of a chat room, as functions of what is there, what is asked, and the time. No I/O, no clock. */

import { type MediaClaim, type MediaFile, mediaUrl, metadataOf, plainUrl } from "../../schema/media.ts";
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { RoomCommand } from "../../schema/protocol/room/client-frames.ts";
import type { Correction, Message, Reaction } from "../../schema/protocol/room/entities.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import type { ParticipantRole, RoomType } from "../../schema/values.ts";

type Command<Type extends RoomCommand["type"]> = Extract<RoomCommand, { type: Type }>;
type Decision<Value> = Result<Value, ErrorCode>;

/** What a change leaves in a message; null: it is so already, nothing changes. */
export type MessagePatch = Partial<
  Pick<
    Message,
    "content" | "fileUrl" | "fileMetadata" | "isEdited" | "editedAt" | "isDeleted" | "reactions" | "corrections"
  >
>;

export interface RoomStanding {
  readonly roomType: RoomType;
  readonly isActive: boolean;
}

export interface Standing {
  readonly userId: number;
  readonly role: ParticipantRole;
  readonly isActive: boolean;
  /** Epoch milliseconds. */
  readonly joinedAt: number;
  readonly lastReadMessageId: number;
}

export interface SendFacts {
  readonly room: RoomStanding;
  readonly command: Command<"message.send">;
  readonly replyToExists: boolean;
  /** What we signed into its `fileUrl`; null where there is none, or nothing was signed. */
  readonly claim: MediaClaim | null;
  readonly roomId: number;
  readonly senderId: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type NewContent = Pick<Message, "messageType" | "content" | "fileUrl" | "fileMetadata">;

/** What is to be stored, if its sender used this clientId for the first time. */
export function decideSend(facts: SendFacts): Decision<NewContent> {
  const { room, command, replyToExists } = facts;
  if (!room.isActive) return refuse("gone");
  const content = command.messageType === "TEXT" && !command.fileUrl ? textOf(command) : fileOf(facts);
  if (!content.ok) return content;
  if (command.replyToId && !replyToExists) return refuse("not_found");
  return content;
}

function textOf({ content }: Command<"message.send">): Decision<NewContent> {
  if (!content) return refuse("invalid_frame");
  return ok({ messageType: "TEXT", content, fileUrl: null, fileMetadata: null });
}

/** A file that its sender uploaded for this room, of a type that fits; words may stand beside it. */
function fileOf({ command, claim, roomId, senderId, now }: SendFacts): Decision<NewContent> {
  const { messageType, content = null } = command;
  if (!claim || claim.roomId !== roomId || claim.file.ownerId !== senderId) return refuse("not_found");
  if (claim.until <= now) return refuse("gone");
  if (messageType === "TEXT" || !fits(messageType, claim.file)) return refuse("invalid_frame");
  return ok({ messageType, content, fileUrl: mediaUrl(claim.file.key), fileMetadata: metadataOf(claim.file) });
}

function fits(messageType: "IMAGE" | "VOICE" | "FILE", { purpose, contentType }: MediaFile): boolean {
  if (messageType === "VOICE") return purpose === "voice";
  return purpose === "message" && (messageType === "FILE" || contentType.startsWith("image/"));
}

const WRITES: ReadonlySet<RoomCommand["type"]> = new Set([
  "message.send",
  "message.edit",
  "message.correct",
  "reaction.add",
] satisfies RoomCommand["type"][]);

/** Of a pair with a block between them: taking back what one said stays allowed, and so does reading. */
export function isClosedByBlock(room: RoomStanding, isBlocked: boolean, type: RoomCommand["type"]): boolean {
  return isBlocked && room.roomType === "DIRECT" && WRITES.has(type);
}

type Body = Partial<Record<"messageType" | "content" | "replyToId", unknown>> & {
  readonly fileUrl?: string | null | undefined;
};

/**
 * The parts of a send, or of the message it became, that make it the same send. Not the metadata: what a client says there
 * is not kept, and what is kept follows from the file. (Its place stays: hashes of this text are stored.)
 */
export function sendBody({ messageType, content, fileUrl, replyToId }: Body): string {
  return JSON.stringify([messageType, content ?? null, fileUrl ? plainUrl(fileUrl) : null, null, replyToId ?? null]);
}

export interface ChangeFacts<Type extends RoomCommand["type"]> {
  readonly room: RoomStanding;
  readonly message: Message | undefined;
  readonly caller: Standing;
  readonly command: Command<Type>;
  /** ISO 8601. */
  readonly now: string;
}

export function decideEdit({
  room,
  message,
  caller,
  command,
  now,
}: ChangeFacts<"message.edit">): Decision<MessagePatch | null> {
  const alive = changeable(room, message);
  if (!alive.ok) return alive;
  if (alive.value.senderId !== caller.userId || alive.value.messageType === "SYSTEM") return refuse("forbidden");
  if (alive.value.content === command.content) return ok(null);
  return ok({ content: command.content, isEdited: true, editedAt: now });
}

export function decideDelete({ message, caller }: ChangeFacts<"message.delete">): Decision<MessagePatch | null> {
  if (!message) return refuse("not_found");
  if (message.senderId !== caller.userId && caller.role !== "ADMIN") return refuse("forbidden");
  if (message.isDeleted) return ok(null);
  return ok({ content: null, fileUrl: null, fileMetadata: null, isDeleted: true, reactions: [], corrections: [] });
}

export function decideCorrect({
  room,
  message,
  caller,
  command,
  now,
}: ChangeFacts<"message.correct">): Decision<MessagePatch | null> {
  const alive = changeable(room, message);
  if (!alive.ok) return alive;
  const { senderId, messageType, content, corrections } = alive.value;
  if (senderId === caller.userId || messageType === "SYSTEM" || content === null) return refuse("forbidden");
  if (content === command.corrected) return refuse("conflict");
  const note = command.note ?? null;
  const earlier = corrections.find(({ userId }) => userId === caller.userId);
  if (earlier?.corrected === command.corrected && earlier.note === note) return ok(null);
  if (!earlier && corrections.length >= LIMITS.correctionsPerMessage) return refuse("conflict");
  const correction: Correction = { userId: caller.userId, corrected: command.corrected, note, createdAt: now };
  return ok({ corrections: [...corrections.filter(({ userId }) => userId !== caller.userId), correction] });
}

export function decideReaction({
  room,
  message,
  caller,
  command,
}: ChangeFacts<"reaction.add" | "reaction.remove">): Decision<MessagePatch | null> {
  const alive = changeable(room, message);
  if (!alive.ok) return alive;
  const { reactions } = alive.value;
  const current = reactions.find(({ emoji }) => emoji === command.emoji);
  const has = current?.userIds.includes(caller.userId) ?? false;
  if (command.type === "reaction.remove") {
    return ok(has ? { reactions: without(reactions, command.emoji, caller.userId) } : null);
  }
  if (has) return ok(null);
  const total = reactions.reduce((sum, { userIds }) => sum + userIds.length, 0);
  if (total >= LIMITS.reactionsPerMessage) return refuse("conflict");
  if (!current && reactions.length >= LIMITS.emojiPerMessage) return refuse("conflict");
  return ok({
    reactions: current
      ? reactions.map((one) => (one === current ? { emoji: one.emoji, userIds: [...one.userIds, caller.userId] } : one))
      : [...reactions, { emoji: command.emoji, userIds: [caller.userId] }],
  });
}

/** True if the marker moves. Markers never fall, and nobody reads what was not said. */
export function decideRead(caller: Standing, messageId: number, headId: number): Decision<boolean> {
  return messageId > headId ? refuse("not_found") : ok(messageId > caller.lastReadMessageId);
}

/** Settings and participants of a GROUP belong to its ADMINs; a DIRECT room stays as it is. */
export function decideModerate(room: RoomStanding, caller: Standing | undefined): Decision<true> {
  if (!caller?.isActive || room.roomType === "DIRECT" || caller.role !== "ADMIN") return refuse("forbidden");
  return room.isActive ? ok(true) : refuse("gone");
}

/** Who will be there once these are added, against the limit. */
export function decideAdd(participants: readonly Standing[], addedIds: readonly number[]): Decision<true> {
  const present = new Set(participants.filter(({ isActive }) => isActive).map(({ userId }) => userId));
  for (const id of addedIds) present.add(id);
  return present.size > LIMITS.participantsPerGroup ? refuse("too_large") : ok(true);
}

/** The last ADMIN cannot step down: a group always has one. */
export function decideRole(
  participants: readonly Standing[],
  target: Standing | undefined,
  role: ParticipantRole,
): Decision<ParticipantRole | null> {
  if (!target?.isActive) return refuse("not_found");
  if (target.role === role) return ok(null);
  const admins = participants.filter((one) => one.isActive && one.role === "ADMIN");
  return role === "MEMBER" && admins.length <= 1 ? refuse("conflict") : ok(role);
}

export interface Removal {
  /** Becomes ADMIN because the last one leaves. */
  readonly successorId: number | null;
  /** Nobody is left. */
  readonly closesRoom: boolean;
}

/** Oneself, or as ADMIN anybody. Null: they are gone already. */
export function decideRemove(
  room: RoomStanding,
  participants: readonly Standing[],
  { callerId, userId }: { callerId: number; userId: number },
): Decision<Removal | null> {
  const caller = participants.find((one) => one.userId === callerId);
  const target = participants.find((one) => one.userId === userId);
  if (room.roomType === "DIRECT") return refuse("forbidden");
  if (callerId !== userId) {
    const allowed = decideModerate(room, caller);
    if (!allowed.ok) return allowed;
  }
  if (!target) return refuse(callerId === userId ? "forbidden" : "not_found");
  if (!target.isActive) return ok(null);
  const staying = participants.filter((one) => one.isActive && one.userId !== userId);
  const hasAdmin = staying.some(({ role }) => role === "ADMIN");
  const eldest = staying.toSorted((a, b) => a.joinedAt - b.joinedAt || a.userId - b.userId)[0];
  return ok({ successorId: hasAdmin ? null : (eldest?.userId ?? null), closesRoom: staying.length === 0 });
}

function changeable(room: RoomStanding, message: Message | undefined): Decision<Message> {
  if (!message) return refuse("not_found");
  return message.isDeleted || !room.isActive ? refuse("gone") : ok(message);
}

function without(reactions: readonly Reaction[], emoji: string, userId: number): Reaction[] {
  return reactions
    .map((one) => (one.emoji === emoji ? { emoji, userIds: one.userIds.filter((id) => id !== userId) } : one))
    .filter(({ userIds }) => userIds.length > 0);
}
