/** What a room holds according to its object, and according to D1. */
import { z } from "zod";
import { type Message, message } from "../../../schema/protocol/room/entities.ts";
import { until } from "../../../src/local/until.ts";
import { queryD1, type Row } from "./databases.ts";
import { openSocket, socketUrl } from "./raw-socket.ts";

const PAGE = 100;
const FLUSH_MS = 60_000;
const position = z.object({ messageId: z.int(), rev: z.int() });
const historyPage = z.object({ messages: z.array(message), hasMore: z.boolean() });

export interface RoomContent {
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly messageId: number;
  readonly rev: number;
}

/** Read from the object itself, by socket frames: D1 has no part in it. */
export async function roomContent(baseUrl: string, roomId: number, token: string): Promise<RoomContent> {
  const { socket, welcome } = await openSocket(socketUrl(baseUrl, roomId), { token });
  const messages: Message[] = [];
  for (let hasMore = true; hasMore; ) {
    const [oldest] = messages.slice(-1);
    const answer = await socket.request({ type: "history", limit: PAGE, beforeId: oldest?.id ?? null });
    const page = historyPage.parse(answer);
    messages.push(...page.messages);
    hasMore = page.hasMore;
  }
  socket.close();
  return { ...position.parse(welcome), messages: messages.reverse() };
}

/** Waits until the room's flush has brought D1 up to this content. */
export async function flushed(stateFolder: string, roomId: number, { messageId, rev }: RoomContent): Promise<void> {
  const isThere = () => {
    const [row] = queryD1(stateFolder, "SELECT id, rev FROM flush_positions WHERE object = ?", `chat-room:${roomId}`);
    return row?.id === messageId && row.rev === rev;
  };
  if (!(await until(isThere, { limitMs: FLUSH_MS, everyMs: 200 }))) {
    throw new Error(`D1 is not at ${messageId}/${rev} of room ${roomId}.`);
  }
}

/** D1's rows of a room in the form of the object's messages. */
export function storedContent(stateFolder: string, roomId: number): Row[] {
  return queryD1(stateFolder, "SELECT * FROM chat_messages WHERE room_id = ? ORDER BY id", roomId).map((row) => ({
    id: row.id,
    roomId: row.room_id,
    senderId: row.sender_id,
    messageType: row.message_type,
    content: row.content,
    fileUrl: row.file_url,
    fileMetadata: row.file_metadata === null ? null : JSON.parse(String(row.file_metadata)),
    replyToId: row.reply_to_id,
    clientId: row.client_id,
    isEdited: row.is_edited === 1,
    editedAt: isoTime(row.edited_at),
    isDeleted: row.is_deleted === 1,
    createdAt: isoTime(row.created_at),
    rev: row.rev,
  }));
}

function isoTime(milliseconds: unknown): string | null {
  return milliseconds === null ? null : new Date(Number(milliseconds)).toISOString();
}
