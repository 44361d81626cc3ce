/**
 * Moves messages older than six months from `chat_messages` to `chat_messages_archive`, room by room.
 *
 * Invariant: of each room the archive holds the messages 1 … a and `chat_messages` those after a, parked ones left out.
 * Each batch moves what a room has up to some id, in one transaction, so it holds after every kill; and a trigger of
 * `chat_messages` hands on what is written there for 1 … a, so a flush in between cannot break it.
 */
import { getTableColumns } from "drizzle-orm";
import { z } from "zod";
import { messageDatabases } from "../../objects/chat-room/database.ts";
import { chatMessages } from "../../schema/tables/chat.ts";
import { defineJob } from "./job.ts";
import { monthsBefore } from "./rules.ts";

const KEPT_MONTHS = 6;
const ROOMS_PER_STEP = 500;
const ROWS_PER_STEP = 500;

const progress = z.object({
  /** Messages from before are moved, epoch milliseconds: the same for a whole run. */
  cutoff: z.int(),
  database: z.int().min(0),
  /** Rooms up to this one are done. */
  afterRoom: z.int().min(0),
});

/** The next rooms that have live messages, each with the time of the oldest: one seek a room, whatever it holds. */
const WALK = `
  WITH RECURSIVE walk (oldest) AS (
    SELECT (SELECT json_array(room_id, created_at) FROM chat_messages WHERE room_id > ?1 ORDER BY room_id, id LIMIT 1)
    UNION ALL
    SELECT (SELECT json_array(room_id, created_at) FROM chat_messages
      WHERE room_id > walk.oldest ->> 0 ORDER BY room_id, id LIMIT 1)
    FROM walk WHERE walk.oldest IS NOT NULL LIMIT ?2)
  SELECT oldest ->> 0 AS roomId, oldest ->> 1 AS oldest FROM walk WHERE oldest IS NOT NULL`;

/** Of each room's first `?2` messages: the last that is old, and how many are. In a room the order of ids is that of times. */
const OLD = `
  SELECT value AS roomId,
    (SELECT json_array(max(id), count(*))
      FROM (SELECT id, created_at FROM chat_messages WHERE room_id = asked.value ORDER BY id LIMIT ?2)
      WHERE created_at < ?3) AS found
  FROM json_each(?1) AS asked`;

const COLUMNS = Object.values(getTableColumns(chatMessages)).map(({ name }) => name);
const CHANGING = COLUMNS.filter((name) => name !== "room_id" && name !== "id");

/** ?1: pairs of a room and the last id to be moved. Both statements choose the same rows, in one transaction. */
const MOVED = `json_each(?1) AS part JOIN chat_messages AS moved
  ON moved.room_id = part.value ->> 0 AND moved.id <= part.value ->> 1`;

/** Where code from before the archive left a message in both, the newer state stays. */
const COPY = `
  INSERT INTO chat_messages_archive (${COLUMNS.join(", ")})
  SELECT ${COLUMNS.map((name) => `moved.${name}`).join(", ")} FROM ${MOVED} WHERE true
  ON CONFLICT (room_id, id) DO UPDATE SET ${CHANGING.map((name) => `${name} = excluded.${name}`).join(", ")}
  WHERE (excluded.epoch, excluded.rev) > (chat_messages_archive.epoch, chat_messages_archive.rev)`;

const REMOVE = `DELETE FROM chat_messages WHERE (room_id, id) IN (SELECT moved.room_id, moved.id FROM ${MOVED})`;

const found = z.tuple([z.int(), z.int()]);

interface Part {
  readonly roomId: number;
  readonly lastId: number;
  readonly isWhole: boolean;
}

export const archiveMessages = defineJob({
  name: "archive-messages",
  schedule: "monthly",
  queriesPerStep: 4,
  progress,
  first: (startedAt) => ({ cutoff: monthsBefore(startedAt, KEPT_MONTHS), database: 0, afterRoom: 0 }),

  async step(env, { cutoff, database: index, afterRoom }) {
    const database = messageDatabases(env)[index];
    if (database === undefined) return { progress: null, counts: {} };
    const { results: rooms } = await database
      .prepare(WALK)
      .bind(afterRoom, ROOMS_PER_STEP)
      .all<{ roomId: number; oldest: number }>();
    const lastRoom = rooms.at(-1);
    if (lastRoom === undefined) {
      return { progress: { cutoff, database: index + 1, afterRoom: 0 }, counts: { archived: 0 } };
    }
    const old = rooms.filter(({ oldest }) => oldest < cutoff).map(({ roomId }) => roomId);
    const parts = old.length > 0 ? await oldParts(database, old, cutoff) : [];
    const archived = parts.length > 0 ? await move(database, parts) : 0;
    const rest = parts.find(({ isWhole }) => !isWhole);
    return {
      progress: { cutoff, database: index, afterRoom: rest ? rest.roomId - 1 : lastRoom.roomId },
      counts: { archived },
    };
  },
});

/** A step's rows are shared by the rooms: one with much to be moved has the next steps to itself. */
async function oldParts(database: D1Database, roomIds: readonly number[], cutoff: number): Promise<Part[]> {
  const share = Math.ceil(ROWS_PER_STEP / roomIds.length);
  const { results } = await database
    .prepare(OLD)
    .bind(JSON.stringify(roomIds), share, cutoff)
    .all<{ roomId: number; found: string }>();
  return results.flatMap(({ roomId, found: json }) => {
    // Null where somebody else has moved them meanwhile.
    const pair = found.safeParse(JSON.parse(json));
    return pair.success ? [{ roomId, lastId: pair.data[0], isWhole: pair.data[1] < share }] : [];
  });
}

async function move(database: D1Database, parts: readonly Part[]): Promise<number> {
  const pairs = JSON.stringify(parts.map(({ roomId, lastId }) => [roomId, lastId]));
  const [, removed] = await database.batch([database.prepare(COPY).bind(pairs), database.prepare(REMOVE).bind(pairs)]);
  return removed?.meta.changes ?? 0;
}
