/** The search index's part of a search: which messages hold the words. It knows no texts, and is believed in nothing else. */
import { reading } from "./databases.ts";
import type { RoomHits, RoomRange } from "./rules.ts";

/** `?2`: [room, first, last] of each. A rowid is no JavaScript number: it is put together and taken apart in SQL. */
const ROOM = `room AS MATERIALIZED (SELECT value ->> 0 AS id, value ->> 1 AS first, value ->> 2 AS last FROM json_each(?2))`;

/**
 * `?1` what is looked for, `?3` hits to step over, `?4` hits per room. The rooms are part of the match, so that only their
 * own hits are stepped over. Not ordered by `bm25()`, which counts the hits of everybody's rooms for every search.
 */
const TOGETHER = `WITH ${ROOM},
  hit AS MATERIALIZED (
    SELECT rowid >> 32 AS room_id, rowid & 4294967295 AS id FROM message_index
    WHERE message_index MATCH
        '(' || ?1 || ') AND terms : (' || coalesce((SELECT group_concat('"r' || id || '"', ' OR ') FROM room), '"r0"') || ')'
      AND rowid >= (SELECT min(id << 32 | first) FROM room) AND rowid <= (SELECT max(id << 32 | last) FROM room)
    ORDER BY rowid DESC LIMIT ?3)
  SELECT (SELECT count(*) FROM hit) AS steps, (
    SELECT json_group_array(json_array(room_id, json(ids))) FROM (
      SELECT room_id, json_group_array(id) AS ids FROM (
        SELECT hit.room_id, hit.id, row_number() OVER (PARTITION BY hit.room_id ORDER BY hit.id DESC) AS place
        FROM hit CROSS JOIN room ON room.id = hit.room_id WHERE hit.id BETWEEN room.first AND room.last)
      WHERE place <= ?4 GROUP BY room_id)) AS found`;

/** `?1` what is looked for, `?3` hits per room. */
const ROOM_BY_ROOM = `WITH ${ROOM}
  SELECT json_group_array(json_array(id, json(ids))) AS found FROM (
    SELECT room.id, (
      SELECT json_group_array(id) FROM (
        SELECT rowid & 4294967295 AS id FROM message_index
        WHERE message_index MATCH '(' || ?1 || ') AND terms : "r' || room.id || '"'
          AND rowid >= (room.id << 32 | room.first) AND rowid <= (room.id << 32 | room.last)
        ORDER BY rowid DESC LIMIT ?3)) AS ids
    FROM room)`;

export interface HitsRequest {
  /** An expression of `parseQuery`. */
  readonly match: string;
  readonly perRoom: number;
}

export interface Hits {
  /** It stopped at `maxSteps`, and there may be others. */
  readonly isCut: boolean;
  readonly rooms: readonly RoomHits[];
}

export interface RoomGroup {
  readonly rooms: readonly RoomRange[];
  readonly maxSteps: number;
}

/** The rooms of a group in one go; the groups one after the other, in one round trip. */
export async function findTogether(
  env: Env,
  { match, perRoom }: HitsRequest,
  groups: readonly RoomGroup[],
): Promise<Hits[]> {
  if (groups.length === 0) return [];
  const results = await reading("search", () => {
    const session = indexSession(env);
    return session.batch<{ steps: number; found: string }>(
      groups.map(({ rooms, maxSteps }) => session.prepare(TOGETHER).bind(match, rangesJson(rooms), maxSteps, perRoom)),
    );
  });
  return groups.map(({ maxSteps }, index) => {
    const [row] = results[index]?.results ?? [];
    return { isCut: (row?.steps ?? 0) >= maxSteps, rooms: roomHits(row?.found) };
  });
}

/** In each room only as far as needed. The words are looked up anew for each: not for beginnings of words. */
export async function findRoomByRoom(
  env: Env,
  { match, perRoom }: HitsRequest,
  rooms: readonly RoomRange[],
): Promise<RoomHits[]> {
  const row = await reading("search", () =>
    indexSession(env).prepare(ROOM_BY_ROOM).bind(match, rangesJson(rooms), perRoom).all<{ found: string }>(),
  );
  return roomHits(row.results[0]?.found);
}

/** The index follows the rooms by seconds, whichever copy of it answers. */
function indexSession(env: Env): D1DatabaseSession {
  return env.SEARCH.withSession("first-unconstrained");
}

function rangesJson(rooms: readonly RoomRange[]): string {
  return JSON.stringify(rooms.map(({ roomId, first, last }) => [roomId, first, last]));
}

function roomHits(found = "[]"): RoomHits[] {
  const rooms: [roomId: number, ids: number[]][] = JSON.parse(found);
  return rooms.flatMap(([roomId, ids]) => (ids.length === 0 ? [] : [{ roomId, ids: ids.sort((a, b) => b - a) }]));
}
