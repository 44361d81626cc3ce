/**
 * Which messages a page is chosen from. All messages of the caller's rooms stand in one order, by time; a page comes out
 * of a window of it, and what is best in the window comes first. A window is complete: every match in it was looked at.
 * The next one begins below it, so that no page costs more for being deep. Pure.
 */

/** A message's place in the order of all messages. In a room, numbers go with time. */
export interface Key {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly roomId: number;
  readonly id: number;
}

export const byKey = (a: Key, b: Key): number => a.at - b.at || a.roomId - b.roomId || a.id - b.id;

/** Messages of a room, both ends included. */
export interface RoomRange {
  readonly roomId: number;
  readonly first: number;
  readonly last: number;
}

export interface KnownRange extends RoomRange {
  /** The room's last message. */
  readonly newest: number;
  /** When the last message of the range was sent; null where there is none. */
  readonly lastAt: number | null;
}

/** Of what is looked at: each end null where it is open. */
export interface Span {
  readonly from: number | null;
  /** The first time that is not looked at any more. */
  readonly to: number | null;
  readonly lower: Key | null;
  /** The first key that is not looked at any more. */
  readonly upper: Key | null;
}

/** A range by time: its numbers have yet to be found. */
export interface TimedRange extends RoomRange {
  readonly since: number | null;
  readonly until: number | null;
}

export const LARGEST_ID = 0xffff_ffff;

/** Most that is looked at for one window: messages, and characters of what they hold. */
export const WINDOW_MESSAGES = 600;
export const WINDOW_CHARACTERS = 300_000;
/** Windows that a page may take before it is given as it is. */
export const WINDOWS_PER_PAGE = 4;

/** Hits of the index that one statement steps over. */
export const HITS_PER_STATEMENT = 20_000;
/** Groups of rooms that are looked through for a window; the others' messages are left to windows below it. */
export const GROUPS_PER_WINDOW = 32;

/** So many of a room's newest hits are looked at, so that there are not many more in all than a window takes. */
export function hitsPerRoom(rooms: number): number {
  return Math.min(200, Math.max(10, Math.ceil(WINDOW_MESSAGES / Math.max(1, rooms))));
}

export const isWhole = ({ from, to, lower, upper }: Span): boolean =>
  from === null && to === null && lower === null && upper === null;

export function timedRange(roomId: number, { from, to, lower, upper }: Span): TimedRange {
  const since = [from];
  const until = [to];
  let [first, last] = [0, LARGEST_ID];
  if (lower?.roomId === roomId) first = within(lower.id);
  else if (lower !== null) since.push(roomId > lower.roomId ? lower.at : lower.at + 1);
  if (upper?.roomId === roomId) last = within(upper.id - 1);
  else if (upper !== null) until.push(roomId < upper.roomId ? upper.at + 1 : upper.at);
  return { roomId, first, last, since: strictest(since, Math.max), until: strictest(until, Math.min) };
}

function within(id: number): number {
  return Math.min(LARGEST_ID, Math.max(0, id));
}

function strictest(times: readonly (number | null)[], choose: (...times: number[]) => number): number | null {
  const given = times.filter((time) => time !== null);
  return given.length === 0 ? null : choose(...given);
}

/**
 * Rooms that can be looked through one group at a time without stepping over more than `HITS_PER_STATEMENT` hits: a
 * room has no more hits than messages, and all of it is stepped over, but one room alone only as far as needed. Those
 * with the newest messages come first, so that a window reaches down to something.
 */
export function groupRooms(
  ranges: readonly KnownRange[],
  most: number,
): { readonly groups: readonly (readonly KnownRange[])[]; readonly rest: readonly KnownRange[] } {
  const groups: KnownRange[][] = [];
  let left = 0;
  const latestFirst = ranges.toSorted((a, b) => byKey(lastKey(b), lastKey(a)));
  for (const [index, range] of latestFirst.entries()) {
    const group = groups.at(-1);
    if (group !== undefined && range.newest <= left) {
      group.push(range);
    } else if (groups.length >= most) {
      return { groups, rest: latestFirst.slice(index) };
    } else {
      groups.push([range]);
      left = HITS_PER_STATEMENT;
    }
    left -= range.newest;
  }
  return { groups, rest: [] };
}

function lastKey({ roomId, last, lastAt }: KnownRange): Key {
  return { at: lastAt ?? Number.NEGATIVE_INFINITY, roomId, id: last };
}

/** What the index found in a room: numbers of messages, the newest first. */
export interface RoomHits {
  readonly roomId: number;
  readonly ids: readonly number[];
}

/** In a room, what lies below `id` was not looked at. */
export interface Edge {
  readonly roomId: number;
  readonly id: number;
}

/** Where a room may have more hits than were asked for. */
export function edgesOf(hits: readonly RoomHits[], perRoom: number): Edge[] {
  return hits.flatMap(({ roomId, ids }) => {
    const lowest = ids.at(-1);
    return ids.length < perRoom || lowest === undefined ? [] : [{ roomId, id: lowest }];
  });
}

/** Right above the last message of each room that was left out. */
export function endsAbove(leftOut: readonly KnownRange[]): Key[] {
  return leftOut.flatMap(({ roomId, last, lastAt }) => (lastAt === null ? [] : [{ at: lastAt, roomId, id: last + 1 }]));
}

/** The lowest key down to which all matches were looked at; null: there are no others. */
export function lowerEnd(edges: readonly Key[]): Key | null {
  return edges.reduce<Key | null>((highest, key) => (highest && byKey(highest, key) >= 0 ? highest : key), null);
}
