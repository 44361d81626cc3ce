import type { Message } from "../../src/client/index.ts";

/** A message of room 1, `minutes` after noon of a day. */
export function messageOf(id: number, senderId: number, minutes = 0, more: Partial<Message> = {}): Message {
  return {
    id,
    roomId: 1,
    senderId,
    messageType: "TEXT",
    content: `${id}`,
    fileUrl: null,
    fileMetadata: null,
    replyToId: null,
    clientId: null,
    isEdited: false,
    editedAt: null,
    isDeleted: false,
    createdAt: new Date(NOON.getTime() + minutes * 60_000).toISOString(),
    reactions: [],
    corrections: [],
    rev: 0,
    ...more,
  };
}

export const NOON = new Date(2026, 4, 1, 12, 0, 0);
