/** Everything flushed, a page of objects at a time: kind by kind, each by the ids that D1 knows. */
import { roomFlushName, roomObject } from "../../objects/chat-room/address.ts";
import { logError } from "../../objects/kernel/log.ts";
import { sessionFlushName } from "../../objects/learning-session/address.ts";
import { presenceFlushName } from "../../objects/user-presence/address.ts";
import { presenceObject, sessionObject } from "../../schema/addresses.ts";
import type { UnflushedObject } from "../../schema/api/flush.ts";
import type { FlushReport } from "../../schema/rpc.ts";
import { chatRooms } from "../../schema/tables/chat.ts";
import { learningSessions } from "../../schema/tables/sessions.ts";
import { users } from "../../schema/tables/users.ts";
import { cutPage } from "../http/paging.ts";
import { idsAfter } from "./store.ts";

interface Kind {
  readonly table: Parameters<typeof idsAfter>[1];
  readonly name: (id: number) => string;
  readonly flush: (env: Env, id: number) => Promise<readonly FlushReport[]>;
  readonly isRoom?: true;
  /** Who was never told of anything has nothing to flush, and may have no object. */
  readonly mayBeAbsent?: true;
}

const KINDS: readonly Kind[] = [
  { table: chatRooms, name: roomFlushName, flush: (env, id) => roomObject(env, id).flush(), isRoom: true },
  { table: learningSessions, name: sessionFlushName, flush: (env, id) => sessionObject(env, id).flush() },
  { table: users, name: presenceFlushName, flush: (env, id) => presenceObject(env, id).flush(), mayBeAbsent: true },
];

/** The object that the page before ended with: of which kind, and its id. */
export type FlushedTo = readonly [kind: number, id: number];

export interface FlushedPage {
  readonly objects: number;
  readonly rooms: number;
  readonly items: readonly UnflushedObject[];
  /** Null at the end of all kinds. */
  readonly last: FlushedTo | null;
}

/** They all write to one database. */
const TOGETHER = 5;

export async function flushPage(
  env: Env,
  { after: [at, afterId], limit, requestId }: { after: FlushedTo; limit: number; requestId: string },
): Promise<FlushedPage> {
  const kind = KINDS[at];
  if (kind === undefined) return { objects: 0, rooms: 0, items: [], last: null };
  const { items: ids, last } = cutPage(await idsAfter(env.DB, kind.table, { id: afterId, limit }), limit);
  const items: UnflushedObject[] = [];
  for (let index = 0; index < ids.length; index += TOGETHER) {
    const group = ids.slice(index, index + TOGETHER);
    const outcomes = await Promise.all(group.map((id) => flushOne(env, kind, { id, requestId })));
    items.push(...outcomes.filter((outcome) => outcome !== null));
  }
  const next: FlushedTo | null = at + 1 < KINDS.length ? [at + 1, 0] : null;
  const counts = { objects: ids.length, rooms: kind.isRoom ? ids.length : 0 };
  return { ...counts, items, last: last === null ? next : [at, last] };
}

/** Null where all is well. */
async function flushOne(
  env: Env,
  { name, flush, isRoom, mayBeAbsent }: Kind,
  { id, requestId }: { id: number; requestId: string },
): Promise<UnflushedObject | null> {
  const object = { object: name(id), ...(isRoom && { roomId: id }) };
  try {
    const reports = await flush(env, id);
    if (reports.length === 0) return mayBeAbsent ? null : { ...object, problem: "no_object", parked: 0 };
    const parked = reports.reduce((sum, report) => sum + report.parked, 0);
    const problem = reports.find((report) => !report.complete)?.problem ?? null;
    return problem === null && parked === 0 ? null : { ...object, problem, parked };
  } catch (error) {
    logError({ event: "flush.object-failed", requestId, ...object }, error);
    return { ...object, problem: "failed", parked: 0 };
  }
}
