/**
 * Makes the search index anew, room by room, while people go on writing: from the main database, where that is complete;
 * else the room does it itself.
 *
 * It writes as the flush does: rows and position in one batch, and only from where the room stands in the index. So
 * whatever the room's own flush writes meanwhile, one of the two goes on from where the other has come, and neither
 * writes over newer words. A room is taken out and begun in one batch: one of few messages is found all the time.
 */
import { z } from "zod";
import { roomFlushName, roomObject } from "../../objects/chat-room/address.ts";
import { messageDatabase, searchDatabase } from "../../objects/chat-room/database.ts";
import { searchRow, searchStatements } from "../../objects/chat-room/search-flush.ts";
import type { FlushRow, Position } from "../../objects/kernel/flush.ts";
import { D1Destination } from "../../objects/kernel/flush-d1.ts";
import { defineJob } from "./job.ts";
import { type StoredMessages, storedAfter } from "./stored-messages.ts";

const progress = z.object({
  /** Rooms below this one are done. */
  roomId: z.int().min(1),
  /** Who fills it in the index; null: it was not begun in this run. */
  by: z.enum(["job", "room"]).nullable(),
});

const NEXT_ROOM = "SELECT id FROM chat_rooms WHERE id >= ? ORDER BY id LIMIT 1";

export const rebuildSearch = defineJob<z.infer<typeof progress>>({
  name: "rebuild-search",
  schedule: "never",
  queriesPerStep: 15,
  progress,
  first: () => ({ roomId: 1, by: null }),

  async step(env, { roomId: from, by }) {
    const index = searchDatabase(env);
    const roomId = by ? from : await env.DB.prepare(NEXT_ROOM).bind(from).first<number>("id");
    if (index === null || roomId === null) return { progress: null, counts: {} };
    const filled =
      by === "room" ? await fillByRoom(env, roomId) : await fill(env, index, { roomId, isBegun: by !== null });
    return {
      progress: filled.isDone ? { roomId: roomId + 1, by: null } : { roomId, by: filled.by },
      counts: { rooms: Number(filled.isDone), messages: filled.messages },
    };
  },
});

interface Filled {
  readonly isDone: boolean;
  readonly by: z.infer<typeof progress>["by"];
  readonly messages: number;
}

const DONE: Filled = { isDone: true, by: null, messages: 0 };

async function fill(env: Env, index: D1Database, room: { roomId: number; isBegun: boolean }): Promise<Filled> {
  const { roomId, isBegun } = room;
  const destination = new D1Destination({
    name: "search",
    database: () => index,
    object: roomFlushName(roomId),
    now: Date.now,
    ...searchStatements(roomId),
  });
  const standing = await destination.read();
  const goesOn = isBegun && standing !== null;
  const stored = await storedAfter(messageDatabase(env, roomId), roomId, goesOn ? standing.id : 0);
  const { position, messages, throughId } = stored;
  // Nothing was ever flushed anywhere: the first flush begins the room in both databases.
  if (position === null && standing === null) return DONE;
  if (goesOn && standing.epoch !== position?.epoch) return { isDone: false, by: null, messages: 0 };
  if (goesOn && position !== null && standing.id >= position.id) return DONE;

  const write = async (to: Position, rows: readonly FlushRow[], startsOver: boolean) => {
    const move = { from: standing, to, parked: [], ...(startsOver && { startsOver }) };
    const answer = await destination.write(rows, move);
    if (answer.kind === "refused") throw new Error(`the index refused room ${roomId}: ${answer.reason}`);
    return answer.moved;
  };
  // Where the room's own flush was faster, the next step sees how far it came.
  const again: Filled = { isDone: false, by: isBegun ? "job" : null, messages: 0 };

  if (position === null || isPatchy(stored) || (!goesOn && isAhead(standing, position))) {
    const epoch = Math.max(position?.epoch ?? 0, standing?.epoch ?? 0);
    const isEmptied = await write({ epoch, id: 0, rev: -1 }, [], true);
    return isEmptied ? { isDone: false, by: "room", messages: 0 } : again;
  }
  // Later reads may hold later changes; only those up to the first one's rev are in all of the rows.
  const to = { ...(goesOn ? standing : position), id: throughId };
  const isMoved = await write(to, messages.map(searchRow), !goesOn);
  return isMoved ? { isDone: throughId === position.id, by: "job", messages: messages.length } : again;
}

/** Its own flush reads where it stands in the index, and goes on from there: some thousand messages each time. */
async function fillByRoom(env: Env, roomId: number): Promise<Filled> {
  const reports = await roomObject(env, roomId).flush();
  const report = reports.find(({ destination }) => destination === "search");
  // Without its object, or before an operator has renewed its epoch, nothing can be done for a room.
  if (report === undefined || report.complete || report.problem === "ahead") return DONE;
  if (report.problem === "unreachable") throw new Error(`room ${roomId} cannot reach the index`);
  return { isDone: false, by: "room", messages: report.rowsSent };
}

/** The main database refused something of the room, or lost it: what it has is not all. */
function isPatchy({ hasParked, hasGap }: StoredMessages): boolean {
  return hasParked || hasGap;
}

/** What the index has and the main database lacks, the room believes to be in the index, and would not write again. */
function isAhead(standing: Position | null, position: Position): boolean {
  if (standing === null || standing.epoch < position.epoch) return false;
  return standing.epoch > position.epoch || standing.id > position.id || standing.rev > position.rev;
}
