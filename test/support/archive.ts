/** Rooms with a past: messages made older than they are, and the job that archives them, step by step. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { archiveMessages } from "../../src/jobs/archive-messages.ts";
import { roomStub } from "./rooms.ts";

/** Older than six months, whenever the tests run. */
const LONG_AGO = Date.parse("2024-04-01T09:00:00Z");

/** Messages up to `throughId` were sent long ago, a second apart: the room and D1 say so. Flush it before. */
export async function age(roomId: number, throughId: number): Promise<void> {
  await runInDurableObject(roomStub(roomId), (_, { storage }) => {
    storage.sql.exec("UPDATE messages SET created_at = ? + id * 1000 WHERE id <= ?", LONG_AGO, throughId);
  });
  await env.DB.prepare("UPDATE chat_messages SET created_at = ?1 + id * 1000 WHERE room_id = ?2 AND id <= ?3")
    .bind(LONG_AGO, roomId, throughId)
    .run();
}

/** One step of the job; returns the next progress. */
export async function archiveStep(progress: string | null, database: D1Database = env.DB): Promise<string | null> {
  const now = Date.now();
  const outcome = await archiveMessages.step({ ...env, DB: database }, progress ?? archiveMessages.first(now), now);
  return outcome.progress;
}

/** A whole run; returns how many steps it took. */
export async function archiveAll(): Promise<number> {
  let steps = 0;
  let progress: string | null = null;
  do {
    progress = await archiveStep(progress);
    steps += 1;
  } while (progress !== null);
  return steps;
}

export type StoredRow = Readonly<Record<string, string | number | null>>;

/** Where a room's messages are, each by its row. */
export async function storedIn(roomId: number): Promise<{ live: StoredRow[]; archived: StoredRow[] }> {
  const select = (table: string) =>
    env.DB.prepare(`SELECT * FROM ${table} WHERE room_id = ? ORDER BY id`).bind(roomId).all<StoredRow>();
  const [live, archived] = await Promise.all([select("chat_messages"), select("chat_messages_archive")]);
  return { live: live.results, archived: archived.results };
}

/** What the room itself holds, in the columns that D1 has of it. */
export function heldBy(roomId: number): Promise<StoredRow[]> {
  return runInDurableObject(roomStub(roomId), (_, { storage }) => {
    const { epoch } = storage.sql.exec<{ epoch: number }>("SELECT epoch FROM room").one();
    const rows = storage.sql.exec<Record<string, string | number | null>>("SELECT * FROM messages ORDER BY id");
    return rows.toArray().map(({ body_hash: _, ...row }) => ({ ...row, room_id: roomId, epoch }));
  });
}
