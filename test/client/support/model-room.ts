/** A room's server in memory, as simple as the contract allows: what the client is compared with. */
import type { Message, Participant, Room } from "../../../schema/protocol/room/entities.ts";
import type { RoomServerFrame, Welcome } from "../../../schema/protocol/room/server-frames.ts";

const AT = "2026-11-22T09:30:00.000Z";

export type Deed =
  | { readonly do: "send" | "rename" }
  | { readonly do: "edit" | "delete" | "correct" | "react" | "read"; readonly id: number }
  | { readonly do: "come" | "go"; readonly userId: number };

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
  readonly messages: Message[] = [];

  constructor(userIds: readonly number[] = [1, 2]) {
    for (const userId of userIds) this.participants.set(userId, person(userId, 0));
  }

  /** The event of a deed, or nothing where the deed changes nothing. */
  does(userId: number, deed: Deed): RoomServerFrame | undefined {
    switch (deed.do) {
      case "send":
        return this.send(userId, `말 ${this.messages.length + 1}`);
      case "rename": {
        this.rev += 1;
        this.room = { ...this.room, name: `이름 ${this.rev}`, rev: this.rev };
        return { type: "room.updated", room: this.room, rev: this.rev };
      }
      case "come":
      case "go": {
        this.rev += 1;
        const row = { ...(this.participants.get(deed.userId) ?? person(deed.userId, 0)), rev: this.rev };
        row.isActive = deed.do === "come";
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
        return this.#change(userId, deed.do, deed.id);
    }
  }

  send(senderId: number, content: string, clientId: string | null = null): RoomServerFrame {
    const message: Message = {
      id: this.messages.length + 1,
      roomId: this.room.id,
      senderId,
      messageType: "TEXT",
      content,
      fileUrl: null,
      fileMetadata: null,
      replyToId: null,
      clientId,
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

  welcome(userId: number): Welcome {
    return {
      type: "welcome",
      protocol: 1,
      epoch: this.epoch,
      room: this.room,
      you: { userId, role: "MEMBER", lastReadMessageId: this.participants.get(userId)?.lastReadMessageId ?? 0 },
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

  #change(userId: number, deed: "edit" | "delete" | "correct" | "react", id: number): RoomServerFrame | undefined {
    const before = this.messages[id - 1];
    if (before === undefined || before.isDeleted) return undefined;
    this.rev += 1;
    const message: Message = { ...before, rev: this.rev };
    this.messages[id - 1] = message;
    switch (deed) {
      case "edit":
        message.content = `${before.content}!`;
        message.isEdited = true;
        return { type: "message.edited", message, rev: this.rev };
      case "delete":
        message.content = null;
        message.isDeleted = true;
        return { type: "message.deleted", message, rev: this.rev };
      case "correct":
        message.corrections = [{ userId, corrected: `더 나은 말 ${this.rev}`, note: null, createdAt: AT }];
        return { type: "message.corrected", message, rev: this.rev };
      case "react":
        message.reactions = [{ emoji: "👏", userIds: [userId] }];
        return { type: "reaction.changed", message, rev: this.rev };
    }
  }
}

function person(userId: number, rev: number): Participant {
  return {
    userId,
    name: `사람 ${userId}`,
    imageUrl: null,
    role: "MEMBER",
    joinedAt: AT,
    lastReadMessageId: 0,
    isActive: true,
    online: true,
    rev,
  };
}
