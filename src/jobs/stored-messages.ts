/** A stretch of a room's messages from the main database, and whether it is all of them. */
import { roomFlushName } from "../../objects/chat-room/address.ts";
import { fitting } from "../../objects/chat-room/fitting.ts";
import { SEARCH_BATCH, type SearchableRow } from "../../objects/chat-room/search-flush.ts";
import type { Position } from "../../objects/kernel/flush.ts";
import type { MessageType } from "../../schema/values.ts";

const POSITION = `
  SELECT epoch, id, rev,
    EXISTS (SELECT 1 FROM flush_parked WHERE object = ?1 AND table_name = 'chat_messages') AS parked
  FROM flush_positions WHERE object = ?1`;

const MESSAGES = `
  SELECT id, room_id AS roomId, sender_id AS senderId, message_type AS messageType, content, corrections, epoch, rev
  FROM chat_log WHERE room_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`;

interface PositionRow extends Position {
  readonly parked: number;
}

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

export interface StoredMessages {
  /** Up to where the main database is complete. */
  readonly position: Position | null;
  readonly messages: readonly SearchableRow[];
  /** The messages are all those up to this number. */
  readonly throughId: number;
  /** A message of the room was refused, or a change of one. */
  readonly hasParked: boolean;
  /** A number is missing, or left from a history that no longer holds. */
  readonly hasGap: boolean;
}

/** In one transaction: the position is that of the rows. */
export async function storedAfter(database: D1Database, roomId: number, after: number): Promise<StoredMessages> {
  const [positions, rows] = await database.batch([
    database.prepare(POSITION).bind(roomFlushName(roomId)),
    database.prepare(MESSAGES).bind(roomId, after, SEARCH_BATCH.rows),
  ]);
  // Rows of the two statements, whose columns are named there.
  const [standing] = (positions?.results ?? []) as PositionRow[];
  const found = (rows?.results ?? []) as MessageRow[];
  if (standing === undefined)
    return { position: null, messages: [], throughId: after, hasParked: false, hasGap: false };
  const { parked, ...position } = standing;
  const known = found.filter(({ id }) => id <= position.id);
  const messages = fitting(known.map(toSearchable), SEARCH_BATCH.units, SEARCH_BATCH.unitsOf);
  const isRest = messages.length === known.length && (found.length < SEARCH_BATCH.rows || known.length < found.length);
  const throughId = isRest ? position.id : (messages.at(-1)?.id ?? after);
  const hasGap =
    messages.length < throughId - after ||
    known.some(({ epoch }, index) => index < messages.length && epoch !== position.epoch);
  return { position, messages, throughId, hasParked: parked === 1, hasGap };
}

function toSearchable({ corrections, ...row }: MessageRow): SearchableRow {
  return { ...row, corrections: JSON.parse(corrections) };
}
