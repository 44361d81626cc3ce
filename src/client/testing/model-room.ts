/**
 * A room's data in memory, as simple as the contract allows: messages numbered 1, 2, 3 …, every change numbered by
 * `rev`, both without gaps. It decides what a deed changes; who may do it is the scripted room's business.
 */
import type { Message, Participant, Room } from "../../../schema/protocol/room/entities.ts";
import type { RoomServerFrame, Welcome } from "../../../schema/protocol/room/server-frames.ts";

import { ModelFiles } from "./model-files.ts";

const AT = "2026-11-22T09:30:00.000Z";

export type Deed =
  | { readonly do: "send"; readonly content?: string }
  | { readonly do: "rename"; readonly name?: string }
  | { readonly do: "delete"; readonly id: number }
  | { readonly do: "read"; readonly id: number }
  | { readonly do: "edit"; readonly id: number; readonly content?: string }
  | { readonly do: "correct"; readonly id: number; readonly corrected?: string; readonly note?: string }
  | { readonly do: "react" | "unreact"; readonly id: number; readonly emoji?: string }
  | { readonly do: "come" | "go"; readonly userId: number };
type MessageChange = Extract<Deed, { do: "edit" | "delete" | "correct" | "react" | "unreact" }>;

export interface ModelPerson {
  readonly userId: number;
  readonly name?: string;
  readonly role?: Participant["role"];
}

export class ModelRoom {
  epoch = 1;
  rev = 0;
  room: Room = {
    id: 7,
    roomType: "GROUP",
    name: "한국어 · English",
    description: null,
    createdByUserId: 1,
    isActive: true,
    createdAt: AT,
    rev: 0,
  };
  readonly participants = new Map<number, Participant>();
  /** Oldest first: message `id` is at `id - 1`. */
  readonly messages: Message[] = [];
  readonly files = new ModelFiles();
  /** Whom somebody blocked. */
  readonly blocks = new Map<number, ReadonlySet<number>>();

  constructor(people: readonly (number | ModelPerson)[] = [1, 2]) {
    for (const person of people) this.#seat(typeof person === "number" ? { userId: person } : person);
  }

  /** The event of a deed, or nothing where the deed changes nothing. */
  does(userId: number, deed: Deed): RoomServerFrame | undefined {
    switch (deed.do) {
      case "send":
        return this.send(userId, deed.content ?? `말 ${this.messages.length + 1}`);
      case "rename": {
        this.rev += 1;
        this.room = { ...this.room, name: deed.name ?? `이름 ${this.rev}`, rev: this.rev };
        return { type: "room.updated", room: this.room, rev: this.rev };
      }
      case "come":
      case "go": {
        this.rev += 1;
        const known = this.participants.get(deed.userId) ?? this.#seat({ userId: deed.userId });
        const row = { ...known, isActive: deed.do === "come", rev: this.rev };
        this.participants.set(deed.userId, row);
        const type = deed.do === "come" ? "participant.joined" : "participant.left";
        return { type, participant: row, rev: this.rev };
      }
      case "read": {
        const row = this.participants.get(userId);
        if (row === undefined || deed.id <= row.lastReadMessageId || deed.id > this.messages.length) return undefined;
        this.rev += 1;
        this.participants.set(userId, { ...row, lastReadMessageId: deed.id, rev: this.rev });
        return { type: "receipt", userId, messageId: deed.id, rev: this.rev };
      }
      default:
        return this.#change(userId, deed);
    }
  }

  send(
    senderId: number,
    content: string | null,
    more: Partial<Pick<Message, "clientId" | "replyToId" | "messageType" | "fileUrl" | "fileMetadata">> = {},
  ): Extract<RoomServerFrame, { type: "message.created" }> {
    const message: Message = {
      id: this.messages.length + 1,
      roomId: this.room.id,
      senderId,
      messageType: "TEXT",
      content,
      fileUrl: null,
      fileMetadata: null,
      replyToId: null,
      clientId: null,
      ...more,
      isEdited: false,
      editedAt: null,
      isDeleted: false,
      createdAt: AT,
      reactions: [],
      corrections: [],
      rev: 0,
    };
    this.messages.push(message);
    return { type: "message.created", message };
  }

  /** What the one who made it is told; nothing where that changes nothing. */
  block(userId: number, otherId: number, isBlocked: boolean): RoomServerFrame | undefined {
    const before = this.blocks.get(userId) ?? new Set();
    if (before.has(otherId) === isBlocked) return undefined;
    const after = [...before].filter((id) => id !== otherId);
    if (isBlocked) after.push(otherId);
    this.blocks.set(userId, new Set(after));
    return { type: "blocks.changed", userIds: after };
  }

  welcome(userId: number): Welcome {
    const { role = "MEMBER", lastReadMessageId = 0 } = this.participants.get(userId) ?? {};
    return {
      type: "welcome",
      protocol: 1,
      epoch: this.epoch,
      room: this.room,
      you: { userId, role, lastReadMessageId, blockedUserIds: [...(this.blocks.get(userId) ?? [])] },
      participants: [...this.participants.values()],
      messageId: this.messages.length,
      rev: this.rev,
      serverTime: new Date().toISOString(),
    };
  }

  sync(ref: string | number | undefined, messageId: number, rev: number): RoomServerFrame[] {
    const messages = this.messages.filter((row) => row.id > messageId || row.rev > rev);
    const participants = [...this.participants.values()].filter((row) => row.rev > rev);
    const completed: RoomServerFrame = {
      type: "sync.completed",
      epoch: this.epoch,
      messageId: this.messages.length,
      rev: this.rev,
      ...(ref !== undefined && { ref }),
    };
    return [{ type: "sync.rows", messages, participants, ...(this.room.rev > rev && { room: this.room }) }, completed];
  }

  history(beforeId: number | undefined, limit: number) {
    const before = this.messages.filter((row) => row.id < (beforeId ?? Number.POSITIVE_INFINITY));
    const messages = before.slice(-limit).reverse();
    return { messages, hasMore: before.length > messages.length };
  }

  #change(userId: number, deed: MessageChange): RoomServerFrame | undefined {
    const before = this.messages[deed.id - 1];
    if (before === undefined || before.isDeleted) return undefined;
    const rev = this.rev + 1;
    const message: Message = { ...before, rev };
    const event = changed(message, userId, deed);
    if (event === undefined) return undefined;
    this.rev = rev;
    this.messages[deed.id - 1] = message;
    return event;
  }

  #seat({ userId, name = `사람 ${userId}`, role = "MEMBER" }: ModelPerson): Participant {
    const row: Participant = {
      userId,
      name,
      imageUrl: null,
      role,
      joinedAt: AT,
      lastReadMessageId: 0,
      isActive: true,
      online: true,
      rev: 0,
    };
    this.participants.set(userId, row);
    return row;
  }
}

/** Writes the change into `message`, which is a copy that carries the next `rev` already. */
function changed(message: Message, userId: number, deed: MessageChange): RoomServerFrame | undefined {
  const { rev } = message;
  switch (deed.do) {
    case "edit":
      message.content = deed.content ?? `${message.content}!`;
      message.isEdited = true;
      message.editedAt = AT;
      return { type: "message.edited", message, rev };
    case "delete":
      Object.assign(message, { content: null, fileUrl: null, fileMetadata: null, isDeleted: true });
      if (message.reactions.length > 0) message.reactions = [];
      if (message.corrections.length > 0) message.corrections = [];
      return { type: "message.deleted", message, rev };
    case "correct": {
      const { corrected = `더 나은 말 ${rev}`, note = null } = deed;
      const others = message.corrections.filter((one) => one.userId !== userId);
      message.corrections = [...others, { userId, corrected, note, createdAt: AT }];
      return { type: "message.corrected", message, rev };
    }
    case "react":
    case "unreact":
      return reacted(message, userId, deed.do, deed.emoji ?? "👏");
  }
}

function reacted(message: Message, userId: number, what: "react" | "unreact", emoji: string) {
  const current = message.reactions.find((one) => one.emoji === emoji)?.userIds ?? [];
  if (current.includes(userId) === (what === "react")) return undefined;
  const userIds = what === "react" ? [...current, userId] : current.filter((id) => id !== userId);
  const others = message.reactions.filter((one) => one.emoji !== emoji);
  message.reactions = userIds.length === 0 ? others : [...others, { emoji, userIds }];
  return { type: "reaction.changed" as const, message, rev: message.rev };
}
