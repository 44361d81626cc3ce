/** What a page of history costs D1: the rows of the page, at any depth. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { type HistoryAnswer, historyAnswer, type RoomAnswer } from "../../schema/api/rooms.ts";
import { app } from "../../src/app.ts";
import { archiveThrough } from "../support/archived.ts";
import { fillRoom } from "../support/filled-room.ts";
import { enter, groupOf, requestFor, type SignedIn, say, signIn } from "../support/http.ts";
import { planOf, type RecordedRead, recordedDatabase } from "../support/recorded.ts";

const FLUSHED = 3_000;
const NEWEST = 3_010;
const ARCHIVED = 1_500;
const EDITED = [10, 1_501, 2_990];

describe(`a room of ${NEWEST} messages, ${ARCHIVED} archived, ten not flushed, some edited since`, () => {
  let minji: SignedIn;
  let room: RoomAnswer;

  beforeAll(async () => {
    minji = await signIn("Minji");
    room = await groupOf([minji]);
    await fillRoom(room.id, { messages: FLUSHED, senderId: minji.user.id, since: Date.UTC(2026, 0, 1) });
    await roomObject(env, room.id).flush();
    await archiveThrough(room.id, ARCHIVED);
    const socket = await enter(room.id, minji);
    for (const id of EDITED) await socket.request({ type: "message.edit", id, content: "edited" });
    await say(socket, ...Array.from({ length: NEWEST - FLUSHED }, () => "new"));
  });

  async function read(query: string): Promise<{ page: HistoryAnswer; reads: RecordedRead[] }> {
    const reads: RecordedRead[] = [];
    const request = requestFor("GET", `/v1/rooms/${room.id}/messages?limit=50${query}`, { token: minji.token });
    const response = await app.fetch(request, { ...env, DB: recordedDatabase(reads) }, createExecutionContext());
    return { page: historyAnswer.parse(await response.json()), reads };
  }

  test.each<[name: string, query: string, newest: number, fromD1: number]>([
    ["first", "", NEWEST, 40],
    ["first one that is flushed", `&before=${FLUSHED + 1}`, FLUSHED, 50],
    ["middle", "&before=2001", 2_000, 50],
    ["last before the archive", `&before=${ARCHIVED + 51}`, ARCHIVED + 50, 50],
    ["one half archived", `&before=${ARCHIVED + 26}`, ARCHIVED + 25, 50],
    ["newest of the archive", `&before=${ARCHIVED + 1}`, ARCHIVED, 50],
    ["deepest", "&before=51", 50, 50],
    ["deepest, forwards,", "&after=0", 50, 50],
    ["one around a number", "&around=2000", 2_024, 50],
    ["one around a date", "&around=2026-01-02", 1_465, 50],
  ])("the %s page is whole, and reads its rows and the end of each table's range", async (_, query, newest, fromD1) => {
    const { page, reads } = await read(query);
    const ids = page.items.map(({ id }) => id).toSorted((a, b) => b - a);
    expect(ids).toEqual(Array.from({ length: 50 }, (_, index) => newest - index));
    for (const { id, content } of page.items) {
      expect(content).toBe(EDITED.includes(id) ? "edited" : id > FLUSHED ? "new" : `${id}번째`);
    }

    expect(reads).toHaveLength(1);
    const [one = { query: "", bindings: [], rowsRead: 0, rowsReturned: 0 }] = reads;
    expect(one.rowsReturned).toBe(fromD1);
    // A range ends on the row behind it, and one that is empty on the row that shows it: one of each table at most.
    expect(one.rowsRead).toBeLessThanOrEqual(fromD1 + 2);
    expect(await planOf(one)).toEqual([
      "COMPOUND QUERY",
      "LEFT-MOST SUBQUERY",
      "SEARCH chat_messages USING PRIMARY KEY (room_id=? AND id>? AND id<?)",
      "UNION ALL",
      "SEARCH chat_messages_archive USING PRIMARY KEY (room_id=? AND id>? AND id<?)",
    ]);
  });

  test.each(["&before=1", `&after=${NEWEST}`, `&after=${FLUSHED}`])(
    "D1 is not asked for %s: the object has it all",
    async (query) => {
      expect((await read(query)).reads).toEqual([]);
    },
  );
});
