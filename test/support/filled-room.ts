/** Rooms with more messages than a test can send: written into the object's own database, found there when it wakes up. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

export interface Filling {
  readonly messages: number;
  readonly senderId: number;
  /** When the first one was sent, epoch milliseconds; one a minute from then on. */
  readonly since: number;
}

export async function fillRoom(roomId: number, { messages, senderId, since }: Filling): Promise<void> {
  const stub = env.CHAT_ROOM.getByName(String(roomId));
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE numbers (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < ?1)
       INSERT INTO messages (id, sender_id, message_type, content, body_hash, created_at)
       SELECT id, ?2, 'TEXT', id || '번째', '', ?3 + (id - 1) * 60000 FROM numbers`,
      messages,
      senderId,
      since,
    );
  });
  await evictDurableObject(stub);
}
