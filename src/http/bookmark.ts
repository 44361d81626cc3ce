/**
 * D1 bookmarks on their way through a client: a read sees at least what an earlier answer saw, wherever D1 serves it
 * from. A client's bookmark is a hint: one that is none is ignored, and one that D1 cannot follow (forged, or of another
 * deployment) costs that client a second read, from the primary.
 */
import type { Context } from "hono";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import { BOOKMARK, BOOKMARK_HEADER } from "../../schema/api/bookmark.ts";
import type { HttpEnv } from "./context.ts";

const PRIMARY = "first-primary";
/** How long a read may wait for a copy of the database to get as far as a client says it is. */
const PATIENCE_MS = 1_000;

export interface BookmarkedRead<Value> {
  readonly database: D1Database;
  readonly read: (session: D1DatabaseSession) => Promise<Value>;
  /**
   * The read must not be older than this bookmark: null where that is not known, so that only the primary can answer;
   * left out where what the client has seen is new enough.
   */
  readonly needed?: string | null;
}

/** Reads a state of the database that is no older than the client's bookmark, and tells the client which one it was. */
export async function readWithBookmark<Value>(
  c: Context<HttpEnv>,
  { database, read, needed }: BookmarkedRead<Value>,
): Promise<Value> {
  // The bookmarks of one database mean nothing to another.
  const isClients = database === c.env.DB;
  const seen = isClients ? c.var.bookmark : undefined;
  const from = startOfRead(seen ?? (isClients ? c.req.header(BOOKMARK_HEADER) : undefined), needed);
  const readFrom = async (constraint: string) => {
    const session = database.withSession(constraint);
    return { value: await read(session), bookmark: session.getBookmark() };
  };
  const isHint = from !== PRIMARY && from !== needed && from !== seen;
  const { value, bookmark } = await (isHint
    ? inTime(PATIENCE_MS, readFrom(from)).catch((error: unknown) => {
        logError({ event: "http.bookmark-not-followed", requestId: c.var.requestId }, error);
        return readFrom(PRIMARY);
      })
    : readFrom(from));
  if (isClients && bookmark !== null && bookmark > (c.var.bookmark ?? "")) {
    c.set("bookmark", bookmark);
    c.header(BOOKMARK_HEADER, bookmark);
  }
  return value;
}

export function startOfRead(sent: string | undefined, needed: string | null | undefined): string {
  if (needed === null || sent === undefined || !BOOKMARK.test(sent)) return needed ?? PRIMARY;
  return needed === undefined || sent > needed ? sent : needed;
}
