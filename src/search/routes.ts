/** `/v1/search*`: what was said in the caller's rooms. */
import { type Context, Hono } from "hono";
import { logError } from "../../objects/kernel/log.ts";
import { type SearchAnswer, type SearchRequest, searchQuery } from "../../schema/api/search.ts";
import { parseQuery } from "../../schema/search/query.ts";
import { authenticated } from "../http/authentication.ts";
import { readWithBookmark } from "../http/bookmark.ts";
import type { HttpEnv } from "../http/context.ts";
import { query } from "../http/input.ts";
import { decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { rarely } from "../http/rates.ts";
import { blockedBetween } from "../people/blocks.ts";
import { cursorNumbers, cursorOf, type Place, placeOf } from "./cursor-rules.ts";
import { DatabaseAway, type MainDatabase, reading } from "./databases.ts";
import { firstPage, pageFrom } from "./search.ts";
import { callersRooms } from "./store.ts";

const RETRY_AFTER_SECONDS = 5;

export const search = new Hono<HttpEnv>();
search.use(authenticated);

search.get("/messages", query(searchQuery), rarely("search"), async (c) => {
  const request = c.req.valid("query");
  const cursor = request.cursor === undefined ? null : decodeCursor(request.cursor, cursorNumbers);
  if (request.cursor !== undefined && cursor === null) return refuseField(c, "cursor", "is not a cursor of a search");
  try {
    return c.json(await answer(c, request, cursor && placeOf(cursor)));
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    logError({ event: "search.away", database: error.database, requestId: c.var.requestId }, error);
    return refuseWith(c, "unavailable", { headers: { "retry-after": String(RETRY_AFTER_SECONDS) } });
  }
});

async function answer(c: Context<HttpEnv>, request: SearchRequest, place: Place | null): Promise<SearchAnswer> {
  const { q, roomId = null, senderId = null, from, to, limit } = request;
  const query = parseQuery(q, senderId === null ? {} : { senderId });
  if (query.kind === "nothing") return { items: [], nextCursor: null, match: "all", isCut: false };
  const main: MainDatabase = { env: c.env, read: (database, read) => readWithBookmark(c, { database, read }) };
  // Whose rooms these are is not taken from a copy that may be behind; what is read after it is at least as new.
  const primary: MainDatabase = {
    ...main,
    read: (database, read) => readWithBookmark(c, { database, read, needed: null }),
  };
  const { userId } = c.var.caller;
  const [rooms, blocked] = await Promise.all([
    callersRooms(primary, userId, roomId),
    reading("main", () => blockedBetween(c.env.DB, userId)),
  ]);
  const search = { main, blocked, query, rooms, senderId, from: timeOf(from), to: timeOf(to), limit };
  const { items, mode, next } = await (place === null ? firstPage(search) : pageFrom(search, place));
  const cursor = next && cursorOf(next);
  return { items, nextCursor: cursor && encodeCursor(cursor), match: mode, isCut: query.isCut };
}

function timeOf(moment: string | undefined): number | null {
  return moment === undefined ? null : Date.parse(moment);
}
