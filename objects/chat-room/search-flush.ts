/**
 * What of a room goes to the search index: the messages as tokens. The only writer of the index.
 *
 * The index keeps no epoch and no rev, so no row can guard itself: every statement acts only while the room stands in
 * the index where the writer believes. A replayed or overtaken write changes nothing.
 */
import type { Message } from "../../schema/protocol/room/entities.ts";
import { indexRow } from "../../schema/search/index-row.ts";
import type { FlushBatch, FlushRow, FlushSource, ParkedKey, Position } from "../kernel/flush.ts";
import type { D1DestinationOptions } from "../kernel/flush-d1.ts";
import { roomFlushName } from "./address.ts";
import { nextMessages } from "./next-messages.ts";
import type { RoomStore } from "./store.ts";

/** Beside its words, what a message's row takes. */
const ROW_UNITS = 10;

/**
 * How many messages are written in one batch, new and changed ones each. A UTF-16 unit of their words becomes up to 13 bytes
 * of tokens, and D1 takes 2 MB in a parameter.
 */
export const SEARCH_BATCH = {
  rows: 500,
  units: 70_000,
  unitsOf: ({ content, corrections }: Pick<Message, "content" | "corrections">): number =>
    corrections.reduce((sum, { corrected }) => sum + corrected.length, content?.length ?? 0) + ROW_UNITS,
} as const;

const TABLE = "message_index";

export class RoomSearchSource implements FlushSource {
  private readonly store: RoomStore;

  constructor(store: RoomStore) {
    this.store = store;
  }

  head(): Position {
    return this.store.head;
  }

  /** Receipts, people and the room's name are no business of the index. */
  isCoveredBy({ id, rev }: Position): boolean {
    return id === this.store.head.id && rev >= this.store.messageRev;
  }

  /** Of an index there is nothing to be lost. Whether the room is to be held, the main database tells. */
  foundAhead(): "start over" {
    return "start over";
  }

  isHeld(): boolean {
    return this.store.isFlushHeld();
  }

  batch(position: Position | null, maxRows: number): FlushBatch {
    const { fresh, changed, to } = nextMessages(this.store, position, { ...SEARCH_BATCH, rows: maxRows });
    return { rows: [...fresh, ...changed.filter(hasOtherWords)].map(searchRow), to };
  }

  rows(keys: readonly ParkedKey[]): readonly FlushRow[] {
    return keys.flatMap(({ key }) => {
      const message = this.store.message(Number(key));
      return message ? [searchRow(message)] : [];
    });
  }
}

/** Not a reaction alone: what the index has of such a message still holds. */
function hasOtherWords({ isEdited, isDeleted, corrections }: Message): boolean {
  return isEdited || isDeleted || corrections.length > 0;
}

export type SearchableRow = Pick<
  Message,
  "id" | "roomId" | "senderId" | "messageType" | "content" | "corrections" | "rev"
>;

/** `terms` is null where nothing can be found: the row then takes away what the index has. */
export function searchRow(message: SearchableRow): FlushRow {
  const { id, roomId, senderId, messageType, rev } = message;
  // What the service says of a room is in no language of its people.
  const isTheirs = messageType !== "SYSTEM";
  const row = isTheirs
    ? indexRow({
        roomId,
        senderId,
        content: message.content,
        corrections: message.corrections.map(({ corrected }) => corrected),
      })
    : null;
  return { table: TABLE, key: String(id), rev, values: { id, ...(row ?? { terms: null }) } };
}

/** `?1` … `?4`: the object, and the position at which the index is believed to stand, all null where it has none. */
const STANDS = `iif(?2 IS NULL, NOT EXISTS (SELECT 1 FROM flush_positions WHERE object = ?1),
  EXISTS (SELECT 1 FROM flush_positions WHERE object = ?1 AND epoch = ?2 AND id = ?3 AND rev = ?4))`;

const PUT = `INSERT OR REPLACE INTO message_index (rowid, body, corrections, terms)
  SELECT (?5 << 32) | (value ->> 0), value ->> 1, value ->> 2, value ->> 3 FROM json_each(?6) WHERE ${STANDS}`;

const TAKE_AWAY = `DELETE FROM message_index
  WHERE rowid IN (SELECT (?5 << 32) | value FROM json_each(?6)) AND ${STANDS}`;

const TAKE_ALL_AWAY = `DELETE FROM message_index
  WHERE rowid BETWEEN ?5 << 32 AND (?5 << 32) | 4294967295 AND ${STANDS}`;

/** How a room's rows are written to and removed from an index. */
export function searchStatements(roomId: number): Pick<D1DestinationOptions, "statements" | "removeBeyond"> {
  const place = (standing: Position | null) =>
    [roomFlushName(roomId), standing?.epoch ?? null, standing?.id ?? null, standing?.rev ?? null, roomId] as const;
  return {
    statements: (database, rows, standing) => {
      const put = rows
        .filter(({ values }) => values.terms !== null)
        .map(({ values: { id, body, corrections, terms } }) => [id, body, corrections, terms]);
      const gone = rows.filter(({ values }) => values.terms === null).map(({ values }) => values.id);
      const statement = (sql: string, values: readonly unknown[]) =>
        database.prepare(sql).bind(...place(standing), JSON.stringify(values));
      return [
        ...(put.length > 0 ? [statement(PUT, put)] : []),
        ...(gone.length > 0 ? [statement(TAKE_AWAY, gone)] : []),
      ];
    },
    removeBeyond: (database, standing) => [database.prepare(TAKE_ALL_AWAY).bind(...place(standing))],
  };
}
