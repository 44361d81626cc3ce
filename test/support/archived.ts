/** A room's oldest messages, moved into the archive. */
import { env } from "cloudflare:workers";

const COLUMNS = `room_id, id, sender_id, message_type, content, file_url, file_metadata, reply_to_id, client_id, is_edited,
  edited_at, is_deleted, created_at, reactions, corrections, epoch, rev`;

export async function archiveThrough(roomId: number, lastId: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO chat_messages_archive (${COLUMNS}) SELECT ${COLUMNS} FROM chat_messages WHERE room_id = ? AND id <= ?`,
    ).bind(roomId, lastId),
    env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id <= ?").bind(roomId, lastId),
  ]);
}
