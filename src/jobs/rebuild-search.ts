/**
 * Makes the search index anew from the main database, room by room, while people go on writing.
 *
 * It writes as the flush does: rows and position in one batch, and only from where the room stands in the index. So
 * whatever the room's own flush writes meanwhile, one of the two goes on from where the other has come, and neither
 * writes over newer words. A room is taken out and begun in one batch: one of few messages is found all the time.
 */
import { z } from "zod";
import { roomFlushName, roomObject } from "../../objects/chat-room/address.ts";
import { messageDatabase, searchDatabase } from "../../objects/chat-room/database.ts";
import { fitting } from "../../objects/chat-room/fitting.ts";
import { SEARCH_BATCH, type SearchableRow, searchRow, searchStatements } from "../../objects/chat-room/search-flush.ts";
import type { Position } from "../../objects/kernel/flush.ts";
import { D1Destination } from "../../objects/kernel/flush-d1.ts";
import type { MessageType } from "../../schema/values.ts";
import { defineJob } from "./job.ts";

const progress = z.object({
  /** Rooms below this one are done. */
  roomId: z.int().min(1),
  /** This one was taken out of the index in this run, and is being filled. */
  isBegun: z.boolean(),
});

const NEXT_ROOM = "SELECT id FROM chat_rooms WHERE id >= ? ORDER BY id LIMIT 1";

const POSITION = "SELECT epoch, id, rev FROM flush_positions WHERE object = ?";

const MESSAGES = `
  SELECT id, room_id AS roomId, sender_id AS senderId, message_type AS messageType, content, corrections, epoch, rev
  FROM chat_log WHERE room_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`;

interface MessageRow {
  readonly id: number;
  readonly roomId: number;
  readonly senderId: number;
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly corrections: string;
  readonly epoch: number;
  readonly rev: number;
}

export const rebuildSearch = defineJob<z.infer<typeof progress>>({
  name: "rebuild-search",
  schedule: "never",
  progress,
  first: () => ({ roomId: 1, isBegun: false }),

  async step(env, { roomId: from, isBegun: wasBegun }) {
    const index = searchDatabase(env);
    const roomId = wasBegun ? from : await env.DB.prepare(NEXT_ROOM).bind(from).first<number>("id");
    if (index === null || roomId === null) return { progress: null, counts: {} };
    const { isDone, isBegun, messages } = await fill(env, index, { roomId, isBegun: wasBegun });
    return {
      progress: isDone ? { roomId: roomId + 1, isBegun: false } : { roomId, isBegun },
      counts: { rooms: Number(isDone), messages },
    };
  },
});

interface Filled {
  readonly isDone: boolean;
  readonly isBegun: boolean;
  readonly messages: number;
}

async function fill(env: Env, index: D1Database, { roomId, isBegun }: z.infer<typeof progress>): Promise<Filled> {
  const destination = new D1Destination({
    name: "search",
    database: () => index,
    object: roomFlushName(roomId),
    now: Date.now,
    ...searchStatements(roomId),
  });
  const database = messageDatabase(env, roomId);
  const standing = await destination.read();
  const goesOn = isBegun && standing !== null;
  let stored = await storedAfter(database, roomId, goesOn ? standing.id : 0);
  if (!isBegun && isAhead(standing, stored.position)) {
    // The main database lacks what the index has, and the room would not write it there again.
    await roomObject(env, roomId).flush();
    stored = await storedAfter(database, roomId, 0);
  }
  const { position, messages, throughId } = stored;
  // Never flushed: its first flush begins it in the index too.
  if (position === null) return { isDone: true, isBegun: false, messages: 0 };
  if (goesOn && standing.epoch !== position.epoch) return { isDone: false, isBegun: false, messages: 0 };
  if (goesOn && standing.id >= position.id) return { isDone: true, isBegun, messages: 0 };

  // Later reads may hold later changes; only those up to the first one's rev are in all of the rows.
  const to = goesOn ? { ...standing, id: throughId } : { ...position, id: throughId };
  const rows = messages.map(searchRow).filter(({ values }) => values.terms !== null);
  const move = { from: standing, to, parked: [], ...(!goesOn && { startsOver: true as const }) };
  const answer = await destination.write(rows, move);
  if (answer.kind === "refused") throw new Error(`the index refused room ${roomId}: ${answer.reason}`);
  // The room's own flush was faster: the next step sees how far it came.
  if (!answer.moved) return { isDone: false, isBegun, messages: 0 };
  return { isDone: throughId === position.id, isBegun: true, messages: messages.length };
}

interface Stored {
  /** Up to where the main database is complete. */
  readonly position: Position | null;
  readonly messages: readonly SearchableRow[];
  /** The messages are all those up to this number. */
  readonly throughId: number;
}

/** In one transaction: the position is that of the rows. */
async function storedAfter(database: D1Database, roomId: number, after: number): Promise<Stored> {
  const [positions, rows] = await database.batch([
    database.prepare(POSITION).bind(roomFlushName(roomId)),
    database.prepare(MESSAGES).bind(roomId, after, SEARCH_BATCH.rows),
  ]);
  // Rows of the two statements, whose columns are named there.
  const position = (positions?.results[0] ?? null) as Position | null;
  const found = (rows?.results ?? []) as MessageRow[];
  const complete = found.filter(({ id, epoch }) => id <= (position?.id ?? 0) && epoch === position?.epoch);
  const messages = fitting(complete.map(toSearchable), SEARCH_BATCH.units);
  const isAll = found.length < SEARCH_BATCH.rows || complete.length < found.length;
  const isRest = isAll && messages.length === complete.length;
  return { position, messages, throughId: isRest ? (position?.id ?? 0) : (messages.at(-1)?.id ?? after) };
}

function toSearchable({ corrections, ...row }: MessageRow): SearchableRow {
  return { ...row, corrections: JSON.parse(corrections) };
}

function isAhead(standing: Position | null, position: Position | null): boolean {
  if (standing === null || standing.epoch !== position?.epoch) return false;
  return standing.id > position.id || standing.rev > position.rev;
}
