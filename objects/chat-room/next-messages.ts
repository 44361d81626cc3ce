/** Which messages a destination of the flush gets next. */
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { Position } from "../kernel/flush.ts";
import { fitting } from "./fitting.ts";
import type { RoomStore } from "./store.ts";

export interface NextMessages {
  readonly from: Position;
  readonly fresh: readonly Message[];
  readonly changed: readonly Message[];
  /** Where the destination stands with them; short of the head's id: more new ones follow before any changed one. */
  readonly to: Position;
}

/** Before the first rev: in a history that the destination does not know, even unchanged rows are news. */
const NOTHING_THERE = { id: 0, rev: -1 } as const;

/** First the new messages by id; once they are there, what changed by rev. `most` is for each of the two kinds. */
export function nextMessages(
  store: RoomStore,
  position: Position | null,
  most: { readonly rows: number; readonly units: number; readonly unitsOf?: (message: Message) => number },
): NextMessages {
  const { head } = store;
  const from = position ?? { ...NOTHING_THERE, epoch: head.epoch };
  const fresh = fitting(store.messagesAfter(from.id, most.rows), most.units, most.unitsOf);
  const throughId = fresh.at(-1)?.id ?? from.id;
  if (throughId < head.id) return { from, fresh, changed: [], to: { ...from, id: throughId } };

  const candidates = store.messagesChangedAfter(from.rev, from.id, most.rows);
  const changed = fitting(candidates, most.units, most.unitsOf);
  const isLast = candidates.length < most.rows && changed.length === candidates.length;
  const throughRev = isLast ? head.rev : (changed.at(-1)?.rev ?? head.rev);
  return { from, fresh, changed, to: { epoch: head.epoch, id: throughId, rev: throughRev } };
}
