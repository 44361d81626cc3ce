/**
 * Where the next page begins, as it travels through a client: numbers of messages, times and a score, nothing of the
 * search. Whatever a client makes of it, only its own rooms are read. Pure.
 */
import { z } from "zod";
import type { MatchMode, Rank } from "./ranking-rules.ts";
import type { Key } from "./rules.ts";

export interface Place {
  readonly mode: MatchMode;
  /** The window lies below it; null: it begins with the newest. */
  readonly upper: Key | null;
  /** Where the window ends, and what of it was given last; null: it has not been looked at. */
  readonly within: { readonly lower: Key | null; readonly after: Rank } | null;
}

const MODES = ["all", "any"] as const;
const mode = z.int().min(0).max(1);
const id = z.int().min(0);
const key = [z.int(), id, id] as const;
const rank = [z.number(), ...key] as const;

/** The mode and the upper end; where the last item stood, and the lower end, if there is one, before it. */
export const cursorNumbers = z.union([
  z.tuple([mode, ...key]),
  z.tuple([mode, ...key, ...rank]),
  z.tuple([mode, ...key, ...key, ...rank]),
]);
export type CursorNumbers = z.infer<typeof cursorNumbers>;

/** Null for the first page, which needs none. */
export function cursorOf({ mode, upper, within }: Place): number[] | null {
  if (upper === null) return null;
  const position = within === null ? [] : [...numbers(within.lower), within.after.score, ...numbers(within.after.key)];
  return [MODES.indexOf(mode), ...numbers(upper), ...position];
}

export function placeOf(cursor: CursorNumbers): Place {
  const [index, at, roomId, id, ...rest] = cursor;
  const place = { mode: index === 0 ? MODES[0] : MODES[1], upper: { at, roomId, id } };
  if (rest.length === 0) return { ...place, within: null };
  if (rest.length === 4) return { ...place, within: { lower: null, after: rankOf(rest) } };
  const [lowerAt, lowerRoomId, lowerId, ...last] = rest;
  return { ...place, within: { lower: { at: lowerAt, roomId: lowerRoomId, id: lowerId }, after: rankOf(last) } };
}

function numbers(key: Key | null): number[] {
  return key === null ? [] : [key.at, key.roomId, key.id];
}

function rankOf([score, at, roomId, id]: readonly [number, number, number, number]): Rank {
  return { score, key: { at, roomId, id } };
}
