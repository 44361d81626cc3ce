/** One page of a search: windows of the caller's messages, the newest first, until the page is full. */
import type { SearchAnswer } from "../../schema/api/search.ts";
import type { WordsQuery } from "../../schema/search/query.ts";
import type { Place } from "./cursor-rules.ts";
import type { MainDatabase } from "./databases.ts";
import { findRoomByRoom, findTogether } from "./index-store.ts";
import { byRank, hasBeginnings, type MatchMode, type Rank, scoreOf, searchHit } from "./ranking-rules.ts";
import { roomRanges } from "./room-ranges.ts";
import {
  byKey,
  edgesOf,
  endsAbove,
  GROUPS_PER_WINDOW,
  groupRooms,
  HITS_PER_STATEMENT,
  hitsPerRoom,
  isWhole,
  type Key,
  type KnownRange,
  LARGEST_ID,
  lowerEnd,
  type RoomHits,
  type Span,
  timedRange,
  WINDOW_CHARACTERS,
  WINDOW_MESSAGES,
  WINDOWS_PER_PAGE,
} from "./rules.ts";
import { messageOf, reread, type StoredMessage } from "./store.ts";

export interface Search {
  readonly main: MainDatabase;
  readonly query: WordsQuery;
  /** The caller's, the latest first. */
  readonly rooms: readonly number[];
  readonly senderId: number | null;
  /** People between whom and the caller there is a block: what they said is left out. */
  readonly blocked: ReadonlySet<number>;
  readonly from: number | null;
  readonly to: number | null;
  readonly limit: number;
}

export interface Page {
  readonly items: SearchAnswer["items"];
  readonly mode: MatchMode;
  readonly next: Place | null;
}

/** Where nothing holds all the words, what holds some of them. */
export async function firstPage(search: Search): Promise<Page> {
  // Of no room at all: somebody new, or one whose filter names a room of others, or none.
  if (search.rooms.length === 0) return { items: [], mode: "all", next: null };
  const page = await pageFrom(search, { mode: "all", upper: null, within: null });
  const isNothing = page.items.length === 0 && page.next === null;
  if (!isNothing || search.query.anyMatch === null) return page;
  const some = await pageFrom(search, { mode: "any", upper: null, within: null });
  return some.items.length === 0 ? page : some;
}

export async function pageFrom(search: Search, start: Place): Promise<Page> {
  const { mode } = start;
  const items: Match[] = [];
  let place: Place | null = start;
  for (let windows = 0; place !== null && windows < WINDOWS_PER_PAGE && items.length < search.limit; windows += 1) {
    const window: Window = await readWindow(search, place);
    const missing = search.limit - items.length;
    items.push(...window.matches.slice(0, missing));
    const last = window.matches.length > missing ? window.matches[missing - 1] : undefined;
    place = last ? { mode, upper: window.upper, within: { lower: window.lower, after: last } } : below(window, mode);
  }
  return { items: items.map(({ stored }) => searchHit(messageOf(stored), search.query, mode)), mode, next: place };
}

function below({ lower }: Window, mode: MatchMode): Place | null {
  return lower === null ? null : { mode, upper: lower, within: null };
}

/** So many times as much may be in a window when it is looked at again. */
const AGAIN = 2;

interface Match extends Rank {
  readonly stored: StoredMessage;
}

interface Window {
  readonly upper: Key | null;
  /** The lowest key of it; null: there is nothing below. */
  readonly lower: Key | null;
  /** The best first, without what was given on earlier pages. */
  readonly matches: readonly Match[];
}

async function readWindow(search: Search, { mode, upper, within }: Place): Promise<Window> {
  const span = { from: search.from, to: search.to, lower: within?.lower ?? null, upper };
  // What was looked at before is looked at again, with what has come to match in it since.
  const spare = within === null ? 1 : AGAIN;
  const perRoom = hitsPerRoom(search.rooms.length) * spare;
  const { hits, leftOut } = await hitsIn(search, { span, mode, perRoom });
  const looked = await reread(search.main, {
    ...{ hits, edges: edgesOf(hits, perRoom) },
    maxMessages: WINDOW_MESSAGES * spare,
    maxCharacters: WINDOW_CHARACTERS * spare,
  });
  // Where too much has come to match since, the rest is left to the next window.
  const lower = lowerEnd([...looked.edges, ...endsAbove(leftOut), ...(within?.lower ? [within.lower] : [])]);
  const newest = looked.messages[0]?.key;
  return {
    upper: upper ?? (newest ? { ...newest, id: newest.id + 1 } : null),
    lower,
    matches: looked.messages
      .filter(({ key }) => lower === null || byKey(key, lower) >= 0)
      .flatMap((stored) => matchOf(search, mode, stored))
      .filter((match) => within === null || byRank(within.after, match) < 0)
      .sort(byRank),
  };
}

/** A message of people, as it is now, and only if it still matches. */
function matchOf({ query, senderId, blocked }: Search, mode: MatchMode, stored: StoredMessage): Match[] {
  const { row, key } = stored;
  if (row.is_deleted === 1 || row.message_type === "SYSTEM") return [];
  if (senderId !== null && row.sender_id !== senderId) return [];
  if (blocked.has(row.sender_id)) return [];
  const corrections: readonly { corrected: string }[] = row.corrections === "[]" ? [] : JSON.parse(row.corrections);
  const texts = { content: row.content, corrected: corrections.map(({ corrected }) => corrected) };
  const score = scoreOf(texts, query, mode);
  return score === null ? [] : [{ key, score, stored }];
}

interface HitsWanted {
  readonly span: Span;
  readonly mode: MatchMode;
  readonly perRoom: number;
}

interface FoundHits {
  readonly hits: readonly RoomHits[];
  /** Rooms that were not looked through. */
  readonly leftOut: readonly KnownRange[];
}

/**
 * All rooms at once, which is enough but for words that thousands of the caller's messages hold. Those are looked for room
 * by room; or, where the index has to gather all words with one beginning each time, in groups of rooms.
 */
async function hitsIn(search: Search, { span, mode, perRoom }: HitsWanted): Promise<FoundHits> {
  const { query, rooms, main } = search;
  const request = { match: mode === "all" ? query.match : (query.anyMatch ?? query.match), perRoom };
  const known = isWhole(span) ? null : await rangesIn(search, span);
  const whole = rooms.map((roomId) => ({ roomId, first: 0, last: LARGEST_ID }));
  const [together] = await findTogether(main.env, request, [{ rooms: known ?? whole, maxSteps: HITS_PER_STATEMENT }]);
  if (!together?.isCut) return { hits: together?.rooms ?? [], leftOut: [] };
  if (!hasBeginnings(query, mode)) {
    return { hits: await findRoomByRoom(main.env, request, known ?? whole), leftOut: [] };
  }
  const { groups, rest } = groupRooms(known ?? (await rangesIn(search, span)), GROUPS_PER_WINDOW);
  const found = await findTogether(
    main.env,
    request,
    groups.map((group) => ({ rooms: group, maxSteps: group.length === 1 ? perRoom : HITS_PER_STATEMENT })),
  );
  return { hits: found.flatMap((hits) => hits.rooms), leftOut: rest };
}

function rangesIn({ main, rooms }: Search, span: Span): Promise<KnownRange[]> {
  return roomRanges(
    main,
    rooms.map((roomId) => timedRange(roomId, span)),
  );
}
